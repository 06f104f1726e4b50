"""Migrations planned, consented to and applied, as an author and then an operator would."""

from __future__ import annotations

from pathlib import Path

from backend.cli.schema_databases import Scratch
from backend.cli.schema_planning import Plan, plan
from schema.compile.diff_refusals import Consent, ConvertsData, DropsData, NeedsUniqueness, NeedsValue
from schema.language import Catalog

CLOCK = 20270101000000


async def planned(
    scratch: Scratch, catalog: Catalog, directory: Path, consent: Consent | None = None
) -> Plan:
    """What `folkmoot schema diff` would write."""
    return await plan(scratch, catalog, directory, name="step", clock=CLOCK, consent=consent or Consent())


async def written(scratch: Scratch, catalog: Catalog, directory: Path) -> Plan:
    """Write the next migration, with consent to whatever is asked; the plan that was written."""
    found = await planned(scratch, catalog, directory)
    if found.refusals:
        found = await planned(scratch, catalog, directory, consenting(found))
    assert found.refusals == []
    for file in found.files:
        (directory / file.name).write_text(file.text)
    return found


def consenting(found: Plan) -> Consent:
    """Consent to everything that a plan asks for."""
    drop, convert, unique, fill = set[str](), set[str](), set[str](), dict[str, str]()
    for refusal in found.refusals:
        match refusal:
            case DropsData():
                drop.add(refusal.place)
            case ConvertsData():
                convert.add(refusal.place)
            case NeedsUniqueness():
                unique.add(refusal.place)
            case NeedsValue():
                fill[refusal.place] = "'Filled'"
            case _:
                raise refusal
    return Consent(frozenset(drop), frozenset(convert), frozenset(unique), fill)
