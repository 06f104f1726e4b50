"""The connected account that the community's payments go to."""

from __future__ import annotations

from backend.runtime.context import ActionContext, MutationContext
from backend.runtime.registration import internal_mutation
from backend.webhooks.stripe_events import Outcome
from backend.webhooks.stripe_gateway import StripeGateway
from schema.tables import CommunitySettings


async def refresh(ctx: ActionContext, gateway: StripeGateway, account: str) -> Outcome:
    """Ask whether the account may take payments, and write it down."""
    found = await gateway.read(f"/v1/accounts/{account}", account) if account else None
    may_charge = found is not None and found.get("charges_enabled") is True
    await ctx.run_mutation(write_account, account=account, charges_enabled=may_charge)
    return Outcome(note=f"{account} {'takes' if may_charge else 'does not take'} payments")


async def disconnect(ctx: ActionContext, account: str) -> Outcome:
    """Part with an account that has taken its leave. Members stay what they are."""
    await ctx.run_mutation(forget_account, account=account)
    return Outcome(note=f"{account} is disconnected")


@internal_mutation
async def write_account(ctx: MutationContext, account: str, charges_enabled: bool) -> None:
    """Write down whether the community's account may take payments."""
    settings = await _settings_with(ctx, account)
    if settings is not None:
        await ctx.db.patch(CommunitySettings, settings.id, stripe_charges_enabled=charges_enabled)


@internal_mutation
async def forget_account(ctx: MutationContext, account: str) -> None:
    """Have payments go to our own account again."""
    settings = await _settings_with(ctx, account)
    if settings is not None:
        changes = {"stripe_connected_account_id": "", "stripe_charges_enabled": False}
        await ctx.db.patch(CommunitySettings, settings.id, **changes)


async def _settings_with(ctx: MutationContext, account: str) -> CommunitySettings | None:
    settings = await ctx.db.query(CommunitySettings).first()
    if settings is None or not account or settings.stripe_connected_account_id != account:
        return None
    return settings
