"""What is told beside refusals stands in each form that a CI shows, not in the text alone."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bmad.model.gate import GateReport
from bmad.render.gate import FORMATS, text
from bmad.render.issues import junit, of_gate, sarif
from tests.gate.repo import FIND, MAPPED, Repo, minted, passes, story

BOT = "version: 1\ngate: {level: scoped, since: root, exempt: [{paths: [pins.json], by: bot@x, %s}]}\n"
POLICY = BOT % "reason: bumps, owner: ada, until: 2030-01-01"
TOLD = (
    "policy changed by: ",
    "self-authored stories: STORY-new001",
    "with exempt paths: ",
    "note: exempt as written by bot@x",
    "pass prov",
)


@pytest.fixture
def eventful(tmp_path: Path) -> Repo:
    """A request that passes with a policy change, a story of its own, and what a robot may change."""
    repo = Repo(tmp_path / "r", {**MAPPED, "bmad.yaml": POLICY})
    repo.branch("work")
    repo.commit("work", "CI\n\nPolicy: builds\n", {".github/workflows/a.yml": "on: push\n"})
    repo.commit("work", "Mint\n", minted("`src/rename.py`"))
    repo.commit("work", story("STORY-new001"), {"src/rename.py": "1\n"})
    repo.commit("work", "Bump\n", {"pins.json": "1\n"}, author="Bot <bot@x>")
    return repo


def test_each_form_tells_what_the_text_tells(eventful: Repo) -> None:
    report = eventful.gate()
    passes(report)
    [run] = json.loads(sarif(of_gate(report)))["runs"]
    notified = [one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]]
    suite = ET.fromstring(junit(of_gate(report)))  # noqa: S314 - our own
    said = "\n".join(one.text or "" for one in suite.iter("system-out"))
    for told in (FORMATS["text"](report), FORMATS["github"](report), "\n".join(notified), said):
        assert not [words for words in TOLD if words not in told]
    assert run["results"] == [], "and what is told fails nothing"
    assert not [*suite.iter("failure")]


def test_g_of_many_commits_the_first_are_named_and_the_others_counted() -> None:
    report = GateReport(
        ok=True, level=None, base=None, head=None, policy_from=None, target=None, merge=None, as_of="",
        policy_changes=tuple(f"{number:02x}" * 20 for number in range(60)), self_authored=("STORY-1", "STORY-2"),
    )  # fmt: skip
    line = next(one for one in text(report).splitlines() if "policy changed by: " in one)
    assert line.endswith(f"{'04' * 6} and 55 more")
    assert line.count(",") == 4
    assert "self-authored stories: STORY-1, STORY-2\n" in text(report)
    assert "3b" * 20 in report.as_json()


def test_g_an_audit_of_nothing_says_that_its_pass_proves_nothing() -> None:
    report = GateReport(
        ok=True, level=None, base=None, head=None, policy_from=None, target=None, merge=None, as_of=""
    )
    assert "Nothing was judged, so the pass proves nothing." in text(report)


def test_g_what_is_refused_of_the_range_as_a_whole_is_counted_beside_the_commits(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "r", {**MAPPED, "bmad.yaml": "version: 1\ngate: {level: reviewed}\n"})
    repo.branch("work")
    repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"})
    assert text(repo.gate()).splitlines()[-1].endswith("; the range as a whole refused.")
    repo.commit("work", "No story\n", {"src/other.py": "1\n"})
    assert text(repo.gate()).splitlines()[-1].endswith("; 1 of 2 commits, and the range as a whole refused.")
