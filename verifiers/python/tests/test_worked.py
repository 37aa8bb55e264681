"""Figures of the worked scenarios, copied by hand from the reference, with their names.

Each is played as a small ledger: the right figure deviates in nothing, a fen beside it does.
"""

import unittest

from .fund import QUORUM, Fund

DAY_60 = "2022-08-29"  # of 2022-06-30


class Claims(unittest.TestCase):
    """Claim amounts, S21 to S38."""

    def check(self, fund, loan, day, loss, right, wrong, code="AMOUNT_MISMATCH"):
        for amount in wrong:
            trial = fund()
            self.assertIn(code, trial.submit("C", loan, day, loss, amount), amount)
        self.assertEqual(fund().submit("C", loan, day, loss, right), [])

    def pure(self, total):
        def fund():
            one = Fund()
            one.lend("L1", total, "2022-06-30")
            return one

        return fund

    def test_s21_pure_ip_loan(self):
        fund = self.pure("2000000.00")
        self.check(fund, "L1", DAY_60, "2000000.00", "600000.00", ("600000.01", "599999.99"))

    def test_s22_half_up(self):
        fund = self.pure("1234567.89")
        self.check(fund, "L1", DAY_60, "1234567.89", "370370.37", ("370370.36", "370370.38"))

    def test_s24_exactly_at_the_cap(self):
        fund = self.pure("5000000.00")
        self.check(fund, "L1", DAY_60, "5000000.00", "1500000.00", ("1500000.01",))

    def test_s25_a_fen_above_the_cap(self):
        fund = self.pure("5000000.02")
        wrong = ("1500000.01",)
        self.check(fund, "L1", DAY_60, "5000000.02", "1500000.00", wrong, "CAP_EXCEEDED")

    def test_s27_cap_exceeded(self):
        fund = self.pure("8000000.00")
        wrong = ("2400000.00",)
        self.check(fund, "L1", DAY_60, "8000000.00", "1500000.00", wrong, "CAP_EXCEEDED")

    def test_s28_interest_in_the_base(self):
        fund = self.pure("1000000.00")
        codes = fund().submit("C", "L1", DAY_60, "1000000.00", "313596.53", interest="45321.77")
        self.assertIn("BASE_INCLUDES_NON_PRINCIPAL", codes)
        self.check(fund, "L1", DAY_60, "1000000.00", "300000.00", ("313596.53",))

    def mixed(self, repaid):
        def fund():
            one = Fund()
            one.lend("L1", "6000000.00", "2022-06-30", ip="2000000.00")
            one.good("2022-05-10", "loan_repay", {
                "loan": "L1", "received_on": "2022-05-10", "amount": repaid, "principal": repaid,
            }, ["A1"])
            return one

        return fund

    def test_s29_mixed_loan(self):
        fund = self.mixed("1500000.00")  # 4,500,000.00 are outstanding
        self.check(fund, "L1", DAY_60, "1500000.00", "450000.00", ("1350000.00", "449999.99"))
        codes = fund().submit("C", "L1", DAY_60, "4500000.00", "1350000.00")
        self.assertIn("LOSS_EXCEEDS_OUTSTANDING", codes)

    def test_s30_mixed_loan_rounding(self):
        fund = self.mixed("1999999.99")  # 4,000,000.01 are outstanding
        self.check(fund, "L1", DAY_60, "1333333.34", "400000.00", ("400000.01",))
        self.assertIn(
            "AMOUNT_MISMATCH", fund().submit("C", "L1", DAY_60, "1333333.33", "400000.00")
        )

    def test_s32_order_of_repayment(self):
        def fund(principal):
            one = Fund()
            one.lend("L1", "1000000.00", "2022-06-30")
            codes = one.step("2022-06-15", "loan_repay", {
                "loan": "L1", "received_on": "2022-06-15", "amount": "120000.00",
                "costs_due": "2000.00", "interest_due": "45321.77", "principal": principal,
            }, ["A1"])
            return one, codes

        one, codes = fund("72678.23")
        self.assertEqual(codes, [])
        self.assertEqual(one.submit("C", "L1", DAY_60, "927321.77", "278196.53"), [])
        self.assertIn("SPLIT_MISMATCH", fund("120000.00")[1])

    def test_s33_instalments_share_one_cap(self):
        for second, wrong in (("300000.00", False), ("600000.00", True)):
            fund = Fund()
            due = [("2022-03-31", "4000000.00"), ("2022-06-30", "2000000.00")]
            fund.lend("L1", "6000000.00", due)
            fund.lend("L0", "90000000.00", "2025-12-31", borrower="E2")
            self.assertEqual(fund.submit("C1", "L1", "2022-05-30", "4000000.00", "1200000.00"), [])
            codes = fund.submit("C2", "L1", DAY_60, "6000000.00", second)
            self.assertEqual("CAP_EXCEEDED" in codes, wrong)
            self.assertEqual(bool(codes), wrong)

    def test_s34_the_same_principal_again(self):
        fund = self.pure("2000000.00")()
        self.assertEqual(fund.submit("C1", "L1", DAY_60, "2000000.00", "600000.00"), [])
        self.assertIn(
            "AMOUNT_MISMATCH", fund.submit("C2", "L1", DAY_60, "2000000.00", "600000.00")
        )

    def test_s36_and_s38_bank_and_guarantor(self):
        borne = [("A", "600000.00"), ("G", "2400000.01")]
        fund = self.pure("3000000.01")()
        loss = "3000000.01"
        self.assertEqual(fund.submit("CA", "L1", DAY_60, loss, "180000.00", "A", borne), [])
        self.assertEqual(fund.submit("CG", "L1", DAY_60, loss, "720000.00", "G", borne), [])
        fund = self.pure("3000000.01")()
        self.assertEqual(fund.submit("CA", "L1", DAY_60, loss, "900000.00"), [])
        codes = fund.submit("CG", "L1", DAY_60, loss, "720000.00", "G", borne)
        self.assertIn("SHARE_EXCEEDS_TOTAL", codes)

    def test_s39_and_s40_the_sixtieth_day(self):
        fund = self.pure("2000000.00")
        self.assertIn(
            "NOT_OVERDUE_ENOUGH",
            fund().submit("C", "L1", "2022-08-28", "2000000.00", "600000.00"),
        )
        self.assertEqual(fund().submit("C", "L1", DAY_60, "2000000.00", "600000.00"), [])

    def test_s47_the_last_day_of_the_measure(self):
        for due, covered in (("2023-10-23", True), ("2023-10-24", False)):
            fund = Fund()
            fund.lend("L1", "1000000.00", due)
            codes = fund.submit("C", "L1", "2024-01-15", "1000000.00", "300000.00")
            self.assertEqual(codes == [], covered, due)

    def test_s48_repaid_before_payment(self):
        def fund():
            one = self.pure("2000000.00")()
            one.lend("L0", "90000000.00", "2025-12-31", borrower="E2")
            one.submit("C", "L1", DAY_60, "2000000.00", "600000.00")
            one.pass_on("C", "2022-09-08", "2000000.00", "600000.00")
            one.good("2022-09-10", "loan_repay", {
                "loan": "L1", "received_on": "2022-09-10", "amount": "300000.00",
                "principal": "300000.00"}, ["A1"])
            return one

        self.assertEqual(fund().pay("C", "2022-09-15", "1700000.00", "510000.00"), [])
        wrong = fund().pay("C", "2022-09-15", "1700000.00", "600000.00")
        self.assertEqual(wrong, ["AMOUNT_MISMATCH"])
        wrong = fund().pay("C", "2022-09-15", "2000000.00", "600000.00")
        self.assertIn("AMOUNT_MISMATCH", wrong)


