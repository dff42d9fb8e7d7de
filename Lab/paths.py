"""The five legacy paths, each a process of its own, defects included.

None knows of the others, none locks anything, and each decides on what it read at its start.
"""

import argparse
import json
import os
import queue
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from client import Stripe, StripeError
from execution import FLAG, Execution, Service
from journal import Journal
from webhooks import is_signed

SUPPORTED = {
    "pay_go", "startup", "ad_hoc_contract", "election", "employee", "galileo", "ibm", "intern",
    "jdc", "pangea", "partners_basic", "partners_ent",
}
LIVE = ("active", "trialing", "past_due", "unpaid")
WORKERS = 40


# -- What each does

def record_dunning(service, event, account):
    """Path A: writes every invoice event into `subs_dunning`, which nobody reads."""
    run = Execution(service, account, event["id"])
    run.read({})
    run.step("record_dunning", lambda _: run.update(
        "INSERT INTO subs_dunning VALUES (%s, %s) ON CONFLICT DO NOTHING", account, event["id"]
    ), event=event["id"])
    run.finish()


def remediate_drift(service, request, account):
    """Path B: gathers, computes and applies. Superseded invoices count, debt counts at once, and
    what is canceled stays canceled."""
    state = gather(service, account)
    run = Execution(service, account, request)
    owed = [one for one in state["uncollectible"] if not one["paid"]]
    taken = {name: TAKEN[name] for name in state["all"] if name in TAKEN}
    run.read({**state, "debt": [one["id"] for one in owed]})
    if state["type"] in SUPPORTED:
        if any(one["amount"] > 0 for one in owed):
            for name, items in state["live"].items():
                if items:
                    run.set_items("delete_items", name, items, [])
                    if run.error is None:
                        TAKEN[name] = items
            put(run, state, True)
        else:
            put(run, state, False)
            for name, items in taken.items():
                run.set_items("restore_items", name, items, items)
                if run.error is None:
                    TAKEN.pop(name, None)
    run.finish()


# What Path B took away from subscriptions, as it remembers it.
TAKEN = {}


def put(run, state, to):
    """Flag, ban, timestamp and metadata: only what differs from what was read."""
    if state["flagged"] != to:
        run.set_flag(to)
    if state["ban"] != ("bad_debt" if to else None) and state["ban"] != "abuse":
        run.set_ban("bad_debt" if to else None)
    if state["bad_debt_at"] != to:
        run.set_bad_debt_at(to)
    if state["metadata"] != to:
        run.set_metadata(state["customer"], to)


def cancel_for_debt(service, event, account):
    """Path C: trusts the event's payload, and asks neither Stripe nor Path B."""
    invoice = event["data"]["object"]
    is_marked = event["type"] == "invoice.marked_uncollectible"
    if not is_marked and invoice["next_payment_attempt"] is not None:
        return
    type, customer = service.query(
        "SELECT account_type, stripe_customer FROM subs_account a JOIN subs_customer c"
        " ON c.account_id = a.id WHERE a.id = %s", account)[0]
    if type != "pay_go":
        return
    live = sorted(name for name, status, _ in subscriptions(service, account) if status in LIVE)
    run = Execution(service, account, event["id"])
    run.read({"live": live, "invoice": invoice["id"]})
    if is_marked:
        for name in live:
            run.cancel(name, "bad_debt")
        run.set_flag(True)
        run.set_ban("bad_debt")
        run.set_bad_debt_at(True)
        run.set_metadata(customer, True)
    elif name := subscription_of(invoice):
        run.cancel(name, "payment_failed")
    run.finish()


def pay_bad_debt(service, request, account):
    """Path D: one invoice for all debt, its payment, and a mark on each that it covers. Lifts
    nothing, and looks for no other payment."""
    customer, = service.query(
        "SELECT stripe_customer FROM subs_customer WHERE account_id = %s", account)[0]
    # The deployed version at least leaves out what is marked as paid.
    owed = [one for one in uncollectible(service, customer) if not one["paid"]]
    run = Execution(service, account, request)
    run.read({"covers": [one["id"] for one in owed]})
    if owed:
        consolidate(run, service.stripe, customer, owed)
    run.finish()


