"""Sums up the stacks of `perf script` by the part of reading that they are in."""

import collections
import sys

READING = "ReplayV4read"
# Of the stacks of reading, the first row one of whose names stands in a stack has it. libsimdjson
# keeps no frame pointers, so the stacks of a parse end with it.
PARTS = [
    ("parsing: simdjson", ["simdjson::"]),
    ("SHA-256 of each line", ["sha256", "SHA256", "LogDigest"]),
    ("reading the file: the kernel's copy", ["ksys_read", "0B4FileC4read", "copy_to_iter"]),
    ("packing straight from the parse", ["packDirectly"]),
    ("packing values", ["MirrorLog0A6RecordV4pack", "MirrorLog0A6RecordV6packed"]),
    ("making values of what was parsed", ["RecordReaderV4read", "10readStripeEvent"]),
    ("taking in: accounts and their bytes", ["ParityEngineV4feed", "ParityEngineV4take"]),
    ("lines, batches and the rest", [READING]),
]

counts = collections.Counter()
total = 0
for stack in sys.stdin.read().split("\n\n"):
    if not stack.strip():
        continue
    total += 1
    for part, names in PARTS:
        if any(name in stack for name in names) and (READING in stack or names == PARTS[0][1]):
            counts[part] += 1
            break

reading = sum(counts.values())
print("| part of reading | samples | of reading | of the replay |\n| --- | ---: | ---: | ---: |")
for part, _ in PARTS:
    count = counts[part]
    print(f"| {part} | {count} | {count / reading:.1%} | {count / total:.1%} |")
print(f"| all of reading | {reading} | 100.0% | {reading / total:.1%} |")
