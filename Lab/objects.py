"""Stripe's objects as the stand-in keeps them, and as each API version shows them."""

OLD = "2022-11-15"
BASIL = "2025-03-31.basil"

# From which status a call may take an invoice where.
TRANSITIONS = {
    "finalize": ({"draft"}, "open"),
    "pay": ({"open", "uncollectible"}, "paid"),
    "void": ({"open", "uncollectible"}, "void"),
    "mark_uncollectible": ({"open"}, "uncollectible"),
}
# The time of `status_transitions` that a status sets, and the event that tells of it.
STAMPS = {
    "open": ("finalized_at", "invoice.finalized"),
    "paid": ("paid_at", "invoice.paid"),
    "void": ("voided_at", "invoice.voided"),
    "uncollectible": ("marked_uncollectible_at", "invoice.marked_uncollectible"),
}


def customer(id, now, metadata):
    """A customer."""
    return {
        "id": id, "object": "customer", "created": now, "livemode": False, "balance": 0,
        "currency": "usd", "delinquent": False, "description": None, "email": None,
        "metadata": metadata,
    }


def subscription(id, now, customer, items, metadata):
    """A subscription; its items are `(id, price, product)`."""
    return {
        "id": id, "object": "subscription", "created": now, "livemode": False,
        "customer": customer, "status": "active", "currency": "usd", "canceled_at": None,
        "ended_at": None, "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically", "metadata": metadata, "latest_invoice": None,
        "items": {
            "object": "list", "has_more": False, "total_count": len(items),
            "url": f"/v1/subscription_items?subscription={id}",
            "data": [
                {
                    "id": item, "object": "subscription_item", "subscription": id, "quantity": 1,
                    "created": now, "metadata": {},
                    "price": {"id": price, "object": "price", "product": product,
                              "currency": "usd", "active": True, "type": "recurring"},
                }
                for item, price, product in items
            ],
        },
    }


def invoice(id, now, customer, subscription, currency, metadata):
    """A draft."""
    return {
        "id": id, "object": "invoice", "created": now, "livemode": False, "customer": customer,
        "subscription": subscription, "status": "draft", "currency": currency,
        "amount_due": 0, "amount_paid": 0, "amount_remaining": 0, "total": 0, "subtotal": 0,
        "attempt_count": 0, "attempted": False, "auto_advance": False,
        "next_payment_attempt": None, "collection_method": "charge_automatically",
        "billing_reason": "subscription_cycle" if subscription else "manual",
        "status_transitions": {
            "finalized_at": None, "marked_uncollectible_at": None, "paid_at": None,
            "voided_at": None,
        },
        "metadata": metadata,
    }


def shown(thing, version):
    """An object as an API version shows it.

    Since basil an invoice names its subscription under `parent` and says no more whether it is
    `paid`; before, it was the other way round.
    """
    if thing["object"] != "invoice":
        return thing
    view = {key: value for key, value in thing.items() if key != "subscription"}
    name = thing["subscription"]
    if version == BASIL:
        details = {"subscription": name, "metadata": {}}
        view["parent"] = name and {
            "type": "subscription_details", "quote_details": None, "subscription_details": details,
        }
        view["amount_overpaid"] = 0
        return view
    view["subscription"] = name
    view["paid"] = thing["status"] == "paid"
    view["paid_out_of_band"] = False
    return view
