"""A small client of the Stripe stand-in, as the legacy services have one."""

import http.client
import json
import threading
import time
import urllib.parse


class StripeError(Exception):
    """An answer that is no success."""

    def __init__(self, status, body):
        error = body.get("error", {}) if isinstance(body, dict) else {}
        super().__init__(f"{status} {error.get('code') or error.get('type') or 'no answer'}")
        self.status = status


def form(values, prefix=""):
    """Nested values as pairs in Stripe's form: `metadata[key]`, `items[0][id]`."""
    pairs = []
    entries = values.items() if isinstance(values, dict) else enumerate(values)
    for key, value in entries:
        name = f"{prefix}[{key}]" if prefix else str(key)
        if isinstance(value, (dict, list)):
            pairs += form(value, name)
        elif isinstance(value, bool):
            pairs.append((name, "true" if value else "false"))
        elif value is not None:
            pairs.append((name, str(value)))
    return pairs


class Stripe:
    """Calls the API; a connection a thread."""

    def __init__(self, port, patient=False):
        self._port = port
        self._patient = patient
        self._local = threading.local()

    def call(self, method, path, values=None, key=None):
        """One call; a patient client tries again where it was told to come later or Stripe failed."""
        for attempt in range(8 if self._patient else 1):
            status, body = self._once(method, path, values or {}, key)
            if status < 400:
                return body
            if status not in (429, 500):
                break
            time.sleep(0.1 * (attempt + 1))
        raise StripeError(status, body)

    def all(self, path, **values):
        """Every object of a list, page by page: one that reads only the first page undercounts."""
        objects = []
        while True:
            page = self.call("GET", path, {**values, "limit": 100})
            objects += page["data"]
            if not page["has_more"]:
                return objects
            values["starting_after"] = objects[-1]["id"]

    def _once(self, method, path, values, key):
        body = urllib.parse.urlencode(form(values))
        if method == "GET" and body:
            path, body = f"{path}?{body}", ""
        headers = {"Authorization": "Bearer sk_test_lab"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if key:
            headers["Idempotency-Key"] = key
        for attempt in (1, 2):
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
                self._local.connection = connection
            try:
                connection.request(method, path, body or None, headers)
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read())
            except (OSError, http.client.HTTPException):
                connection.close()
                self._local.connection = None
                if attempt == 2:
                    return 503, {}
