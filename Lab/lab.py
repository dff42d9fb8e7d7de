"""Starts the lab, lets it live for a while with `watch` beside it, and holds its report against what
truly happened."""

import argparse
import json
import os
import shutil
import signal
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
from processes import Processes, answers, fetch, free_port, wait
from world import World

HERE = Path(__file__).parent
# The lab's hours are short: how long debt must last to be confirmed, quiet to close an episode, and
# how often Path B's schedule comes to each account; all in seconds of the lab's pace.
CONFIRMATION, SETTLE, CRON_EVERY = 4, 7, 24
# How many accounts begin their life a second.
ACCOUNTS_A_SECOND = 1.25
# The longer the lab lives, the slower its pace: once as slow for each so many seconds, to a limit.
SECONDS_A_PACE, SLOWEST = 60, 4
SECRET, KEY = "whsec_labsigns", "rk_test_labreadsonly"


class Lab:
    """One run."""

    def __init__(self, folder, tool, seconds, seed):
        self.folder, self.tool, self.seconds, self.seed = folder, tool, seconds, seed
        self.pace = min(max(1, seconds / SECONDS_A_PACE), SLOWEST)
        self.confirmation, self.settle = (round(one * self.pace) for one in (CONFIRMATION, SETTLE))
        self.journal = folder / "journal.ndjson"
        self.stripe_port, self.status_port, self.hook_port = free_port(), free_port(), free_port()

    def run(self):
        """All of it; the exit status of the judgement."""
        with Database(self.folder) as database, Processes(self.folder) as processes:
            ports = {path: free_port() for path in "AC"}
            self._start_stripe(processes, ports)
            world = World(database.owner, Stripe(self.stripe_port, patient=True),
                          Journal(self.journal, "world"), self.seed, self.pace)
            accounts = world.found(int(self.seconds * ACCOUNTS_A_SECOND))
            self._say(f"{len(accounts)} accounts founded")
            self._start_watch(processes, database)
            self._say("the mirror has its baselines")
            fetch(self.stripe_port, "/lab/open")
            for path in "ABCDE":
                self._start_path(processes, path, database, ports.get(path))
            self._say(f"five paths race for {self.seconds} s at pace {self.pace:g}")
            world.live(accounts, self.seconds)
            processes.check()
            self._quieten(processes)
            self._note_end(database)
            self._say("the world has stopped; episodes settle")
            time.sleep(self.settle + 3)
            wait("open episodes", lambda: self._metric("unsettled_accounts") == 0, 300)
            processes.check()
            told = self._events_told()
            status = processes.stop("watch")
            if status != 0:
                raise SystemExit(f"watch ended with {status}: see {self.folder}/watch.log")
        return self._judge(told)

    # -- Parts

    def _start_stripe(self, processes, ports):
        end_points = [f"http://127.0.0.1:{port}/" for port in ports.values()]
        end_points.append(f"http://127.0.0.1:{self.hook_port}/stripe")
        processes.start("stripe", [
            sys.executable, HERE / "standin.py", "--port", self.stripe_port, "--seed", self.seed,
            "--journal", self.journal, "--secret", SECRET, "--pace", self.pace,
            *[word for url in end_points for word in ("--end-point", url)]])
        wait("the stand-in", lambda: answers(self.stripe_port))

    def _start_path(self, processes, path, database, port):
        webhooks = ["--port", port, "--secret", SECRET] if port else []
        every = ["--every", CRON_EVERY * self.pace] if path == "B" else []
        processes.start(f"path-{path}", [
            sys.executable, HERE / "paths.py", path, "--dsn", database.owner, "--stripe",
            self.stripe_port, "--journal", self.journal, "--seed", f"{self.seed}{ord(path)}",
            "--pace", self.pace, *webhooks, *every])

    def _start_watch(self, processes, database):
        (self.folder / "policy.yaml").write_text(f"confirmation: {self.confirmation}s\n")
        (self.folder / "stripe.key").write_text(KEY)
        (self.folder / "webhook.secret").write_text(SECRET)
        (self.folder / "watch.yaml").write_text(f"""\
store: mirror.sqlite
postgres: {{ connection: "{database.mirror}" }}
stripe:
  key_file: stripe.key
  mode: test
  api: http://127.0.0.1:{self.stripe_port}
  requests_a_second: 100
  backfill: {{ every: 2s, lag: 1s, slice: 1d }}
  webhook: {{ listen: 127.0.0.1:{self.hook_port}, secret_files: [webhook.secret] }}
judging: {{ settle: {self.settle}s, policy: policy.yaml }}
reports: {{ folder: reports, every: 30s }}
status: 127.0.0.1:{self.status_port}
""")
        processes.start("watch", [self.tool, "watch", "--config", "watch.yaml"], cwd=self.folder)

        def is_ready():
            processes.check()
            return "baselines taken" in processes.log("watch").read_text(errors="replace")

        wait("the mirror's baselines", is_ready, 300)
        # Stripe's times have whole seconds: what comes now is later than the baselines.
        time.sleep(1.1)

    def _quieten(self, processes):
        """Ends the schedule, and waits until nobody has anything left to do."""
        processes.signal("path-B", signal.SIGUSR1)
        quiet = 2.0 * self.pace

        def is_idle():
            age = time.time() - os.stat(self.journal).st_mtime
            return age > quiet and json.loads(fetch(self.stripe_port, "/lab/idle"))["idle"]

        wait("the paths to finish", is_idle, 300)

    def _note_end(self, database):
        journal = Journal(self.journal, "lab")
        stripe = Stripe(self.stripe_port, patient=True)
        for state in states(database.owner):
            tags = stripe.call("GET", f"/v1/customers/{state['stripe_customer']}")["metadata"]
            journal.write("end state", metadata=tags.get("bad_debt") == "true", **state)

    def _judge(self, told):
        log = self._tool("store", "log", "--config", "watch.yaml")
        (self.folder / "log.ndjson").write_bytes(log)
        self._tool("replay", "log.ndjson", "--out", "replayed", "--settled", "--settle",
                   f"{self.settle}s", "--policy", "policy.yaml")
        live = sorted((self.folder / "reports").glob("*/report.json"))[-1]
        replayed = json.loads((self.folder / "replayed/report.json").read_text())
        records = [json.loads(line) for line in log.splitlines()]
        events = [one["id"] for one in records if one["kind"] == "stripe"]
        print(f"\nStripe's events: {told['stripe webhooks']} told by webhook, {told['stripe']} by "
              f"being asked, {len(events)} kept")
        return judge.judge(self.journal, events, json.loads(live.read_text()), replayed,
                           self.confirmation)

    # -- Small things

    def _tool(self, *arguments):
        done = subprocess.run([self.tool, *arguments], cwd=self.folder, capture_output=True)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{arguments[0]} failed: {done.stderr.decode()[-1000:]}")
        return done.stdout

    def _events_told(self):
        """How often the mirror was told of events, by the way that they came."""
        return {source: int(self._metric(f'records_total{{source="{source}",kind="stripe"}}') or 0)
                for source in ("stripe", "stripe webhooks")}

    def _metric(self, name):
        for line in fetch(self.status_port, "/metrics").splitlines():
            if line.startswith(f"dunning_parity_{name} "):
                return float(line.rpartition(" ")[2])
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
    parser.add_argument("seconds", nargs="?", type=int, default=200,
                        help="how long the world lives (default 200)")
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
