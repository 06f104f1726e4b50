"""What is said in private, and who has read it."""

from typing import Annotated

from schema.language import (
    Access,
    ForeignKey,
    Index,
    Ref,
    Table,
    Text,
    Timestamp,
    all_of,
    caller_has,
    caller_is,
    can,
    copy_of,
    filled,
    last_of,
)
from schema.tables.conversations import Conversation, ConversationParticipant
from schema.tables.users import User

_TAKES_PART = caller_has("conversation_participants", by="conversation_id", here="conversation_id")


class Message(Table, name="messages", followed=True):
    """One message in a conversation, read and written by its participants only.

    What is said stays said: nobody changes or removes it. `read_at` is when somebody it was sent to has read
    it; in a larger circle, the latest who did.
    """

    conversation_id: Ref[Conversation]
    sender_id: Ref[User]
    content: Annotated[str, Text(length_min=1, length_max=10_000)]
    sender_name: str | None = copy_of("users.name", via="sender_id")
    read_at: Timestamp | None = last_of(
        "message_receipts.read_at", by="message_id", order="updated_at", where=filled("read_at")
    )

    indexes = (
        Index("by_conversation_id", "conversation_id", "created_at"),
        Index("by_sender_id", "sender_id", "created_at"),
        Index("by_id_and_conversation_id", "id", "conversation_id", unique=True),
    )
    access = Access(
        read=_TAKES_PART,
        insert=all_of(caller_is("sender_id"), _TAKES_PART),
        permissions={"deliver": caller_is("sender_id")},
    )


class MessageReceipt(Table, name="message_receipts"):
    """One message as it waits for, and was read by, one person it was sent to.

    The sender's mutation writes one for everyone else in the conversation. Only the person it waits for marks
    it read; those in the conversation see who has read what. This table is not in the design document, which
    has a single moment of reading for each message: that moment is made of these rows.
    """

    message_id: Ref[Message]
    conversation_id: Ref[Conversation]
    participant_id: Ref[ConversationParticipant]
    user_id: Ref[User]
    read_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_message_id", "message_id", "conversation_id", "user_id", unique=True),
        Index("by_message_id_and_updated_at", "message_id", "updated_at"),
        Index("by_participant_id", "participant_id", "conversation_id", "user_id"),
        Index("by_user_id", "user_id", "conversation_id", "created_at"),
        Index("by_conversation_id", "conversation_id"),
    )
    foreign_keys = (
        ForeignKey("message_id", "conversation_id", to="Message", other=("id", "conversation_id")),
        ForeignKey(
            "participant_id",
            "conversation_id",
            "user_id",
            to="ConversationParticipant",
            other=("id", "conversation_id", "user_id"),
        ),
    )
    access = Access(
        read=_TAKES_PART,
        insert=can("deliver", "message_id").columns(
            "message_id", "conversation_id", "participant_id", "user_id"
        ),
        update=caller_is("user_id").columns("read_at"),
        direct=("update",),
    )
