"""Every kind of value on its way through every door, and what functions say and complain of."""

from __future__ import annotations

import json

import pytest

from tests.protocol.conftest import PYPI, Json, Served

F = "tests/protocol/functions:"

# As the protocol encodes it, and as HTTP's `json` format shows it.
VALUES: dict[str, tuple[Json, Json]] = {
    "null": (None, None),
    "a boolean": (True, True),
    "a number": (1.5, 1.5),
    "a whole number": (60.0, 60.0),
    "NaN": ({"$float": "AAAAAAAA+H8="}, "NaN"),
    "infinity": ({"$float": "AAAAAAAA8H8="}, "Infinity"),
    "minus infinity": ({"$float": "AAAAAAAA8P8="}, "-Infinity"),
    "minus zero": ({"$float": "AAAAAAAAAIA="}, -0.0),
    "an Int64": ({"$integer": "/////////38="}, "9223372036854775807"),
    "a negative Int64": ({"$integer": "//////////8="}, "-1"),
    "bytes": ({"$bytes": "AP8="}, "AP8="),
    "no bytes": ({"$bytes": ""}, ""),
    "a string": ("grüße 🎉\u0007\u2028", "grüße 🎉\u0007\u2028"),
    "an array": ([None, [1.0], {"$integer": "AQAAAAAAAAA="}], [None, [1.0], "1"]),
    "an object": ({"b": 1.0, "a": {"c": []}}, {"b": 1.0, "a": {"c": []}}),
    "an empty object": ({}, {}),
    "many elements": ([0.0] * 8192, [0.0] * 8192),
}


async def test_values_come_back_as_they_were_sent(served: Served):
    """All in one test: a service is slower to start than all of them are to send."""
    async with served.client() as client, served.http() as http:
        for number, (name, (encoded, clean)) in enumerate(VALUES.items()):
            await client.subscribe(number, f"{F}echo", value=encoded)
            await client.answer(number, encoded)
            await client.mutate(number, f"{F}echoBack", value=encoded)
            assert (await client.hears_a("MutationResponse"))["result"] == encoded, name
            call = {"udfPath": f"{F}echoLater", "args": [{"value": encoded}]}
            await client.says("Action", requestId=1000 + number, **call)
            assert (await client.hears_a("ActionResponse"))["result"] == encoded, name

            for format, shown in {
                "convex_encoded_json": encoded,
                "convex_json": encoded,
                "json": clean,
            }.items():
                body = {"path": f"{F}echo", "args": {"value": encoded}, "format": format}
                reply = await http.post("/api/query", json=body)
                assert reply.json() == {"status": "success", "value": shown}, name
                assert _letter_for_letter(reply.json()["value"]) == _letter_for_letter(shown), name


def _letter_for_letter(value: Json) -> str:
    """What tells -0.0 from 0.0."""
    return json.dumps(value, sort_keys=True)


BAD = {
    "an object that is no value": ({"$set": []}, "Field name $set starts with a '$', which is reserved."),
    "undefined": ({"$undefined": None}, "Field name $undefined starts with a '$', which is reserved."),
    "a plain number in $float": ({"$float": "AAAAAAAA+D8="}, "1.5 must be a plain number, not a $float."),
    "a short Int64": ({"$integer": "AA=="}, "$integer must hold base64 of 8 bytes."),
    "bytes that are none": ({"$bytes": "*"}, "$bytes must hold base64."),
    "a reserved name": ({"a": 1.0, "$b": 2.0}, "Field name $b starts with a '$', which is reserved."),
    "a name of controls": ({"a\n": 1.0}, "Field name 'a\\n' must be of ASCII characters without controls."),
    "a long name": ({"k" * 1025: 1.0}, "A field name has 1025 characters; at most 1024 are allowed."),
    "a long array": ([0.0] * 8193, "An array has 8193 elements; at most 8192 are allowed."),
}


async def test_what_is_no_value_fails_its_own_call_at_every_door(served: Served):
    async with served.client() as client, served.http() as http:
        for number, (name, (bad, why)) in enumerate(BAD.items()):
            message = f"ArgumentValidationError: {why}"
            await client.subscribe(number, f"{F}echo", value=bad)
            await client.mutate(number, f"{F}echoBack", value=bad)
            assert (await client.hears_a("MutationResponse"))["result"] == message, name
            while number not in client.answers:
                await client.hears()
            assert client.answers[number]["errorMessage"] == message, name
            assert "errorData" not in client.answers[number]
            reply = await http.post("/api/query", json={"path": f"{F}echo", "args": {"value": bad}})
            assert (reply.status_code, reply.json()) == (200, {"status": "error", "errorMessage": message})


@pytest.mark.parametrize("path", [PYPI, "/api/1.48.0/sync"])
async def test_the_data_of_an_error_reaches_the_client_whole_and_its_lines_too(served: Served, path: str):
    async with served.client(path) as client, served.http() as http:
        for number, data in enumerate(
            [None, "text", 7.0, {"code": "tea.cold", "more": [{"$bytes": "AA=="}]}]
        ):
            await client.mutate(number, f"{F}complains", data=data)
            response = await client.hears_a("MutationResponse")
            assert (response["success"], response["errorData"], response["ts"]) == (False, data, None)
            assert response["logLines"] == ["[LOG] 'about to complain'"]
            body = {"path": f"{F}complains", "args": {"data": data}, "format": "convex_encoded_json"}
            reply = (await http.post("/api/mutation", json=body)).json()
            assert (reply["status"], reply["errorData"]) == ("error", data)
            assert reply["logLines"] == ["[LOG] 'about to complain'"]
            assert (await client.hears())["type"] == "Transition"  # Behind a failure as well.


async def test_log_lines_come_with_answers_and_a_bug_tells_no_data(served: Served):
    async with served.client() as client, served.http() as http:
        await client.modify(
            {"type": "Add", "queryId": 0, "udfPath": f"{F}says", "args": [{"text": "hi"}]},
            {"type": "Add", "queryId": 1, "udfPath": f"{F}breaks", "args": []},
        )
        await client.hears_a("Transition")
        assert client.answers[0]["logLines"] == ["[LOG] 'hi'"]
        failed = client.answers[1]
        assert failed["errorMessage"].startswith("[Request ID: ")
        assert "Server Error" in failed["errorMessage"]
        assert "errorData" not in failed

        said = (await http.post("/api/query", json={"path": f"{F}says", "args": {"text": "hi"}})).json()
        assert said == {"status": "success", "value": None, "logLines": ["[LOG] 'hi'"]}
        broke = (await http.post("/api/query", json={"path": f"{F}breaks"})).json()
        assert set(broke) == {"status", "errorMessage"}


async def test_functions_of_components_do_not_exist_and_the_root_has_no_name(served: Served):
    async with served.client() as client, served.http() as http:
        call = {"type": "Add", "udfPath": f"{F}says", "args": [{"text": "hi"}]}
        await client.modify(
            {**call, "queryId": 0, "componentPath": "waitlist"}, {**call, "queryId": 1, "componentPath": ""}
        )
        await client.hears_a("Transition")
        assert client.answers[0]["errorMessage"].startswith("Could not find public function for 'waitlist/")
        assert client.answers[1]["value"] is None
        body = {"path": "users:me", "args": {}, "componentPath": "waitlist"}
        reply = (await http.post("/api/function", json=body)).json()
        assert reply["errorMessage"] == "Could not find public function for 'waitlist/users:me'."