class Brakes(unittest.TestCase):
    """Ratios, S50 to S62."""

    def paid(self, loss, amount, rest):
        fund = Fund()
        fund.lend("L1", loss, "2022-06-30")
        fund.lend("L2", rest, "2025-12-31", borrower="E2")
        fund.compensate("C", "L1", DAY_60, loss, amount)
        return fund

    def test_s50_just_below(self):
        # 1,999,999.97 × 30 % = 599,999.991 → 599,999.99, on 20,000,000.00.
        fund = self.paid("1999999.97", "599999.99", "18000000.03")
        self.assertEqual(fund.raised(), {})

    def test_s51_exactly_3_percent(self):
        fund = self.paid("2000000.00", "600000.00", "18000000.00")
        self.assertEqual(fund.raised(), {"WARN_NOTICE_DUE": {
            "compensated": "600000.00", "disbursed": "20000000.00", "ratio_percent": "3.0000",
            "threshold_bp": 300}})

    def test_s53_around_5_percent(self):
        fund = self.paid("3333333.30", "999999.99", "16666666.70")
        self.assertEqual(list(fund.raised()), ["WARN_NOTICE_DUE"])
        fund = self.paid("3333333.33", "1000000.00", "16666666.67")
        self.assertEqual(list(fund.raised()), ["SUSPEND_NOTICE_DUE"])

    def test_s54_gross_not_net(self):
        for numerator, raised in (("gross_paid", "SUSPEND_NOTICE_DUE"),
                                  ("net_of_returns", "WARN_NOTICE_DUE")):
            fund = Fund(brake__numerator=numerator)
            fund.lend("L1", "2333333.33", "2022-06-30")
            fund.lend("L2", "1000000.00", "2022-06-30", borrower="E2")
            fund.lend("L3", "16666666.67", "2025-12-31", borrower="E3")
            fund.compensate("C1", "L1", DAY_60, "2333333.33", "700000.00")
            self.assertEqual(fund.recover("R", "L1", "2022-09-20", "1000000.00"), [])
            self.assertEqual(fund.give_back("R", "L1", "2022-09-21", "300000.00"), [])
            fund.compensate("C2", "L2", "2022-09-22", "1000000.00", "300000.00")
            self.assertEqual(list(fund.raised()), [raised])

    def test_s55_the_ip_part_is_the_denominator(self):
        for mode, raised in (("cum_disbursed_ip_enrolled", ["WARN_NOTICE_DUE"]),
                             ("cum_disbursed_enrolled", [])):
            fund = Fund(brake__denominator=mode)
            fund.lend("L1", "2000000.00", "2022-06-30")
            fund.lend("L2", "8000000.00", "2025-12-31", borrower="E2")
            fund.lend("L3", "20000000.00", "2025-12-31", borrower="E3", ip="5000000.00")
            fund.compensate("C", "L1", DAY_60, "2000000.00", "600000.00")
            self.assertEqual(list(fund.raised()), raised)

    def suspended(self):
        fund = Fund()
        fund.lend("L0", "1000000.00", "2023-12-31", borrower="E1")
        fund.lend("LB", "1000000.00", "2023-12-31", borrower="E2", bank="B")
        fund.good("2023-03-20", "suspend_notice",
                  {"bank": "A", "issued_at": "2023-03-20T10:00:00+08:00"}, ["mgr1", "OFF"])
        return fund

    def test_s56_to_the_second(self):
        for at, code in (("09:59:59", []), ("10:00:00", ["NEW_CUSTOMER_AFTER_SUSPENSION"])):
            fund = self.suspended()
            moment = f"2023-03-20T{at}+08:00"
            fund.lend("L1", "1000000.00", "2023-06-30", borrower="E3", day="2023-03-20", at=moment)
            self.assertEqual(fund.submit("C", "L1", DAY_60.replace("2022", "2023"),
                                         "1000000.00", "300000.00"), code)

    def test_s58_and_s59_old_and_new_customers(self):
        for borrower, covered in (("E1", "yes"), ("E2", "no")):
            fund = self.suspended()
            fund.lend("L1", "1000000.00", "2023-06-30", borrower=borrower, day="2023-04-01")
            self.assertEqual(fund.raised(), {"NEW_LOAN_WHILE_SUSPENDED": {
                "disbursed_on": "2023-04-01", "covered": covered}})

    def test_s62_both_thresholds(self):
        fund = Fund()
        fund.lend("L1", "2000000.00", "2022-06-30")
        fund.lend("L2", "5000000.00", "2022-06-30", borrower="E2")
        fund.lend("L3", "23000000.00", "2025-12-31", borrower="E3")
        fund.compensate("C1", "L1", DAY_60, "2000000.00", "600000.00")
        self.assertEqual(fund.raised(), {})
        fund.compensate("C2", "L2", DAY_60, "5000000.00", "1500000.00")
        self.assertEqual(fund.raised()["SUSPEND_NOTICE_DUE"]["ratio_percent"], "7.0000")

    def test_a_notice_below_the_threshold(self):
        body = {"bank": "A", "issued_at": "2022-02-01T10:00:00+08:00"}
        fund = Fund()
        fund.lend("L1", "1000000.00", "2025-12-31")
        self.assertEqual(
            fund.step("2022-02-01", "warn_notice", body, ["mgr1"]), ["NOTICE_UNFOUNDED"]
        )
        fund = Fund()
        self.assertEqual(fund.step("2022-02-01", "warn_notice", body, ["mgr1", "OFF"]), [])


