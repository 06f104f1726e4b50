"""What subscribers are told, when, and in which words."""

import pytest

from backend.engine.commands import AddQuery, Connect, ModifyQuerySet, RemoveQuery
from backend.engine.effects import (
    CloseCode,
    CloseSession,
    FatalError,
    QueryAnswered,
    QueryRemoved,
    TakeSnapshot,
    Transition,
)
from backend.engine.ports import Answer
from backend.engine.reads import ReadSet, RowRead
from backend.engine.session import SUBSCRIPTIONS_MAX, TICKS_BEHIND_MAX
from backend.engine.versions import ANONYMOUS, Ts
from tests.engine.room import ADA, COUNT, EVE, Guest, Room, get, member, post, version
from tests.engine.simulated_functions import POSTS, call

FEED = call("posts:feed", space="a", size=2)


@pytest.fixture
def room() -> Room:
    return Room()


def test_the_first_transition_starts_at_zero_and_each_starts_where_the_last_ended(room: Room) -> None:
    ada = room.guest()
    ada.subscribes(7, get(1))
    room.run()
    room.write(post(1, text="hi"))
    room.run()
    reads = ReadSet(rows=frozenset({RowRead(POSTS, post(1).id)}))
    assert ada.has_heard() == [
        Transition(
            version(0, 0, 0),
            version(1, 0, 1000),
            (QueryAnswered(7, Answer("null", None, None, (), reads), None),),
        ),
        Transition(
            version(1, 0, 1000),
            version(1, 0, 1010),
            (QueryAnswered(7, Answer('"hi"', None, None, (), reads), None),),
        ),
    ]


def test_who_is_told_the_same_is_told_by_one_effect(room: Room) -> None:
    """Whoever carries it out encodes one text for all of them."""
    ada, eve, joe = guests = [room.guest() for _ in range(3)]
    for guest in guests:
        guest.subscribes(7, get(1))
    joe.subscribes(8, COUNT)
    room.run()
    joe.unsubscribes(8)
    room.run()
    room.sends.clear()
    room.write(post(1, text="hi"))
    room.run()
    assert [send.sessions for send in room.sends] == [(ada.number, eve.number), (joe.number,)]
    assert ada.heard[-1] is eve.heard[-1]
    room.write(post(1, text="hello"))
    room.run()
    assert [guest.heard[-1].end for guest in guests] == [version(1, 0, 1020)] * 2 + [version(3, 0, 1020)]


def test_who_let_go_of_different_queries_at_the_same_version_is_told_different_things(room: Room) -> None:
    ada, eve = room.guest(), room.guest()
    for guest in (ada, eve):
        guest.subscribes(7, get(1))
        guest.subscribes(8, get(2))
    room.run()
    ada.unsubscribes(7)
    eve.unsubscribes(8)
    room.run()
    assert ada.heard[-1].end == eve.heard[-1].end
    assert ada.heard[-1].modifications == (QueryRemoved(7),)
    assert eve.heard[-1].modifications == (QueryRemoved(8),)


def test_changes_of_the_query_set_that_come_together_are_answered_together(room: Room) -> None:
    ada = room.guest()
    ada.subscribes(1, get(1))
    ada.subscribes(2, get(2))
    ada.subscribes(3, get(3))
    ada.unsubscribes(2)
    room.run()
    assert [(message.start, message.end) for message in ada.heard] == [
        (version(0, 0, 0), version(4, 0, 1000))
    ]
    assert ada.has_been_told() == [(2, "removed"), (1, None), (3, None)]
    assert room.executed == [get(1), get(3)]


def test_a_removed_query_is_confirmed_and_heard_of_no_more(room: Room) -> None:
    ada = room.guest()
    ada.modifies(AddQuery(1, get(1), None), AddQuery(2, get(2), None))
    room.run()
    ada.has_heard()
    ada.unsubscribes(1)
    room.run()
    assert ada.has_heard() == [Transition(version(1, 0, 1000), version(2, 0, 1000), (QueryRemoved(1),))]
    room.write(post(1))
    room.run()
    assert ada.has_heard() == []
    assert room.executed == [get(1), get(2)]


def test_an_empty_query_set_is_confirmed_too(room: Room) -> None:
    ada = room.guest()
    ada.modifies()
    room.run()
    assert ada.has_heard() == [Transition(version(0, 0, 0), version(1, 0, 1000), ())]


def test_an_answer_that_did_not_change_sends_nothing(room: Room) -> None:
    ada = room.guest()
    ada.subscribes(1, COUNT)  # half the number of posts, rounded down
    room.run()
    ada.has_heard()
    room.write(post(1))
    room.run()
    assert room.executed == [COUNT, COUNT]
    assert ada.has_heard() == []


def test_a_commit_that_touches_nobody_starts_no_tick(room: Room) -> None:
    room.guest().subscribes(1, get(1))
    room.run()
    room.write(post(2))
    room.deliver()
    assert room.effects == []


def test_only_what_a_commit_touches_runs_again(room: Room) -> None:
    ada = room.guest()
    ada.modifies(AddQuery(1, get(1), None), AddQuery(2, get(2), None))
    room.run()
    room.write(post(2))
    room.run()
    assert room.executed == [get(1), get(2), get(2)]


