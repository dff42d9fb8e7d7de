"""Holds a report against the journal.

Was recorded what happened: every event of Stripe once, and every account's state in the end? Was the
brain right about every account? And is each difference of the class that its story in the journal asks
for, both ways?

What is right is told here from the journal alone, in the words of the domain, not of the brain.
"""

import json
from collections import Counter, defaultdict

import journal
import stories
from accounts import Account


def accounts(path):
    """The journal, sorted by account."""
    lines = journal.read(path)
    found = {line["id"]: Account(line) for line in lines if line["what"] == "end state"}
    of_customer = {one.end["stripe_customer"]: one for one in found.values()}
    for line in lines:
        if line["what"] == "end state":
            continue
        owner = found.get(line.get("account")) or of_customer.get(line.get("customer"))
        if owner:
            owner.take(line)
    return found


def judge(path, events, live, replayed, confirmation):
    """Prints what agrees and what does not; an exit status: 0 all does, 1 some class does not, 2
    not even the states do."""
    truth = accounts(path)
    problems = []
    problems += same(live, replayed)
    settled = {one["account"]: one for one in replayed["settled"]}
    problems += captured(path, events)
    problems += recorded(truth, settled)
    problems += right(truth, settled, confirmation)
    is_state_wrong = bool(problems)
    table, more = classes(truth, live["divergences"], confirmation)
    problems += more
    print_summary(live, truth, settled)
    print_table(table)
    for problem in problems:
        print("DISAGREES:", problem)
    print("the report and the journal", "disagree" if problems else "agree")
    return 2 if is_state_wrong else 1 if problems else 0


def same(live, replayed):
    """The mirror's verdicts are those of a replay of its log."""
    texts = [json.dumps(one["divergences"], sort_keys=True) for one in (live, replayed)]
    return [] if texts[0] == texts[1] else ["watch and a replay of its log differ"]


def captured(path, events):
    """Every event of Stripe that dunning reads is kept once, whichever way and however often it came."""
    kept = Counter(events)
    made = {line["id"] for line in journal.read(path) if line["what"] == "event"}
    problems = [f"{name}: Stripe has no such event" for name in kept if name not in made]
    problems += [f"{name}: kept {kept[name]} times" for name in sorted(made) if kept[name] != 1]
    return problems


def recorded(truth, settled):
    """Legacy's state, as folded from what was captured, is the database's at the end."""
    problems = []
    for name, account in truth.items():
        if name not in settled:
            continue
        said, real = settled[name]["legacy"], account.real
        if said != real:
            problems.append(f"{name}: recorded {said}, in truth {real}")
    return problems


def right(truth, settled, confirmation):
    """The brain flags whoever owes in the end, and nobody else."""
    problems = []
    for name, account in truth.items():
        if name not in settled or account.was_overridden:
            continue
        owes = account.is_dunned and bool(account.owed(confirmation))
        if settled[name]["brain"]["flagged"] != owes:
            problems.append(f"{name}: the brain flags {not owes}, the account owes {owes}")
    return problems


def classes(truth, divergences, confirmation):
    """Each class: in the report, shown by the journal; told by the journal, found in the report."""
    table = defaultdict(lambda: [0, 0, 0, 0])
    problems = []
    reported = defaultdict(list)
    for divergence in divergences:
        reported[divergence["account"]].append(divergence)
        for name in divergence["classes"]:
            table[name][0] += 1
            if stories.shows(name, truth[divergence["account"]], divergence):
                table[name][1] += 1
            else:
                problems.append(f"{divergence['account']}: {divergence['id']} is {name}, "
                                "of which the journal shows nothing")
    for account in truth.values():
        for names, words in stories.told(account, confirmation):
            found = {name for one in reported[account.name] for name in one["classes"]}
            table[names[0]][2] += 1
            if found & set(names):
                table[names[0]][3] += 1
            else:
                problems.append(f"{account.name}: {words}: the journal tells of "
                                f"{' or '.join(names)}, the report of {sorted(found) or 'nothing'}")
    return table, problems


def print_summary(live, truth, settled):
    """How much there was."""
    episodes = live["summary"]["episodes"]
    runs = sum(len(account.runs) for account in truth.values())
    print(f"\n{len(truth)} accounts, {runs} runs of paths, {live['summary']['records']} records, "
          f"{len(settled)} accounts settled; episodes:",
          ", ".join(f"{value} {name}" for name, value in episodes.items()))
    print("fidelity:", ", ".join(
        f"{path} {one['exact']}/{one['executions']}"
        for path, one in sorted(live["summary"]["fidelity"].items())))


def print_table(table):
    """The classes."""
    print(f"\n{'class':22}{'in the report':>14}{'journal shows':>15}"
          f"{'in the journal':>16}{'report has':>12}")
    for name, counts in sorted(table.items()):
        print(f"{name:22}{counts[0]:14}{counts[1]:15}{counts[2]:16}{counts[3]:12}")
    print()
