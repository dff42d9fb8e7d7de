"""The same three counts as classes.sql, in the script that somebody would write first."""

import json
import sys
from datetime import datetime

marked, voided, paid, flags, covers, settled = {}, {}, {}, {}, {}, set()
for line in open(sys.argv[1], "rb"):
    try:
        record = json.loads(line)
        kind, account = record["kind"], record.get("account")
        at = datetime.fromisoformat(record["at"])
    except (ValueError, KeyError, TypeError):
        continue
    if kind == "stripe":
        event = record["event"]
        if "detail" in event:
            event = event["detail"]
        elif "object" not in event and "data" in event.get("data", {}):
            event = event["data"]
        key = (account, event["data"]["object"].get("id"))
        match event["type"]:
            case "invoice.marked_uncollectible":
                marked[key] = min(marked.get(key, at), at)
            case "invoice.voided":
                voided[key] = max(voided.get(key, at), at)
            case "invoice.paid":
                paid[key] = max(paid.get(key, at), at)
    elif kind == "execution":
        for effect in record["execution"].get("effects") or []:
            if not effect["ok"]:
                continue
            if effect["do"] == "set_flag" and effect["bit"] == 15:
                when = datetime.fromisoformat(effect["at"])
                if account not in flags or flags[account][0] <= when:
                    flags[account] = (when, effect["to"])
            elif effect["do"] == "create_consolidated_invoice":
                covers[account, effect["invoice"]] = effect["covers"]
            elif effect["do"] == "pay_invoice":
                settled.add((account, effect["invoice"]))

payments = {}
for account, invoice in settled:
    for covered in covers.get((account, invoice), []):
        payments.setdefault((account, covered), set()).add(invoice)

print(
    sum(key in marked and voided[key] > marked[key] for key in voided),
    sum(
        key in marked and paid[key] > marked[key] and flags.get(key[0], (None, False))[1]
        for key in paid
    ),
    sum(len(made) > 1 for made in payments.values()),
)
