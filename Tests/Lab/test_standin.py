"""The lab's stand-in for Stripe by itself: transitions, lists, refusals, signatures, both shapes."""

import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Lab"))

import objects
from client import Stripe, StripeError
from standin import Account, Server
from webhooks import is_signed, signature


class StandIn(unittest.TestCase):
    def setUp(self):
        self.events = []
        self.account = Account(self.events.append, upgrade_after=12, clock=lambda: 1_800_000_000)
        self.server = Server(0, self.account)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.stripe = Stripe(self.server.server_address[1])
        self.call = self.stripe.call
        self.call("POST", "/v1/customers", {"id": "cus_1", "metadata": {"account_type": "pay_go"}})

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def invoice(self, *moves):
        name = self.call("POST", "/v1/invoices", {"customer": "cus_1", "subscription": "sub_1"})["id"]
        self.call("POST", "/v1/invoiceitems",
                  {"invoice": name, "customer": "cus_1", "amount": 500})
        for move in moves:
            self.call("POST", f"/v1/invoices/{name}/{move}")
        return name

    def test_every_transition_and_no_other(self):
        ways = {
            "draft": (), "open": ("finalize",), "paid": ("finalize", "pay"),
            "void": ("finalize", "void"), "uncollectible": ("finalize", "mark_uncollectible"),
        }
        for status, way in ways.items():
            for move, (allowed, target) in objects.TRANSITIONS.items():
                name = self.invoice(*way)
                if status in allowed:
                    after = self.call("POST", f"/v1/invoices/{name}/{move}")["status"]
                    self.assertEqual(after, target, (status, move))
                else:
                    with self.assertRaises(StripeError, msg=(status, move)):
                        self.call("POST", f"/v1/invoices/{name}/{move}")

    def test_a_payment_sends_three_events_in_one_second(self):
        self.events.clear()
        self.invoice("finalize", "pay")
        self.assertEqual([event["type"] for event in self.events[-3:]],
                         ["invoice.paid", "invoice.payment_succeeded", "invoice.updated"])
        self.assertEqual(len({event["created"] for event in self.events[-3:]}), 1)

    def test_the_last_declined_attempt_has_no_next(self):
        name = self.invoice("finalize")
        for left in (3, 2, 1, 0):
            with self.assertRaises(StripeError):
                self.call("POST", f"/v1/invoices/{name}/pay",
                          {"payment_method": "pm_card_chargeDeclined"})
            attempt = self.events[-1]["data"]["object"]["next_payment_attempt"]
            self.assertEqual(attempt is None, left == 0)

    def test_both_shapes(self):
        for _ in range(6):
            self.invoice("finalize")
        shown = {event["api_version"]: event["data"]["object"] for event in self.events
                 if event["type"] == "invoice.created"}
        self.assertEqual(shown[objects.OLD]["subscription"], "sub_1")
        self.assertNotIn("parent", shown[objects.OLD])
        details = shown[objects.BASIL]["parent"]["subscription_details"]
        self.assertEqual(details["subscription"], "sub_1")
        self.assertNotIn("subscription", shown[objects.BASIL])

    def test_pages_hold_every_object_once_newest_first(self):
        made = [self.invoice() for _ in range(25)]
        first = self.call("GET", "/v1/invoices")
        self.assertEqual((len(first["data"]), first["has_more"]), (10, True))
        found = [one["id"] for one in self.stripe.all("/v1/invoices", customer="cus_1")]
        self.assertEqual(found, made[::-1])
        newer = self.call("GET", "/v1/invoices", {"ending_before": made[20], "limit": 2})
        self.assertEqual([one["id"] for one in newer["data"]], [made[22], made[21]])
        self.assertTrue(newer["has_more"])

    def test_events_of_the_types_that_are_named_since_the_account_was_opened(self):
        self.account.is_open = False
        self.invoice("finalize")
        self.account.is_open = True
        self.invoice("finalize", "void")
        named = self.call("GET", "/v1/events?types[]=invoice.voided&types[]=invoice.finalized")
        self.assertEqual([event["type"] for event in named["data"]],
                         ["invoice.voided", "invoice.finalized"])

    def test_a_key_is_answered_once_and_named_in_the_event(self):
        name = self.invoice("finalize")
        for _ in range(2):
            self.call("POST", f"/v1/invoices/{name}/void", key="dunning-path/ex_1/0")
        voided = [event for event in self.events if event["type"] == "invoice.voided"]
        self.assertEqual([event["request"]["idempotency_key"] for event in voided],
                         ["dunning-path/ex_1/0"])

    def test_signatures(self):
        header = signature("whsec_1", b"{}", 100)
        self.assertTrue(is_signed("whsec_1", header, b"{}", 100))
        for secret, body, now in (("whsec_2", b"{}", 100), ("whsec_1", b"[]", 100),
                                  ("whsec_1", b"{}", 500)):
            self.assertFalse(is_signed(secret, header, body, now))


if __name__ == "__main__":
    unittest.main()
