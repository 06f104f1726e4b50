"""Whose the tracker's rows are: one person's, and no business of anyone else's."""

from schema.language import Access, caller_is


def own_rows(*columns: str) -> Access:
    """People read, write and remove their own rows, straight from the browser; nobody else sees them.

    Moderators and admins do not either. `columns` are what may change, the keys among them and `user_id` too:
    an upsert writes every column it is given, though a row can only stay its owner's.
    """
    own = caller_is("user_id")
    return Access(read=own, insert=own, update=own.columns("user_id", *columns), delete=own, direct=True)
