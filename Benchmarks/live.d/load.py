"""A database under load, and a mirror beside it.

load.py TOOL SECONDS CHANGES_A_SECOND SECONDS_A_LINE
"""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import psycopg2

tool, seconds, rate, every = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
inf = float("inf")
programs = "/usr/lib/postgresql/15/bin"
here = pathlib.Path(__file__).resolve().parents[2]
accounts, rows_each = 100_000, 10
work = tempfile.mkdtemp(prefix="live-load-")
os.chmod(work, 0o755)
as_user = []
if os.getuid() == 0:
    user = pwd.getpwnam("postgres")
    os.chown(work, user.pw_uid, user.pw_gid)
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def postgres(*arguments):
    subprocess.run(as_user + list(arguments), check=True, stdout=subprocess.DEVNULL, cwd="/")


def metrics():
    """What the mirror says of itself, by name."""
    with urllib.request.urlopen("http://127.0.0.1:9465/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if line[0] != "#"}


def memory(process):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


def sample(process, folder, start):
    """What the mirror has and takes by now."""
    found = metrics()
    name = "dunning_parity_verdict_delay_seconds_bucket"
    return {
        "minute": (time.monotonic() - start) / 60,
        "records": sum(value for key, value in found.items() if "records_total{" in key),
        "verdicts": found["dunning_parity_settled_episodes"],
        "unsettled": found["dunning_parity_unsettled_accounts"],
        "memory": memory(process),
        "store": sum(file.stat().st_size for file in pathlib.Path(folder).glob("mirror.sqlite*")) / 1e6,
        "lag": found.get('dunning_parity_source_lag_seconds{source="postgres"}', 0),
        "delays": {
            float(key.split('le="')[1].split('"')[0].replace("+Inf", "inf")): value
            for key, value in found.items() if key.startswith(name)
        },
    }


def within(share, delays, before):
    """The least bound that a share of the delays noted since is within; `-` where there are none."""
    since = {bound: value - before.get(bound, 0) for bound, value in delays.items()}
    count = since.get(inf, 0)
    return next((bound for bound, value in sorted(since.items()) if value >= share * count), "-") if count else "-"


def processor(process):
    """How many seconds of processor time a process has taken."""
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def changes(found):
    return int(found.get('dunning_parity_records_total{source="postgres",kind="change"}', 0))


def wait(what, is_so, most=120):
    start = time.monotonic()
    while not is_so():
        if time.monotonic() - start > most:
            sys.exit(f"it took more than {most} s until {what}")
        time.sleep(0.2)


def tried(body):
    try:
        return body()
    except OSError:
        return None


data = f"{work}/data"
try:
    postgres(f"{programs}/initdb", f"--pgdata={data}", "--username=postgres", "--auth=trust", "--no-sync")
    with open(f"{data}/postgresql.auto.conf", "w") as settings:
        settings.write(
            f"listen_addresses = ''\nunix_socket_directories = '{work}'\nwal_level = logical\n"
            "max_slot_wal_keep_size = 8GB\nmax_wal_size = 8GB\n"
        )
    postgres(f"{programs}/pg_ctl", "-D", data, "-l", f"{work}/log", "-w", "start")
    connection = psycopg2.connect(f"host={work} dbname=postgres user=postgres")
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute((here / "Sources/PostgresMirror/Resources/tryout.sql").read_text())
    cursor.execute(
        "INSERT INTO subs_account SELECT 'acct_' || n, 'pay_go', 0 FROM generate_series(1, %s) n",
        [accounts],
    )
    with open(f"{work}/policy.yaml", "w") as policy:
        # An account is never quiet for less than the policy's confirmation.
        policy.write("confirmation: 2s\n")
    config = f"{work}/watch.yaml"
    with open(config, "w") as file:
        file.write(
            f"store: {work}/mirror.sqlite\n"
            f'postgres: {{ connection: "host={work} dbname=postgres user=dunning_mirror", mark_milliseconds: 200 }}\n'
            f"reports: {{ folder: {work}/reports, every: 30d }}\n"
            f"judging: {{ settle: 2s, policy: {work}/policy.yaml }}\nstatus: 127.0.0.1:9465\n"
        )
    mirror = subprocess.Popen([tool, "watch", "--config", config], stderr=open(f"{work}/said", "w"))
    key = 'dunning_parity_records_total{source="postgres",kind="baseline"}'
    start = time.monotonic()
    wait("all baselines were taken", lambda: (tried(metrics) or {}).get(key, 0) >= accounts)
    baselines = memory(mirror)
    print(f"baselines: {accounts:,} in {time.monotonic() - start:.1f} s; the mirror takes {baselines} MB")

    script = f"{work}/script.sql"
    with open(script, "w") as file:
        file.write(f"\\set first random(1, {accounts - rows_each})\n")
        file.write(
            "BEGIN;\n"
            "UPDATE subs_account SET flags = flags # 65536 WHERE id = ANY "
            f"(SELECT 'acct_' || n FROM generate_series(:first, :first + {rows_each - 2}) n);\n"
            # What opens an episode, so that there is something to judge.
            "INSERT INTO subs_request VALUES (gen_random_uuid(), 'acct_' || :first, 'drift_run', 'cron');\n"
            "COMMIT;\n"
        )
    os.chmod(script, 0o644)
    bench = subprocess.Popen(
        as_user + [f"{programs}/pgbench", "-n", "-h", work, "-U", "postgres", "-c", "2", "-j", "1",
         "-R", str(rate // rows_each), "-T", str(seconds), "-f", script, "postgres"],
        stdout=subprocess.PIPE, text=True, cwd="/",
    )
    start = time.monotonic()
    before = first = sample(mirror, work, start)
    spent_before = processor(mirror)
    print("  minute    records  verdicts  unsettled  RSS MB  store MB  lag s  p99 s")
    lags = []
    while bench.poll() is None:
        time.sleep(5)
        now = tried(lambda: sample(mirror, work, start))
        if not now:
            continue
        lags.append(now["lag"])
        if now["minute"] - before["minute"] >= every / 60 or bench.poll() is not None:
            p99 = within(0.99, now["delays"], before["delays"])
            print(f"{now['minute']:8.1f} {now['records']:10,.0f} {now['verdicts']:9,.0f} {now['unsettled']:10,.0f}"
                  f" {now['memory']:7.0f} {now['store']:9.0f} {now['lag']:6.2f} {p99:>6}", flush=True)
            before = now
    spent = time.monotonic() - start
    report = bench.stdout.read()
    done = int(next(line for line in report.splitlines() if "actually processed" in line).split()[-1].split("/")[0])
    sent = done * (rows_each - 1)
    end = time.monotonic()
    wait("the last change was kept", lambda: changes(tried(metrics) or {}) >= sent)
    print(f"changes: {sent:,} and {done:,} requests in {spent:.1f} s, {sent / spent:,.0f} changes a second; "
          f"the last was kept {time.monotonic() - end:.1f} s after it was made")
    lags.sort()
    print(f"behind, in seconds: median {lags[len(lags) // 2]:.2f}, most {lags[-1]:.2f}")
    last = sample(mirror, work, start)
    taken = processor(mirror) - spent_before
    print(f"the mirror took {taken:,.0f} s of processor time, "
          f"{taken / (last['records'] - first['records']) * 1e6:,.0f} microseconds a record")
    for share in (0.5, 0.99):
        print(f"verdicts: {share:.0%} of {last['delays'].get(inf, 0):,.0f} within "
              f"{within(share, last['delays'], {})} s of having settled")
    mirror.send_signal(signal.SIGTERM)
    print(f"stopped in good order: {mirror.wait(600) == 0}")
finally:
    subprocess.run(as_user + [f"{programs}/pg_ctl", "-D", data, "-m", "immediate", "stop"],
                   stdout=subprocess.DEVNULL, cwd="/")
    shutil.rmtree(work, ignore_errors=True)
