"""The words in which tables are declared."""

from schema.language.access import Access
from schema.language.catalog import Catalog
from schema.language.derived import avg_of, computed, copy_of, count_of, last_of, sum_of
from schema.language.expressions import own
from schema.language.indexes import Index
from schema.language.rules import (
    LIVE_STATUSES,
    admin,
    all_of,
    any_of,
    caller_is,
    can_post,
    can_see,
    equals,
    everyone,
    has_tier,
    moderator,
    nobody,
    not_deleted,
    signed_in,
)
from schema.language.spec import ColumnSpec, Nesting, Rows, TableSpec
from schema.language.table import Table
from schema.language.values import (
    Deletes,
    Id,
    JsonObject,
    PolymorphicRef,
    Ref,
    Text,
    Timestamp,
)

__all__ = [
    "LIVE_STATUSES",
    "Access",
    "Catalog",
    "ColumnSpec",
    "Deletes",
    "Id",
    "Index",
    "JsonObject",
    "Nesting",
    "PolymorphicRef",
    "Ref",
    "Rows",
    "Table",
    "TableSpec",
    "Text",
    "Timestamp",
    "admin",
    "all_of",
    "any_of",
    "avg_of",
    "caller_is",
    "can_post",
    "can_see",
    "computed",
    "copy_of",
    "count_of",
    "equals",
    "everyone",
    "has_tier",
    "last_of",
    "moderator",
    "nobody",
    "not_deleted",
    "own",
    "signed_in",
    "sum_of",
]
