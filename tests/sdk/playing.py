"""A scripted model that carries out a story in any role, by what its prompt asks of it."""

import re

from tests.act.copying import copied
from tests.act.stage import PASSING
from tests.serving.script import Asked, Reply, Script, call, done, turns

_STORY = re.compile(r"You (?:prepare|build) the story (STORY-\w+)")


def play(asked: Asked) -> Reply:
    """The next turn of whoever is asked."""
    if "edit" not in asked.tools and "You build" not in asked.prompt:
        return _review(asked)(asked)
    found = _STORY.search(asked.prompt)
    assert found is not None, asked.prompt
    script = _create if "You prepare" in found[0] else _build
    return script(found[1])(asked)


def _create(story: str) -> Script:
    """Look for the story's file and give it a territory."""
    name = story.replace("-", "_").lower()

    def edit(asked: Asked) -> Reply:
        path, _, line = next(line for line in asked.results[0].splitlines() if story in line).split(":", 2)
        return call(
            "edit", path=path, old=line, new=f"{line}\n- Territory: `src/{name}.py`, `tests/test_{name}.py`"
        )

    return turns(call("search", pattern="^- Implements:", path="stories"), edit, done({"summary": "Prepared."}))


def _build(story: str) -> Script:
    name = story.replace("-", "_").lower()
    return turns(
        call("edit", path=f"src/{name}.py", old="", new="VALUE = 1\n"),
        call("edit", path=f"tests/test_{name}.py", old="", new=PASSING),
        call("run", argv=["python3", "-B", "-m", "unittest", "discover", "-s", "tests"]),
        done({"summary": "Built and tested."}),
    )


def _review(asked: Asked) -> Script:
    return turns(call("list", path="src"), done({"findings": [], "read": copied(asked.prompt), "unopened": []}))
