"""The class a table author writes.

It is a validator at the door, a typed row in a handler, and a table in PostgreSQL.
"""

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict

from schema.language.access import Access
from schema.language.columns import read_column
from schema.language.derived import ComputedNames
from schema.language.indexes import AnyIndex
from schema.language.rules import nobody
from schema.language.spec import ForeignKey, Limit, Nesting, Rows, TableSpec
from schema.language.values import Id, Timestamp


class Table(BaseModel):
    """One table: `class Post(Table, name="posts")`.

    Every table has an `id` and the moment it was created. One whose rows can change declares
    `updated_at: Timestamp` too, which the database keeps. A subclass may set `indexes`, `access` (without
    it, nobody may do anything), `nesting`, `foreign_keys` of several columns, and `limits`.
    `computed_as` gives what computes its fields a name of its own.

    `extends="auth.users"`: each row adds to the row of that table with the same id, and goes with it. With
    `automatic=True` it is made with it too; every other column must then have a value to begin with.
    `rows=Rows.FEW`: rules may gather the ids of all rows a caller can read.
    `followed=True`: browsers may follow its changes through Supabase Realtime, under the same read rule.
    `renamed_from="old"`: what it was called, for `folkmoot schema diff` to rename it.
    `access=Access(...)`: said here where a column is called `access`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    indexes: ClassVar[Sequence[AnyIndex]] = ()
    access: ClassVar[Access]
    nesting: ClassVar[Nesting | None] = None
    foreign_keys: ClassVar[Sequence[ForeignKey]] = ()
    limits: ClassVar[Sequence[Limit]] = ()
    computed_as: ClassVar[ComputedNames | None] = None
    _spec: ClassVar[TableSpec]

    id: Id[Self]
    created_at: Timestamp

    @classmethod
    def __pydantic_init_subclass__(
        cls,
        *,
        name: str,
        schema: str = "public",
        extends: str | None = None,
        rows: Rows = Rows.MANY,
        automatic: bool = False,
        followed: bool = False,
        renamed_from: str | None = None,
        access: Access | None = None,
        **kwargs: object,
    ) -> None:
        # This hook and not __init_subclass__: only here has Pydantic read the fields.
        super().__pydantic_init_subclass__(**kwargs)
        cls._spec = TableSpec(
            name=name,
            schema=schema,
            class_name=cls.__name__,
            title=(cls.__doc__ or "").strip().partition("\n")[0],
            columns=tuple(
                read_column(schema, name, cls.__name__, column, field, extends=extends)
                for column, field in cls.model_fields.items()
            ),
            indexes=tuple(cls.indexes),
            access=access or getattr(cls, "access", Access(read=nobody())),
            extends=extends,
            rows=rows,
            nesting=cls.nesting,
            foreign_keys=tuple(cls.foreign_keys),
            limits=tuple(cls.limits),
            automatic=automatic,
            followed=followed,
            renamed_from=renamed_from,
            computed_as=cls.computed_as,
        )

    def __init_subclass__(
        cls,
        *,
        name: str,
        schema: str = "public",
        extends: str | None = None,
        rows: Rows = Rows.MANY,
        automatic: bool = False,
        followed: bool = False,
        renamed_from: str | None = None,
        access: Access | None = None,
    ) -> None:
        # Python hands the class keywords to this hook too, and `object` would refuse them.
        super().__init_subclass__()

    @classmethod
    def spec(cls) -> TableSpec:
        """This table as plain values."""
        return cls._spec
