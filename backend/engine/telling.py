"""What sessions are told at one cut: those that are told the same share one transition."""

from collections.abc import Sequence

from backend.engine.effects import Modification, QueryAnswered, QueryRemoved, Transition
from backend.engine.subscriptions import Subscription
from backend.engine.versions import StateVersion, Ts


class Telling:
    """Makes the transitions to the cut at `ts`.

    A thousand sessions that follow the same are told the same, from one version to the next. They get one
    object, so that whoever encodes it sees at a glance that it is the one encoded last.
    """

    def __init__(self, ts: Ts) -> None:
        self._ts = ts
        self._ends: dict[tuple[int, int], StateVersion] = {}
        self._made: dict[object, tuple[Transition]] = {}

    def version(self, query_set: int, identity: int) -> StateVersion:
        """Where a session stands that has been told everything."""
        key = (query_set, identity)
        end = self._ends.get(key)
        if end is None:
            end = self._ends[key] = StateVersion(query_set, identity, self._ts)
        return end

    def transition(
        self, start: StateVersion, end: StateVersion, removed: Sequence[int], answered: Sequence[Subscription]
    ) -> tuple[Transition]:
        """One that tells of these, with the answers as they were sent."""
        # Where objects are the same their contents are; what is made keeps them, and so their ids, alive.
        told = [(each.query_id, id(each.sent), each.run.key.journal) for each in answered]
        key = (id(start), id(end), *removed, *told)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = (Transition(start, end, _modifications(removed, answered)),)
        return made


def _modifications(removed: Sequence[int], answered: Sequence[Subscription]) -> tuple[Modification, ...]:
    modifications: list[Modification] = [QueryRemoved(query_id) for query_id in removed]
    for each in answered:
        assert each.sent is not None, each.query_id
        modifications.append(QueryAnswered(each.query_id, each.sent, each.run.key.journal))
    return tuple(modifications)
