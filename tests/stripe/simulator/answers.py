"""Lists with pages and filters, and objects with what the caller wants expanded in them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.stripe.simulator import shapes
from tests.stripe.simulator.account import Account
from tests.stripe.simulator.books import invalid
from tests.stripe.simulator.shapes import DAY_S

Json = dict[str, Any]

PAGE_MAX = 100  # Stripe's own.
PAGE_DEFAULT = 10  # Stripe's own: whoever does not follow `has_more` misses the eleventh.
EVENTS_KEPT_S = 30 * DAY_S
EQUAL = (
    "customer",
    "subscription",
    "charge",
    "payment_intent",
    "invoice",
    "price",
    "product",
    "type",
    "email",
)
ENDED = ("canceled", "incomplete_expired")
EXPAND_DEPTH_MAX = 4  # Stripe's own.


def listing(account: Account, kind: str, url: str, given: Json) -> Json:
    """One page, newest first."""
    found = [made for made in reversed(account.book.all(kind)) if not made.get("deleted")]
    found = [made for made in found if _is_wanted(account, made, given)]
    limit = int(given.get("limit", PAGE_DEFAULT))
    if not 1 <= limit <= PAGE_MAX:
        raise invalid(f"This value must be between 1 and {PAGE_MAX}.", param="limit")
    # By age and not by place: meanwhile the object named may have changed so that it is not in the list.
    ages = {made["id"]: age for age, made in enumerate(account.book.all(kind))}
    if "starting_after" in given:
        last = ages[account.book.get(kind, given["starting_after"])["id"]]
        found = [made for made in found if ages[made["id"]] < last]
    if "ending_before" in given:
        first = ages[account.book.get(kind, given["ending_before"])["id"]]
        found = [made for made in found if ages[made["id"]] > first][-limit:]
    page = found[:limit]
    return shapes.listed([answer(account, made) for made in page], url, has_more=len(found) > len(page))


def answer(account: Account, made: Json) -> Json:
    """A copy of one object."""
    copy = deepcopy(made)
    if made["object"] == "event":
        copy["pending_webhooks"] = len(account.undelivered.get(made["id"], ()))
    return copy


def expand(account: Account, found: Json, paths: list[str]) -> Json:
    """Put whole objects in the place of their ids, in place."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > EXPAND_DEPTH_MAX:
            raise invalid("You cannot expand more than 4 levels of a property.", param="expand")
        _expand(account, found, steps, path)
    return found


def _expand(account: Account, found: Any, steps: list[str], path: str) -> None:
    if isinstance(found, list):
        for item in found:
            _expand(account, item, steps, path)
        return
    if not isinstance(found, dict) or not steps:
        return
    step, *rest = steps
    included = _included(account, found, step)
    if included is not None:
        found[step] = included
    elif step not in found:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    elif isinstance(found[step], str):
        whole = account.book.objects.get(found[step])
        if whole is None:
            raise invalid(f"This property cannot be expanded ({path}).", param="expand")
        found[step] = answer(account, whole)
    _expand(account, found[step], rest, path)


def _included(account: Account, found: Json, name: str) -> Json | None:
    """What Stripe leaves out of an object unless it is asked for."""
    book, id = account.book, found.get("id", "")
    match found.get("object"), name:
        case "invoice", "payments":
            return shapes.listed(deepcopy(account.invoices.payments_of(found)), "/v1/invoice_payments")
        case "checkout.session", "line_items":
            return shapes.listed(
                deepcopy(account.sessions.lines[id]), f"/v1/checkout/sessions/{id}/line_items"
            )
        case "charge", "refunds":
            refunds = [made for made in book.all("refund") if made["charge"] == id]
            return shapes.listed(deepcopy(refunds[::-1]), f"/v1/charges/{id}/refunds")
        case "customer", "subscriptions":
            mine = [made for made in book.all("subscription") if made["customer"] == id]
            living = [made for made in mine if made["status"] not in ENDED]
            return shapes.listed(deepcopy(living[::-1]), f"/v1/customers/{id}/subscriptions")
        case _:
            return None


def _is_wanted(account: Account, made: Json, given: Json) -> bool:
    kind = made["object"]
    for name in EQUAL:
        if name in given and _value(made, name) != given[name]:
            return False
    if "types" in given and made["type"] not in given["types"]:
        return False
    if "delivery_success" in given:
        delivered = not account.undelivered.get(made["id"])
        if delivered != (given["delivery_success"] == "true"):
            return False
    if kind == "event" and made["created"] < account.book.now - EVENTS_KEPT_S:
        return False
    if kind == "invoice_payment" and "payment" in given:
        asked = given["payment"]
        if made["payment"][asked["type"]] != asked.get(asked["type"]):
            return False
    return _has_status(made, given) and _is_created_within(made, given.get("created"))


def _has_status(made: Json, given: Json) -> bool:
    if made["object"] != "subscription":
        return "status" not in given or made["status"] == given["status"]
    match given.get("status"):
        case None:
            return made["status"] != "canceled"
        case "all":
            return True
        case "ended":
            return made["status"] in ENDED
        case status:
            return made["status"] == status


def _is_created_within(made: Json, bounds: Json | str | None) -> bool:
    created = made.get("created", 0)
    if bounds is None:
        return True
    if isinstance(bounds, str):
        return created == int(bounds)
    holds = {
        "gt": lambda bound: created > bound,
        "gte": lambda bound: created >= bound,
        "lt": lambda bound: created < bound,
        "lte": lambda bound: created <= bound,
    }
    return all(holds[name](int(bound)) for name, bound in bounds.items())


def _value(made: Json, name: str) -> object:
    if made["object"] == "invoice" and name == "subscription":
        return made["parent"]["subscription_details"]["subscription"]
    return made.get(name)
