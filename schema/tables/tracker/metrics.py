"""What people measure about themselves."""

import datetime
from decimal import Decimal

from pydantic import Field

from schema.language import GinIndex, Index, JsonObject, Ref, Table, Timestamp
from schema.tables.tracker.ownership import own_rows
from schema.tables.users import User


class Metric(Table, name="metrics", schema="tracker"):
    """Everything one person measured on one day; `data` is theirs to arrange."""

    user_id: Ref[User]
    date: datetime.date
    data: JsonObject = Field(default_factory=dict)
    updated_at: Timestamp

    indexes = (Index("by_user_id_and_date", "user_id", "date", unique=True), GinIndex("by_data", "data"))
    access = own_rows("date", "data")


class FinancialMetric(Table, name="financial_metrics", schema="tracker"):
    """Where one person stands financially: monthly recurring revenue, and net worth. One row each."""

    user_id: Ref[User]
    mrr: Decimal = Decimal(0)
    net_worth: Decimal = Decimal(0)
    updated_at: Timestamp

    indexes = (Index("by_user_id", "user_id", unique=True),)
    access = own_rows("mrr", "net_worth")
