"""How ticks find their cut, and what becomes of them when commits hide, feeds break and databases fail."""

import pytest

from backend.engine.backlog import COMMITS_MAX
from backend.engine.changes import Progress, RowChange, TableChange
from backend.engine.effects import Execute, RequestHeartbeat, TakeSnapshot
from backend.engine.ticks import CRASH_LONGEST_S, HEARTBEAT_LONGEST_S, RETRY_LONGEST_S, TICK_HOLES_MAX
from backend.engine.versions import Snapshot, Ts
from tests.engine.room import ADA, Guest, Room, get, member, no_post, post, version
from tests.engine.simulated_functions import MEMBERSHIPS, POSTS


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def ada(room: Room) -> Guest:
    """Subscribed to post 1 (query 1) and post 2 (query 2), and told that there are none."""
    guest = room.guest()
    guest.subscribes(1, get(1))
    guest.subscribes(2, get(2))
    room.run()
    guest.has_heard()
    return guest


def test_a_tick_waits_until_the_feed_has_reached_the_position_read_after_its_snapshot(
    room: Room, ada: Guest
) -> None:
    room.write(post(1, text="one"))
    room.deliver()
    room.database.write_log()
    room.open_snapshot()
    assert room.effects == [RequestHeartbeat(0.0)]
    room.deliver()
    assert [type(effect) for effect in room.effects] == [RequestHeartbeat, Execute]
    room.run()
    assert [message.end for message in ada.heard] == [version(2, 0, 1020)]


def test_a_feed_that_stays_short_of_the_position_is_asked_again_and_again_ever_slower(
    room: Room, ada: Guest
) -> None:
    room.write(post(1))
    room.deliver()
    room.database.write_log()
    room.open_snapshot()
    delays = []
    for _ in range(8):
        delays.append(room.take(RequestHeartbeat).delay_s)
        room.obey(room.engine.feed(Progress(Ts(1010)), 0.0))
    assert delays == [0.0, 0.001, 0.002, 0.004, 0.008, 0.016, HEARTBEAT_LONGEST_S, HEARTBEAT_LONGEST_S]


def test_a_commit_delivered_before_it_is_visible_is_shown_by_a_later_tick(room: Room, ada: Guest) -> None:
    room.database.commit(room.database.begin(), (post(1, text="hi"),))
    room.deliver()
    delays = []
    for _ in range(8):
        delays.append(room.asked(TakeSnapshot)[0].delay_s)
        room.open_snapshot()
        assert room.asked(Execute) == []
    assert delays == [0.0, 0.001, 0.002, 0.004, 0.008, 0.016, RETRY_LONGEST_S, RETRY_LONGEST_S]
    room.database.show_all()
    room.run()
    assert ada.has_been_told() == [(1, "hi")]


def test_ts_stays_before_the_first_commit_that_cannot_be_seen(room: Room, ada: Guest) -> None:
    room.write(post(1, text="seen"))
    room.database.commit(room.database.begin(), (post(2, text="hidden"),))
    room.deliver()
    room.open_snapshot()
    room.execute()
    ada.reads()
    assert [message.end for message in ada.heard] == [version(2, 0, 1019)]
    assert ada.has_been_told() == [(1, "seen")]
    room.database.show_all()
    room.run()
    assert [message.end for message in ada.heard] == [version(2, 0, 1020)]
    assert ada.has_been_told() == [(2, "hidden")]


def test_a_snapshot_that_sees_a_commit_behind_one_it_does_not_see_is_taken_again(
    room: Room, ada: Guest
) -> None:
    room.database.commit(room.database.begin(), (post(1, text="first"),))
    room.database.commit(room.database.begin(), (post(2, text="second"),))
    room.database.show(1)
    room.deliver()
    room.open_snapshot()
    assert [type(effect) for effect in room.effects] == [TakeSnapshot]
    room.database.show_all()
    room.run()
    assert ada.has_been_told() == [(1, "first"), (2, "second")]


def test_a_hole_that_stays_is_accepted_in_the_end(room: Room, ada: Guest) -> None:
    room.database.commit(room.database.begin(), (post(1, text="first"),))
    room.database.commit(room.database.begin(), (post(2, text="second"),))
    room.database.show(1)
    room.deliver()
    for _ in range(TICK_HOLES_MAX):
        room.open_snapshot()
        assert room.asked(Execute) == []
    room.open_snapshot()
    room.execute()
    ada.reads()
    assert [message.end for message in ada.heard] == [version(2, 0, 1009)]
    assert ada.has_been_told() == [(2, "second")]
    room.database.show_all()
    room.run()
    assert ada.has_been_told() == [(1, "first")]


def test_an_answer_read_in_a_snapshot_that_saw_the_commit_is_not_run_again(room: Room, ada: Guest) -> None:
    room.write(post(1, text="one"))
    room.deliver()
    room.write(post(1, text="two"))
    room.open_snapshot(position=1010)  # sees a commit beyond: one that did not wait for its log to be written
    room.execute()
    room.deliver()
    room.run()
    assert room.executed == [get(1), get(2), get(1)]
    assert ada.has_been_told() == [(1, "two")]


def test_commits_that_come_while_a_tick_is_in_flight_are_the_next_ticks(room: Room, ada: Guest) -> None:
    room.write(post(1, text="one"))
    room.deliver()
    room.open_snapshot()
    for text in ("two", "three", "four"):
        room.write(post(1, text=text))
        room.deliver()
    room.execute()
    room.run()
    assert ada.has_been_told() == [(1, "one"), (1, "four")]


