"""The triggers through which the fields of one pair of tables follow their source."""

from collections.abc import Callable

from schema.compile.derived_changes import IMAGES, NOT_DERIVED, Image, Pair
from schema.compile.functions import DERIVED_OWNER, Function, compile_trigger
from schema.compile.quoting import quote_identifier
from schema.language.names import Operation, aggregate_function, aggregate_trigger


def compile_following(pair: Pair, follow: Callable[[tuple[Image, ...]], str], empty: str) -> list[str]:
    """A function and a trigger for each kind of statement on the source.

    `follow` gives the body for the transition tables a statement has, `empty` is the body for a truncate.
    """
    texts: list[str] = []
    for operation, images in IMAGES.items():
        asleep = NOT_DERIVED if operation == "update" and pair.ignores_derived else None
        texts += _install(pair, operation, follow(images), rows=images, only_if=asleep)
    return [*texts, *_install(pair, "truncate", empty)]


def _install(
    pair: Pair, operation: Operation, body: str, *, rows: tuple[Image, ...] = (), only_if: str | None = None
) -> list[str]:
    name = aggregate_function(pair.source, pair.target, operation, pair.mode)
    function = Function(f"derived.{quote_identifier(name)}", body, owner=DERIVED_OWNER)
    trigger = compile_trigger(
        aggregate_trigger(pair.target, operation, pair.mode),
        pair.source,
        function.name,
        when=f"after {operation}",
        rows=rows,
        only_if=only_if,
    )
    return [function.sql, trigger]
