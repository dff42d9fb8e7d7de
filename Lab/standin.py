"""A stand-in for Stripe: invoices with all their transitions, events, lists, refusals, webhooks.

It keeps what it is told in memory and speaks HTTP on loopback. What it shows has Stripe's shapes,
in two API versions: the account is upgraded after so many events, as accounts are.
"""

import argparse
import json
import random
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import objects
from journal import Journal
from webhooks import Deliveries, EndPoint

# Shares of calls that are refused.
TOO_MANY, BROKEN = 0.001, 0.0005
# How often a card is tried before Stripe gives up.
ATTEMPTS = 4
PAGE, LONGEST_PAGE = 10, 100


class Refusal(Exception):
    """An answer in Stripe's envelope of errors."""

    def __init__(self, status, type, message, **more):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": type, "message": message, **more}}


def missing(what, id):
    """There is no such object."""
    return Refusal(404, "invalid_request_error", f"No such {what}: '{id}'",
                   code="resource_missing", param="id")


def wrong(message, code=None):
    """A call that the object's state does not allow."""
    return Refusal(400, "invalid_request_error", message, code=code)


class Account:
    """All that one Stripe account holds; every method is one call, under one lock.

    What happened before it is opened was long ago: Stripe knows the objects, and keeps no event.
    """

    def __init__(self, send=lambda event: None, journal=None, upgrade_after=400, clock=time.time,
                 is_open=True):
        self.is_open = is_open
        self.customers, self.subscriptions, self.invoices, self.events = {}, {}, {}, {}
        self._send = send
        self._journal = journal
        self._upgrade_after = upgrade_after
        self._clock = clock
        self._count = 0
        self._answers = {}
        self.lock = threading.RLock()

    # -- Calls

    def answer(self, method, path, values, key=None):
        """The answer to a call: a status and a body."""
        with self.lock:
            if method != "GET" and key in self._answers:
                return self._answers[key]
            try:
                answer = 200, self._route(method, path.strip("/").split("/")[1:], values, key)
            except Refusal as refusal:
                answer = refusal.status, refusal.body
            if method != "GET" and key:
                self._answers[key] = answer
            return answer

    def _route(self, method, parts, values, key):
        match (method, parts):
            case ("GET", [("customers" | "subscriptions" | "invoices" | "events") as kind]):
                return self._list(kind, values)
            case ("GET", [("customers" | "subscriptions" | "invoices" | "events") as kind, id]):
                return self._shown(self._find(kind, id))
            case ("POST", ["customers"]):
                return self._add_customer(values, key)
            case ("POST", ["subscriptions"]):
                return self._add_subscription(values, key)
            case ("POST", ["invoices"]):
                return self._add_invoice(values, key)
            case ("POST", ["invoiceitems"]):
                return self._add_item(values)
            case ("POST", [("customers" | "invoices") as kind, id]):
                return self._set_metadata(kind, self._find(kind, id), values, key)
            case ("POST", ["subscriptions", id]):
                return self._set_items(self._find("subscriptions", id), values, key)
            case ("DELETE", ["subscriptions", id]):
                return self._cancel(self._find("subscriptions", id), values, key)
            case ("DELETE", ["invoices", id]):
                return self._delete(self._find("invoices", id), key)
            case ("POST", ["invoices", id, call]) if call in objects.TRANSITIONS:
                return self._move(self._find("invoices", id), call, values, key)
        raise Refusal(404, "invalid_request_error", f"Unrecognized request URL ({method})")

    def _find(self, kind, id):
        found = getattr(self, kind).get(id)
        if found is None:
            raise missing(kind.rstrip("s"), id)
        return found

    def _list(self, kind, values):
        found = list(getattr(self, kind).values())[::-1]
        if kinds := values.get("types[]"):
            found = [one for one in found if one["type"] in kinds]
        for name in ("customer", "status", "type", "subscription"):
            if name in values and not (name == "status" and values[name] == "all"):
                found = [one for one in found if one.get(name) == values[name]]
        if kind == "subscriptions" and "status" not in values:
            found = [one for one in found if one["status"] != "canceled"]
        for name, holds in (
            ("gte", int.__ge__), ("gt", int.__gt__), ("lte", int.__le__), ("lt", int.__lt__),
        ):
            if f"created[{name}]" in values:
                limit = int(values[f"created[{name}]"])
                found = [one for one in found if holds(one["created"], limit)]
        ids = [one["id"] for one in found]
        size = min(max(1, int(values.get("limit", PAGE))), LONGEST_PAGE)
        start, end = 0, len(found)
        if "starting_after" in values:
            start = self._place(ids, values["starting_after"]) + 1
            end = min(end, start + size)
            more = end < len(found)
        elif "ending_before" in values:
            end = self._place(ids, values["ending_before"])
            start = max(0, end - size)
            more = start > 0
        else:
            end = min(end, size)
            more = end < len(found)
        page = [self._shown(one) for one in found[start:end]]
        return {"object": "list", "url": f"/v1/{kind}", "has_more": more, "data": page}

    @staticmethod
    def _place(ids, id):
        if id not in ids:
            raise missing("object", id)
        return ids.index(id)

    # -- What calls do

    def _add_customer(self, values, key):
        id = values.get("id") or self._name("cus")
        made = objects.customer(id, self._now(), self._metadata({}, values))
        self.customers[id] = made
        self._emit("customer.created", made, key)
        return self._shown(made)

    def _add_subscription(self, values, key):
        owner = self._find("customers", values.get("customer", ""))["id"]
        id = self._name("sub")
        items = []
        while (price := values.get(f"items[{len(items)}][price]")) is not None:
            items.append((self._name("si"), price, price.removeprefix("price_")))
        made = objects.subscription(id, self._now(), owner, items, self._metadata({}, values))
        self.subscriptions[id] = made
        self._emit("customer.subscription.created", made, key)
        return self._shown(made)

    def _add_invoice(self, values, key):
        owner = self._find("customers", values.get("customer", ""))["id"]
        id = self._name("in")
        made = objects.invoice(id, self._now(), owner, values.get("subscription"),
                               values.get("currency", "usd"), self._metadata({}, values))
        self.invoices[id] = made
        self._emit("invoice.created", made, key)
        return self._shown(made)

    def _add_item(self, values):
        invoice = self._find("invoices", values.get("invoice", ""))
        if invoice["status"] != "draft":
            raise wrong("You can only add items to a draft.", "invoice_not_editable")
        amount = int(values["amount"])
        for name in ("amount_due", "amount_remaining", "total", "subtotal"):
            invoice[name] += amount
        return {"id": self._name("ii"), "object": "invoiceitem", "invoice": invoice["id"],
                "customer": invoice["customer"], "currency": invoice["currency"],
                "amount": amount}

    def _move(self, invoice, call, values, key):
        allowed, target = objects.TRANSITIONS[call]
        before = invoice["status"]
        if before not in allowed:
            code = "invoice_already_paid" if before == "paid" and call == "pay" else None
            raise wrong(f"This invoice is {before}; you can't {call} it.", code)
        if call == "pay" and "Declined" in values.get("payment_method", ""):
            self._decline(invoice, key)
        now = self._now()
        stamp, event = objects.STAMPS[target]
        old = {"status": before, "status_transitions": {stamp: None}}
        invoice["status"] = target
        invoice["status_transitions"][stamp] = now
        if target != "open":
            invoice["next_payment_attempt"] = None
        if target == "paid":
            invoice["amount_paid"] = invoice["amount_due"]
            invoice["amount_remaining"] = 0
            invoice["attempted"] = True
            invoice["attempt_count"] = max(1, invoice["attempt_count"])
        self._note("invoice", invoice, before=before, status=target, key=key)
        self._emit(event, invoice, key, now=now)
        if target == "paid":
            self._emit("invoice.payment_succeeded", invoice, key, now=now)
        self._emit("invoice.updated", invoice, key, old, now=now)
        return self._shown(invoice)

    def _decline(self, invoice, key):
        invoice["attempted"] = True
        invoice["attempt_count"] += 1
        retries = invoice["status"] == "open" and invoice["attempt_count"] < ATTEMPTS
        invoice["next_payment_attempt"] = self._now() + 86_400 if retries else None
        self._note("declined", invoice, final=not retries, key=key)
        self._emit("invoice.payment_failed", invoice, key)
        raise Refusal(402, "card_error", "Your card was declined.", code="card_declined",
                      decline_code="insufficient_funds")

    def _delete(self, invoice, key):
        if invoice["status"] != "draft":
            raise wrong("You can only delete draft invoices.")
        del self.invoices[invoice["id"]]
        self._emit("invoice.deleted", invoice, key)
        return {"id": invoice["id"], "object": "invoice", "deleted": True}

    def _cancel(self, subscription, values, key):
        if subscription["status"] == "canceled":
            raise missing("subscription", subscription["id"])
        now = self._now()
        subscription |= {"status": "canceled", "canceled_at": now, "ended_at": now}
        subscription["cancellation_details"] = {
            "comment": values.get("cancellation_details[comment]"), "feedback": None,
            "reason": "cancellation_requested",
        }
        self._note("subscription", subscription, status="canceled", key=key)
        self._emit("customer.subscription.deleted", subscription, key, now=now)
        return self._shown(subscription)

    def _set_metadata(self, kind, thing, values, key):
        old = dict(thing["metadata"])
        thing["metadata"] = self._metadata(old, values)
        if thing["metadata"] != old:
            name = kind.rstrip("s")
            self._note("metadata", thing, of=name, metadata=thing["metadata"], key=key)
            self._emit(f"{name}.updated", thing, key, {"metadata": old})
        return self._shown(thing)

    def _set_items(self, subscription, values, key):
        """Takes items away or brings them back, under the ids that they had: a liberty, for Stripe
        gives what comes back a new id."""
        if subscription["status"] == "canceled":
            raise wrong("A canceled subscription can only update its metadata.")
        items = subscription["items"]
        place = 0
        while (id := values.get(f"items[{place}][id]")) is not None:
            kept = [item for item in items["data"] if item["id"] != id]
            if values.get(f"items[{place}][deleted]") != "true":
                price = values.get(f"items[{place}][price]", "price_unknown")
                made = objects.subscription(
                    subscription["id"], self._now(), subscription["customer"],
                    [(id, price, price.removeprefix("price_"))], {},
                )
                kept += made["items"]["data"]
            items |= {"data": kept, "total_count": len(kept)}
            place += 1
        self._emit("customer.subscription.updated", subscription, key, {"items": {}})
        return self._shown(subscription)

    # -- Parts

    def _emit(self, type, thing, key, previous=None, now=None):
        if not self.is_open:
            return
        version = objects.OLD if len(self.events) < self._upgrade_after else objects.BASIL
        data = {"object": json.loads(json.dumps(objects.shown(thing, version)))}
        if previous is not None:
            data["previous_attributes"] = previous
        event = {
            "id": self._name("evt"), "object": "event", "api_version": version,
            "created": now or self._now(), "livemode": False, "pending_webhooks": 1,
            "request": {"id": self._name("req"), "idempotency_key": key}, "type": type,
            "data": data,
        }
        self.events[event["id"]] = event
        if self._journal:
            self._journal.write("event", id=event["id"], type=type)
        self._send(event)

    def _note(self, what, thing, **facts):
        if self._journal:
            name = thing["object"]
            owner = thing["id"] if name == "customer" else thing["customer"]
            self._journal.write(what, customer=owner, id=thing["id"], **facts)

    def _shown(self, thing):
        upgraded = len(self.events) >= self._upgrade_after
        return objects.shown(thing, objects.BASIL if upgraded else objects.OLD)

    def _name(self, prefix):
        self._count += 1
        return f"{prefix}_lab{self._count:06d}"

    def _now(self):
        return int(self._clock())

    @staticmethod
    def _metadata(old, values):
        new = dict(old)
        for name, value in values.items():
            if name.startswith("metadata["):
                new[name[9:-1]] = value
        return {name: value for name, value in new.items() if value != ""}


