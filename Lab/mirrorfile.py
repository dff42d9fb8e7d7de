"""Events as lines of the mirror log, in a file that `watch` follows.

For a mirror that is not told of Stripe's API: what it would capture is handed to it, as late, as
disordered and as often as webhooks come.
"""

import json
import threading
import time
from datetime import datetime, timezone

CAUSE = "dunning-path/"


def rfc3339(seconds):
    """A time as the log writes it."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class MirrorFile:
    """An end point that is a file."""

    def __init__(self, path):
        self._file = open(path, "a", encoding="utf-8", buffering=1)
        self._writing = threading.Lock()
        self._marks = 0

    def deliver(self, event):
        """Appends an event; with the execution that caused it, where a path's call did."""
        key = (event.get("request") or {}).get("idempotency_key") or ""
        cause = {}
        if key.startswith(CAUSE):
            cause = {"cause": key.removeprefix(CAUSE).rpartition("/")[0]}
        self._append({
            "v": 1, "id": event["id"], "kind": "stripe", "at": rfc3339(event["created"]),
            "seen": rfc3339(time.time()), **cause, "event": event,
        })
        return True

    def baseline(self, account, state):
        """Appends all that is known of an account now."""
        now = time.time()
        self._append({"v": 1, "id": f"b-{account}", "kind": "baseline", "at": rfc3339(now),
                      "account": account, "state": state})

    def keep_marking(self, lock, opened, undelivered_since):
        """Says every so often how far what was delivered is complete."""

        def run():
            opened.wait()
            while True:
                time.sleep(0.4)
                # Under the account's lock no event is between its making and its being owed.
                with lock:
                    begun = int(time.time())
                    owed = undelivered_since()
                self._mark((begun if owed is None else min(begun, owed)) - 1e-6)

        threading.Thread(target=run, daemon=True).start()

    def _mark(self, through):
        self._marks += 1
        self._append({"v": 1, "id": f"mark-stripe-{self._marks}", "kind": "mark",
                      "at": rfc3339(time.time()),
                      "mark": {"source": "stripe", "through": rfc3339(through)}})

    def _append(self, record):
        with self._writing:
            self._file.write(json.dumps(record, separators=(",", ":")) + "\n")
