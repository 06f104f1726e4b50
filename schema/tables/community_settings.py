"""What the community is called, and how it looks."""

from typing import Annotated, Literal

from schema.language import (
    Access,
    Hidden,
    Index,
    Rows,
    Table,
    Text,
    Timestamp,
    admin,
    everyone,
)


class CommunitySettings(Table, name="community_settings", rows=Rows.FEW):
    """The settings of the community: at most one row, since `scope` has one value and is unique.

    Everyone sees the name and the looks, visitors too; admins set them. The Stripe account that payments go
    to is the service's to write, once it is connected (empty until then), as is whether that account may take
    payments yet; both are hidden from browsers.
    """

    scope: Literal["community"] = "community"
    name: Annotated[str, Text(length_min=1, length_max=120)]
    logo_storage_id: Annotated[str, Text(length_max=1_024)] | None = None
    primary_color: Annotated[str, Text(length_max=7, pattern=r"^#[0-9a-f]{6}$")] | None = None
    custom_domain: Annotated[str, Text(length_max=253, pattern=r"^[a-z0-9-]+([.][a-z0-9-]+)+$")] | None = None
    stripe_connected_account_id: Hidden[Annotated[str, Text(length_max=255)]] = ""
    stripe_charges_enabled: Hidden[bool] = False
    updated_at: Timestamp

    indexes = (Index("by_scope", "scope", unique=True),)
    access = Access(
        read=everyone(),
        insert=admin().columns("name", "logo_storage_id", "primary_color", "custom_domain"),
        update=admin().columns("name", "logo_storage_id", "primary_color", "custom_domain"),
    )
