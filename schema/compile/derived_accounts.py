"""Copies of what Supabase Auth knows of an account, always exact.

`auth.users` is not ours: no role of ours may read it but the one that migrates. So one function of that role
looks an account up, for the keeper of derived fields alone, and locks it until the end of the transaction: a
change of the account waits, and then finds the row. The change itself writes at once, since it is one row's.
"""

from schema.compile.derived_changes import one_snapshot_refused
from schema.compile.functions import DERIVED_OWNER, Function, compile_trigger, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_qualified
from schema.language.catalog import Catalog
from schema.language.derived import AccountCopy
from schema.language.names import account_function, account_trigger
from schema.language.spec import ACCOUNT_TABLE, TableSpec


def compile_accounts(catalog: Catalog) -> list[str]:
    """Create the look-up of accounts, and what carries their changes into every table that shows some."""
    shown = [(table, copies) for table in catalog if (copies := account_copies(table))]
    if not shown:
        return []
    types = {copy.column: table.column(name).sql_type for table, copies in shown for name, copy in copies}
    columns = sorted(types)
    lookup = Function(
        "derived.account",
        f"select {', '.join(f'account.{name}::{types[name]}' for name in columns)}\n"
        f"from {ACCOUNT_TABLE} as account where account.id = account_id for share of account",
        arguments="account_id uuid",
        returns=f"table ({', '.join(f'{name} {types[name]}' for name in columns)})",
        language="sql",
        callers=(DERIVED_OWNER,),
    )
    return [lookup.sql, *(text for table, copies in shown for text in _follow(table, copies))]


def account_copies(table: TableSpec) -> list[tuple[str, AccountCopy]]:
    """The fields of `table` that an account gives, with what each copies."""
    return [(c.name, c.derived) for c in table.derived_columns if isinstance(c.derived, AccountCopy)]


def _follow(table: TableSpec, copies: list[tuple[str, AccountCopy]]) -> list[str]:
    target = quote_qualified(table)
    kinds = {name: table.column(name).sql_type for name, _ in copies}
    values = [(quote_identifier(name), f"one.{copy.column}::{kinds[name]}") for name, copy in copies]
    columns = sorted({copy.column for _, copy in copies})
    changed = " or ".join(f"one.{name} is distinct from former.{name}" for name in columns)
    body = plpgsql_block(
        f"select array_agg(one.id) into _keys\n"
        f"from new_rows as one join old_rows as former on former.id = one.id\nwhere {changed};",
        "if _keys is null then\n    return null;\nend if;",
        one_snapshot_refused(
            "an account can only be changed in a read committed transaction",
            "Its row may be one that this snapshot does not show, and so does not set right.",
        ),
        f"perform from {target} as target where target.id = any (_keys)\n"
        f"    order by target.id for no key update;",
        f"update {target} as target set {', '.join(f'{field} = {value}' for field, value in values)}\n"
        f"from new_rows as one\nwhere target.id = one.id and target.id = any (_keys);",
        "return null;",
        declare=("_keys uuid[]",),
    )
    name = f"derived.{quote_identifier(account_function(table))}"
    trigger = compile_trigger(
        account_trigger(table), ACCOUNT_TABLE, name, when="after update", rows=("old", "new")
    )
    return [Function(name, body, owner=DERIVED_OWNER).sql, trigger]