def test_subscribers_of_one_call_share_one_run_if_they_see_with_the_same_eyes(room: Room) -> None:
    for identity in (None, None, ADA, ADA, EVE):
        room.guest(identity=identity).subscribes(1, get(1))
    room.run()
    assert room.executed == [get(1)] * 3
    room.write(post(1, text="hi"))
    room.run()
    assert room.executed == [get(1)] * 6
    for guest in room.guests.values():
        assert guest.has_been_told() == [(1, None), (1, "hi")]


def test_whoever_joins_a_run_late_gets_its_answer_without_running_it_again(room: Room) -> None:
    ada, eve = room.guest(), room.guest()
    ada.subscribes(1, get(1))
    room.run()
    eve.subscribes(5, get(1))
    room.run()
    assert eve.has_been_told() == [(5, None)]
    assert room.executed == [get(1)]


def test_a_run_that_fails_is_heard_of_by_its_subscribers_only(room: Room) -> None:
    ada, eve = room.guest(identity=ADA), room.guest(identity=EVE)
    room.write(member(EVE), post(1))
    ada.subscribes(1, FEED)
    eve.subscribes(1, FEED)
    room.run()
    assert ada.has_been_told() == [(1, "denied")]
    assert eve.has_been_told() == [(1, [[0, str(post(1).id), "post 1"]])]


def test_a_permission_that_is_granted_opens_the_page(room: Room) -> None:
    ada = room.guest(identity=ADA)
    ada.subscribes(1, FEED)
    room.run()
    room.write(member(ADA))
    room.run()
    assert ada.has_been_told() == [(1, "denied"), (1, [])]


def test_a_change_of_identity_is_confirmed_even_if_no_answer_changes(room: Room) -> None:
    ada = room.guest()
    ada.subscribes(1, get(1))
    room.run()
    ada.has_heard()
    ada.authenticates(ADA)
    room.run()
    assert ada.has_heard() == [Transition(version(1, 0, 1000), version(1, 1, 1000), ())]
    assert room.executed == [get(1), get(1)]


def test_a_fresh_token_of_the_same_person_runs_nothing_again(room: Room) -> None:
    ada = room.guest(identity=ADA)
    ada.subscribes(1, get(1))
    room.run()
    ada.authenticates(ADA)
    room.run()
    assert [message.end.identity for message in ada.heard] == [1, 2]
    assert room.executed == [get(1)]


def test_all_queries_run_again_as_the_new_person(room: Room) -> None:
    ada = room.guest()
    room.write(member(ADA))
    ada.subscribes(1, call("members:mine"))
    room.run()
    ada.authenticates(ADA)
    room.run()
    assert ada.has_been_told() == [(1, []), (1, ["a"])]


def test_a_slow_reader_is_told_the_newest_state_not_every_state(room: Room) -> None:
    ada, eve = room.guest(), room.guest()
    ada.subscribes(1, get(1))
    eve.subscribes(1, get(1))
    room.run()
    ada.has_heard(), eve.has_heard()
    for text in ("one", "two", "three", "four", "five"):
        room.write(post(1, text=text))
        room.deliver()
        room.open_snapshot()
        room.deliver()
        room.execute()
        eve.reads()
    assert eve.has_been_told() == [(1, "one"), (1, "two"), (1, "three"), (1, "four"), (1, "five")]
    room.run()
    assert ada.has_been_told() == [(1, "one"), (1, "two"), (1, "five")]


def test_a_slow_reader_is_told_nothing_of_what_came_and_went(room: Room) -> None:
    ada = room.guest()
    ada.subscribes(1, get(1))
    room.run()
    ada.has_heard()
    for text in ("one", "two", "three", "two"):
        room.write(post(1, text=text))
        room.deliver()
        room.open_snapshot()
        room.deliver()
        room.execute()
    room.run()
    assert ada.has_been_told() == [(1, "one"), (1, "two")]


def test_what_is_asked_while_a_tick_is_in_flight_is_answered_by_the_next(room: Room) -> None:
    ada = room.guest()
    ada.subscribes(1, get(1))
    room.open_snapshot()
    room.deliver()
    ada.subscribes(2, get(2))
    ada.authenticates(ADA)
    room.execute()
    ada.reads()
    assert ada.has_heard()[0].end == version(1, 0, 1000)
    room.run()
    assert [message.end for message in ada.heard] == [version(2, 1, 1000)]
    assert ada.has_been_told() == [(2, None)]


def test_a_session_that_closes_while_its_queries_run_disturbs_nobody(room: Room) -> None:
    ada, eve = room.guest(), room.guest()
    ada.subscribes(1, get(1))
    room.open_snapshot()
    ada.leaves()
    eve.subscribes(1, get(1))
    room.run()
    assert ada.has_heard() == []
    assert eve.has_been_told() == [(1, None)]