def consolidate(run, stripe, customer, owed):
    """The effects of Path D."""
    amount = sum(one["amount"] for one in owed)
    covers = [one["id"] for one in owed]
    made = {"id": f"in_{run.id}"}

    def create(key):
        at = time.time()
        metadata = {"covers": ",".join(covers)}
        made.update(stripe.call("POST", "/v1/invoices", {
            "customer": customer, "currency": "usd", "metadata": metadata,
        }, key))
        stripe.call("POST", "/v1/invoiceitems", {
            "customer": customer, "invoice": made["id"], "currency": "usd", "amount": amount,
        }, key + "-item")
        stripe.call("POST", f"/v1/invoices/{made['id']}/finalize", {}, key + "-finalize")
        return at

    def pay(key):
        at = time.time()
        stripe.call("POST", f"/v1/invoices/{made['id']}/pay",
                    {"payment_method": "pm_card_visa"}, key)
        return at

    run.step("create_consolidated_invoice", create,
             invoice=lambda: made["id"], covers=covers, amount=amount, currency="usd")
    run.step("pay_invoice", pay, invoice=lambda: made["id"], amount=amount, currency="usd",
             payment=f"pay_{run.id}")
    for name in covers:
        def mark(key, name=name):
            at = time.time()
            stripe.call("POST", f"/v1/invoices/{name}", {"metadata": {"bad_debt_paid": "true"}},
                        key)
            return at
        run.step("set_invoice_metadata", mark, invoice=name, set={"bad_debt_paid": "true"},
                 unset=[])


def do_as_admin_says(service, request, account, to):
    """Path E: flag, timestamp and metadata as was asked; no ban, no subscriptions."""
    customer, = service.query(
        "SELECT stripe_customer FROM subs_customer WHERE account_id = %s", account)[0]
    run = Execution(service, account, request)
    run.read({})
    run.set_flag(to)
    run.set_bad_debt_at(to)
    run.set_metadata(customer, to)
    run.finish()


# -- What they read

def gather(service, account):
    """What Path B reads of an account, Stripe first."""
    customer, = service.query(
        "SELECT stripe_customer FROM subs_customer WHERE account_id = %s", account)[0]
    tags = service.stripe.call("GET", f"/v1/customers/{customer}")["metadata"]
    invoices = uncollectible(service, customer)
    type, flags, ban, since = service.query(
        "SELECT account_type, flags, ban, bad_debt FROM subs_account a JOIN subs_customer c"
        " ON c.account_id = a.id WHERE a.id = %s", account)[0]
    rows = subscriptions(service, account)
    return {
        "customer": customer, "type": type, "flagged": bool(flags & FLAG), "ban": ban,
        "bad_debt_at": since is not None, "metadata": tags.get("bad_debt") == "true",
        "uncollectible": invoices, "all": sorted(name for name, _, _ in rows),
        "live": {name: items for name, status, items in sorted(rows) if status in LIVE},
    }


def uncollectible(service, customer):
    """A customer's invoices that were given up on."""
    found = service.stripe.all("/v1/invoices", customer=customer, status="uncollectible")
    return [{"id": one["id"], "amount": one["amount_remaining"],
             "paid": one["metadata"].get("bad_debt_paid") == "true"} for one in found]


def subscriptions(service, account):
    """A customer's subscriptions as our own table has them."""
    return service.query(
        "SELECT id, status, items FROM subs_subscription WHERE account_id = %s", account)


