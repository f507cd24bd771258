"""A task done by a model, over each wire format: tools, answer, usage, and every way in which it fails."""

import gc
import json
import os
import signal
import threading
import time
from datetime import UTC, datetime
from importlib import import_module
from itertools import cycle
from typing import Any

import pytest

from bmad.agents.registry import AgentRoom
from bmad.agents.sdk import chat
from bmad.agents.sdk.access import access
from bmad.agents.sdk.conversation import Brief, Tool
from bmad.agents.sdk.line import Line
from bmad.model.agents import Fault
from bmad.model.answers import WorkAnswer
from bmad.model.settings import AgentSettings
from bmad.model.spending import Usage
from tests.act.agent_world import alive
from tests.sdk.world import ANSWER, APIS, KEY, REVIEW, Models
from tests.serving import faults
from tests.serving.script import (
    Api,
    Asked,
    Call,
    Cut,
    Fail,
    Hang,
    Raw,
    Reply,
    Say,
    Spent,
    always,
    at_first,
    call,
    done,
    turns,
)

every_api = pytest.mark.parametrize("api", APIS)

FAULTS = {
    "bad-request": Fault.MISCONFIGURED,
    "login": Fault.LOGIN,
    "forbidden": None,
    "no-model": Fault.MISCONFIGURED,
    "rate-limit": Fault.RATE_LIMIT,
    "credit": Fault.QUOTA,
    "quota": Fault.QUOTA,
    "too-long": Fault.OUTGROWN,
    "server": Fault.OVERLOAD,
    "overload": Fault.OVERLOAD,
    "midway": Fault.OVERLOAD,
}


@every_api
def test_it_works_with_its_tools_and_says_what_it_spent(model: Models, api: Api) -> None:
    (model.tree / "a.txt").write_text("one\ntwo\n")
    last = done(ANSWER, Spent(read=300, cached=200, written=9))
    script = turns(
        Say("I look.", calls=(Call("list", {}), Call("read", {"path": "a.txt"}))),
        call("edit", path="a.txt", old="two", new="three"),
        call("edit", path=f"new/{api}.txt", old="", new="new\n"),
        call("search", pattern="thr.e"),
        call("run", argv=["sh", "-c", "cat a.txt; echo $0 >&2; exit 3"]),
        last,
    )
    outcome = model.run(api, script)
    assert (outcome.fault, outcome.words) == (None, "")
    assert outcome.answer == WorkAnswer(summary="Done.").model_dump(mode="json")
    assert (model.tree / "a.txt").read_text() == "one\nthree\n"
    assert (model.tree / f"new/{api}.txt").read_text() == "new\n"
    results = model.asked[-1].results
    assert "a.txt (8 bytes)" in results[0]
    assert results[1] == "1\tone\n2\ttwo"
    assert "a.txt:2:three" in results[4].splitlines()
    assert results[5].splitlines() == ["Exit code 3.", "one", "three", "sh"]
    assert outcome.usage == Usage(tokens_in=5 * 100 + 300, tokens_cached=5 * 40 + 200, tokens_out=5 * 20 + 9)
    assert outcome.backend == {"messages": "anthropic"}.get(api, "openai")
    assert outcome.model == model.asked[0].model
    assert outcome.session
    assert outcome.context
    assert outcome.seconds > 0


@every_api
def test_all_that_is_said_is_in_the_log_without_a_key(model: Models, api: Api) -> None:
    model.run(api, turns(call("run", argv=["echo", KEY]), done({**ANSWER, "summary": f"It is {KEY}."})))
    kinds = [event["type"] for event in model.log()]
    assert kinds == ["begin", "turn", "tool", "turn", "end"]
    told = model.world.log.read_text()
    assert KEY not in told
    assert model.log()[0]["host"] == model.server.url.removeprefix("http://")
    assert KEY not in model.asked[-1].results[0]
    assert model.log()[-1]["answer"]["summary"] == "It is [redacted]."


