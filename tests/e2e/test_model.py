"""The scripted model of `make e2e` answers as real agents hold a model to it: in the whole of each strict form."""

import jsonschema
import pytest

from bmad.agents import strict
from bmad.model.agents import AnswerKind
from tests.e2e.model import Player
from tests.serving.script import Asked, Say

PROMPTS: dict[str, AnswerKind] = {
    "You prepare the story STORY-abc123": "work",
    "You build the story STORY-abc123": "work",
    "Mend your change for the story STORY-abc123": "work",
    "STORY-abc123 with the key `findings` Look for what is wrong: a criterion |+    return n + 2": "review",
    'STORY-abc123 with the key `stands` "id": "F-abcd1234", "quote": "    return n + 2"': "triage",
    'STORY-abc123 with the key `replies` "id": "F-abcd1234", "quote": "def double(n):"': "reply",
}


@pytest.mark.parametrize("prompt", PROMPTS)
def test_an_answer_has_every_key_that_the_form_asks_for(prompt: str) -> None:
    form = strict.schema(PROMPTS[prompt])
    tools = {"Bash": {}, "StructuredOutput": form}
    asked = Asked(
        "messages", 1, "claude-x", "", prompt, ("ran",), 1, tools, None, streams=True, body={}, headers={}
    )
    said = Player("", "")(asked)
    assert isinstance(said, Say)
    jsonschema.validate(said.calls[0].arguments, form)
