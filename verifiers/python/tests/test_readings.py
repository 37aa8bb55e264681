"""Readings of FORMAT 6.1 that the worked scenarios leave open, figures worked out by hand."""

import json
import unittest

from fundtrail_verify.calendar import Calendar
from fundtrail_verify.errors import Malformed
from fundtrail_verify.values import Date

from . import common
from .fund import QUORUM, TAGS, Fund, policy

DAY_60 = "2022-08-29"  # of 2022-06-30


def paid(loss="2000000.00", amount="600000.00", **changes):
    """Bank A's loan L1, lost whole and compensated on 2022-09-15."""
    fund = Fund(**changes)
    fund.lend("L1", loss, "2022-06-30")
    fund.lend("L0", "90000000.00", "2025-12-31", borrower="E2")
    fund.compensate("C", "L1", DAY_60, loss, amount)
    return fund


def clawback(fund, amount):
    fund.good("2022-10-10", "clawback_order",
              {"order": "O", "loan": "L1", "debtor": "A", "amount": amount,
               "decision": "0" * 64}, QUORUM)


class Loss(unittest.TestCase):
    """What of the principal lost belongs to the IP part (A06)."""

    def test_ip_last_loses_the_rest_first(self):
        due = [("2022-03-31", "5000000.00"), ("2022-06-30", "1000000.00")]

        def fund():
            one = Fund(compensation__mixed_allocation="ip_last")
            one.lend("L1", "6000000.00", due, ip="2000000.00")
            return one

        # 5,000,000.00 are lost, and 4,000,000.00 of what is outstanding are not IP.
        self.assertEqual(fund().submit("C", "L1", "2022-05-30", "1000000.00", "300000.00"), [])
        codes = fund().submit("C", "L1", "2022-05-30", "2000000.00", "600000.00")
        self.assertIn("LOSS_EXCEEDS_OUTSTANDING", codes)
        self.assertEqual(fund().submit("C", "L1", DAY_60, "2000000.00", "600000.00"), [])

    def test_the_ip_part_is_half_up_whatever_the_compensation_is(self):
        for loss, codes in (("1333333.34", []), ("1333333.33", ["AMOUNT_MISMATCH"])):
            fund = Fund(compensation__rounding="down_cumulative")
            fund.lend("L1", "6000000.00", "2022-06-30", ip="2000000.00")
            fund.good("2022-05-10", "loan_repay",
                      {"loan": "L1", "received_on": "2022-05-10", "amount": "1999999.99",
                       "principal": "1999999.99"}, ["A1"])
            found = fund.submit("C", "L1", DAY_60, loss, "399999.99" if codes else "400000.00")
            self.assertEqual(found[:1], codes)


class Payment(unittest.TestCase):
    """What a claim is worth on the day of payment (A09, A22)."""

    def test_the_later_claim_is_paid_first(self):
        for amount, codes in (("1200000.00", []), ("900000.00", ["AMOUNT_MISMATCH"])):
            fund = Fund()
            due = [("2022-03-31", "4000000.00"), ("2022-06-30", "2000000.00")]
            fund.lend("L1", "6000000.00", due)
            fund.lend("L0", "90000000.00", "2025-12-31", borrower="E2")
            fund.submit("C1", "L1", "2022-05-30", "4000000.00", "1200000.00")
            fund.pass_on("C1", "2022-06-10", "4000000.00", "1200000.00")
            fund.submit("C2", "L1", DAY_60, "6000000.00", "300000.00")
            fund.pass_on("C2", "2022-09-08", "6000000.00", "300000.00")
            self.assertEqual(fund.pay("C2", "2022-09-09", "6000000.00", "300000.00"), [])
            self.assertEqual(fund.pay("C1", "2022-09-10", "4000000.00", amount), codes)

    def part_paid(self):
        fund = Fund()
        due = [("2022-06-30", "2000000.00"), ("2022-12-31", "1000000.00")]
        fund.lend("L1", "3000000.00", due)
        fund.lend("L0", "90000000.00", "2025-12-31", borrower="E2")
        fund.submit("C1", "L1", DAY_60, "2000000.00", "600000.00")
        fund.pass_on("C1", "2022-09-08", "2000000.00", "600000.00")
        fund.good("2022-09-10", "loan_repay",
                  {"loan": "L1", "received_on": "2022-09-10", "amount": "300000.00",
                   "principal": "300000.00"}, ["A1"])
        codes = fund.pay("C1", "2022-09-15", "1700000.00", "400000.00", partial=True)
        self.assertEqual(codes, [])
        return fund

    def test_a_part_payment_lowers_the_claim_too(self):
        # 2,700,000.00 × 30% = 810,000.00, of which C1 takes 510,000.00 and not 600,000.00.
        for amount, codes in (("300000.00", []), ("210000.00", ["AMOUNT_MISMATCH"])):
            fund = self.part_paid()
            found = fund.submit("C2", "L1", "2023-03-01", "2700000.00", amount)
            self.assertEqual(found, codes)
        fund = self.part_paid()
        self.assertEqual(fund.pay("C1", "2022-09-20", "1700000.00", "110000.00"), [])

    def test_one_claim_is_one_of_each_bearer(self):
        fund = Fund(compensation__multiple_claims=False)
        fund.lend("L1", "3000000.01", "2022-06-30")
        borne = [("A", "600000.00"), ("G", "2400000.01")]
        lost = (DAY_60, "3000000.01")
        self.assertEqual(fund.submit("C1", "L1", *lost, "180000.00", borne=borne), [])
        codes = fund.submit("C2", "L1", *lost, "720000.00", claimant="G", borne=borne)
        self.assertEqual(codes, [])
        codes = fund.submit("C3", "L1", *lost, "1.00", borne=borne)
        self.assertIn("DUPLICATE_CLAIM", codes)


