"""Long-term plans."""

from pydantic import Field

from schema.language import GinIndex, Index, JsonObject, Ref, Table, Timestamp
from schema.tables.tracker.ownership import own_rows
from schema.tables.tracker.texts import Key
from schema.tables.users import User


class Roadmap(Table, name="roadmaps", schema="tracker"):
    """One plan of one person, with its milestones in `data`."""

    user_id: Ref[User]
    roadmap_id: Key
    data: JsonObject = Field(default_factory=dict)
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_roadmap_id", "user_id", "roadmap_id", unique=True),
        GinIndex("by_data", "data"),
    )
    access = own_rows("roadmap_id", "data")
