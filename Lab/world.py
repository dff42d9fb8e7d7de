"""Customers and billing staff: they are billed, pay or don't, are given up on, and think again.

Nothing is planted: everybody does what is theirs at a time of their own, and knows nothing of paths.
"""

import random
import threading
import time
from collections import defaultdict

import psycopg2

from client import StripeError

TYPES = (["pay_go"] * 16 + ["startup", "employee", "partners_ent", "msp"])
# What becomes of an invoice that was given up on, and how a customer pays, as weights.
FATES = {"nothing": 25, "voided": 22, "paid": 53}
WAYS = {"card": 48, "endpoint": 46, "both": 4, "twice": 2}

# How long an account is about its invoices, in seconds of the lab's pace.
LIFE = 18


class World:
    """The lives of all accounts, on a thread each."""

    def __init__(self, dsn, stripe, journal, seed, pace):
        self._stripe, self._journal, self._seed, self._pace = stripe, journal, seed, pace
        self._lock = threading.Lock()
        self._count = 0
        self._screens = defaultdict(threading.Lock)
        self._connection = psycopg2.connect(dsn, application_name="world")

    def found(self, count):
        """Founds accounts, here and at Stripe; their names."""
        lots = random.Random(self._seed)
        names = []
        with self._connection, self._connection.cursor() as cursor:
            for number in range(count):
                account, customer = f"acct_{number:04d}", f"cus_{number:04d}"
                type = lots.choice(TYPES)
                self._stripe.call("POST", "/v1/customers", {
                    "id": customer, "metadata": {"account_type": type}})
                cursor.execute("INSERT INTO subs_account VALUES (%s, %s)", (account, type))
                cursor.execute("INSERT INTO subs_customer VALUES (%s, %s, NULL, 'global')",
                               (account, customer))
                for _ in range(lots.choice((1, 1, 2))):
                    made = self._stripe.call("POST", "/v1/subscriptions", {
                        "customer": customer,
                        "items": [{"price": lots.choice(("price_zone_pro", "price_workers"))}]})
                    items = [item["id"] for item in made["items"]["data"]]
                    cursor.execute(
                        "INSERT INTO subs_subscription VALUES (%s, %s, 'active', NULL, %s)",
                        (made["id"], account, items))
                names.append(account)
        return names

    def live(self, accounts, seconds):
        """Lets all accounts live; returns when the last has had its day."""
        lives = [threading.Thread(target=self._life, args=(account, place, seconds), daemon=True)
                 for place, account in enumerate(accounts)]
        for life in lives:
            life.start()
        for life in lives:
            life.join()

    def _life(self, account, place, seconds):
        lots = random.Random(self._seed * 100_003 + place)
        customer = account.replace("acct", "cus")
        time.sleep(lots.uniform(0, max(1.0, seconds - LIFE * self._pace)))
        way, = lots.choices(list(WAYS), WAYS.values())
        invoices = [
            threading.Thread(target=self._bill, daemon=True, args=(
                account, customer, way, random.Random(lots.random()), lots.uniform(0, 8)))
            for _ in range(lots.choice((1, 1, 2, 2, 2)))
        ]
        for invoice in invoices:
            invoice.start()
        for invoice in invoices:
            invoice.join()

    def _bill(self, account, customer, way, lots, after):
        self._wait(after)
        call = self._stripe.call
        names = [one["id"] for one in self._stripe.all("/v1/subscriptions", customer=customer)]
        made = call("POST", "/v1/invoices", {
            "customer": customer, "currency": "usd",
            "subscription": lots.choice(names) if names else None})
        name = made["id"]
        call("POST", "/v1/invoiceitems", {
            "customer": customer, "invoice": name, "amount": lots.randrange(500, 20_000, 100)})
        call("POST", f"/v1/invoices/{name}/finalize")
        if lots.random() < 0.2:
            return self._pay(name)
        for _ in range(4 if lots.random() < 0.04 else lots.choice((1, 2))):
            self._wait(lots.uniform(0.1, 0.6))
            self._try(f"/v1/invoices/{name}/pay", {"payment_method": "pm_card_chargeDeclined"})
        self._wait(lots.uniform(0.2, 1.5))
        self._try(f"/v1/invoices/{name}/mark_uncollectible")
        fate, = lots.choices(list(FATES), FATES.values())
        fate = way if fate == "paid" else fate
        self._journal.write("fate", account=account, invoice=name, fate=fate)
        self._meet(fate, account, name, lots)

    def _meet(self, fate, account, name, lots):
        if fate == "voided":
            self._wait(lots.uniform(0.2, 5))
            self._try(f"/v1/invoices/{name}/void")
        if fate == "card":
            self._wait(lots.uniform(0.2, 7))
            self._pay(name)
        if fate in ("endpoint", "both", "twice"):
            self._wait(lots.uniform(0.5, 7))
            # A customer has one screen, which shows all that is owed and is waited at for an answer.
            with self._screens[account]:
                if self._owes(account):
                    self._ask(account, "pay_bad_debt", "customer")
                    if fate == "twice":
                        self._wait(lots.uniform(0.1, 1))
                        self._ask(account, "pay_bad_debt", "customer")
                    self._wait(lots.uniform(2, 4))
        if fate == "both":
            self._pay(name)
        if fate == "nothing":
            return
        self._wait(lots.uniform(0.1, 1.5))
        asks = lots.random()
        if asks < 0.6:
            self._ask(account, "drift_run", "admin:support")
        elif asks < 0.66 and not self._owes(account):
            self._ask(account, "admin_unflag", "admin:support")

    def _owes(self, account):
        """Whether Stripe shows anything that was given up on, and not marked as paid."""
        found = self._stripe.all("/v1/invoices", customer=account.replace("acct", "cus"),
                                 status="uncollectible")
        return any(one["metadata"].get("bad_debt_paid") != "true" for one in found)

    def _wait(self, seconds):
        """Lets time pass, in seconds of the lab's pace."""
        time.sleep(seconds * self._pace)

    def _pay(self, name):
        self._try(f"/v1/invoices/{name}/pay", {"payment_method": "pm_card_visa"})

    def _try(self, path, values=None):
        """What can't be done any more is not done."""
        try:
            self._stripe.call("POST", path, values)
        except StripeError as error:
            if error.status not in (400, 402):
                raise

    def _ask(self, account, type, actor):
        with self._lock:
            self._count += 1
            name = f"rq_{self._count:05d}"
            with self._connection, self._connection.cursor() as cursor:
                cursor.execute("INSERT INTO subs_request VALUES (%s, %s, %s, %s)",
                               (name, account, type, actor))
        self._journal.write("request", account=account, id=name, type=type)
