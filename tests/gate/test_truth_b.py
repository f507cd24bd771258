"""`.bmad` is one machine's own: governed, and nothing grants it; each refusal beside an honest twin."""

import pytest

from bmad.core.territory import territory_fault
from tests.gate.repo import FIND, FIND_AT, Repo, passes, refuses, respecified, story
from tests.layout import LAYOUT

POLICY = "x\n\nPolicy: state\n"
OPEN = (
    "version: 1\ngate: {level: scoped, since: root, exempt: "
    "[{paths: ['**'], by: bot, reason: x, owner: a, until: 2099-01-01}]}\n"
)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (".bmad/journal.db", story(FIND)),
        (".bmad/journal.db", POLICY),
        (".bmad/staged/ready.json", "By the exempt bot\n"),
        (".BMAD/journal.db", POLICY),
        (".bmad./x", POLICY),
        (".b\u200cmad/x", POLICY),
        (".bmad", POLICY),
    ],
)
def test_b_no_change_brings_bmads_own_folder(repo: Repo, path: str, message: str) -> None:
    repo.commit("main", "Open\n\nPolicy: a bot may do all\n", {"bmad.yaml": OPEN})
    repo.branch("work")
    repo.commit("work", message, {path: ("120000", "src") if path == ".bmad" else "x"}, author="bot <b@x>")
    refuses(repo.gate(), "G06")
    repo.branch("work")
    repo.commit("work", "By the exempt bot\n", {"src/other.py": "x"}, author="bot <b@x>")
    passes(repo.gate())


def test_b_twin_what_lies_there_already_may_be_taken_away(repo: Repo) -> None:
    repo.commit("main", "Long ago\n", {".bmad/journal.db": "x"})
    repo.branch("work")
    repo.commit("work", "Take it out\n\nPolicy: it is one machine's own\n", {".bmad/journal.db": None})
    passes(repo.gate())


def test_b_twin_a_name_that_only_begins_so_is_code(repo: Repo) -> None:
    wider = respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `.bmadrc`, `src/.bmad/x`")})
    repo.commit("main", "Spec\n", wider)
    repo.branch("work")
    repo.commit("work", story(FIND), {".bmadrc": "x", "src/.bmad/x": "x"})
    passes(repo.gate())


@pytest.mark.parametrize("glob", [".bmad/**", ".bmad", ".BMAD/journal.db", ".b[m]ad/**", ".bmad*/x"])
def test_b_no_territory_reaches_there(glob: str) -> None:
    assert territory_fault(glob, LAYOUT)
    assert territory_fault(f"src/{glob.replace('.bmad', 'bmad').replace('.b', 'b')}", LAYOUT) is None