def subscription_of(invoice):
    """The subscription of an invoice of any API version."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    return details.get("subscription") or invoice.get("subscription")


# -- What wakes them

class Webhooks:
    """Takes signed events, answers at once, and works through them."""

    def __init__(self, service, port, secret, work, types):
        self._seen = set()
        self._work = work
        events = queue.Queue()
        self._service = service
        for _ in range(WORKERS):
            threading.Thread(target=self._run, args=(events,), daemon=True).start()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
                header = handler.headers.get("Stripe-Signature")
                taken = is_signed(secret, header, body, time.time())
                if taken:
                    event = json.loads(body)
                    if event["type"].startswith(types):
                        events.put(event)
                handler.send_response(200 if taken else 400)
                handler.send_header("Content-Length", "0")
                handler.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _run(self, events):
        while True:
            event = events.get()
            # billing-webhooks knows an event that comes twice; what two events mean it does not.
            if event["id"] in self._seen:
                continue
            self._seen.add(event["id"])
            customer = event["data"]["object"]["customer"]
            rows = self._service.query(
                "SELECT account_id FROM subs_customer WHERE stripe_customer = %s", customer)
            if rows:
                self._work(self._service, event, rows[0][0])


class Requests:
    """Takes requests of some types from their table."""

    def __init__(self, service, work, types):
        self._service, self._work, self._types = service, work, types
        self._queue = queue.Queue()
        self._seen = set()
        for _ in range(WORKERS):
            threading.Thread(target=self._run, daemon=True).start()
        threading.Thread(target=self._poll, daemon=True).start()

    def _poll(self):
        while True:
            rows = self._service.query(
                "SELECT id, account_id, type FROM subs_request WHERE type = ANY(%s)"
                " ORDER BY at, id", self._types)
            for row in rows:
                if row[0] not in self._seen:
                    self._seen.add(row[0])
                    self._queue.put(row)
            time.sleep(0.1)

    def _run(self):
        while True:
            request, account, type = self._queue.get()
            try:
                self._work(self._service, request, account, type)
            except StripeError:
                # It could not even read: the request is lost, and nobody is told.
                self._service.journal.write("lost", account=account, trigger=request)


def cron(service, every, stopped):
    """Asks for a drift run of each account in turn."""
    count = 0
    while not stopped.is_set():
        accounts = [row[0] for row in service.query("SELECT id FROM subs_account ORDER BY id")]
        for account in accounts:
            if stopped.wait(every / len(accounts)):
                return
            count += 1
            service.query("INSERT INTO subs_request VALUES (%s, %s, 'drift_run', 'cron')",
                          f"rq_cron_{count:05d}", account)


WORK = {
    "B": (lambda s, r, a, _: remediate_drift(s, r, a), ["drift_run"]),
    "D": (lambda s, r, a, _: pay_bad_debt(s, r, a), ["pay_bad_debt"]),
    "E": (lambda s, r, a, type: do_as_admin_says(s, r, a, type == "admin_flag"),
          ["admin_flag", "admin_unflag"]),
}


def fail(problem):
    """Ends the process where a thread of it fails: what it would not do any more must be noticed."""
    sys.excepthook(problem.exc_type, problem.exc_value, problem.exc_traceback)
    os._exit(1)


def main():
    """Runs one path until it is told to stop."""
    threading.excepthook = fail
    parser = argparse.ArgumentParser()
    parser.add_argument("path", choices="ABCDE")
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--stripe", type=int, required=True)
    parser.add_argument("--port", type=int)
    parser.add_argument("--secret")
    parser.add_argument("--journal", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--every", type=float)
    parser.add_argument("--pace", type=float, default=1.0)
    options = parser.parse_args()
    service = Service(options.path, options.dsn, Stripe(options.stripe),
                      Journal(options.journal, options.path), options.seed, options.pace)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    if options.path == "A":
        Webhooks(service, options.port, options.secret, record_dunning, "invoice.")
    elif options.path == "C":
        Webhooks(service, options.port, options.secret, cancel_for_debt,
                 ("invoice.marked_uncollectible", "invoice.payment_failed"))
    else:
        Requests(service, *WORK[options.path])
    if options.path == "B":
        # SIGUSR1 ends the schedule alone: what it asked for is still done.
        ended = threading.Event()
        signal.signal(signal.SIGUSR1, lambda *_: ended.set())
        threading.Thread(target=cron, args=(service, options.every, ended), daemon=True).start()
    stopped.wait()


if __name__ == "__main__":
    main()