class Returns(unittest.TestCase):
    """Recoveries and what comes back, S64 to S75."""

    def paid(self, loss="2000000.00", amount="600000.00", **changes):
        fund = Fund(**changes)
        fund.lend("L1", loss, "2022-06-30")
        fund.lend("L0", "90000000.00", "2025-12-31", borrower="E2")
        fund.submit("C", "L1", DAY_60, loss, amount)
        fund.pass_on("C", "2022-09-08", loss, amount)
        self.assertEqual(fund.pay("C", "2022-09-15", loss, amount), [])
        return fund

    def test_s64_on_time_and_late(self):
        for day, raised in (("2022-10-14", {}), ("2022-10-15", {
                "LATE_RETURN": {"deadline": "2022-10-14", "days_late": 1}})):
            fund = self.paid()
            self.assertEqual(fund.recover("R", "L1", "2022-09-22", "500000.00", "2022-09-20"), [])
            self.assertEqual(fund.owed("L1", "R"), ("150000.00", "2022-10-14"))
            self.assertEqual(fund.give_back("R", "L1", day, "150000.00"), [])
            self.assertEqual(fund.raised(), raised)

    def test_s65_short(self):
        fund = self.paid()
        fund.recover("R", "L1", "2022-09-20", "500000.00")
        self.assertEqual(fund.give_back("R", "L1", "2022-10-14", "149999.99"), [])
        self.assertEqual(fund.raised(), {"SHORT_RETURN_ARREARS": {"arrears": "0.01"}})

    def test_s66_excess(self):
        fund = self.paid()
        fund.recover("R", "L1", "2022-09-20", "500000.00")
        self.assertEqual(fund.give_back("R", "L1", "2022-10-14", "150000.01"), ["RETURN_EXCESS"])
        fund = self.paid()
        fund.recover("R", "L1", "2022-09-20", "500000.00")
        self.assertEqual(fund.give_back("R", "L1", "2022-10-14", "150000.00", "0.01"), [])
        self.assertEqual(fund.books.balance("suspense:A"), -1)

    def test_s67_costs(self):
        for net, due in ((False, "150000.00"), (True, "135370.37")):
            fund = self.paid(return__net_of_costs=net)
            fund.recover("R", "L1", "2022-09-20", "500000.00", costs="48765.43")
            self.assertEqual(fund.owed("L1", "R")[0], due)

    def test_s68_returns_stop(self):
        for stop, dues in (
            ("compensation", ("900000.00", "600000.00", "0.00")),
            ("never", ("900000.00", "600000.00", "300000.00")),
            ("fair_share", ("562500.00", "375000.00", "187500.00")),
        ):
            fund = self.paid("8000000.00", "1500000.00", return__stop_at=stop)
            for n, (amount, due) in enumerate(
                zip(("3000000.00", "2000000.00", "1000000.00"), dues)
            ):
                self.assertEqual(fund.recover(f"R{n}", "L1", "2022-10-20", amount), [])
                self.assertEqual(fund.owed("L1", f"R{n}")[0], due, stop)

    def test_s69_over_recovery(self):
        fund = self.paid()
        fund.recover("R", "L1", "2022-10-20", "2100000.00", interest="100000.00")
        self.assertEqual(fund.owed("L1", "R")[0], "600000.00")

    def test_s71_before_compensation(self):
        fund = Fund()
        fund.lend("L1", "2000000.00", "2022-06-30")
        self.assertEqual(
            fund.recover("R", "L1", "2022-08-01", "400000.00"), ["RETURN_WITHOUT_COMPENSATION"]
        )

    def test_s72_and_s73_deadlines(self):
        fund = self.paid()
        fund.recover("R", "L1", "2022-10-17", "100000.00", "2022-10-15")
        self.assertEqual(fund.owed("L1", "R")[1], "2022-11-04")
        codes = fund.recover("Q", "L1", "2026-12-22", "100000.00", "2026-12-21")
        self.assertEqual(codes, ["CALENDAR_MISSING"])

    def test_s75_collected_between_claim_and_payment(self):
        fund = self.paid("8000000.00", "1500000.00")
        self.assertEqual(fund.recover("R", "L1", "2022-09-20", "1000000.00", "2022-09-10"), [])
        self.assertEqual(fund.owed("L1", "R"), ("300000.00", "2022-10-11"))


