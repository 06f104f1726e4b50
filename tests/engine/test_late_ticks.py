"""What a slow query holds back: those who wait for it, and nobody else."""

import pytest

from backend.engine.ticks import LATE_TICKS_MAX
from tests.engine.room import ADA, CREATE, EVE, Guest, Room, get, member, post, version
from tests.engine.simulated_functions import call

FEED = call("posts:feed", space="a", size=3)


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def ada(room: Room) -> Guest:
    """Follows post 1 and post 2, and was told that there are none."""
    return following(room, 1, 2)


@pytest.fixture
def eve(room: Room) -> Guest:
    """Follows post 1 alone."""
    return following(room, 1)


def following(room: Room, *posts: int) -> Guest:
    guest = room.guest()
    for number in posts:
        guest.subscribes(number, get(number))
    room.run()
    guest.has_heard()
    return guest


def both_change(room: Room, text: str) -> None:
    room.write(post(1, text=text), post(2, text=text))
    room.deliver()
    room.open_snapshot()


def test_who_does_not_wait_for_the_slow_query_hears_at_once(room: Room, ada: Guest, eve: Guest) -> None:
    both_change(room, "one")
    late = room.execute_slowly(get(2))
    room.run()
    assert eve.has_been_told() == [(1, "one")]
    assert ada.has_heard() == []
    late.answer(get(2))
    room.run()
    assert [message.end for message in ada.heard] == [version(2, 0, 1010)]
    assert ada.has_been_told() == [(1, "one"), (2, "one")]
    late.end()
    assert room.effects == []


def test_who_waited_is_told_the_cut_at_which_the_slow_query_began_and_then_goes_on(
    room: Room, ada: Guest, eve: Guest
) -> None:
    both_change(room, "one")
    late = room.execute_slowly(get(2))
    room.write(post(1, text="two"))
    room.run()
    assert eve.has_been_told() == [(1, "one"), (1, "two")]
    assert ada.has_heard() == []
    late.end()
    room.run()
    assert [(message.start.ts, message.end.ts) for message in ada.heard] == [(1000, 1010), (1010, 1020)]
    assert ada.has_been_told() == [(1, "one"), (2, "one"), (1, "two")]


def test_a_slow_query_that_is_touched_again_and_again_still_gets_on(
    room: Room, ada: Guest, eve: Guest
) -> None:
    both_change(room, "text 0")
    for number in range(1, 5):
        late = room.execute_slowly(get(2))
        both_change(room, f"text {number}")
        room.execute()
        late.end()
        ada.reads()
        eve.reads()
        room.run_until_executing()
    room.run()
    assert [told for told in ada.has_been_told() if told[0] == 2] == [  # type: ignore[index]
        (2, f"text {number}") for number in range(5)
    ]
    assert eve.has_been_told() == [(1, f"text {number}") for number in range(5)]


def test_a_slow_query_is_not_begun_again_before_it_has_ended(room: Room, ada: Guest) -> None:
    both_change(room, "one")
    late = room.execute_slowly(get(2))
    room.executed.clear()
    room.write(post(2, text="two"))
    room.run()
    assert room.executed == []
    late.end()
    room.run()
    assert room.executed == [get(2)]
    assert ada.has_been_told() == [(1, "one"), (2, "one"), (2, "two")]


def test_two_slow_queries_of_one_page_are_begun_again_together(room: Room, ada: Guest) -> None:
    both_change(room, "one")
    late = room.execute_slowly(get(1), get(2))
    room.write(post(1, text="two"), post(2, text="two"))
    room.run()
    room.executed.clear()
    late.answer(get(1))
    room.run()
    assert room.executed == []  # post 2's query is still at work for the same page
    late.end()
    room.run()
    assert room.executed == [get(1), get(2)]
    assert ada.has_been_told() == [(1, "one"), (2, "one"), (1, "two"), (2, "two")]


def test_a_late_tick_that_fails_is_made_up_for_by_another(room: Room, ada: Guest) -> None:
    both_change(room, "one")
    late = room.execute_slowly(get(2))
    late.fail()
    room.run()
    assert ada.has_been_told() == [(1, "one"), (2, "one")]


def test_whoever_unsubscribes_from_the_slow_query_need_not_subscribe_anew_to_the_rest(
    room: Room, ada: Guest
) -> None:
    both_change(room, "one")
    late = room.execute_slowly(get(2))
    ada.unsubscribes(2)
    room.run()
    late.end()
    room.write(post(1, text="two"))
    room.run()
    assert ada.has_been_told() == [(1, "one"), (2, "one"), (2, "removed"), (1, "two")]


def test_whoever_leaves_meanwhile_is_not_missed(room: Room, ada: Guest, eve: Guest) -> None:
    both_change(room, "one")
    late = room.execute_slowly(get(2))
    ada.leaves()
    room.run()
    late.end()
    room.run()
    assert room.effects == []
    assert eve.has_been_told() == [(1, "one")]


def test_whoever_comes_while_the_query_is_at_work_is_told_a_later_cut(room: Room, ada: Guest) -> None:
    both_change(room, "one")
    late = room.execute_slowly(get(2))
    eve = room.guest()
    eve.subscribes(7, get(2))
    room.run()
    assert eve.has_heard() == []
    late.end()
    room.run()
    assert eve.has_been_told() == [(7, "one")]


def test_a_page_that_is_late_keeps_its_end(room: Room) -> None:
    room.write(member(ADA), member(EVE), *[post(number, rank=number) for number in range(1, 6)])
    room.deliver()
    ada, eve = room.guest(identity=ADA), room.guest(identity=EVE)
    for guest in (ada, eve):
        guest.subscribes(1, FEED)
    room.deliver_and_open()
    late = room.execute_slowly(FEED)
    room.run()
    late.end()
    room.run()
    for guest in (ada, eve):
        [(_, page)] = [told for told in guest.has_been_told() if isinstance(told, tuple)]
        assert [row[2] for row in page] == ["post 1", "post 2", "post 3"]


def test_a_response_comes_with_the_cut_that_shows_what_it_wrote_however_late(room: Room, ada: Guest) -> None:
    both_change(room, "one")
    late = room.execute_slowly(get(2))
    ada.mutates(1)
    room.finish_writing(post(1, text="mine"))
    room.run()
    assert ada.has_heard() == []
    late.end()
    room.run()
    assert ada.has_been_told() == [(1, "one"), (2, "one"), "MutationResponse", (1, "mine")]
    assert CREATE.function == "posts:create"


def test_no_more_than_so_many_ticks_are_late_at_once(room: Room) -> None:
    guests = [following(room, number) for number in range(1, LATE_TICKS_MAX + 2)]
    late = []
    for number in range(1, LATE_TICKS_MAX + 2):
        room.write(post(number, text="slow"))
        room.deliver()
        room.open_snapshot()
        late.append(room.execute_slowly(get(number)))
    # The last one is waited for, as if it were the only one.
    room.write(post(1, text="later"))
    room.deliver()
    assert room.effects == []
    for each in late:
        each.end()
    room.run()
    told = [guest.has_been_told() for guest in guests]
    assert told == [
        [(1, "slow"), (1, "later")],
        *[[(number, "slow")] for number in range(2, LATE_TICKS_MAX + 2)],
    ]
