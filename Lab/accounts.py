"""What truly happened to one account, from the journal."""

from dataclasses import dataclass, field

FLAG = 1 << 15
UNSUPPORTED = {"cloudflare_ent", "msp", "partners_pay_go", "sfcc"}
LIVE = ("active", "trialing", "past_due", "unpaid")
HARM = {"set_flag", "set_ban", "cancel_subscription", "delete_items"}


@dataclass
class Run:
    """A run of a path."""

    id: str
    path: str
    trigger: str
    started: float
    read: dict = field(default_factory=dict)
    effects: list = field(default_factory=list)
    ended: float = None
    outcome: str = None

    @property
    def wrote(self):
        """What it did, leaving out what failed."""
        return [one for one in self.effects if one["ok"]]

    @property
    def flagged(self):
        """Whether it set the flag."""
        return any(one["do"] == "set_flag" and one["to"] for one in self.wrote)

    @property
    def harmed(self):
        """Whether it did something to the customer."""
        return any(one["do"] in HARM and one.get("to") not in (False, None)
                   or one["do"] in ("cancel_subscription", "delete_items") for one in self.wrote)

    def overlaps(self, other):
        """Whether both ran at one time."""
        return self.started < other.ended and other.started < self.ended


class Account:
    """An account's life."""

    def __init__(self, end):
        self.name = end["id"]
        self.end = end
        self.runs = {}
        # Invoice: times by status, in order.
        self.invoices = {}
        self.covers = {}
        self.marked = set()
        self.declined = []
        self.lost = set()

    def take(self, line):
        """Takes a line of the journal that is about this account."""
        match line["what"]:
            case "invoice":
                times = self.invoices.setdefault(line["id"], {})
                times.setdefault(line["status"], line["t"])
            case "metadata" if line["of"] == "invoice":
                if line["metadata"].get("bad_debt_paid") == "true":
                    self.marked.add(line["id"])
            case "declined":
                self.declined.append(line)
            case "lost":
                self.lost.add(line["trigger"])
            case "start":
                self.runs[line["run"]] = Run(line["run"], line["who"], line["trigger"], line["at"])
            case "read":
                self.runs[line["run"]].read = line["read"]
            case "effect":
                run = self.runs[line["run"]]
                run.effects.append(line)
                if line["do"] == "create_consolidated_invoice" and line["ok"]:
                    self.covers[line["invoice"]] = line["covers"]
            case "end":
                self.runs[line["run"]].ended = line["t"]
                self.runs[line["run"]].outcome = line["outcome"]

    # -- What is so in the end

    @property
    def real(self):
        """The end state in the report's words."""
        return {
            "flagged": bool(self.end["flags"] & FLAG),
            "banned": self.end["ban"] is not None,
            "live_subscriptions": sorted(
                one[0] for one in self.end["subscriptions"] if one[1] in LIVE),
        }

    @property
    def is_dunned(self):
        """Whether dunning is for such accounts at all."""
        return self.end["type"] not in UNSUPPORTED

    @property
    def was_overridden(self):
        """Whether an administrator had a word."""
        return any(run.path == "E" for run in self.runs.values())

    @property
    def is_contradictory(self):
        """Whether flag, ban, time and metadata do not say the same."""
        return len({self.real["flagged"], self.real["banned"], self.end["bad_debt_at"],
                    self.end["metadata"]}) > 1

    @property
    def is_left_punished(self):
        """Whether anything that was done for debt is still in force."""
        canceled = any(one[2] == "bad_debt" for one in self.end["subscriptions"])
        return canceled or self.real["flagged"] or self.real["banned"]

    # -- Its invoices

    def payments(self, invoice):
        """When an invoice was paid, by itself or within another."""
        names = [invoice] + [name for name, covers in self.covers.items() if invoice in covers]
        return sorted(self.invoices[name]["paid"] for name in names
                      if "paid" in self.invoices.get(name, {}))

    @property
    def given_up(self):
        """The invoices that were marked uncollectible."""
        return [name for name, times in self.invoices.items() if "uncollectible" in times]

    def owed(self, confirmation):
        """What is owed in the end, long enough to be sure of."""
        return [name for name in self.given_up
                if "void" not in self.invoices[name] and not self.payments(name)
                and name not in self.marked
                and self.end["t"] - self.invoices[name]["uncollectible"] > confirmation]

    def run(self, name):
        """A run by its name, which the report may have lengthened by the account's."""
        return self.runs.get(name) or self.runs.get(name.partition(":")[0])