def test_a_client_that_saw_a_later_ts_elsewhere_is_told_nothing_before_it_is_reached(room: Room) -> None:
    room.database.commit(room.database.begin(), (post(1, text="hi"),))  # recorded at 1010, not visible yet
    ada = room.guest(observed=Ts(1010))
    ada.subscribes(1, get(1))
    room.deliver()
    room.open_snapshot()
    room.execute()
    assert ada.has_heard() == []
    room.database.show_all()
    room.run()
    assert [message.end for message in ada.heard] == [version(1, 0, 1010)]
    assert ada.has_been_told() == [(1, "hi")]


def test_a_client_from_a_future_that_never_comes_is_served_after_all(room: Room) -> None:
    ada = room.guest(observed=Ts(10**9))  # the database was restored from a backup
    ada.subscribes(1, get(1))
    for tick in range(TICKS_BEHIND_MAX + 1):
        assert ada.has_heard() == [], tick
        room.open_snapshot()
        if tick == 0:
            room.execute()
        ada.reads()
    assert ada.has_been_told() == [(1, None)]


def assert_ended(guest: Guest, error: str) -> None:
    guest.reads()
    assert guest.has_heard() == [FatalError(error)]
    assert guest.closed == CloseSession(guest.number, CloseCode.NORMAL, "ProtocolViolation")


def test_the_first_message_must_be_connect_and_no_other_may_be(room: Room) -> None:
    hasty = Guest(room)
    hasty.subscribes(1, COUNT)
    assert_ended(hasty, "The first message must be Connect.")
    again = room.guest()
    again.says(Connect(post(1).id, Ts(0)))
    assert_ended(again, "Connect was sent twice.")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (
            ModifyQuerySet(0, 1, ()),
            "Base version 0 passed up doesn't match the current version 1.",
        ),
        (ModifyQuerySet(1, 1, ()), "New version 1 is not above 1."),
        (ModifyQuerySet(1, 2, (AddQuery(1, COUNT, None),)), "Query 1 was added twice."),
        (ModifyQuerySet(1, 2, (RemoveQuery(2),)), "Query 2 was removed but never added."),
    ],
)
def test_a_change_of_the_query_set_that_makes_no_sense_ends_the_session(
    room: Room, change: ModifyQuerySet, error: str
) -> None:
    ada = room.guest()
    ada.subscribes(1, COUNT)
    ada.says(change)
    assert_ended(ada, error)
    room.run()
    assert ada.has_heard() == []


def test_one_session_may_hold_so_many_subscriptions_and_no_more(room: Room) -> None:
    ada = room.guest()
    ada.modifies(*(AddQuery(number, COUNT, None) for number in range(SUBSCRIPTIONS_MAX)))
    assert ada.closed is None
    ada.subscribes(SUBSCRIPTIONS_MAX, COUNT)
    assert ada.closed == CloseSession(ada.number, CloseCode.TRY_AGAIN_LATER, "TooManySubscriptions")


def test_a_page_keeps_its_end_while_a_later_subscriber_gets_a_fresh_one(room: Room) -> None:
    room.write(member(ADA), post(1, rank=1), post(3, rank=3), post(9, rank=9))
    early, late = room.guest(identity=ADA), room.guest(identity=ADA)
    early.subscribes(1, FEED)
    room.run()
    room.write(post(2, rank=2))
    room.run()
    late.subscribes(1, FEED)
    room.run()
    [_, (_, grown)] = early.has_been_told()[-2:]
    assert [rank for rank, *_ in grown] == [1, 2, 3]
    [(_, fresh)] = [told for told in late.has_been_told() if told != "empty Transition"]
    assert [rank for rank, *_ in fresh] == [1, 2]


def test_pages_that_end_at_the_same_row_become_one_run(room: Room) -> None:
    room.write(member(ADA), post(1, rank=1), post(3, rank=3))
    early, late = room.guest(identity=ADA), room.guest(identity=ADA)
    early.subscribes(1, FEED)
    room.run()
    late.subscribes(1, FEED)
    room.run()
    assert room.executed == [FEED, FEED]
    room.write(post(2, rank=2))
    room.run()
    assert room.executed == [FEED, FEED, FEED]
    assert early.has_been_told()[-1] == late.has_been_told()[-1]


def test_a_page_is_taken_up_again_by_its_journal_after_a_reconnect(room: Room) -> None:
    room.write(member(ADA), post(1, rank=1), post(3, rank=3), post(9, rank=9))
    ada = room.guest(identity=ADA)
    ada.subscribes(1, FEED)
    room.run()
    journal = ada.heard[-1].modifications[0].journal
    assert journal is not None
    ada.leaves()
    room.write(post(2, rank=2))
    again = room.guest(identity=ADA, again=True)
    again.subscribes(1, FEED, journal)
    room.run()
    [(_, page)] = [told for told in again.has_been_told() if told != "empty Transition"]
    assert [rank for rank, *_ in page] == [1, 2, 3]


def test_nothing_is_said_before_the_feed_has_started() -> None:
    room = Room(started=False)
    ada = room.guest()
    ada.subscribes(1, get(1))
    assert room.effects == []
    room.start_feed()
    assert room.effects == [TakeSnapshot(1, 0.0, likely=ANONYMOUS)]
    room.run()
    assert ada.has_been_told() == [(1, None)]
