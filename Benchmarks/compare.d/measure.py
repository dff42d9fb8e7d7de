"""Runs each command in turn, several times, and prints a table in Markdown.

measure.py TOOL LOG WORK RUNS
"""

import os
import platform
import statistics
import subprocess
import sys
import time

tool, log, work, runs = sys.argv[1:4] + [int(sys.argv[4])]
here = os.path.dirname(__file__)
python = f"{work}/venv/bin/python"
duckdb = [python, f"{here}/duckdb_run.py"]
every, one = str(os.cpu_count()), ["taskset", "-c", "0"]
replay = [tool, "replay", log, "--out", f"{work}/report"]
packed = f"{work}/log.packed"
subprocess.run([tool, "pack", log, "--out", packed], check=True, stdout=subprocess.DEVNULL)
OURS = f"`replay`, report written, {every} cores"
COMMANDS = {
    OURS: replay,
    "`replay`, report written, one core": one + replay,
    "`replay` without `--out`": [tool, "replay", log],
    "`replay` of the packed log": [tool, "replay", packed, "--out", f"{work}/report"],
    "`replay --memory 64M`": replay + ["--memory", "64M"],
    f"DuckDB reading 16 fields, {every} threads": duckdb + [f"{here}/read.sql", log, every],
    f"DuckDB counting 3 classes, {every} threads": duckdb + [f"{here}/classes.sql", log, every],
    "a Python script counting 3 classes": [python, f"{here}/classes.py", log],
    "simdjson parsing each line, one core": one + [f"{work}/parse-only", log],
}


def run(command):
    """Wall seconds, processor seconds and the greatest memory, in bytes, of one run."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    answer = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    # 1 says that there are divergences, which there are.
    assert child.returncode in (0, 1), (command, child.returncode)
    seconds = time.monotonic() - start
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, answer


def machine():
    with open("/proc/cpuinfo") as info:
        names = [line.split(":")[1].strip() for line in info if line.startswith("model name")]
    with open("/proc/meminfo") as info:
        memory = int(info.readline().split()[1]) // (1 << 20)
    return (
        f"{names[0]}, {len(names)} cores, {memory} GiB, Linux {platform.release()}; "
        f"load average before the first run {load:.1f}"
    )


size = os.path.getsize(log)
with open(log, "rb") as lines:
    records = sum(1 for _ in lines)
load = os.getloadavg()[0]
description = machine()
results = {name: [] for name in COMMANDS}
for _ in range(runs):
    # In turn, so that a busy minute of the machine strikes all alike.
    for name, command in COMMANDS.items():
        results[name].append(run(command))



def answer_of(name):
    """What the first run of a command printed."""
    return next(taken[0][3] for command, taken in results.items() if command.startswith(name))


medians = {
    name: [statistics.median(run[part] for run in taken) for part in range(3)]
    for name, taken in results.items()
}
print(f"""# Benchmarks

Written by `Benchmarks/compare {runs}`: medians of {runs} runs, the commands in turn. The log is the incident
fleet's, {records:,} lines, {size / 1e6:,.0f} MB. Absolute figures are this machine's; the ratios are what
counts, and those of processor time hold on a busy machine too.

{description}.

| command | wall, s | of `replay`'s | processor, s | of `replay`'s | MB/s | lines/s | peak MB |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |""")
wall_of_ours, processor_of_ours, _ = medians[OURS]
for name, (wall, processor, memory) in medians.items():
    print(
        f"| {name} | {wall:.2f} | {wall / wall_of_ours:.2f} | {processor:.2f} "
        f"| {processor / processor_of_ours:.2f} | {size / wall / 1e6:,.0f} "
        f"| {records / wall:,.0f} | {memory / 1e6:,.0f} |"
    )
one_core, all_cores = (medians[name][0] for name in list(COMMANDS)[1::-1])
is_busy = load > os.cpu_count() / 4
scaling = (
    "The machine was busy with other work: wall times say little, and nothing of scaling."
    if is_busy
    else f"All cores are {one_core / all_cores:.2f} times one."
)
print(f"""
{scaling}

What the three counts are, by DuckDB and by Python:
`{answer_of("DuckDB counting").decode().strip()}` and `{answer_of("a Python script").decode().strip()}` (voided after being uncollectible, paid and still flagged,
paid twice). They run no brain, order no records, find no causes and write no report.""")
