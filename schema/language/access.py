"""Who may do what with a table's rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from schema.language.rules import READ, ColumnRule, Nobody, Rule

Write: TypeAlias = Literal["insert", "update", "delete"]

_NOBODY = Nobody()
_NO_COLUMNS = ColumnRule(_NOBODY, ())


@dataclass(frozen=True)
class Access:
    """The rules of one table. What no rule allows is refused.

    `update` names the columns it opens: `caller_is("id").columns("name", "bio")`. `insert` may do so too;
    without, it opens every column that the database does not keep itself. `direct=True` lets browsers
    write straight through Supabase under the same rules, `direct=("update",)` only so; otherwise only
    mutations write. A table that extends another may open its `id` to updates, which an upsert names.
    `permissions` are further named rules that other tables may ask for, as `can_post("space_id")` does.
    """

    read: Rule
    insert: Rule | ColumnRule = _NOBODY
    update: ColumnRule = _NO_COLUMNS
    delete: Rule = _NOBODY
    direct: bool | tuple[Write, ...] = False
    permissions: Mapping[str, Rule] = field(default_factory=dict[str, Rule])

    def is_direct(self, write: Write) -> bool:
        """Whether browsers may do this themselves."""
        return self.direct if isinstance(self.direct, bool) else write in self.direct

    def permission(self, name: str) -> Rule | None:
        """The rule behind a permission other tables may ask for; None when there is no such permission."""
        return self.read if name == READ else self.permissions.get(name)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the table."""
        return (self.read, self.insert_rule, self.update.rule, self.delete, *self.permissions.values())

    @property
    def insert_rule(self) -> Rule:
        """Who may insert which rows."""
        return self.insert.rule if isinstance(self.insert, ColumnRule) else self.insert

    @property
    def insert_names(self) -> tuple[str, ...] | None:
        """The only columns an insert may name, besides `id`; None when it may name all it likes."""
        return self.insert.names if isinstance(self.insert, ColumnRule) else None

    @property
    def can_change(self) -> bool:
        """Whether any caller may update a row."""
        return not isinstance(self.update.rule, Nobody)
