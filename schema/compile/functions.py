"""SQL functions and triggers, always in the one safe form.

Names inside a body are qualified, since `search_path` is empty; nobody may execute a function unless
granted. A function runs as the role that owns it (`security definer`) or as its caller.
"""

from dataclasses import dataclass
from textwrap import indent
from typing import Literal

from schema.compile.quoting import quote_identifier, quote_qualified
from schema.language.spec import TableSpec

DERIVED_OWNER = "derived_owner"


@dataclass(frozen=True)
class Function:
    """One function to create. `name` and `arguments` are SQL; without `owner` the migrating role keeps it."""

    name: str
    body: str
    arguments: str = ""
    returns: str = "trigger"
    language: Literal["sql", "plpgsql"] = "plpgsql"
    stable: bool = False
    immutable: bool = False
    definer: bool = True
    owner: str | None = None
    callers: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """The name with the types of the arguments, which tells it apart from its namesakes."""
        types = (argument.split()[1:] for argument in self.arguments.split(",") if argument)
        return f"{self.name}({', '.join(' '.join(words).partition(' default ')[0] for words in types)})"

    @property
    def _locked_out(self) -> tuple[str, ...]:
        """Whose rights to call it are taken away."""
        # Supabase lets everyone call whatever is made in `public`, unless it is taken away.
        hidden = self.name.startswith(("private.", "derived."))
        return ("public",) if hidden else ("public", "anon", "authenticated", "service_role")

    @property
    def sql(self) -> str:
        """The statements that create it, in order."""
        signature = self.signature
        volatility = "immutable" if self.immutable else "stable" if self.stable else "volatile"
        options = [f"language {self.language}", volatility]
        options += ["security definer"] if self.definer else []
        statements = [
            f"create function {self.name}({self.arguments}) returns {self.returns}\n"
            f"    {' '.join(options)} set search_path = ''\nas $$\n{self.body.strip()}\n$$;",
            f"revoke all on function {signature} from {', '.join(self._locked_out)};",
        ]
        if self.callers:
            statements.append(f"grant execute on function {signature} to {', '.join(self.callers)};")
        if self.owner is not None:
            statements.append(f"alter function {signature} owner to {self.owner};")
        return "\n".join(statements)


def plpgsql_block(*statements: str, declare: tuple[str, ...] = ()) -> str:
    """A body of `statements`, each indented; `declare` lists variables with their types."""
    head = "declare\n" + "".join(f"    {variable};\n" for variable in declare) if declare else ""
    return head + "begin\n" + "\n".join(indent(statement, "    ") for statement in statements) + "\nend"


def compile_trigger(
    name: str,
    table: TableSpec | str,
    function: str,
    *,
    when: str,
    each: Literal["row", "statement"] = "statement",
    rows: tuple[Literal["old", "new"], ...] = (),
    only_if: str | None = None,
) -> str:
    """Create a trigger. `when` is such as `after insert`; `rows` names transition tables: `new_rows`."""
    place = table if isinstance(table, str) else quote_qualified(table)
    lines = [f"create trigger {quote_identifier(name)} {when} on {place}"]
    if rows:
        lines.append("    referencing " + " ".join(f"{kind} table as {kind}_rows" for kind in rows))
    condition = f" when ({only_if})" if only_if else ""
    lines.append(f"    for each {each}{condition} execute function {function}();")
    return "\n".join(lines)
