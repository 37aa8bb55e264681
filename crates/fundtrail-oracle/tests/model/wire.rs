//! A step of the oracle as the transaction that parties sign.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, Mutex};

use fundtrail_model::disclosure::{self, Disclosure};
use fundtrail_model::envelope::Signature;
use fundtrail_model::key::SigningKey;
use fundtrail_model::{Envelope, Submission};
use fundtrail_oracle::day::{Day, OFFSET, Second, When};
use fundtrail_oracle::invariants::kind;
use fundtrail_oracle::money::yuan;
use fundtrail_oracle::step::{About, Act, Change, Sort, Step};
use fundtrail_scenario::Site;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

static KEYS: LazyLock<Mutex<HashMap<String, &'static SigningKey>>> = LazyLock::new(Mutex::default);

/// The throw-away key of that name; made once, because making one takes as long as signing.
fn key(name: &str) -> &'static SigningKey {
    let mut keys = KEYS.lock().unwrap();
    keys.entry(name.to_owned())
        .or_insert_with(|| Box::leak(Box::new(fundtrail_scenario::key(name))))
}

/// The bytes that are sent for a step.
pub(crate) fn submission(site: &Site, step: &Step) -> Submission {
    let (body, particulars) = body(site, &step.act);
    let (mut sealed, mut disclosures) = (BTreeMap::new(), Vec::new());
    for (name, value) in particulars {
        let seed: [u8; 32] = Sha256::digest(format!("salt {} {name}", step.id)).into();
        let mut salt = [0; 16];
        salt.copy_from_slice(&seed[..16]);
        let text = Disclosure::make(salt, &name, &value).unwrap();
        sealed.insert(name, disclosure::digest(&text).to_string());
        disclosures.push(text);
    }
    let mut whole = json!({
        "ledger": site.origin, "id": step.id, "kind": kind(&step.act), "date": step.date.to_string(), "body": body,
    });
    if !sealed.is_empty() {
        whole["sealed"] = json!(sealed);
    }
    let mut envelope = Envelope {
        payload: serde_json::to_vec(&whole).unwrap(),
        signatures: Vec::new(),
    };
    let message = envelope.signed_bytes();
    for name in &step.signers {
        let key = key(name);
        envelope.signatures.push(Signature {
            key_id: key.public().id(),
            bytes: key.sign(&message),
        });
    }
    Submission {
        envelope,
        disclosures,
    }
}

/// The tag of a borrower's credit code.
pub(crate) fn tag(site: &Site, credit_code: &str) -> String {
    site.borrower(credit_code).to_string()
}

fn digest(of: &str) -> String {
    hex::encode(Sha256::digest(of))
}

/// A moment with the city's offset.
pub(crate) fn time(moment: Second) -> String {
    let of_day = (moment + OFFSET).rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}+08:00",
        Day::of(moment)
    )
}

type Particulars = Vec<(String, String)>;