class FeesAndTheEnd(unittest.TestCase):
    """Fees, shortage, distribution, corrections, S76 to S88."""

    def fee(self, fund, day, amount):
        body = {"account": "main", "payee": "MGR", "amount": amount}
        return fund.step(day, "fee_pay", body, ["OFF", "mgr1"])

    def test_s76_the_fee_of_a_year(self):
        fund = Fund()
        self.assertEqual(self.fee(fund, "2022-06-30", "80000.00"), [])
        self.assertEqual(self.fee(fund, "2022-12-20", "70000.00"), [])
        self.assertEqual(self.fee(fund, "2022-12-30", "0.01"), ["FEE_CAP"])
        self.assertEqual(self.fee(fund, "2023-01-05", "150000.00"), [])

    def test_s77_the_base_is_fixed(self):
        self.assertEqual(self.fee(Fund(), "2022-12-20", "150131.25"), ["FEE_CAP"])

    def test_s78_the_first_days(self):
        fund = Fund()
        self.assertEqual(self.fee(fund, "2021-12-31", "150000.00"), [])
        self.assertEqual(fund.raised()["FEE_ABOVE_PRORATA"]["prorated"], "3698.63")

    def test_s80_not_enough_money(self):
        def fund():
            one = Fund("412345.67")
            one.lend("L1", "2000000.00", "2022-06-30")
            one.lend("L0", "90000000.00", "2025-12-31", borrower="E2")
            one.submit("C", "L1", DAY_60, "2000000.00", "600000.00")
            one.pass_on("C", "2022-09-08", "2000000.00", "600000.00")
            return one

        whole = fund().pay("C", "2022-09-15", "2000000.00", "600000.00")
        self.assertEqual(whole, ["NEGATIVE_BALANCE"])
        one = fund()
        self.assertEqual(one.pay("C", "2022-09-15", "2000000.00", "412345.67", partial=True), [])
        rest = one.pay("C", "2022-09-16", "2000000.00", "187654.33")
        self.assertEqual(rest, ["NEGATIVE_BALANCE"])  # the amount is right, the money is not there

    def test_s82_distribution(self):
        for amount, codes in (("9319984.56", []), ("9319984.55", ["DISTRIBUTION_MISMATCH"] * 2)):
            fund = Fund("9319984.56")
            fund.good("2024-01-31", "terminate", {"decision": "0" * 64}, ["FIN", *QUORUM])
            lines = [{"contributor": "GOV", "account": "main", "amount": amount}]
            self.assertEqual(
                fund.step("2024-02-05", "distribute", {"lines": lines}, ["FIN", "mgr1", "OFF"]),
                codes,
            )

    def test_s87_keyed_wrong_and_reversed(self):
        fund = Fund()
        fund.lend("L1", "2000000.00", "2022-06-30")
        fund.lend("L0", "90000000.00", "2025-12-31", borrower="E2")
        fund.submit("C", "L1", DAY_60, "2000000.00", "600000.00")
        fund.pass_on("C", "2022-09-08", "2000000.00", "600000.00")
        wrong = fund.pay("C", "2022-09-15", "2000000.00", "60000.00", name="P")
        self.assertEqual(wrong, ["AMOUNT_MISMATCH"])
        self.assertEqual(
            fund.step("2022-09-16", "reversal", {"of": "P"}, ["mgr3", "mgr4", "OFF"]), []
        )
        self.assertEqual(fund.pay("C", "2022-09-17", "2000000.00", "600000.00"), [])
        again = fund.step("2022-09-18", "reversal", {"of": "P"}, ["mgr3", "mgr4", "OFF"])
        self.assertIn("REVERSAL_BLOCKED", again)

    def test_s88_clawback(self):
        for amount, codes in (("300000.00", []), ("300000.01", ["CLAWBACK_EXCESS"])):
            fund = Fund()
            fund.lend("L1", "1000000.00", "2022-06-30")
            fund.compensate("C", "L1", DAY_60, "1000000.00", "300000.00")
            body = {"order": "O", "loan": "L1", "debtor": "A", "amount": amount,
                    "decision": "0" * 64}
            self.assertEqual(fund.step("2022-12-01", "clawback_order", body, QUORUM), codes)

    def test_s91_bank_statement(self):
        fund = Fund()
        fund.good("2022-01-10", "transfer",
                  {"from": "main", "to": "at-a", "amount": "4000000.01"}, ["mgr1", "OFF"])
        body = {"account": "at-a", "on": "2022-03-31", "closing": "4000000.00",
                "digest": "0" * 64}
        fund.good("2022-04-01", "bank_statement", body, ["A1"])
        self.assertEqual(fund.raised()["RECONCILE_DIFF"]["difference"], "0.01")


