"""What each class means, as the journal tells it.

`shows` is asked of a divergence in the report: does the journal show what its class says? `told` is
asked of the journal: which stories does it tell that the report has to have?
"""

from datetime import datetime

# Stripe's times have whole seconds, so what the log tells may be one earlier than the truth.
SECOND = 1.0


def seconds(text):
    """A time of the report."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def shows(name, account, divergence):
    """Whether the journal shows what a class says of a divergence."""
    opened = seconds(divergence["opened"]) - SECOND
    closed = seconds(divergence["closed"]) + SECOND
    edits = [one for one in divergence["intervention"] if one["class"] == name]
    runs = [run for run in account.runs.values()
            if run.ended and run.ended >= opened and run.started <= closed]
    return SHOWN.get(name, lambda *_: False)(account, divergence, runs, edits, opened, closed)


def acted(account, edits):
    """The runs and invoices that edits name, where they did something."""
    for edit in edits:
        run = account.run(edit["execution"]) if edit.get("execution") else None
        if run and run.wrote:
            yield run, edit.get("invoice")


def voided(account, divergence, runs, edits, opened, closed):
    """A run acted on an invoice that was void by then, or became so."""
    return any("void" in account.invoices.get(invoice, {}) for _, invoice in acted(account, edits))


def paid_by_then(account, divergence, runs, edits, opened, closed):
    """A run acted on an invoice that had been paid or marked as paid before it was done; or, where all
    of it passed, that was paid soon after."""
    passed = divergence["extent"] == "transient"
    return any(
        any(at - SECOND <= run.wrote[-1]["at"] or passed for at in account.payments(invoice))
        for run, invoice in acted(account, edits) if invoice)


def raced(account, divergence, runs, edits, opened, closed):
    """Two runs at one time, at least one of which wrote something."""
    return any(one.overlaps(other) and (one.wrote or other.wrote)
               for place, one in enumerate(runs) for other in runs[place + 1:]
               if "A" not in (one.path, other.path))


def paid_and_left(account, divergence, runs, edits, opened, closed):
    """Debt was paid, and what was done for it, or would have been by a Path B in time, was not taken
    back at once."""
    punished = "drift_lag" in divergence["classes"] or any(
        run.harmed and run.path in "BCE" and run.started <= closed
        for run in account.runs.values())
    paid = any(opened <= at <= closed for name in account.given_up
               for at in account.payments(name))
    return punished and paid


def paid_twice(account, divergence, runs, edits, opened, closed):
    """An invoice was paid more than once."""
    return any(len(account.payments(name)) > 1 for name in account.invoices)


def never_done(account, divergence, runs, edits, opened, closed):
    """A trigger that no run finished for."""
    return bool(account.lost) or any(run.outcome != "completed" for run in account.runs.values())


def half_done(account, divergence, runs, edits, opened, closed):
    """A run that failed between two effects."""
    return any(run.outcome == "failed" for run in runs)


def late_drift(account, divergence, runs, edits, opened, closed):
    """Path B came some time after what it would have set right, or not at all."""
    changes = [at for times in account.invoices.values() for at in times.values()]
    return any(opened <= at <= closed for at in changes)


def uncoordinated(account, divergence, runs, edits, opened, closed):
    """Path C canceled for a failed payment alone."""
    return any(one["do"] == "cancel_subscription" and one["reason"] == "payment_failed"
               for run in runs for one in run.wrote)


def still_at_work(account, divergence, runs, edits, opened, closed):
    """A run that began when the episode was held to be over, and did something."""
    return any(run.wrote and run.started > closed - SECOND for run in account.runs.values())


def overridden(account, divergence, runs, edits, opened, closed):
    """An administrator's word stands."""
    return account.was_overridden


def counted_twice(account, divergence, runs, edits, opened, closed):
    """Path B counted an invoice that another one, paid, stands for."""
    return any(name in run.read.get("debt", []) for run in runs if run.path == "B"
               for covers in account.covers.values() for name in covers)


SHOWN = {
    "voided_invoice_flag": voided,
    "paid_then_flagged": paid_by_then,
    "race": raced,
    "missing_unflag": paid_and_left,
    "duplicate_payment": paid_twice,
    "stuck_event": never_done,
    "partial_failure": half_done,
    "inflated_debt": counted_twice,
    "drift_lag": late_drift,
    "uncoordinated_cancel": uncoordinated,
    "admin_override": overridden,
    "timing": still_at_work,
}


def told(account, confirmation):
    """The stories of an account that a report has to have: the classes that would do, and words."""
    if not account.is_dunned:
        return
    flagging = [run for run in account.runs.values() if run.path == "C" and run.flagged]
    for run in flagging:
        invoice = run.read["invoice"]
        if "void" in account.invoices[invoice] and account.given_up == [invoice]:
            yield ["voided_invoice_flag"], f"{run.id} flagged for {invoice}, which is void"
    is_over = account.given_up and all(account.payments(name) for name in account.given_up)
    if flagging and is_over and account.is_left_punished and not account.was_overridden:
        yield (["missing_unflag", "paid_then_flagged"],
               f"all is paid since {max(account.payments(name)[0] for name in account.given_up)}"
               ", and it is still punished")
    if account.is_contradictory and not account.was_overridden and overlap(account):
        # Where one of them had only to look at an invoice, or what should have followed a payment
        # would have set it right behind both, that alone explains it.
        yield (["race", "voided_invoice_flag", "paid_then_flagged", "missing_unflag"],
               "two runs at one time left flags that contradict each other")
    for name in account.invoices:
        if len(account.payments(name)) > 1:
            yield ["duplicate_payment"], f"{name} was paid {len(account.payments(name))} times"


def overlap(account):
    """Whether runs of Paths B and C that all went well wrote at one time."""
    runs = [run for run in account.runs.values() if run.path in "BC" and run.wrote]
    return all(run.outcome == "completed" for run in account.runs.values()) and any(
        one.overlaps(other) for place, one in enumerate(runs) for other in runs[place + 1:])
