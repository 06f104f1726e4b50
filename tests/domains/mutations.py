"""What a mutation is refused, as the service tries it for somebody."""

from uuid import UUID

import asyncpg

from tests.schema.world import World

REFUSED = (asyncpg.InsufficientPrivilegeError, asyncpg.IntegrityConstraintViolationError)
"""No rule allows it, or what it would leave behind does not fit together."""


async def refused(world: World, caller: UUID | None, statement: str, *arguments: object) -> bool:
    """Whether a mutation for `caller` is refused what `statement` does."""
    try:
        async with world.acting("folkmoot_writer", caller) as service:
            await service.execute(statement, *arguments)
    except REFUSED:
        return True
    return False