fn body(site: &Site, act: &Act) -> (Value, Particulars) {
    let day = |day: &Day| day.to_string();
    let fen = |fen: &i64| yuan(*fen);
    let sealed = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let mut particulars = Vec::new();
    let body = match act {
        Act::AccountOpen {
            account,
            main,
            bank,
        } => {
            let number = Sha256::digest(account);
            particulars = sealed(
                "account_number",
                &format!("62{:03}{:03}0001", number[0], number[1]),
            );
            json!({"account": account, "purpose": if *main { "main" } else { "dedicated" }, "bank": bank})
        }
        Act::Contribution {
            contributor,
            account,
            amount,
            initial,
        } => {
            let purpose = if *initial { "initial" } else { "top_up" };
            json!({"contributor": contributor, "account": account, "amount": fen(amount), "purpose": purpose})
        }
        Act::FundActivate => json!({}),
        Act::Transfer { from, to, amount } => {
            json!({"from": from, "to": to, "amount": fen(amount)})
        }
        Act::InterestCredit {
            account,
            period,
            amount,
        } => {
            json!({"account": account, "period": period.to_string(), "amount": fen(amount)})
        }
        Act::BorrowerRegister {
            borrower,
            registered_on,
            division,
            legal_person,
        } => {
            particulars = sealed("name", "某科技有限公司");
            particulars.extend(sealed("credit_code", borrower));
            json!({
                "borrower": tag(site, borrower), "registered_on": day(registered_on),
                "registered_division": division, "legal_person": legal_person, "evidence": digest("extract"),
            })
        }
        Act::LoanEnrol(contract) => {
            particulars = sealed("contract_number", &contract.number);
            let mut pledges = Vec::new();
            for (at, (kind, registered)) in contract.pledges.iter().enumerate() {
                let number = match *kind {
                    "patent" => "ZL202010123456.2",
                    "trademark" => "12345678",
                    _ => "2021SR0000001",
                };
                particulars.extend(sealed(&format!("pledge.{at}"), number));
                let mut pledge = json!({"kind": kind});
                if *kind == "trademark" {
                    pledge["class"] = json!(9);
                }
                if *registered {
                    particulars.extend(sealed(
                        &format!("pledge.{at}.registration"),
                        "Y2021150000123",
                    ));
                    pledge["registered_on"] = json!("2021-12-01");
                }
                pledges.push(pledge);
            }
            let due: Vec<Value> = contract
                .due
                .iter()
                .map(|(on, amount)| json!({"due_on": day(on), "amount": fen(amount)}))
                .collect();
            let mut credit =
                json!({"queried_on": day(&contract.queried_on), "report": digest("credit")});
            if let Some(adverse) = &contract.adverse_on {
                credit["adverse_on"] = json!(day(adverse));
            }
            json!({
                "loan": contract.loan, "bank": contract.bank, "borrower": tag(site, &contract.borrower),
                "total": fen(&contract.total), "ip_amount": contract.ip.as_ref().map(fen),
                "allocation": if contract.bank_ledger { "bank_ledger" } else { "pro_rata" },
                "repayment_order": if contract.principal_first { "principal_first" } else { "costs_interest_principal" },
                "due": due, "purpose": contract.purpose, "pledges": pledges, "credit": credit,
            })
        }
        Act::LoanDisburse { loan, amount, at } => {
            let at = match at {
                When::On(on) => day(on),
                When::At(moment) => time(*moment),
            };
            json!({"loan": loan, "amount": fen(amount), "disbursed_at": at})
        }
        Act::LoanRepay {
            loan,
            received_on,
            amount,
            costs,
            interest,
            principal,
        } => json!({
            "loan": loan, "received_on": day(received_on), "amount": fen(amount), "costs_due": fen(costs),
            "interest_due": fen(interest), "principal": fen(principal),
        }),
        Act::LoanAmend {
            loan,
            signed_on,
            change,
        } => {
            let change = match change {
                Change::Extension(old, new) => {
                    json!({"type": "extension", "due_on": day(old), "new_due_on": day(new)})
                }
                Change::Acceleration(new) => json!({"type": "acceleration", "due_on": day(new)}),
                Change::Cancellation => json!({"type": "cancellation"}),
            };
            json!({"loan": loan, "signed_on": day(signed_on), "change": change})
        }
        Act::RiskNotice { loan, partner } => {
            json!({"loan": loan, "partner": partner, "reason": "not_paid"})
        }
        Act::ClaimSubmit(claimed) => {
            let borne: Vec<Value> = claimed
                .borne
                .iter()
                .map(|(party, amount)| json!({"party": party, "amount": fen(amount)}))
                .collect();
            json!({
                "claim": claimed.claim, "loan": claimed.loan, "claimant": claimed.claimant, "as_of": day(&claimed.as_of),
                "loss": {"principal": fen(&claimed.principal), "interest": fen(&claimed.interest)},
                "borne": borne, "amount": fen(&claimed.amount),
            })
        }
        Act::ClaimVerify {
            claim,
            loss,
            amount,
        } => json!({"claim": claim, "loss": fen(loss), "amount": fen(amount)}),
        Act::ClaimApprove {
            claim,
            amount,
            override_misuse,
        } => {
            json!({"claim": claim, "amount": fen(amount), "decision": digest("minutes"), "override_misuse": override_misuse})
        }
        Act::ClaimReject { claim } => json!({"claim": claim, "decision": digest("minutes")}),
        Act::CompensationPay {
            claim,
            account,
            payee,
            amount,
            loss,
            partial,
        } => json!({
            "claim": claim, "account": account, "payee": payee, "amount": fen(amount),
            "reconfirmed_loss": fen(loss), "partial": partial,
        }),
        Act::RecoveryReport(collected) => json!({
            "recovery": collected.recovery, "loan": collected.loan, "collector": collected.collector,
            "received_on": day(&collected.received_on), "amount": fen(&collected.amount),
            "from_pledge": fen(&collected.from_pledge), "interest": fen(&collected.interest), "costs": fen(&collected.costs),
        }),
        Act::RecoveryReturn {
            recovery,
            loan,
            payer,
            account,
            amount,
            suspense,
        } => json!({
            "recovery": recovery, "loan": loan, "payer": payer, "account": account,
            "amount": fen(amount), "suspense": fen(suspense),
        }),
        Act::SuspenseRefund {
            payee,
            account,
            amount,
        } => json!({"payee": payee, "account": account, "amount": fen(amount)}),
        Act::Notice {
            bank, issued_at, ..
        } => json!({"bank": bank, "issued_at": time(*issued_at)}),
        Act::Lift {
            sort,
            bank,
            lifted_at,
        } => {
            let notice = if *sort == Sort::Warning {
                "warning"
            } else {
                "suspension"
            };
            json!({"bank": bank, "notice": notice, "lifted_at": time(*lifted_at)})
        }
        Act::FeePay {
            account,
            payee,
            amount,
        } => json!({"account": account, "payee": payee, "amount": fen(amount)}),
        Act::Blacklist { borrower, from } => {
            json!({"borrower": tag(site, borrower), "from": day(from), "evidence": digest("finding")})
        }
        Act::BlacklistLift { borrower, on } => {
            json!({"borrower": tag(site, borrower), "on": day(on), "evidence": digest("finding")})
        }
        Act::MisuseFinding { loan, withdrawn } => {
            json!({"loan": loan, "finding": digest("finding"), "withdrawn": withdrawn})
        }
        Act::FraudFinding { about, withdrawn } => {
            let about = match about {
                About::Loan(loan) => json!({"type": "loan", "loan": loan}),
                About::Borrower(borrower) => {
                    json!({"type": "borrower", "borrower": tag(site, borrower)})
                }
            };
            json!({"about": about, "finding": digest("finding"), "withdrawn": withdrawn})
        }
        Act::ClawbackOrder {
            order,
            loan,
            debtor,
            amount,
        } => {
            json!({"order": order, "loan": loan, "debtor": debtor, "amount": fen(amount), "decision": digest("decision")})
        }
        Act::ClawbackReturn {
            order,
            payer,
            account,
            amount,
        } => {
            json!({"order": order, "payer": payer, "account": account, "amount": fen(amount)})
        }
        Act::ReportFile {
            reporter,
            quarterly,
            period,
        } => {
            let report = if *quarterly { "quarterly" } else { "annual" };
            json!({"reporter": reporter, "report": report, "period": period.to_string(), "digest": digest("report")})
        }
        Act::PerformanceReview { subject, period } => {
            json!({"subject": subject, "period": period.to_string(), "digest": digest("review")})
        }
        Act::BankStatement {
            account,
            on,
            closing,
        } => {
            json!({"account": account, "on": day(on), "closing": fen(closing), "digest": digest("statement")})
        }
        Act::Reversal { of } => json!({"of": of}),
        Act::Terminate => json!({"decision": digest("decision")}),
        Act::Distribute { lines } => {
            let line = |(party, account, amount): &(String, String, i64)| json!({"contributor": party, "account": account, "amount": fen(amount)});
            json!({"lines": lines.iter().map(line).collect::<Vec<Value>>()})
        }
        Act::PartnerRevoke { partner, on } => {
            json!({"partner": partner, "on": day(on), "decision": digest("decision")})
        }
    };
    (body, particulars)
}
