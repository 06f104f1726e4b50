"""Views and functions written by hand, in the one safe form."""

from schema.compile.functions import Function
from schema.compile.quoting import quote_identifier, quote_literal
from schema.language.catalog import Catalog
from schema.language.routines import Routine, View


def compile_handwritten(catalog: Catalog) -> list[str]:
    """Create the routines of `private`, the views, which may call those, and then all other routines."""
    private = [one for one in catalog.routines if one.name.startswith("private.")]
    others = [one for one in catalog.routines if one not in private]
    return [
        *(_compile_routine(one) for one in private),
        *(_compile_view(one) for one in catalog.views),
        *(_compile_routine(one) for one in others),
    ]


def _compile_routine(routine: Routine) -> str:
    name = _qualified(routine.name)
    function = Function(
        name,
        routine.body,
        arguments=routine.arguments,
        returns=routine.returns,
        language=routine.language,
        stable=routine.volatility == "stable",
        immutable=routine.volatility == "immutable",
        definer=routine.definer,
        callers=routine.callers,
    )
    return f"{function.sql}\ncomment on function {function.signature} is {quote_literal(routine.comment)};"


def _compile_view(view: View) -> str:
    name = _qualified(view.name)
    readers = ", ".join((*view.readers, "service_role"))
    return (
        f"create view {name} with (security_invoker = true) as\n{view.query.strip().rstrip(';')};\n"
        f"revoke all on table {name} from public, anon, authenticated, service_role;\n"
        f"grant select on table {name} to {readers};\n"
        f"comment on view {name} is {quote_literal(view.comment)};"
    )


def _qualified(name: str) -> str:
    return ".".join(map(quote_identifier, name.split(".", 1)))
