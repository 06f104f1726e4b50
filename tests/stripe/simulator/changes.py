"""What a caller wants a subscription's items to be, and what that costs now."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.stripe.simulator import shapes
from tests.stripe.simulator.books import Book, invalid

Json = dict[str, Any]


@dataclass
class Change:
    """Items changed, added and deleted; `amounts` is what is to be paid at once."""

    payment_behavior: str
    changed: dict[str, tuple[Json, int]] = field(default_factory=dict)
    added: list[tuple[Json, int]] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    amounts: list[tuple[Json, int]] = field(default_factory=list)
    restarts: bool = False

    def preview(self, book: Book, subscription: Json) -> list[Json]:
        """The items as they would be."""
        found = []
        for item in subscription["items"]["data"]:
            if item["id"] in self.changed:
                price, quantity = self.changed[item["id"]]
                found.append(item | {"price": price, "plan": shapes.plan(price), "quantity": quantity})
            elif item["id"] not in self.deleted:
                found.append(item)
        for price, quantity in self.added:
            id = book.new_id("si")
            found.append(shapes.subscription_item(id, book.now, subscription["id"], price, quantity))
        return deepcopy(found)


def planned(book: Book, subscription: Json, given: Json) -> Change:
    """What `given` would change; raises `StripeRefusal` when it names what there is not."""
    change = Change(given.get("payment_behavior", "allow_incomplete"))
    items = {item["id"]: item for item in subscription["items"]["data"]}
    for line in given["items"]:
        if "id" not in line:
            change.added.append((book.get("price", line["price"]), int(line.get("quantity", 1))))
            continue
        item = items.get(line["id"])
        if item is None:
            raise invalid(f"No such subscription item: '{line['id']}'", param="items")
        if line.get("deleted") in (True, "true"):
            change.deleted.add(item["id"])
            continue
        price = book.get("price", line["price"]) if "price" in line else item["price"]
        change.changed[item["id"]] = (price, int(line.get("quantity", item["quantity"])))
    if len(change.deleted) == len(items) and not change.added:
        raise invalid("A subscription must have at least one active item.")
    _price(book, subscription, given, change)
    return change


def _price(book: Book, subscription: Json, given: Json, change: Change) -> None:
    """Another interval is paid in full and begins now; otherwise the rest of the period, when asked for."""
    items = {item["id"]: item for item in subscription["items"]["data"]}
    change.restarts = any(
        price["recurring"]["interval"] != items[id]["price"]["recurring"]["interval"]
        for id, (price, _) in change.changed.items()
    )
    if subscription["status"] == "trialing":
        change.restarts = False
        return
    if not change.restarts and given.get("proration_behavior") != "always_invoice":
        return
    for id, (price, quantity) in change.changed.items():
        item = items[id]
        new, old = price["unit_amount"] * quantity, item["price"]["unit_amount"] * item["quantity"]
        length = item["current_period_end"] - item["current_period_start"]
        rest = max(item["current_period_end"] - book.now, 0)
        due = new if change.restarts else (new - old) * rest // max(length, 1)
        if due > 0:
            change.amounts.append((item, due))
