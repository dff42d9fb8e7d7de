"""Starts the lab, lets it live for a while with `watch` beside it, and holds its report against what
truly happened."""

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2

import judge
from client import Stripe
from database import Database
from journal import Journal
from mirrorfile import MirrorFile
from world import World

HERE = Path(__file__).parent
# The lab's hours are short: how long debt must last to be confirmed, and quiet to close an episode.
CONFIRMATION, SETTLE = 4, 7
# How often Path B's schedule comes to each account, and how many accounts begin their life a second.
CRON_EVERY, ACCOUNTS_A_SECOND = 14, 2.5
SECRET = "whsec_lab"


def free_port():
    """A port on loopback that nobody has."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait(what, is_so, seconds=60):
    """Waits until something is so."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise SystemExit(f"the lab gave up waiting: {what}")
        time.sleep(0.1)


class Processes:
    """What was started; all of it ends with the lab."""

    def __init__(self, folder):
        self._folder = folder
        self._running = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in reversed(list(self._running)):
            self.stop(name)

    def start(self, name, command, cwd=None):
        """Starts a process; what it says goes into a file of its name."""
        with open(self._folder / f"{name}.log", "wb") as log:
            self._running[name] = subprocess.Popen(
                [str(word) for word in command], stdout=log, stderr=log, cwd=cwd,
                stdin=subprocess.DEVNULL)

    def signal(self, name, number):
        """Sends a signal."""
        self._running[name].send_signal(number)

    def stop(self, name):
        """Asks a process to end, and waits for it; its exit status."""
        process = self._running.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def check(self):
        """Fails where one has ended."""
        for name, process in self._running.items():
            if process.poll() is not None:
                text = (self._folder / f"{name}.log").read_text(errors="replace")
                raise SystemExit(f"{name} ended:\n{text[-2000:]}")


