"""What many runs read, kept once for all that read the same.

Runs that were answered together depend on the same rows and ranges, apart from the few that are about each
caller. Such runs are a crowd: what they have in common is indexed, compared and replaced once, and a commit
that touches it touches all of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic

from backend.engine.changes import Commit
from backend.engine.ports import Answer
from backend.engine.read_index import Reader, ReadIndex
from backend.engine.reads import NOTHING_READ, ReadSet


@dataclass(eq=False, slots=True)
class _Crowd(Generic[Reader]):
    reads: ReadSet = NOTHING_READ
    readers: dict[Reader, None] = field(default_factory=dict)


class Crowds(Generic[Reader]):
    """Readers with what their answers depend on: `reads` and `common_reads` of each."""

    def __init__(self) -> None:
        self._index: ReadIndex[Reader | _Crowd[Reader]] = ReadIndex()
        self._own: dict[Reader, ReadSet] = {}
        self._crowd_of: dict[Reader, _Crowd[Reader]] = {}

    def note(self, answered: Iterable[tuple[Reader, Answer]]) -> None:
        """From now on each of these readers depends on what its newest answer read."""
        gathered: dict[int, tuple[ReadSet, list[Reader]]] = {}
        for reader, answer in answered:
            self._replace_own(reader, answer.reads)
            common = answer.common_reads
            if common is not NOTHING_READ:
                gathered.setdefault(id(common), (common, []))[1].append(reader)
            elif reader in self._crowd_of:
                self._leave_crowd(reader)
        for common, readers in gathered.values():
            self._gather(common, readers)

    def forget(self, reader: Reader) -> None:
        """It depends on nothing any more."""
        self._replace_own(reader, NOTHING_READ)
        if reader in self._crowd_of:
            self._leave_crowd(reader)

    def touched_by(self, commit: Commit) -> Iterator[Reader]:
        """Readers whose answers the commit may alter; some may be named more than once."""
        named: set[_Crowd[Reader]] = set()
        for change in commit.changes:
            for one in self._index.touched_by(change):
                if not isinstance(one, _Crowd):
                    yield one
                elif one not in named:
                    named.add(one)
                    yield from one.readers

    def _replace_own(self, reader: Reader, reads: ReadSet) -> None:
        before = self._own.get(reader, NOTHING_READ)
        if before is reads:
            return
        self._index.replace(reader, before, reads)
        if reads is NOTHING_READ:
            del self._own[reader]
        else:
            self._own[reader] = reads

    def _gather(self, reads: ReadSet, readers: Sequence[Reader]) -> None:
        crowd = self._crowd_of.get(readers[0])
        # One that others belong to as well still stands for what those read.
        if crowd is None or crowd.readers.keys() != set(readers):
            crowd = _Crowd[Reader]()
            for reader in readers:
                if reader in self._crowd_of:
                    self._leave_crowd(reader)
                crowd.readers[reader] = None
                self._crowd_of[reader] = crowd
        self._index.replace(crowd, crowd.reads, reads)
        crowd.reads = reads

    def _leave_crowd(self, reader: Reader) -> None:
        crowd = self._crowd_of.pop(reader)
        del crowd.readers[reader]
        if not crowd.readers:
            self._index.replace(crowd, crowd.reads, NOTHING_READ)


def touched_by_any(commits: Iterable[Commit], answered: Iterable[tuple[Reader, Answer]]) -> set[Reader]:
    """Those whose answers one of `commits` may alter."""
    crowds: Crowds[Reader] = Crowds()  # However large the read sets, a commit is soon compared with them.
    crowds.note(answered)
    return {reader for commit in commits for reader in crowds.touched_by(commit)}
