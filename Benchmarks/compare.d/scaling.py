"""Replays ever longer logs, and one in which every episode diverges.

scaling.py TOOL LOG WORK
"""

import json
import os
import re
import subprocess
import sys
import time

tool, log, work = sys.argv[1:4]
os.makedirs(work, exist_ok=True)
made = f"{work}/scaling.ndjson"


def write(lines, copies):
    """Writes lines several times over, each time with other accounts and customers."""
    records = 0
    with open(made, "wb") as out:
        for copy in range(copies):
            names = (b'"acct_%d_' % copy, b'"cus_%d_' % copy)
            for line in lines():
                out.write(line.replace(b'"acct_', names[0]).replace(b'"cus_', names[1]))
                records += 1
    return records


def replay(*options):
    """Wall seconds, processor seconds, peak MB and what was printed: the better of two runs."""
    best = None
    for _ in range(2):
        start = time.monotonic()
        child = subprocess.Popen([tool, "replay", made, *options], stdout=subprocess.PIPE)
        said = child.stdout.read().decode()
        _, status, used = os.wait4(child.pid, 0)
        assert os.waitstatus_to_exitcode(status) in (0, 1), said
        wall = time.monotonic() - start
        run = wall, used.ru_utime + used.ru_stime, used.ru_maxrss // 1000, said
        best = min(best or run, run)
    return best


def whole():
    with open(log, "rb") as lines:
        yield from lines


def row(name, records, run):
    print(f"| {name} | {records:,} | {run[0]:.2f} | {run[1]:.2f} | {records / run[0]:,.0f} | {run[2]} |")


print("| log | records | wall, s | processor, s | records/s | peak MB |")
print("| --- | ---: | ---: | ---: | ---: | ---: |")
for copies in (1, 2, 4):
    records = write(whole, copies)
    row(f"the incident, {copies} times", records, replay())

subprocess.run([tool, "replay", log, "--out", f"{work}/report"], stdout=subprocess.DEVNULL)
with open(f"{work}/report/report.json", "rb") as file:
    divergences = json.load(file)["divergences"]
wanted = {(d["account"], record) for d in divergences for record in d["reproducer"]}
head = re.compile(rb'"id":"([^"]*)".*?"account":"([^"]*)"')
chosen = []
for line in whole():
    found = head.search(line)
    if found and (found[2].decode(), found[1].decode()) in wanted or b'"kind":"mark"' in line:
        chosen.append(line)
records = write(lambda: chosen, 10)
run = replay()
row("divergences alone, 10 times", records, run)
print()
print(next((line for line in run[3].splitlines() if "diverge" in line), ""))
os.remove(made)
