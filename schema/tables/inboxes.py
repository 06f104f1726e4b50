"""What waits for people."""

from schema.language import Access, Table, caller_is, count_of, sum_of


class Inbox(Table, name="inboxes", extends="public.users", automatic=True, followed=True):
    """How much one person has not read yet. Theirs alone to see, and made with the person.

    It stands beside `users` because those rows decide what people may do: a counter there would have every
    answer a person holds looked at again with each notification.
    """

    unread_notification_count: int = count_of("notifications", by="user_id", where={"read": False})
    unread_message_count: int = sum_of("conversation_participants.unread_count", by="user_id")

    access = Access(read=caller_is("id"))
