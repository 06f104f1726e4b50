"""Who may do what in private conversations, and with what people are told."""

from tests.access.expectation import CALLER, MEMBER, OWNER, SIGNED_IN, STRANGER, Expected, Row, the

TALK = the("public.conversations")
BOTH = (
    the("public.conversation_participants", "before the first message"),
    the("public.conversation_participants", "of the other"),
)

EXPECTED = (
    Expected(
        table="public.conversations",
        row={"started_by": OWNER},
        new={"started_by": CALLER},
        beside=BOTH,
        read="owner member",
        insert=SIGNED_IN,
    ),
    Expected(
        table="public.conversations",
        case="being started",
        row={"started_by": OWNER},
        new={"started_by": OWNER},
        read="owner",
        insert="owner",
    ),
    Expected(
        table="public.conversations",
        case="left by whoever started it",
        row={"started_by": OWNER},
        new={"started_by": OWNER},
        beside=(
            Row(
                "public.messages",
                {
                    "conversation_id": the("public.conversations", "left by whoever started it"),
                    "sender_id": OWNER,
                    "content": "Goodbye",
                },
            ),
        ),
        read="",
        insert="owner",
    ),
    Expected(
        table="public.conversation_participants",
        case="before the first message",
        row={"conversation_id": TALK, "user_id": OWNER},
        new={"conversation_id": TALK, "user_id": STRANGER},
        read="owner",
        insert="owner",
        delete="owner",
    ),
    Expected(
        table="public.conversation_participants",
        case="of the other",
        row={"conversation_id": TALK, "user_id": MEMBER},
        new={"conversation_id": TALK, "user_id": STRANGER},
        beside=BOTH,
        read="owner member",
        insert="owner",
        delete="member",
    ),
    Expected(
        table="public.conversation_participants",
        case="after the first message",
        row={"conversation_id": TALK, "user_id": OWNER},
        new={"conversation_id": TALK, "user_id": STRANGER},
        beside=(the("public.messages"),),
        read="owner",
        insert="",
        delete="owner",
    ),
    Expected(
        table="public.messages",
        row={"conversation_id": TALK, "sender_id": OWNER, "content": "Hello"},
        new={"conversation_id": TALK, "sender_id": CALLER, "content": "Hello"},
        beside=BOTH,
        read="owner member",
        insert="owner member",
    ),
    Expected(
        table="public.messages",
        case="to a conversation the sender has left",
        row={"conversation_id": TALK, "sender_id": OWNER, "content": "Hello"},
        new={"conversation_id": TALK, "sender_id": CALLER, "content": "Hello"},
        beside=(the("public.conversation_participants", "of the other"),),
        read="member",
        insert="member",
    ),
    Expected(
        table="public.message_receipts",
        row={
            "message_id": the("public.messages"),
            "conversation_id": TALK,
            "participant_id": the("public.conversation_participants", "of the other"),
            "user_id": MEMBER,
        },
        new={
            "message_id": the("public.messages"),
            "conversation_id": TALK,
            "participant_id": the("public.conversation_participants", "of the other"),
            "user_id": MEMBER,
        },
        beside=BOTH,
        read="owner member",
        insert="owner",
        update={"read_at": "member"},
        direct="update",
    ),
    Expected(
        table="public.notifications",
        row={"user_id": OWNER, "type": "like", "actor_id": MEMBER, "data": {"title": "Hello"}},
        new={"user_id": OWNER, "type": "like", "actor_id": CALLER},
        new_optional="data",
        read="owner",
        insert=SIGNED_IN,
        update={"read": "owner"},
        delete="owner",
        direct="update delete",
    ),
)