class Lab:
    """One run."""

    def __init__(self, folder, tool, seconds, seed):
        self.folder, self.tool, self.seconds, self.seed = folder, tool, seconds, seed
        self.journal = folder / "journal.ndjson"
        self.events = folder / "stripe.ndjson"
        self.stripe_port = free_port()
        self.status_port = free_port()

    def run(self):
        """All of it; the exit status of the judgement."""
        with Database(self.folder) as database, Processes(self.folder) as processes:
            ports = {path: free_port() for path in "AC"}
            self._start_stripe(processes, ports)
            world = World(database.owner, Stripe(self.stripe_port, patient=True),
                          Journal(self.journal, "world"), self.seed)
            accounts = world.found(int(self.seconds * ACCOUNTS_A_SECOND))
            self._say(f"{len(accounts)} accounts founded")
            self._start_watch(processes, database)
            self._write_baselines(database, accounts)
            self._call("/lab/open")
            for path in "ABCDE":
                self._start_path(processes, path, database, ports.get(path))
            self._say(f"five paths race for {self.seconds} s")
            world.live(accounts, self.seconds)
            processes.check()
            self._quieten(processes)
            self._note_end(database)
            self._say("the world has stopped; episodes settle")
            time.sleep(SETTLE + 3)
            wait("open episodes", lambda: self._metric("unsettled_accounts") == 0)
            processes.check()
            status = processes.stop("watch")
            if status != 0:
                raise SystemExit(f"watch ended with {status}: see {self.folder}/watch.log")
        return self._judge()

    # -- Parts

    def _start_stripe(self, processes, ports):
        processes.start("stripe", [
            sys.executable, HERE / "standin.py", "--port", self.stripe_port, "--seed", self.seed,
            "--journal", self.journal, "--secret", SECRET, "--mirror-file", self.events,
            *[word for port in ports.values()
              for word in ("--end-point", f"http://127.0.0.1:{port}/")]])
        wait("the stand-in", lambda: self._answers(self.stripe_port))

    def _start_path(self, processes, path, database, port):
        webhooks = ["--port", port, "--secret", SECRET] if port else []
        every = ["--every", CRON_EVERY] if path == "B" else []
        processes.start(f"path-{path}", [
            sys.executable, HERE / "paths.py", path, "--dsn", database.owner, "--stripe",
            self.stripe_port, "--journal", self.journal, "--seed", f"{self.seed}{ord(path)}",
            *webhooks, *every])

    def _start_watch(self, processes, database):
        (self.folder / "policy.yaml").write_text(f"confirmation: {CONFIRMATION}s\n")
        (self.folder / "watch.yaml").write_text(f"""\
store: mirror.sqlite
postgres: {{ connection: "{database.mirror}" }}
follow: [{{ name: stripe, file: {self.events.name} }}]
judging: {{ settle: {SETTLE}s, policy: policy.yaml }}
reports: {{ folder: reports, every: 30s }}
status: 127.0.0.1:{self.status_port}
""")
        processes.start("watch", [self.tool, "watch", "--config", "watch.yaml"], cwd=self.folder)
        log = self.folder / "watch.log"

        def is_ready():
            processes.check()
            return "baselines taken" in log.read_text(errors="replace")

        wait("the mirror's baselines", is_ready)

    def _write_baselines(self, database, accounts):
        stripe = Stripe(self.stripe_port, patient=True)
        mirror = MirrorFile(self.events)
        subscriptions = stripe.all("/v1/subscriptions", status="all")
        for state in states(database.owner):
            account, customer = state["id"], state["stripe_customer"]
            assert account in accounts
            mirror.baseline(account, {
                "account": {"type": state["type"], "flags": state["flags"], "ban": state["ban"]},
                "customer": {"stripe_customer": customer, "bad_debt_at": None,
                             "legal_entity": "global"},
                "probations": [], "mandates": [], "credit": None, "override": None,
                "stripe": {
                    "customer": stripe.call("GET", f"/v1/customers/{customer}"),
                    "subscriptions": [one for one in subscriptions if one["customer"] == customer],
                    "invoices": stripe.all("/v1/invoices", customer=customer),
                },
            })
        # Stripe's times have whole seconds: what comes now is later than the baselines.
        time.sleep(1.1)

    def _quieten(self, processes):
        """Ends the schedule, and waits until nobody has anything left to do."""
        processes.signal("path-B", signal.SIGUSR1)
        quiet = 2.0

        def is_idle():
            age = time.time() - os.stat(self.journal).st_mtime
            return age > quiet and self._call("/lab/idle")["idle"]

        wait("the paths to finish", is_idle, 90)

    def _note_end(self, database):
        journal = Journal(self.journal, "lab")
        stripe = Stripe(self.stripe_port, patient=True)
        for state in states(database.owner):
            tags = stripe.call("GET", f"/v1/customers/{state['stripe_customer']}")["metadata"]
            journal.write("end state", metadata=tags.get("bad_debt") == "true", **state)

    def _judge(self):
        log = self._tool("store", "log", "--config", "watch.yaml")
        (self.folder / "log.ndjson").write_bytes(log)
        self._tool("replay", "log.ndjson", "--out", "replayed", "--settled", "--settle",
                   f"{SETTLE}s", "--policy", "policy.yaml")
        live = sorted((self.folder / "reports").glob("*/report.json"))[-1]
        replayed = json.loads((self.folder / "replayed/report.json").read_text())
        return judge.judge(self.journal, json.loads(live.read_text()), replayed, CONFIRMATION)

    # -- Small things

    def _tool(self, *arguments):
        done = subprocess.run([self.tool, *arguments], cwd=self.folder, capture_output=True)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{arguments[0]} failed: {done.stderr.decode()[-1000:]}")
        return done.stdout

    def _call(self, path, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.stripe_port, timeout=5)
        connection.request("GET", path)
        text = connection.getresponse().read()
        return json.loads(text) if path.startswith("/lab") else text.decode()

    def _answers(self, port):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    def _metric(self, name):
        for line in self._call("/metrics", self.status_port).splitlines():
            if line.startswith(f"dunning_parity_{name} "):
                return float(line.split()[1])
        return None

    @staticmethod
    def _say(text):
        print(time.strftime("%H:%M:%S"), text, flush=True)


def states(dsn):
    """All accounts as the database has them now."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("""
            SELECT a.id, account_type, flags, ban, stripe_customer, bad_debt IS NOT NULL,
                (SELECT coalesce(json_agg(json_build_array(s.id, s.status, s.reason, s.items)
                    ORDER BY s.id), '[]') FROM subs_subscription s WHERE s.account_id = a.id)
            FROM subs_account a JOIN subs_customer c ON c.account_id = a.id ORDER BY a.id""")
        names = ("id", "type", "flags", "ban", "stripe_customer", "bad_debt_at", "subscriptions")
        return [dict(zip(names, row)) for row in cursor.fetchall()]


def main():
    """Runs the lab by its options."""
    parser = argparse.ArgumentParser(prog="Scripts/lab", description=__doc__)
    parser.add_argument("seconds", nargs="?", type=int, default=120,
                        help="how long the world lives (default 120)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tool", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--keep", action="store_true",
                        help="keep journal, log, reports and what every process said")
    options = parser.parse_args()
    # On SIGTERM everything is taken down as on Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="lab-"))
    folder.chmod(0o755)
    try:
        status = Lab(folder, Path(options.tool).resolve(), options.seconds, options.seed).run()
    finally:
        if options.keep:
            print("kept:", folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