@every_api
def test_a_reader_gets_no_tool_that_writes_and_runs_nothing_that_does(model: Models, api: Api) -> None:
    script = turns(
        call("edit", path="mine.txt", old="", new="x"),
        call("run", argv=["sh", "-c", "echo x > mine.txt"]),
        call(
            "run", argv=["sh", "-c", "cp a.txt $TMPDIR/b.txt && echo more >> $TMPDIR/b.txt && cat $TMPDIR/b.txt"]
        ),
        done(REVIEW),
    )
    outcome = model.run(api, script, reads=True)
    assert outcome.fault is None
    assert sorted(model.asked[0].tools) == ["list", "read", "run", "search"]
    assert not (model.tree / "mine.txt").exists()
    first, second, third = model.asked[-1].results
    assert first == "There is no tool `edit`; there are list, read, search, run."
    assert "ermission denied" in second
    assert third.endswith("more\n")


def test_where_nothing_confines_a_reader_it_runs_nothing(model: Models) -> None:
    outcome = model.run("chat", turns(call("run", argv=["true"]), done(REVIEW)), reads=True, sandbox="none")
    assert outcome.fault is None
    assert sorted(model.asked[0].tools) == ["list", "read", "search"]


@every_api
@pytest.mark.parametrize("name", FAULTS)
def test_what_a_provider_refuses_is_told_apart(model: Models, api: Api, name: str) -> None:
    outcome = model.run(api, always(faults.fault(api, name)))
    region = Fault.LOGIN if api == "messages" else Fault.MISCONFIGURED
    assert outcome.fault is (FAULTS[name] or region)
    assert outcome.answer is None
    assert outcome.words.startswith("The agent `dev` ")
    count = len(model.asked)
    assert count == (3 if outcome.fault is Fault.OVERLOAD else 1)


@every_api
def test_it_is_told_when_it_may_be_asked_again(model: Models, api: Api) -> None:
    outcome = model.run(api, always(faults.fault(api, "quota")))
    assert outcome.until == datetime.fromtimestamp(4102444800, UTC) or outcome.until is None
    limited = faults.fault(api, "rate-limit")._replace(headers={"retry-after": "60"})
    outcome = model.run(api, always(limited))
    assert outcome.until is not None
    assert 50 < (outcome.until - datetime.now(UTC)).total_seconds() <= 60


@every_api
def test_what_passes_by_itself_is_asked_again(model: Models, api: Api) -> None:
    for reply in (faults.fault(api, "overload"), Cut(Say("Hm, well, so.")), Raw(502, b"<html>Bad gateway</html>")):
        outcome = model.run(api, at_first(2, reply, always(done(ANSWER))))
        assert (outcome.fault, len(model.asked)) == (None, 3)


@every_api
@pytest.mark.parametrize("quietly", [True, False])
def test_a_stream_that_is_cut_is_no_answer(model: Models, api: Api, quietly: bool) -> None:
    outcome = model.run(api, always(Cut(done(ANSWER), quietly=quietly)))
    assert outcome.fault is Fault.UNFINISHED
    assert "cut off" in outcome.words


@every_api
def test_a_server_that_answers_with_nothing_has_answered_nothing(model: Models, api: Api) -> None:
    for body in (b"", b"{}", b"data: [DONE]\n\n"):
        outcome = model.run(api, always(Raw(200, body, "text/event-stream")))
        assert (outcome.fault, outcome.answer) == (Fault.UNFINISHED, None), body
        assert len(model.asked) == 3


@every_api
def test_what_a_model_declines_is_told_with_its_reason(model: Models, api: Api) -> None:
    outcome = model.run(api, always(Say("I will not do that.", stop="refusal")))
    assert outcome.fault is Fault.DECLINED
    assert "I will not do that" in outcome.words


@every_api
def test_a_model_that_calls_tools_without_end_is_ended(model: Models, api: Api) -> None:
    outcome = model.run(api, always(call("list")), turns=3)
    assert (outcome.fault, len(model.asked)) == (Fault.UNFINISHED, 4)
    assert "3 turns (`turns` in bmad.yaml)" in outcome.words
    assert outcome.usage is not None
    assert outcome.usage.tokens_out == 80