class Erasure(unittest.TestCase):
    """Sealed particulars erased (FORMAT 6, 9): what may be, once, by the office."""

    def setUp(self):
        self.fund = Fund()
        self.fund.step("2022-01-10", "borrower_register",
                       {"borrower": "ab" * 32, "registered_on": "2015-01-01",
                        "registered_division": "150203", "legal_person": True,
                        "evidence": "0" * 64}, ["A1", "mgr1"], ("name", "credit_code"), name="R")
        self.fund.good("2022-01-10", "transfer",
                       {"from": "main", "to": "at-a", "amount": "1.00"}, ["mgr1", "OFF"], name="T")

    def erase(self, day, of, *names, by=("OFF",)):
        body = {"of": of, "decision": "0" * 64, "particulars": list(names)}
        return self.fund.step(day, "particulars_erase", body, list(by))

    def test_some_then_the_rest_then_nothing(self):
        self.assertEqual(self.erase("2022-01-11", "R", "name"), [])
        self.assertEqual(self.erase("2022-01-11", "R", "name"), ["PARTICULARS_ERASED"])
        self.assertEqual(self.erase("2022-01-11", "R"), [])
        self.assertEqual(self.erase("2022-01-11", "R"), ["PARTICULARS_ERASED"])
        self.assertEqual(
            self.erase("2022-01-11", "R", "credit_code"), ["PARTICULARS_ERASED"])

    def test_what_is_not_there(self):
        self.assertEqual(self.erase("2022-01-11", "R", "name", "cnaps"), ["PARTICULAR_UNKNOWN"])
        self.assertEqual(self.erase("2022-01-11", "T"), ["PARTICULAR_UNKNOWN"])
        self.assertEqual(self.erase("2022-01-11", "nobody"), ["TRANSACTION_UNKNOWN"])
        self.assertEqual(self.erase("2022-01-09", "R"), ["DATE_ORDER"])

    def test_by_the_office_alone(self):
        self.assertEqual(self.erase("2022-01-11", "R", "name", by=("mgr1",)), ["SIG_MISSING"])
        both = self.erase("2022-01-11", "R", "credit_code", by=("OFF", "mgr1"))
        self.assertEqual(both, ["SIG_ROLE"])