def parsed(text):
    """A form's values by name; a name that ends with `[]` has a list."""
    values = {}
    for name, value in urllib.parse.parse_qsl(text, keep_blank_values=True):
        if name.endswith("[]"):
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    return values


class Server(ThreadingHTTPServer):
    """The account on loopback."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, account, seed=None, idle=lambda: True):
        super().__init__(("127.0.0.1", port), Handler)
        self.account = account
        self.idle = idle
        self._random = seed is not None and random.Random(seed)
        self._drawing = threading.Lock()

    def refusal(self):
        """A refusal by chance, before anything is done."""
        if not self._random:
            return None
        with self._drawing:
            lot = self._random.random()
        if lot < TOO_MANY:
            return 429, {"error": {"type": "invalid_request_error", "code": "rate_limit",
                                   "message": "Request rate limit exceeded."}}
        if lot < TOO_MANY + BROKEN:
            return 500, {"error": {"type": "api_error", "message": "Something went wrong."}}
        return None


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self):
        url = urllib.parse.urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        text = url.query if self.command == "GET" else self.rfile.read(length).decode()
        values = parsed(text or url.query)
        if url.path == "/lab/open":
            self.server.account.is_open = True
            return self._reply(200, {})
        if url.path == "/lab/idle":
            return self._reply(200, {"idle": self.server.idle()})
        if not self.headers.get("Authorization", "").startswith(("Bearer ", "Basic ")):
            return self._reply(401, {"error": {"type": "invalid_request_error",
                                               "message": "You did not provide an API key."}})
        answer = self.server.refusal() or self.server.account.answer(
            self.command, url.path, values, self.headers.get("Idempotency-Key")
        )
        self._reply(*answer)

    do_GET = do_POST = do_DELETE = _serve

    def _reply(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Request-Id", f"req_{time.time_ns():x}")
        if status == 429:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Says nothing: the journal does."""


def main():
    """Runs the stand-in as a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--journal", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--end-point", action="append", default=[])
    parser.add_argument("--pace", type=float, default=1.0)
    options = parser.parse_args()
    end_points = [EndPoint(url, options.secret) for url in options.end_point]
    deliveries = Deliveries(end_points, options.seed, options.pace)
    account = Account(deliveries.send, Journal(options.journal, "stripe"), is_open=False)
    Server(options.port, account, options.seed, deliveries.is_idle).serve_forever()


if __name__ == "__main__":
    main()