class Recoveries(unittest.TestCase):
    """What is due for return, and by when (A19 to A22)."""

    def test_fair_share_is_of_what_was_not_clawed_back(self):
        for back, due in ((None, "562500.00"), ("500000.00", "375000.00")):
            fund = paid("8000000.00", "1500000.00", return__stop_at="fair_share")
            if back:
                clawback(fund, back)
            self.assertEqual(fund.recover("R", "L1", "2022-10-20", "3000000.00"), [])
            self.assertEqual(fund.owed("L1", "R")[0], due)

    def test_nothing_due_needs_no_calendar(self):
        fund = paid("8000000.00", "1500000.00")
        fund.recover("R1", "L1", "2022-10-20", "3000000.00")
        fund.recover("R2", "L1", "2022-10-21", "2000000.00")
        codes = fund.recover("R3", "L1", "2026-12-22", "1000000.00", "2026-12-21")
        self.assertEqual(codes, [])
        self.assertEqual(fund.owed("L1", "R3"), ("0.00", "2026-12-21"))
        # What is due still needs one.
        codes = paid().recover("R1", "L1", "2026-12-22", "1000000.00", "2026-12-21")
        self.assertEqual(codes, ["CALENDAR_MISSING"])

    def test_the_calendar_is_that_of_the_business_date(self):
        for applies_from, deadline in (("2022-09-16", "2022-10-11"), ("2022-09-23", "2022-10-14")):
            fund = paid()
            years = json.loads((common.VECTORS / "calendar.json").read_text(encoding="utf-8"))
            plain = [dict(one, off=[], work=[]) for one in years if one["year"] == 2022]
            fund.good("2022-09-16", "calendar_adopt",
                      {"calendar": "plain", "years": plain}, ["mgr1", "OFF"])
            fund.good("2022-09-16", "policy_adopt",
                      {"applies_from": applies_from, "text": "0" * 64, "decision": "0" * 64,
                       "policy": policy(policy__calendar="plain")}, QUORUM)
            self.assertEqual(fund.recover("R", "L1", "2022-09-22", "500000.00", "2022-09-20"), [])
            self.assertEqual(fund.owed("L1", "R"), ("150000.00", deadline))

    def test_money_on_suspense_alone_is_not_late(self):
        fund = paid()
        fund.recover("R", "L1", "2022-09-22", "500000.00", "2022-09-20")
        fund.give_back("R", "L1", "2022-10-14", "150000.00")
        self.assertEqual(fund.give_back("R", "L1", "2022-10-20", "0.00", "5.00"), [])
        self.assertEqual(fund.raised(), {})

    def test_a_report_taken_back_leaves_its_duty_to_the_one_before(self):
        fund = Fund()
        fund.lend("L1", "2000000.00", "2022-06-30")
        fund.lend("L0", "90000000.00", "2025-12-31", borrower="E2")
        fund.submit("C", "L1", DAY_60, "2000000.00", "600000.00")
        fund.pass_on("C", "2022-09-08", "2000000.00", "600000.00")
        fund.pay("C", "2022-09-15", "2000000.00", "100000.00", partial=True)
        fund.recover("R1", "L1", "2022-09-20", "1000000.00")
        self.assertEqual(fund.owed("L1", "R1"), ("100000.00", "2022-10-14"))
        fund.give_back("R1", "L1", "2022-09-21", "100000.00")
        fund.recover("R2", "L1", "2022-09-22", "10000.00")
        self.assertEqual(fund.owed("L1", "R2"), ("0.00", "2022-09-22"))
        # Paid up to 600,000.00, all collections together make 303,000.00 due.
        self.assertEqual(fund.pay("C", "2022-10-17", "2000000.00", "500000.00"), [])
        self.assertEqual(fund.owed("L1", "R2"), ("203000.00", "2022-11-07"))
        codes = fund.step("2022-10-20", "reversal", {"of": "report-R2"}, ["A1", "OFF"])
        self.assertEqual(codes, [])
        # R1 owed nothing: its new duty has its term from the reversal on.
        self.assertEqual(fund.owed("L1", "R1"), ("300000.00", "2022-11-10"))

    def test_a_return_taken_back_is_no_notice(self):
        fund = Fund()
        fund.lend("L1", "2000000.00", "2022-06-30")
        fund.lend("L0", "18000000.00", "2025-12-31", borrower="E2")
        fund.compensate("C", "L1", DAY_60, "2000000.00", "600000.00")
        self.assertEqual(list(fund.raised()), ["WARN_NOTICE_DUE"])
        fund.recover("R", "L1", "2022-09-20", "500000.00")
        body = {"recovery": "R", "loan": "L1", "payer": "A", "account": "main",
                "amount": "150000.00"}
        fund.step("2022-09-21", "recovery_return", body, ["A1", "mgr1"], name="back")
        codes = fund.step("2022-09-22", "reversal", {"of": "back"}, ["A1", "mgr1", "OFF"])
        self.assertEqual(codes, [])
        self.assertEqual(fund.raised(), {"SHORT_RETURN_ARREARS": {"arrears": "150000.00"}})