def test_a_failed_tick_is_tried_again_later_and_later_and_loses_nothing(room: Room, ada: Guest) -> None:
    room.write(post(1, text="hi"))
    room.deliver()
    delays = []
    for attempt in range(8):
        delays.append(room.asked(TakeSnapshot)[0].delay_s)
        if attempt == 3:  # fails while its runs run, the others while it opens
            room.open_snapshot()
        room.fail_tick()
    assert delays == [0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, CRASH_LONGEST_S]
    room.run()
    assert ada.has_been_told() == [(1, "hi")]
    room.write(post(1, text="again"))
    room.deliver()
    assert room.asked(TakeSnapshot)[0].delay_s == 0.0


def test_a_query_set_taken_in_by_a_failed_tick_is_answered_by_the_next(room: Room) -> None:
    ada = room.guest()
    ada.modifies()
    effect = room.take(TakeSnapshot)
    assert room.engine.opening_snapshot(effect.tick)
    room.obey(room.engine.tick_failed(effect.tick, 0.0))
    room.run()
    assert [message.end for message in ada.heard] == [version(1, 0, 1000)]


def test_everything_runs_again_after_a_gap_in_the_feed_and_equal_answers_send_nothing(
    room: Room, ada: Guest
) -> None:
    room.write(post(1, text="missed"))
    room.start_feed()
    room.run()
    assert room.executed == [get(1), get(2), get(1), get(2)]
    assert ada.has_been_told() == [(1, "missed")]


def test_a_gap_while_a_snapshot_is_taken_has_another_one_taken(room: Room, ada: Guest) -> None:
    room.write(post(1, text="one"))
    room.deliver()
    first = room.take(TakeSnapshot)
    room.engine.opening_snapshot(first.tick)
    stale = room.database.snapshot()
    room.write(post(2, text="missed"))
    room.start_feed()
    room.obey(room.engine.snapshot_taken(first.tick, stale, Ts(1020), 0.0))
    assert [type(effect) for effect in room.effects] == [TakeSnapshot]
    room.run()
    assert ada.has_been_told() == [(1, "one"), (2, "missed")]


def test_a_gap_while_runs_run_lets_them_end_and_runs_everything_again(room: Room, ada: Guest) -> None:
    room.write(post(1, text="one"))
    room.deliver()
    room.open_snapshot()
    room.write(post(2, text="missed"))
    room.start_feed()
    room.execute()
    room.run()
    assert ada.has_been_told() == [(1, "one"), (2, "missed")]


def test_commits_that_concern_nobody_are_let_go_of_by_a_tick_now_and_then(room: Room, ada: Guest) -> None:
    for number in range(COMMITS_MAX - 1):
        room.write(no_post(1000 + number))
    room.deliver()
    assert room.effects == []
    room.write(no_post(1))
    room.database.deliver()
    room.write(no_post(999))
    room.deliver()
    assert [type(effect) for effect in room.effects] == [TakeSnapshot]
    room.run()
    assert room.effects == []
    assert ada.has_heard() == []


def test_while_ticks_fail_only_the_tables_of_further_commits_are_kept(room: Room, ada: Guest) -> None:
    for number in range(COMMITS_MAX):
        room.write(post(1000 + number))
    room.write(post(1, text="hi"), member(ADA))
    room.deliver()
    commits = list(room.engine.backlog)
    assert isinstance(commits[COMMITS_MAX - 1].changes[0], RowChange)
    assert commits[COMMITS_MAX].changes == (TableChange(MEMBERSHIPS), TableChange(POSTS))
    room.run()
    assert room.executed == [get(1), get(2), get(1), get(2)]  # one of them in vain
    assert ada.has_been_told() == [(1, "hi")]


def test_ts_does_not_go_back_when_the_log_does(room: Room, ada: Guest) -> None:
    room.database.log_end = 500  # restored from a backup
    room.start_feed()
    room.write(post(1, text="hi"))
    room.run()
    assert [message.end for message in ada.heard] == [version(2, 0, 1000)]
    assert ada.has_been_told() == [(1, "hi")]


@pytest.mark.parametrize(
    ("xid32", "seen"),
    [
        (2**32 - 3, True),  # before xmin
        (2**32 - 2, False),  # still running: xmin itself
        (2**32 - 1, True),
        (0, True),  # the first of the next epoch
        (1, False),  # still running
        (2, True),
        (3, False),  # not begun: xmax itself
        (2**31, False),
    ],
)
def test_a_snapshot_tells_transactions_apart_where_their_short_ids_wrap_around(
    xid32: int, seen: bool
) -> None:
    epoch = 7 << 32
    snapshot = Snapshot(epoch - 2, epoch + 3, frozenset({epoch - 2, epoch + 1}))
    assert snapshot.sees(xid32) is seen


def test_a_commit_that_touches_nobody_now_is_kept_for_whoever_subscribes_before_it_is_visible(
    room: Room,
) -> None:
    room.database.commit(room.database.begin(), (post(1, text="hi"),))
    room.deliver()
    ada = room.guest()
    ada.subscribes(1, get(1))
    room.open_snapshot()
    room.execute()
    ada.reads()
    assert ada.has_been_told() == [(1, None)]
    room.database.show_all()
    room.run()
    assert ada.has_been_told() == [(1, "hi")]
