"""One run of a legacy path: what it read, and effect after effect, each when its turn comes.

Every effect is a transaction of its own, with a pause before it; between them anything can happen.
The last transaction says in a logical message whose run it was and what it did.
"""

import json
import random
import threading
import time
from datetime import datetime, timezone

import psycopg2

from client import StripeError

FLAG = 1 << 15
# How long reading takes, and each step, in seconds of the lab's pace; Path A's one row is quick.
READING, STEP = (0.1, 0.5), (0.08, 0.7)
QUICK = (0.01, 0.05)


def rfc3339(seconds):
    """A time as the log writes it."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Service:
    """What the runs of one path share: the database, Stripe, the journal, the pace and the dice."""

    def __init__(self, path, dsn, stripe, journal, seed, pace):
        self.path, self.dsn, self.stripe, self.journal = path, dsn, stripe, journal
        self.pace = pace
        self.random = random.Random(seed)
        self._count = 0
        self._lock = threading.Lock()
        self._local = threading.local()

    def name(self):
        """A name for the next run."""
        with self._lock:
            self._count += 1
            return f"ex_{self.path.lower()}_{self._count:05d}"

    def pause(self, span):
        """Takes its time."""
        with self._lock:
            lasts = self.random.uniform(*span)
        time.sleep(lasts * self.pace)

    def query(self, sql, *values):
        """Rows, read in a transaction of its own."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    @property
    def connection(self):
        """This thread's connection."""
        if getattr(self._local, "connection", None) is None:
            self._local.connection = psycopg2.connect(
                self.dsn, application_name=f"path-{self.path.lower()}"
            )
        return self._local.connection


class Execution:
    """One run, from when it has read to its message."""

    def __init__(self, service, account, trigger):
        self.service, self.account, self.trigger = service, account, trigger
        self.id = service.name()
        self.effects = []
        self.error = None
        self.started = time.time()
        self._note("start", trigger=trigger, at=self.started)

    def read(self, what):
        """Notes what was read; only that decides what is done."""
        self._note("read", read=what)
        self.service.pause(READING)

    def step(self, do, act, **facts):
        """One effect, unless an earlier one failed.

        `act` makes it happen: it is called with the key for Stripe's calls, and gives the effect's
        time where it knows it. A fact that is only known then is given as a function.
        """
        self.service.pause(QUICK if do == "record_dunning" else STEP)
        at = None
        if self.error is None:
            try:
                key = f"dunning-path/{self.id}/{len(self.effects)}"
                at = act(key)
            except (StripeError, psycopg2.Error) as error:
                self.error = str(error)
        ok = self.error is None
        at = at if isinstance(at, float) else time.time()
        facts = {name: fact() if callable(fact) else fact for name, fact in facts.items()}
        self.effects.append({"at": rfc3339(at), "do": do, **facts, "ok": ok})
        self._note("effect", do=do, ok=ok, at=at, **facts)

    def update(self, sql, *values):
        """A statement in a transaction of its own; the time of its change.

        Taken while the row is locked, so that the times of two writers' changes stand as the changes
        do.
        """
        with self.service.connection as connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
            return cursor.fetchone()[0]

    def finish(self):
        """Says what was done, in the last transaction."""
        outcome = "completed" if self.error is None else "failed"
        message = {
            "id": self.id, "path": self.service.path, "trigger": self.trigger,
            "account": self.account, "started": rfc3339(self.started),
            "finished": rfc3339(time.time()), "outcome": outcome, "error": self.error,
            "effects": self.effects,
        }
        with self.service.connection as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_logical_emit_message(true, 'dunning-path', %s)",
                           (json.dumps(message),))
        self._note("end", outcome=outcome)

    # -- Effects that several paths have

    def set_flag(self, to):
        """Bit 15, the others as they are."""
        sql = "flags | %s" if to else "flags & ~%s::bigint"
        self.step("set_flag", lambda _: self.update(
            f"UPDATE subs_account SET flags = {sql} WHERE id = %s", FLAG, self.account
        ), bit=15, to=to)

    def set_ban(self, to):
        """The ban, over whatever stands there."""
        self.step("set_ban", lambda _: self.update(
            "UPDATE subs_account SET ban = %s WHERE id = %s", to, self.account
        ), to=to)

    def set_bad_debt_at(self, is_set):
        """The time of the debt: that of the run."""
        to = rfc3339(self.started) if is_set else None
        self.step("set_bad_debt_at", lambda _: self.update(
            "UPDATE subs_customer SET bad_debt = %s WHERE account_id = %s", to, self.account
        ), to=to)

    def set_metadata(self, customer, is_set):
        """The key `bad_debt` of the customer at Stripe."""
        facts = {"set": {"bad_debt": "true"}, "unset": []}
        if not is_set:
            facts = {"set": {}, "unset": ["bad_debt"]}
        value = {"bad_debt": "true" if is_set else ""}

        def act(key):
            now = time.time()
            self.service.stripe.call("POST", f"/v1/customers/{customer}", {"metadata": value}, key)
            return now

        self.step("set_customer_metadata", act, **facts)

    def cancel(self, subscription, reason):
        """Ends a subscription at Stripe and here."""

        def act(key):
            self._gone(lambda: self.service.stripe.call(
                "DELETE", f"/v1/subscriptions/{subscription}",
                {"cancellation_details": {"comment": reason}}, key,
            ))
            return self.update(
                "UPDATE subs_subscription SET status = 'canceled', reason = %s WHERE id = %s",
                reason, subscription,
            )

        self.step("cancel_subscription", act, subscription=subscription, reason=reason)

    def set_items(self, do, subscription, items, kept):
        """Takes items of a subscription away, or brings them back."""
        deleted = do == "delete_items"

        def act(key):
            changes = [{"id": item, "deleted": True} if deleted else {"id": item} for item in items]
            self._gone(lambda: self.service.stripe.call(
                "POST", f"/v1/subscriptions/{subscription}", {"items": changes}, key
            ))
            return self.update("UPDATE subs_subscription SET items = %s WHERE id = %s",
                               kept, subscription)

        self.step(do, act, subscription=subscription, items=items)

    @staticmethod
    def _gone(call):
        """What has ended already need not be ended: that is no failure to a path."""
        try:
            call()
        except StripeError as error:
            if error.status not in (400, 404):
                raise

    def _note(self, what, **facts):
        self.service.journal.write(what, run=self.id, account=self.account, **facts)
