"""Mutations, actions and tokens: who hears what, in which order, and when a session ends."""

from dataclasses import replace

import pytest

from backend.engine.commands import Authenticate, AuthenticateRefused
from backend.engine.effects import (
    ActionResponse,
    AuthError,
    CloseCode,
    CloseSession,
    FatalError,
    MutationResponse,
    RunAction,
    RunMutation,
    TakeSnapshot,
    Transition,
)
from backend.engine.ports import MutationCall
from backend.engine.requests import ACTIONS_RUNNING_MAX, MUTATIONS_WAITING_MAX
from backend.engine.versions import Identity
from tests.engine.room import ADA, CREATE, DONE, EVE, REFUSED, Guest, Room, get, post, version

SHORT_LIVED = Identity(ADA.user_id, ADA.claims, expires_at_s=100.0)


@pytest.fixture
def room() -> Room:
    return Room()


def subscribed(room: Room, **kind: object) -> Guest:
    guest = room.guest(**kind)  # type: ignore[arg-type]
    guest.subscribes(1, get(1))
    room.run()
    guest.has_heard()
    return guest


def test_a_response_comes_right_before_the_first_transition_that_shows_what_was_written(room: Room) -> None:
    ada, eve = subscribed(room), subscribed(room)
    ada.mutates(5)
    xid = room.write(post(1, text="hi"))
    room.finish(replace(DONE, xid=xid))
    room.run()
    response, transition = ada.has_heard()
    assert response == MutationResponse(5, replace(DONE, xid=xid), transition.end.ts)
    assert transition.start == version(1, 0, 1000)
    assert transition.end == version(1, 0, 1010)
    assert eve.has_been_told() == [(1, "hi")]


def test_what_a_mutation_wrote_is_not_shown_to_its_author_before_it_has_ended(room: Room) -> None:
    ada, eve = subscribed(room), subscribed(room)
    ada.mutates(5)
    xid = room.write(post(1, text="hi"))
    room.run()
    assert eve.has_been_told() == [(1, "hi")]
    assert ada.has_been_told() == []
    room.finish(replace(DONE, xid=xid))
    ada.reads(), ada.reads()
    assert ada.has_been_told() == ["MutationResponse", (1, "hi")]


def test_a_mutation_that_started_after_the_cut_does_not_hold_it_back(room: Room) -> None:
    ada = subscribed(room)
    room.write(post(1, text="hi"))
    room.deliver()
    room.open_snapshot()
    ada.mutates(5)
    room.deliver()
    room.execute()
    ada.reads()
    assert ada.has_been_told() == [(1, "hi")]


def test_responses_come_in_the_order_in_which_the_mutations_ran(room: Room) -> None:
    ada = subscribed(room)
    ada.mutates(5), ada.mutates(6)
    room.write(post(1, text="from eve"))
    room.deliver()

    def end_both() -> None:
        room.finish(REFUSED)
        room.finish_writing(post(1, text="hi"))

    room.open_snapshot(meanwhile=end_both)
    room.run()
    heard = ada.has_heard()
    assert [each.request_id for each in heard if isinstance(each, MutationResponse)] == [5, 6]


def test_a_queue_of_mutations_does_not_starve_its_author_of_news(room: Room) -> None:
    ada = subscribed(room)
    ada.mutates(5), ada.mutates(6), ada.mutates(7)
    room.write(post(1, text="from eve"))
    room.run()
    assert ada.has_been_told() == []
    room.finish(REFUSED)
    ada.reads()
    assert ada.has_been_told() == [(1, "from eve")]


@pytest.mark.parametrize("outcome", [DONE, REFUSED], ids=["nothing written", "failed"])
def test_a_mutation_that_wrote_nothing_is_answered_with_a_transition_behind_it(room: Room, outcome) -> None:
    ada = subscribed(room)
    ada.mutates(5)
    room.finish(outcome)
    assert ada.unread == type(ada.unread)()
    room.run()
    assert ada.has_heard() == [
        MutationResponse(5, outcome, version(1, 0, 1000).ts),
        Transition(version(1, 0, 1000), version(1, 0, 1000), ()),
    ]


def test_an_action_is_answered_with_a_transition_behind_it(room: Room) -> None:
    ada = subscribed(room)
    ada.acts(5)
    room.finish_action(5, REFUSED)
    room.run()
    assert ada.has_heard() == [
        ActionResponse(5, REFUSED),
        Transition(version(1, 0, 1000), version(1, 0, 1000), ()),
    ]


def test_a_response_waits_while_the_feed_is_down(room: Room) -> None:
    ada = subscribed(room)
    ada.mutates(5)
    xid = room.write(post(1, text="hi"))
    room.finish(replace(DONE, xid=xid))
    room.open_snapshot()
    assert not ada.unread
    room.start_feed()
    room.run()
    assert ada.has_been_told() == ["MutationResponse", (1, "hi")]


def test_mutations_of_a_session_run_one_at_a_time_in_order_and_actions_side_by_side(room: Room) -> None:
    ada, eve = room.guest(identity=ADA), room.guest()
    ada.mutates(1), ada.mutates(2), eve.mutates(1), ada.acts(3), ada.acts(4)
    assert [(each.session, each.request_id) for each in room.asked(RunMutation)] == [(1, 1), (2, 1)]
    assert [each.request_id for each in room.asked(RunAction)] == [3, 4]
    room.finish(DONE)
    assert [(each.session, each.request_id) for each in room.asked(RunMutation)] == [(2, 1), (1, 2)]
    [_, second] = room.asked(RunMutation)
    assert second.call == MutationCall(CREATE, ADA, second.call.session_id, 2)


