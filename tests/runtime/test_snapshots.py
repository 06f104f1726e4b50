"""A view of the database that was opened for one caller serves each as themselves."""

from __future__ import annotations

import pytest

from backend.engine.ports import Call, QueryRun
from backend.engine.versions import ANONYMOUS
from tests.runtime.conftest import Community, value

FUNCTIONS = "tests/runtime/functions"


@pytest.mark.parametrize("names", [("claims",), ("claims", "breaksSql", "claims")])
async def test_a_snapshot_opened_for_one_caller_serves_each_as_themselves(community: Community, names):
    ada, bea = await community.member("Ada"), await community.member("Bea")
    for likely in (None, ANONYMOUS, ada, bea):
        for callers in ([ada], [bea], [ANONYMOUS], [ada, bea, ANONYMOUS]):
            runs = [QueryRun(Call(f"{FUNCTIONS}:{name}", "{}"), by, None) for name in names for by in callers]
            view = await community.execution.open_snapshot(likely)
            try:
                answers = await view.run(runs)
            finally:
                await view.close()
            told = [
                (value(answer)["database"]["uid"], value(answer)["database"]["role"])
                for answer in answers
                if answer.error is None
            ]
            expected = [
                (str(by.user_id), "authenticated") if by.user_id else (None, "anon") for by in callers
            ]
            assert told == expected * names.count("claims"), (likely, callers)
