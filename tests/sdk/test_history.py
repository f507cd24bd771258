"""A conversation stays below a bound: old results of tools give way, in words; task and the last turns never."""

from typing import Any

import pytest

from bmad.agents.sdk.conversation import Call
from bmad.agents.sdk.history import KEPT, MOST, History
from bmad.model.agents import Fault
from tests.sdk.world import ANSWER, APIS, Models
from tests.serving import faults
from tests.serving.script import Api, Asked, Reply, Say, call, done, turns

every_api = pytest.mark.parametrize("api", APIS)

LEFT_OUT = "that `read` told here are left out to make room; call it again where you need them]"
READ = call("read", path="long.txt")


@pytest.fixture
def long(model: Models) -> Models:
    (model.tree / "long.txt").write_text("".join(f"line {at} of a long file\n" for at in range(400)))
    (model.tree / "huge.txt").write_text(f"{'word ' * 150}\n" * 400)
    return model


def left_out(asked: Asked) -> list[bool]:
    """Of each result whether it has given way."""
    return [text.endswith(LEFT_OUT) and "\n" not in text for text in asked.results]


def size(asked: Asked) -> int:
    return len(str(asked.body.get("messages") or asked.body["input"]))


@every_api
def test_old_results_give_way_and_the_task_and_the_last_turns_stay(long: Models, api: Api) -> None:
    count = 12
    outcome = long.run(api, turns(*[call("read", path="huge.txt")] * count, done(ANSWER)), prompt="The task. " * 9)
    assert outcome.fault is None
    one = len(long.asked[-1].results[-1].encode())
    assert one > 50_000
    assert max(map(size, long.asked)) < MOST + one, "however long it goes on"
    for asked in long.asked:
        assert asked.prompt.startswith("The task. " * 9)
        assert not any(left_out(asked)[-KEPT:])
    last = left_out(long.asked[-1])
    assert len(last) == count
    assert last == sorted(last, reverse=True), "the oldest first"
    assert long.asked[-1].results[0].startswith(f"[{one:,} bytes that `read` told here")
    changes = [b for a, b in zip(long.asked, long.asked[1:], strict=False) if sum(left_out(a)) != sum(left_out(b))]
    assert 0 < len(changes) < count // 3, "much at once, so that what came before can be cached meanwhile"
    again = [asked.results for asked in long.asked]
    long.run(api, turns(*[call("read", path="huge.txt")] * count, done(ANSWER)), prompt="The task. " * 9)
    assert [asked.results for asked in long.asked] == again


@every_api
def test_a_model_that_can_hold_less_is_told_less_and_goes_on(long: Models, api: Api) -> None:
    def script(asked: Asked) -> Reply:
        if size(asked) > 50_000:
            return faults.fault(api, "too-long")
        return READ if asked.turn < 20 else done(ANSWER)

    outcome = long.run(api, script)
    assert outcome.fault is None
    kinds = [event["type"] for event in long.log()]
    assert 0 < kinds.count("error") < 4, "what it can hold is known from then on"
    assert kinds.count("left-out") >= kinds.count("error")
    assert all(asked.prompt.startswith("Do it.") for asked in long.asked)


@every_api
def test_what_is_too_much_still_is_a_fault_of_its_name(long: Models, api: Api) -> None:
    outcome = long.run(api, turns(READ, READ, READ, faults.fault(api, "too-long")))
    assert (outcome.fault, outcome.answer) == (Fault.OUTGROWN, None)
    assert "a model that holds more may do it" in outcome.words
    assert len(long.asked) == 3 + 2, "once more with less, and no third time"
    assert left_out(long.asked[-1]) == [True, False, False]


def test_a_turn_that_ends_for_want_of_room_is_had_once_more_with_less(long: Models) -> None:
    full = Say("I was about to", stop="context")

    def script(asked: Asked) -> Reply:
        return READ if asked.turn < 3 else done(ANSWER) if any(left_out(asked)) else full

    outcome = long.run("messages", script)
    assert outcome.fault is None
    assert "I was about to" not in str(long.asked[-1].body)
    assert outcome.usage is not None
    assert outcome.usage.tokens_out == 5 * 20
    outcome = long.run("messages", turns(READ, READ, READ, full))
    assert (outcome.fault, len(long.asked)) == (Fault.OUTGROWN, 3 + 2)


def test_small_results_stay_and_where_nothing_can_give_way_nothing_does() -> None:
    blocks: list[dict[str, Any]] = [{"text": text} for text in ("small", "x" * 5000, "y" * 5000, "z" * 5000)]
    history = History([{"role": "user", "content": "task " * 1000}], most=1)
    for at, block in enumerate(blocks):
        history.told([Call(str(at), "run", "{}")], [block], "text")
        history.said.append(block)
    assert history.fit() == 1
    assert [block["text"][0] for block in blocks] == ["s", "[", "y", "z"]
    assert history.fit() == history.halve() == 0