class TheBeginning(unittest.TestCase):
    """The initial total (Art. 3)."""

    def test_a_top_up_is_no_part_of_the_initial_total(self):
        self.assertEqual(Fund("9000000.00", top_up="1000000.00").fund(), "10000000.00")
        with self.assertRaisesRegex(AssertionError, "INIT_AMOUNT"):
            Fund("9000000.00", top_up="1000000.00", fund__initial="10000000.00")


class TheEnd(unittest.TestCase):
    """The final distribution (A36)."""

    def test_a_tie_goes_to_who_paid_in_first(self):
        payers = [{"id": one, "weight_by": "paid_in"} for one in ("LATER", "GOV")]
        for gov, later, codes in (
            ("100.01", "100.00", []), ("100.00", "100.01", ["DISTRIBUTION_MISMATCH"] * 2),
        ):
            fund = Fund("100.00", fund__contributors=payers)
            fund.good("2022-01-10", "contribution",
                      {"contributor": "LATER", "account": "main", "amount": "100.00",
                       "purpose": "top_up"}, ["FIN", "mgr1", *QUORUM])
            fund.good("2022-03-21", "interest_credit",
                      {"account": "main", "period": "2022Q1", "amount": "0.01"}, ["A1", "mgr1"])
            fund.good("2024-01-31", "terminate", {"decision": "0" * 64}, ["FIN", *QUORUM])
            lines = [{"contributor": who, "account": "main", "amount": amount}
                     for who, amount in (("GOV", gov), ("LATER", later))]
            found = fund.step("2024-02-05", "distribute", {"lines": lines}, ["FIN", "mgr1", "OFF"])
            self.assertEqual(found, codes)


class Papers(unittest.TestCase):
    """Reports, enrolments taken back, calendars."""

    def test_a_report_is_late_only_where_a_calendar_reaches(self):
        for period, day, raised in (
            ("2022Q1", "2022-05-31", ["REPORT_OVERDUE"]), ("2022Q1", "2022-04-01", []),
            ("2026Q4", "2027-05-31", []),
        ):
            fund = Fund()
            body = {"reporter": "MGR", "report": "quarterly", "period": period,
                    "digest": "0" * 64}
            self.assertEqual(fund.step(day, "report_file", body, ["mgr1"]), [])
            self.assertEqual(list(fund.raised()), raised)

    def test_a_cancelled_enrolment_leaves_its_id(self):
        for cancelled, codes in ((True, []), (False, ["ID_TAKEN"])):
            fund = Fund()
            body = {
                "loan": "L1", "bank": "A", "borrower": TAGS["E1"], "total": "100.00",
                "ip_amount": "100.00", "due": [{"due_on": "2022-06-30", "amount": "100.00"}],
                "purpose": "rnd", "pledges": [{"kind": "patent"}],
                "credit": {"queried_on": "2022-01-05", "report": "0" * 64},
            }
            enrol = ("2022-01-05", "loan_enrol", body, ["A1", "mgr1"],
                     ("contract_number", "pledge.0"))
            tags = {"contract_number": "0" * 64}
            fund.good(*enrol, tags=tags)
            if cancelled:
                fund.good("2022-01-06", "loan_amend",
                          {"loan": "L1", "signed_on": "2022-01-06",
                           "change": {"type": "cancellation"}}, ["A1"])
            self.assertEqual(fund.step(*enrol, tags=tags), codes)

    def test_notices_are_taken_one_after_the_other(self):
        def notice(year, off=(), work=()):
            return {"year": year, "off": set(off), "work": set(work)}

        saturday = Date(2023, 12, 30)
        first, second = notice(2023, off=[saturday]), notice(2023)
        near = notice(2024, work=[saturday])
        for years in ([second, near], [first, second, near]):
            Calendar().adopt(years)
        for years in ([first, near, second], [first, near]):
            with self.assertRaises(Malformed) as refused:
                Calendar().adopt(years)
            self.assertEqual(refused.exception.code, "CALENDAR_INVALID")


if __name__ == "__main__":
    unittest.main()
