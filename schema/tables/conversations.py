"""Private conversations, and who takes part in them."""

from uuid import UUID

from schema.language import (
    Access,
    Index,
    Ref,
    Table,
    Timestamp,
    all_of,
    any_of,
    caller_has,
    caller_is,
    can,
    count_of,
    empty,
    last_of,
    list_of,
)
from schema.tables.users import User

PREVIEW_CHARACTERS_MAX = 140  # What fits into two lines of a list.

_BEING_STARTED = all_of(caller_is("started_by"), empty("last_message_at"))


class Conversation(Table, name="conversations"):
    """One private conversation of two or more people. Nobody else sees it, moderators included.

    Whoever starts it brings the others in before the first message. After it nobody is added, so that what is
    said is read by those it was said to. It has no name, and cannot be changed or removed.
    """

    started_by: Ref[User] | None = None
    participant_ids: list[UUID] = list_of("conversation_participants.user_id", by="conversation_id")
    last_message_at: Timestamp | None = last_of("messages.created_at", by="conversation_id")
    last_message_preview: str | None = last_of(
        "messages.content", by="conversation_id", length_max=PREVIEW_CHARACTERS_MAX
    )

    indexes = (Index("by_started_by", "started_by", "created_at"),)
    access = Access(
        read=any_of(caller_has("conversation_participants", by="conversation_id"), _BEING_STARTED),
        insert=caller_is("started_by"),
        permissions={"invite": _BEING_STARTED},
    )


class ConversationParticipant(Table, name="conversation_participants"):
    """One person in one conversation.

    Those in a conversation see who else is. People may leave, with what they had not read; what they wrote
    stays. This table is not in the design document, which keeps a list of people in each conversation: the
    list there is made of these rows.
    """

    conversation_id: Ref[Conversation]
    user_id: Ref[User]
    unread_count: int = count_of("message_receipts", by="participant_id", where=empty("read_at"))
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_conversation_id", "user_id", "conversation_id", unique=True),
        Index("by_conversation_id", "conversation_id", "user_id"),
        Index("by_id_and_conversation_id_and_user_id", "id", "conversation_id", "user_id", unique=True),
    )
    access = Access(
        read=caller_has("conversation_participants", by="conversation_id", here="conversation_id"),
        insert=can("invite", "conversation_id"),
        delete=caller_is("user_id"),
    )