def test_requests_run_as_whom_the_client_said_it_was_just_before(room: Room) -> None:
    ada = room.guest()
    ada.mutates(1)
    ada.authenticates(ADA)
    room.finish(DONE)
    ada.mutates(2)
    assert [each.call.identity for each in room.asked(RunMutation)] == [ADA]


def test_a_thousand_mutations_may_wait_and_no_more(room: Room) -> None:
    ada = room.guest()
    for request_id in range(MUTATIONS_WAITING_MAX + 1):  # one of them runs
        ada.mutates(request_id)
    assert ada.closed is None
    ada.mutates(MUTATIONS_WAITING_MAX + 1)
    assert ada.closed == CloseSession(ada.number, CloseCode.TRY_AGAIN_LATER, "TooManyConcurrentMutations")


def test_a_thousand_actions_may_run_and_no_more(room: Room) -> None:
    ada = room.guest()
    for request_id in range(ACTIONS_RUNNING_MAX):
        ada.acts(request_id)
    assert ada.closed is None
    ada.acts(ACTIONS_RUNNING_MAX)
    assert ada.closed == CloseSession(ada.number, CloseCode.TRY_AGAIN_LATER, "TooManyConcurrentActions")


def test_an_action_whose_request_id_is_in_use_ends_the_session(room: Room) -> None:
    ada = room.guest()
    ada.acts(1), ada.acts(1)
    ada.reads()
    assert ada.has_heard() == [FatalError("Action 1 is running already.")]


def test_a_mutation_that_ends_after_its_session_is_heard_of_by_nobody(room: Room) -> None:
    ada, eve = subscribed(room), subscribed(room)
    ada.mutates(5), ada.mutates(6)
    ada.leaves()
    room.finish(replace(DONE, xid=room.write(post(1, text="hi"))))
    room.run()
    assert ada.has_heard() == []
    assert eve.has_been_told() == [(1, "hi")]
    assert room.asked(RunMutation) == []  # the second was never started: the client will repeat it


def test_whoever_reconnects_hears_the_answers_to_its_repeats_before_anything_else(room: Room) -> None:
    room.write(post(1, text="hi"))  # by the first of them, whose answer was lost with the old connection
    room.deliver()
    again = room.guest(again=True)
    again.subscribes(1, get(1))
    again.mutates(5), again.mutates(6)
    room.run()
    assert again.has_heard() == []
    room.finish(DONE)
    room.run()
    assert again.has_heard() == []
    room.finish(DONE)
    room.run()
    assert again.has_been_told() == ["MutationResponse", "MutationResponse", (1, "hi")]


def test_an_outcome_nobody_knows_ends_the_session_so_that_the_client_asks_again(room: Room) -> None:
    ada = room.guest()
    ada.mutates(5)
    room.obey(room.engine.outcome_unknown(ada.number))
    assert ada.closed == CloseSession(ada.number, CloseCode.INTERNAL_ERROR, "InternalServerError")


def test_a_refused_token_ends_the_session_and_names_the_version_before_it(room: Room) -> None:
    ada = room.guest(identity=ADA)
    ada.says(AuthenticateRefused(1, "no such key"))
    ada.reads()
    assert ada.has_heard() == [AuthError("no such key", base_version=1, update_attempted=True)]
    assert ada.closed == CloseSession(ada.number, CloseCode.NORMAL, "AuthError")


def test_a_token_for_another_version_than_the_one_counted_ends_the_session(room: Room) -> None:
    ada = room.guest()
    ada.says(Authenticate(3, ADA))
    ada.reads()
    assert ada.has_heard() == [FatalError("Base version 3 passed up doesn't match the current version 0.")]


def test_nothing_is_told_under_a_token_that_has_run_out(room: Room) -> None:
    ada, eve = subscribed(room, identity=SHORT_LIVED), subscribed(room, identity=EVE)
    room.now_s = 100.0
    room.write(post(1, text="hi"))
    room.run()
    ada.reads()
    assert ada.has_heard() == [AuthError("The token has expired.", base_version=1, update_attempted=False)]
    assert ada.closed == CloseSession(ada.number, CloseCode.NORMAL, "TokenExpired")
    assert eve.has_been_told() == [(1, "hi")]


def test_a_session_whose_token_has_run_out_is_left_alone_while_there_is_nothing_to_tell(room: Room) -> None:
    ada = subscribed(room, identity=SHORT_LIVED)
    room.now_s = 100.0
    room.write(post(2))
    room.run()
    assert ada.closed is None


def test_no_mutation_starts_under_a_token_that_has_run_out(room: Room) -> None:
    ada = room.guest(identity=SHORT_LIVED)
    ada.mutates(1), ada.mutates(2)
    room.now_s = 100.0
    room.finish(DONE)
    assert room.asked(RunMutation) == []
    ada.reads()
    assert ada.has_heard() == [AuthError("The token has expired.", base_version=1, update_attempted=False)]


def test_a_token_renewed_in_time_keeps_the_session(room: Room) -> None:
    ada = subscribed(room, identity=SHORT_LIVED)
    ada.authenticates(Identity(ADA.user_id, ADA.claims, expires_at_s=200.0))
    room.run()
    room.now_s = 150.0
    room.write(post(1, text="hi"))
    room.run()
    assert ada.closed is None
    assert ada.has_been_told() == ["empty Transition", (1, "hi")]


def test_a_finished_mutation_begins_a_tick_even_where_nobody_subscribes(room: Room) -> None:
    ada = room.guest()
    ada.modifies()
    room.run()
    ada.mutates(1)
    room.finish(DONE)
    assert len(room.asked(TakeSnapshot)) == 1