class Life(unittest.TestCase):
    """The life cycle of the reference: a balance after each line."""

    def test_life_cycle(self):
        fund = life_cycle()
        self.assertEqual(fund.fund(), "0.00")
        for book, balance in (
            ("contribution:GOV", "-10000000.00"), ("interest", "-39984.56"),
            ("returns", "-1650000.00"), ("compensation", "2100000.00"), ("fees", "270000.00"),
            ("distribution:GOV", "9319984.56"),
        ):
            self.assertEqual(fund.books.balance(book), int(balance.replace(".", "")), book)


def life_cycle():
    """Writes the life cycle; every balance of the fund is asserted on the way."""
    fund = Fund()

    def now(balance):
        if fund.fund() != balance:
            raise AssertionError(f"{fund.fund()} instead of {balance}")

    def interest(day, account, amount, period):
        body = {"account": account, "period": period, "amount": amount}
        fund.good(day, "interest_credit", body, ["B1" if account == "at-b" else "A1", "mgr1"])

    def fee(day, amount):
        fund.good(day, "fee_pay", {"account": "main", "payee": "MGR", "amount": amount},
                  ["OFF", "mgr1"])

    now("10000000.00")
    for account, amount in (("at-a", "4000000.00"), ("at-b", "3000000.00")):
        fund.good("2022-01-10", "transfer", {"from": "main", "to": account, "amount": amount},
                  ["mgr1", "OFF"])
    now("10000000.00")
    fund.lend("L1", "2000000.00", "2022-06-30", day="2022-01-12")
    fund.lend("L2", "8000000.00", "2022-12-20", day="2022-02-15", borrower="E2")
    fund.lend("L3", "10000000.00", "2025-02-28", day="2022-03-01", borrower="E3")
    interest("2022-03-21", "main", "2625.00", "2022Q1")
    interest("2022-03-21", "at-a", "3500.00", "2022Q1")
    interest("2022-03-21", "at-b", "2625.00", "2022Q1")
    now("10008750.00")
    fund.submit("C1", "L1", "2022-08-29", "2000000.00", "600000.00")
    fund.pass_on("C1", "2022-09-08", "2000000.00", "600000.00")
    if fund.pay("C1", "2022-09-15", "2000000.00", "600000.00", account="at-a"):
        raise AssertionError("the first payment deviates")
    now("9408750.00")
    fund.good("2022-09-16", "warn_notice",
              {"bank": "A", "issued_at": "2022-09-16T09:00:00+08:00"}, ["mgr1"])
    fund.recover("R1", "L1", "2022-09-26", "500000.00", "2022-09-20")
    fund.give_back("R1", "L1", "2022-10-14", "150000.00")
    now("9558750.00")
    fund.lend("L4", "10000000.00", "2025-10-31", day="2022-11-01")
    interest("2022-12-21", "main", "31234.56", "2022Q4")
    now("9589984.56")
    fee("2022-12-26", "150000.00")
    now("9439984.56")
    fund.submit("C2", "L2", "2023-02-20", "8000000.00", "1500000.00")
    fund.pass_on("C2", "2023-03-03", "8000000.00", "1500000.00")
    if fund.pay("C2", "2023-03-10", "8000000.00", "1500000.00", account="at-a"):
        raise AssertionError("the second payment deviates")
    if fund.raised()["SUSPEND_NOTICE_DUE"]["ratio_percent"] != "7.0000":
        raise AssertionError("the ratio")
    now("7939984.56")
    fund.good("2023-03-13", "suspend_notice",
              {"bank": "A", "issued_at": "2023-03-13T09:00:00+08:00"}, ["mgr1"])
    for name, day, amount, back in (
        ("R2", "2023-06-01", "3000000.00", "900000.00"),
        ("R3", "2023-09-04", "2000000.00", "600000.00"),
    ):
        fund.recover(name, "L2", day, amount)
        fund.give_back(name, "L2", day, back)
    now("9439984.56")
    fund.recover("R4", "L2", "2023-11-15", "1000000.00")
    if fund.owed("L2", "R4")[0] != "0.00":
        raise AssertionError("the fourth recovery")
    fee("2023-12-20", "120000.00")
    now("9319984.56")
    fund.good("2024-01-31", "terminate", {"decision": "0" * 64}, ["FIN", *QUORUM])
    lines = [{"contributor": "GOV", "account": account, "amount": amount} for account, amount in (
        ("main", "4413859.56"), ("at-a", "1903500.00"), ("at-b", "3002625.00"))]
    fund.good("2024-02-05", "distribute", {"lines": lines}, ["FIN", "mgr1", "OFF"])
    return fund


if __name__ == "__main__":
    unittest.main()