def test_what_some_turns_do_not_tell_is_not_known_of_all(model: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter([Usage(tokens_in=100, tokens_out=20), None, Usage(tokens_in=1, tokens_out=1), None])
    monkeypatch.setattr(chat, "_spent", lambda _usage: next(told))
    assert model.run("chat", turns(call("list"), done(ANSWER))).usage is None
    assert model.run("chat", always(done(ANSWER))).usage == Usage(tokens_in=1, tokens_out=1)
    assert model.run("chat", always(done(ANSWER))).usage is None


@every_api
def test_in_its_last_turn_it_is_asked_for_its_answer(model: Models, api: Api) -> None:
    outcome = model.run(
        api, lambda asked: done(ANSWER) if "Give your answer now" in asked.prompt else call("list"), turns=2
    )
    assert (outcome.fault, len(model.asked)) == (None, 3)


BAD: list[Reply] = [
    Say("It is done, I think."),
    Say('{"summary": '),
    Say('{"summary": "a", "summary": "b"}'),
    Say("[]"),
    Say('{"surprise": 1}'),
    Say(""),
    Say('{"summary": "cut', stop="length"),
]


@pytest.mark.parametrize(("api", "reply"), [*zip(cycle(APIS), BAD, strict=False)], ids=str)
def test_an_answer_that_does_not_fit_is_asked_for_once_more(model: Models, api: Api, reply: Reply) -> None:
    outcome = model.run(api, always(reply))
    assert (outcome.fault, len(model.asked)) == (Fault.BAD_ANSWER, 2)
    assert "Your answer does not count: " in model.asked[1].prompt
    assert model.asked[1].schema is not None
    outcome = model.run(api, at_first(1, reply, always(done(ANSWER))))
    assert (outcome.fault, len(model.asked)) == (None, 2)


def test_an_answer_is_found_among_other_words(model: Models) -> None:
    outcome = model.run("chat", always(Say('So:\n\n```json\n{"summary": "Fenced."}\n```\n')))
    assert outcome.answer is not None
    assert (outcome.answer["summary"], len(model.asked)) == ("Fenced.", 1)


def test_the_schema_decides_first_and_then_the_type_so_that_no_finding_is_lost(model: Models) -> None:
    finding = {"severity": "Critical", "path": "a.txt", "line": 1, "quote": "one", "claim": "It is wrong."}
    outcome = model.run("chat", always(done({"findings": [finding]})), reads=True)
    assert outcome.answer is not None
    assert (outcome.answer["findings"][0]["severity"], len(model.asked)) == ("P0", 2)
    outcome = model.run(
        "chat", always(done({"findings": [{**finding, "severity": "P0", "claim": ""}]})), reads=True
    )
    assert outcome.fault is Fault.BAD_ANSWER
    assert outcome.said is not None
    assert "P0" in outcome.said


@every_api
def test_a_model_cannot_say_what_it_spent_or_is(model: Models, api: Api) -> None:
    outcome = model.run(api, always(done({**ANSWER, "model": "another", "usage": {"tokens_in": 1}})))
    assert outcome.usage is not None
    assert (outcome.model, outcome.usage.tokens_in) == (model.asked[0].model, 200)


@every_api
def test_calls_that_cannot_be_read_are_told_to_the_model(model: Models, api: Api) -> None:
    wrong = (
        Call("read", '{"path": "a.txt"'),
        Call("read", {"path": 3}),
        Call("nothing", {}),
        Call("edit", {"path": "a.txt", "old": "nowhere", "new": ""}),
        Call("run", {"argv": ["no-such-program"]}),
        Call("read", {"path": "../../a.txt"}),
        Call("search", {"pattern": "(", "path": ""}),
    )
    outcome = model.run(api, turns(Say(calls=wrong), done(ANSWER)))
    assert outcome.fault is None
    results = model.asked[-1].results
    assert len(results) == len(wrong)
    for text, words in zip(
        results,
        (
            "no JSON",
            "`path`",
            "no tool `nothing`",
            "does not stand there",
            "no program",
            "not in the worktree",
            "search fails",
        ),
        strict=True,
    ):
        assert words in text


@every_api
def test_what_is_no_unicode_goes_no_further_than_its_file(model: Models, api: Api) -> None:
    (model.tree / "latin.txt").write_bytes(b"caf\xe9 one\n")
    (model.tree / os.fsdecode(b"\xe9.txt")).write_text("x")
    wrong = (
        Call("edit", {"path": "latin.txt", "old": "one", "new": "two"}),
        Call("edit", {"path": "latin.txt", "old": "two", "new": "\ud800"}),
        Call("list", {}),
    )
    outcome = model.run(api, turns(Say(calls=wrong), done({**ANSWER, "summary": "\ud83d"})), prompt="caf\udce9")
    assert outcome.fault is None
    assert outcome.answer is not None
    assert outcome.answer["summary"] == "?"
    assert (model.tree / "latin.txt").read_bytes() == b"caf\xe9 two\n"
    assert model.asked[0].prompt == "caf?"
    assert "half of a character" in model.asked[-1].results[1]
    assert "?.txt (1 bytes)" in model.asked[-1].results[2]


@every_api
def test_a_server_that_hangs_is_left_at_the_timeout(model: Models, api: Api) -> None:
    outcome = model.run(api, always(Hang(events=1)), timeout=0.3)
    assert outcome.fault is Fault.TIMEOUT
    assert outcome.seconds < 5


def test_a_stop_ends_it_at_once(model: Models) -> None:
    room = model.world.room

    def script(_asked: Asked) -> Reply:
        room.stop()
        return Hang()

    model.server.script = script
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        room.run(model.world.task(agent=model.agent("chat")), model.world.hold)
    assert time.monotonic() - begun < 5
    assert threading.active_count() < 20


def test_what_a_program_leaves_running_ends_with_it(model: Models) -> None:
    left = "setsid sleep 90 & echo $! > left.pid"
    outcome = model.run("chat", turns(call("run", argv=["sh", "-c", left]), Say("{}")))
    assert outcome.fault is None
    assert not alive(model.world.pid("left.pid"))


def test_no_program_is_given_a_key(model: Models) -> None:
    outcome = model.run("chat", turns(call("run", argv=["env"]), Say("{}")))
    assert outcome.fault is None
    assert "PATH=" in model.asked[-1].results[0]
    assert "API_KEY" not in model.asked[-1].results[0]


def test_a_server_that_wants_a_key_that_was_held_back_is_told_by_name(model: Models) -> None:
    model.server.script = always(done(ANSWER))
    agent = model.agent("chat")
    room = AgentRoom({"PATH": os.environ["PATH"]}, model.world.home)
    outcome = room.run(model.world.task(agent=agent), model.world.hold)
    assert outcome.fault is Fault.LOGIN
    assert "name the variable that holds one in `agents.dev.env`" in outcome.words


def test_ctrl_c_ends_it_at_once_and_in_silence(model: Models, caplog: pytest.LogCaptureFixture) -> None:
    def script(_asked: Asked) -> Reply:
        os.kill(os.getpid(), signal.SIGINT)
        return Hang(events=1)

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        model.run("responses", script)
    assert time.monotonic() - begun < 5
    gc.collect()
    assert caplog.records == []


def test_an_answer_without_end_is_ended(model: Models) -> None:
    outcome = model.run("chat", always(Say("x" * (5 << 20))))
    assert outcome.fault is Fault.FLOOD


def test_no_server_is_an_overload_and_no_failure_of_the_work(model: Models) -> None:
    outcome = model.run("chat", always(Say()), base_url="http://127.0.0.1:9/v1")
    assert outcome.fault is Fault.OVERLOAD


@every_api
def test_effort_goes_where_the_api_has_it_and_what_was_not_asked_for_can_go(model: Models, api: Api) -> None:
    def script(asked: Any) -> Reply:
        words = {
            "messages": "adaptive thinking is not supported",
            "responses": "Encrypted content is not supported",
        }
        extra = "thinking" in asked.body or "include" in asked.body or "stream_options" in asked.body
        if extra:
            return Fail(400, "invalid_request_error", words.get(api, "unknown field stream_options"))
        return done(ANSWER)

    outcome = model.run(api, script, effort="minimal")
    assert (outcome.fault, len(model.asked)) == (None, 2)
    body = model.asked[-1].body
    effort = {
        "messages": lambda: body["output_config"]["effort"],
        "responses": lambda: body["reasoning"]["effort"],
        "chat": lambda: body["reasoning_effort"],
    }[api]()
    assert effort == {"messages": "low"}.get(api, "minimal")
    model.run(api, always(done(ANSWER)))
    assert "effort" not in str({**model.asked[-1].body, "messages": 0, "input": 0, "instructions": 0, "system": 0})


def test_the_prompt_and_the_newest_words_are_marked_for_the_cache(model: Models) -> None:
    model.run("messages", turns(call("list"), call("list"), done(ANSWER)))
    marked = [
        (at, "cache_control" in block)
        for at, message in enumerate(model.asked[-1].body["messages"])
        for block in message["content"]
        if message["role"] == "user"
    ]
    assert marked == [(0, True), (2, False), (4, True)]


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_elsewhere_the_schema_is_asked_for_last_and_without_tools(model: Models, api: Api) -> None:
    model.run(api, turns(call("list"), Say("Done.")))
    assert [(bool(one.schema), bool(one.tools)) for one in model.asked] == [
        (False, True),
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize("kind", ["chat.Chat", "responses.Responses"])
def test_at_openai_itself_both_are_there_from_the_beginning(kind: str) -> None:
    module, _, name = kind.partition(".")
    made = getattr(import_module(f"bmad.agents.sdk.{module}"), name)
    brief = Brief("m", "s", "p", [Tool("list", "", {})], {"type": "object"})
    with Line(threading.Event(), time.monotonic() + 9) as line:
        talk = made(access(AgentSettings(use="openai:m"), {"OPENAI_API_KEY": KEY}), brief, 9.0)
        for closing in (False, True):
            asked = talk._request(closing=closing)
            assert asked["tools"]
            assert asked.get("response_format") or asked.get("text")
            assert asked.get("tool_choice") == ("none" if closing else None)
        line.close(talk.close())


def test_a_server_that_knows_no_schema_is_not_asked_for_one(model: Models) -> None:
    def script(asked: Asked) -> Reply:
        if asked.schema:
            return Fail(400, "invalid_request_error", "output_config: Extra inputs are not permitted")
        return done(ANSWER)

    assert model.run("messages", script).fault is None


GRAVE = {"severity": "P1", "path": "a.txt", "line": 1, "quote": "one", "claim": "It is wrong."}
SILENCED = [
    Say("I found a P1: it is wrong."),
    Say(f"A P0 and more:\n{json.dumps(REVIEW)}"),
    Say(f"A p0 and more:\n{json.dumps(REVIEW)}"),
    done({"findings": [{**GRAVE, "surprise": 1}]}),
    done({"findings": [{**GRAVE, "severity": "worth a look"}]}),
    done({"verdicts": [{"finding": "F-1", "settled": False, "wy": "It is not."}]}),
]


@pytest.mark.parametrize("first", SILENCED, ids=str)
def test_nothing_that_a_reviewer_said_is_lost_when_it_is_asked_for_its_answer_once_more(
    model: Models, first: Say
) -> None:
    outcome = model.run("messages", at_first(1, first, always(done(REVIEW))), reads=True)
    assert (outcome.fault, outcome.said) == (Fault.BAD_ANSWER, first.text)
    graver = {**REVIEW, "findings": [GRAVE, {**GRAVE, "severity": "P0"}]}
    graver["verdicts"] = [{"finding": "F-1", "settled": False, "why": "It is not."}]
    outcome = model.run("messages", at_first(1, first, always(done(graver))), reads=True)
    assert (outcome.fault, len(model.asked)) == (None, 2)


def test_who_says_that_there_is_no_p0_is_silent_about_none(model: Models) -> None:
    first = Say(f"No P0 or P1 findings.\n{json.dumps(REVIEW)}")
    outcome = model.run("messages", at_first(1, first, always(done(REVIEW))), reads=True)
    assert (outcome.fault, len(model.asked)) == (None, 2)
