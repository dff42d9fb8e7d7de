"""The stand-in as Stripe's own Python package sees it."""

import json
import sys
import threading
import time
import unittest
from pathlib import Path

import stripe

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Lab"))

from standin import Account, Server
from webhooks import signature


class OfficialClient(unittest.TestCase):
    def setUp(self):
        self.events = []
        server = Server(0, Account(self.events.append))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.client = stripe.StripeClient(
            "sk_test_lab",
            base_addresses={"api": f"http://127.0.0.1:{server.server_address[1]}"},
        )
        self.customer = self.client.customers.create({"metadata": {"account_type": "pay_go"}})

    def invoice(self):
        made = self.client.invoices.create({"customer": self.customer.id, "currency": "usd"})
        self.client.invoice_items.create(
            {"customer": self.customer.id, "invoice": made.id, "amount": 700, "currency": "usd"})
        return self.client.invoices.finalize_invoice(made.id)

    def test_an_invoice_lives(self):
        made = self.invoice()
        self.assertEqual((made.status, made.amount_due), ("open", 700))
        marked = self.client.invoices.mark_uncollectible(made.id)
        self.assertEqual(marked.status, "uncollectible")
        self.assertEqual(self.client.invoices.pay(made.id).status, "paid")
        with self.assertRaises(stripe.InvalidRequestError):
            self.client.invoices.void_invoice(made.id)
        with self.assertRaises(stripe.CardError) as declined:
            self.client.invoices.pay(self.invoice().id,
                                     {"payment_method": "pm_card_chargeDeclined"})
        self.assertEqual(declined.exception.code, "card_declined")

    def test_lists_are_paged_through(self):
        made = [self.invoice().id for _ in range(7)]
        listed = self.client.invoices.list({"customer": self.customer.id, "limit": 3})
        self.assertEqual([one.id for one in listed.auto_paging_iter()], made[::-1])
        types = {one.type for one in self.client.events.list({"limit": 2}).auto_paging_iter()}
        self.assertEqual(types, {"customer.created", "invoice.created", "invoice.finalized",
                                 "invoice.updated"})

    def test_a_subscription_is_canceled(self):
        made = self.client.subscriptions.create(
            {"customer": self.customer.id, "items": [{"price": "price_pro"}]})
        self.assertEqual(made["items"].data[0].price.product, "pro")
        self.assertEqual(self.client.subscriptions.cancel(made.id).status, "canceled")

    def test_a_webhook_is_believed(self):
        body = json.dumps(self.events[0]).encode()
        header = signature("whsec_1", body, int(time.time()))
        event = stripe.Webhook.construct_event(body, header, "whsec_1")
        self.assertEqual(event.data.object.id, self.customer.id)
        with self.assertRaises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, header, "whsec_2")


if __name__ == "__main__":
    unittest.main()
