"""Deliveries as they are in the wild: late, out of order, twice, and again until they are taken."""

import hashlib
import hmac
import heapq
import http.client
import json
import random
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

# Shares of deliveries, and how long they take, in seconds of the lab's pace.
LATE, LATE_FOR = 0.12, (0.8, 2.5)
USUAL = (0.02, 0.3)
TWICE, TWICE_AFTER = 0.06, (0.2, 2.0)
RETRIES = 6


def signature(secret, body, at):
    """The value of `Stripe-Signature`."""
    signed = f"{at}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def is_signed(secret, header, body, now, tolerance=300):
    """Whether a body was signed with a secret, not long ago."""
    fields = [part.partition("=") for part in (header or "").split(",")]
    times = [value for name, _, value in fields if name == "t"]
    if len(times) != 1 or not times[0].isdigit() or abs(now - int(times[0])) > tolerance:
        return False
    right = signature(secret, body, int(times[0])).partition("v1=")[2]
    return any(hmac.compare_digest(value, right) for name, _, value in fields if name == "v1")


class EndPoint:
    """Where events are posted to."""

    def __init__(self, url, secret):
        self.url = urllib.parse.urlsplit(url)
        self.secret = secret

    def deliver(self, event):
        """Posts an event; whether it was taken."""
        body = json.dumps(event, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(self.secret, body, int(time.time())),
        }
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=5)
        try:
            connection.request("POST", self.url.path or "/", body, headers)
            return 200 <= connection.getresponse().status < 300
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Deliveries:
    """Sends every event to every end point, some time."""

    def __init__(self, end_points, seed, pace=1.0):
        self._end_points = end_points
        self._pace = pace
        self._random = random.Random(seed)
        self._queue = []
        self._count = 0
        self._owed = set()
        self._ready = threading.Condition()
        self._pool = ThreadPoolExecutor(12)
        threading.Thread(target=self._run, daemon=True).start()

    def send(self, event):
        """Schedules an event's deliveries."""
        with self._ready:
            for index in range(len(self._end_points)):
                late = self._random.random() < LATE
                after = self._pace * self._random.uniform(*(LATE_FOR if late else USUAL))
                self._owed.add((event["id"], index))
                self._schedule(after, index, event, 0)
                if self._random.random() < TWICE:
                    again = after + self._pace * self._random.uniform(*TWICE_AFTER)
                    self._schedule(again, index, event, 0)

    def is_idle(self):
        """Whether every end point has taken every event."""
        with self._ready:
            return not self._owed

    def _schedule(self, after, index, event, attempt):
        self._count += 1
        heapq.heappush(
            self._queue, (time.monotonic() + after, self._count, index, event, attempt)
        )
        self._ready.notify()

    def _run(self):
        while True:
            with self._ready:
                while not self._queue or self._queue[0][0] > time.monotonic():
                    wait = self._queue[0][0] - time.monotonic() if self._queue else None
                    self._ready.wait(wait)
                _, _, index, event, attempt = heapq.heappop(self._queue)
            self._pool.submit(self._deliver, index, event, attempt)

    def _deliver(self, index, event, attempt):
        taken = self._end_points[index].deliver(event)
        with self._ready:
            if taken:
                self._owed.discard((event["id"], index))
            elif attempt < RETRIES:
                self._schedule(0.25 * 2**attempt, index, event, attempt + 1)
