"""The class a table author writes.

It is a validator at the door, a typed row in a handler, and a table in PostgreSQL.
"""

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict

from schema.language.access import Access
from schema.language.columns import read_column
from schema.language.indexes import Index
from schema.language.rules import nobody
from schema.language.spec import Nesting, Rows, TableSpec
from schema.language.values import Id, Timestamp


class Table(BaseModel):
    """One table: `class Post(Table, name="posts")`.

    Every table has an `id` and the moment it was created. One whose rows can change declares
    `updated_at: Timestamp` too, which the database keeps. A subclass may set `indexes`, `access` (without
    it, nobody may do anything) and `nesting`.

    `extends="auth.users"`: each row adds to the row of that table with the same id, and goes with it.
    `rows=Rows.FEW`: rules may gather the ids of all rows a caller can read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    indexes: ClassVar[Sequence[Index]] = ()
    access: ClassVar[Access] = Access(read=nobody())
    nesting: ClassVar[Nesting | None] = None
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
                read_column(f"{schema}.{name}", cls.__name__, column, field, extends=extends is not None)
                for column, field in cls.model_fields.items()
            ),
            indexes=tuple(cls.indexes),
            access=cls.access,
            extends=extends,
            rows=rows,
            nesting=cls.nesting,
        )

    def __init_subclass__(
        cls, *, name: str, schema: str = "public", extends: str | None = None, rows: Rows = Rows.MANY
    ) -> None:
        # Python hands the class keywords to this hook too, and `object` would refuse them.
        super().__init_subclass__()

    @classmethod
    def spec(cls) -> TableSpec:
        """This table as plain values."""
        return cls._spec
