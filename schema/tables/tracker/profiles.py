"""How people have set up the tracker."""

from typing import Annotated

from pydantic import Field, JsonValue

from schema.language import Access, Index, JsonObject, Ref, Table, Text, Timestamp, caller_is
from schema.tables.tracker.ownership import own_rows
from schema.tables.tracker.texts import Key, Name
from schema.tables.users import User


class UserProfile(Table, name="user_profiles", schema="tracker", extends="public.users"):
    """One person as the tracker knows them, made when they first open it and choose a `username`.

    Only its owner sees it. `is_admin` is the service's to give, and opens nothing here: what moderators and
    admins of the community may do rests on `public.users.role`.
    """

    username: Annotated[str, Text(length_min=1, length_max=60)]
    display_name: Name | None = None
    is_admin: bool = False
    user_preferences: JsonObject = Field(
        default_factory=lambda: {
            "show_content_tab": True,
            "enabled_modules": ["dashboard", "kpis", "visualizer", "roadmap", "cash", "content"],
            "default_view": "dashboard",
            "theme_settings": {
                "terminal_style": "cyberpunk",
                "animation_enabled": True,
                "sound_enabled": False,
            },
        }
    )
    updated_at: Timestamp

    indexes = (Index("by_username", "username", unique=True),)
    access = Access(
        read=caller_is("id"),
        insert=caller_is("id").columns("username", "display_name", "user_preferences"),
        update=caller_is("id").columns("id", "username", "display_name", "user_preferences"),
        delete=caller_is("id"),
        direct=True,
    )


class UserConfig(Table, name="user_configs", schema="tracker"):
    """One setting of one person's integrations, such as a token of theirs for another service.

    It is a secret: nobody else ever reads one, neither moderators nor admins. The service does, since it acts
    with these tokens. Nobody searches for them, so they are not indexed.
    """

    user_id: Ref[User]
    config_key: Key
    config_value: JsonValue
    updated_at: Timestamp

    indexes = (Index("by_user_id_and_config_key", "user_id", "config_key", unique=True),)
    access = own_rows("config_key", "config_value")
