"""The demonstration's recording: each line as `replay` reads it, and all of them on real git with their tests."""

import re
import subprocess
import sys
from pathlib import Path
from typing import TypeVar

import pytest

from bmad.agents.replay import Line
from bmad.core.act.creating import judge_creation
from bmad.core.act.diffs import added_lines, changed_paths
from bmad.core.act.marks import marks
from bmad.core.act.placing import Files, Places
from bmad.core.act.review import sift, verdicts
from bmad.core.act.schedule import order
from bmad.core.act.triage import settle_replies, settle_stands
from bmad.core.graph import build
from bmad.core.paths import PathClass, classifier
from bmad.core.rules import validated
from bmad.core.territory import holds
from bmad.model.agents import Severity
from bmad.model.answers import ANSWERS, ReplyAnswer, ReviewAnswer, TriageAnswer, WorkAnswer
from bmad.model.base import Value
from bmad.model.review import Disposition, Finding, Settlement
from bmad.model.specification import Spec
from bmad.needs import example
from bmad.pipeline.spec.work_tree import load
from bmad.wiring import open_app
from tests.act.rerecord import preparation
from tests.layout import LAYOUT
from tests.program import bmad, git

V = TypeVar("V", bound=Value)

KEY = re.compile(
    r"(STORY-[a-z0-9]+)/([12])/(create|test|dev|fix|(review|triage|reply)(?:/(correctness|security))?)"
)
LENSES = ("correctness", "security")
PASSES_AT_ONCE = ("STORY-hhx6yf",)
"""It keeps together what holds already."""

DISPUTED = "STORY-r1qm4x"
"""Developer and reviewer do not agree; the demonstration's person rules for the reviewer."""

LINES = [Line.model_validate_json(text) for text in example("recording.jsonl").strip().split("\n")]
BY_KEY = {line.key: line for line in LINES}
STORIES = [line.key.partition("/")[0] for line in LINES if line.key.endswith("/1/create")]
"""In the order in which one worker carries them out."""


def said(key: str, kind: type[V]) -> V:
    return kind.model_validate(BY_KEY[key].answer)


def own(story: str) -> list[Line]:
    """What was recorded of a story but its preparation, which is no part of its change."""
    return [line for line in LINES if line.key.startswith(f"{story}/") and not line.key.endswith("/create")]


class Way:
    """The demonstration's repository, mapped; the recording's patches are applied to it one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        git("init", "-q", "-b", "main", cwd=folder)
        assert bmad("init", "--yes", cwd=folder).code == 0
        (folder / "intent.md").write_text(example("intent.md"), encoding="utf-8")
        assert bmad("map", "intent.md", cwd=folder).code == 0
        self._commit("Map the intent")

    def _commit(self, message: str) -> None:
        git("add", "--all", cwd=self.folder)
        git("commit", "-q", "-m", message, cwd=self.folder)

    def play(self, key: str, *only: str) -> None:
        """Apply a line's patch, or of it what the options of `git apply` let through, and commit it."""
        command = ["git", "apply", "--whitespace=error", *only, "-"]
        patch = BY_KEY[key].patch.encode()
        done = subprocess.run(command, cwd=self.folder, input=patch, capture_output=True, check=False)
        assert done.returncode == 0, f"{key}: {done.stderr.decode()}"
        self._commit(key)

    def play_all(self, story: str, *steps: str) -> None:
        """Play those of a story's steps that there are."""
        for key in (f"{story}/{step}" for step in steps):
            if key in BY_KEY:
                self.play(key)

    def tests_pass(self) -> bool:
        command = [sys.executable, "-B", "-m", "unittest", "discover", "-s", "tests", "-t", "."]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, check=False)
        assert b"Ran 0 tests" not in done.stderr
        return done.returncode == 0

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def spec(self) -> Spec:
        app = open_app(self.folder)
        return load(app.workspace, app.formats).spec


@pytest.fixture
def way(tmp_path: Path) -> Way:
    return Way(tmp_path)


def test_each_line_is_a_step_with_an_answer_of_its_kind() -> None:
    assert len(BY_KEY) == len(LINES)
    for line in LINES:
        step = KEY.fullmatch(line.key)
        assert step, line.key
        ANSWERS[step[4] or "work"].model_validate(line.answer)
        assert bool(line.patch) == (step[4] is None), f"{line.key}: who writes has a patch, who reads has none"


def test_nobody_is_said_to_have_done_it() -> None:
    assert {(line.by.backend, line.by.model) for line in LINES} == {("recorded", "written-for-the-demo")}


def test_a_change_needs_its_territory_and_no_more() -> None:
    classify = classifier(LAYOUT)
    for story in STORIES:
        territory = re.search(r"^\+- Territory: (.+)$", BY_KEY[f"{story}/1/create"].patch, re.MULTILINE)
        assert territory
        globs = tuple(re.findall(r"`([^`]+)`", territory[1]))
        changed = {path for line in own(story) for path in changed_paths(line.patch)}
        assert changed == set(globs)
        assert all(holds(globs, path) for path in changed)
        assert {classify(path.encode()).klass for path in changed} == {PathClass.CODE}
        assert all(path.startswith("tests/") for path in changed_paths(BY_KEY[f"{story}/1/test"].patch))


def test_a_preparation_carried_over_to_the_document_it_was_made_for_is_as_it_was(way: Way) -> None:
    for story in STORIES:
        recorded = BY_KEY[f"{story}/1/create"].patch
        assert preparation(way.folder, story, recorded) == recorded


def test_a_preparation_is_carried_over_to_other_words(way: Way) -> None:
    """The mapper may word a story otherwise, and file it under another name."""
    story = STORIES[0]
    [file] = (way.folder / "stories").glob(f"{story}-*.md")
    file.rename(file.with_name(f"{story}-otherwise.md"))
    file = file.with_name(f"{story}-otherwise.md")
    file.write_text(re.sub(r"(?m)^(# \S+|- \*\*AC-\d+\*\*).*", r"\1 Otherwise", file.read_text(encoding="utf-8")))
    carried = preparation(way.folder, story, BY_KEY[f"{story}/1/create"].patch)
    subprocess.run(["git", "apply", "-"], cwd=way.folder, input=carried.encode(), check=True)
    told = file.read_text(encoding="utf-8")
    for words in (
        "Otherwise",
        "- Territory: `pyproject.toml`",
        "- Keep the units in one table (AC-2)",
        "Digits are",
    ):
        assert words in told


def test_each_preparation_may_land(way: Way) -> None:
    assert {path.name[:12] for path in (way.folder / "stories").glob("STORY-*.md")} == set(STORIES)
    assert order(build(way.spec().documents), STORIES) == STORIES
    for story in STORIES:
        before = validated(way.spec())
        way.play(f"{story}/1/create")
        changed = changed_paths(BY_KEY[f"{story}/1/create"].patch)
        assert judge_creation(before, validated(way.spec()), changed, story) == []
    assert bmad("fmt", "--check", cwd=way.folder).code == 0
    assert bmad("validate", "--strict", cwd=way.folder).code == 0


def test_each_story_fails_before_and_passes_after(way: Way) -> None:
    for story in STORIES:
        way.play(f"{story}/1/create")
        way.play(f"{story}/1/test")
        assert way.tests_pass() == (story in PASSES_AT_ONCE), f"{story} before"
        way.play(f"{story}/1/dev")
        assert way.tests_pass(), f"{story} after"
        if f"{story}/2/fix" in BY_KEY:
            _fix(way, f"{story}/2/fix")


def _fix(way: Way, key: str) -> None:
    """What a fix adds to the tests fails without the rest of it."""
    if any(path.startswith("tests/") for path in changed_paths(BY_KEY[key].patch)):
        way.play(key, "--include=tests/*")
        assert not way.tests_pass(), f"{key} before"
        way.play(key, "--exclude=tests/*")
    else:
        way.play(key)
    assert way.tests_pass(), f"{key} after"


def test_what_waits_for_a_person_holds_nobody_up(way: Way) -> None:
    """The disputed story rests on its branch while others land, and is mended and rebased after them."""
    at = STORIES.index(DISPUTED)
    for story in STORIES[:at]:
        way.play_all(story, "1/create", "1/test", "1/dev", "2/fix")
    way.play(f"{DISPUTED}/1/create")
    git("switch", "-q", "-c", "waiting", cwd=way.folder)
    way.play_all(DISPUTED, "1/test", "1/dev")
    git("switch", "-q", "main", cwd=way.folder)
    for story in STORIES[at + 1 :]:
        way.play_all(story, "1/create", "1/test", "1/dev", "2/fix")
        assert way.tests_pass(), f"{story} without {DISPUTED}"
    git("switch", "-q", "waiting", cwd=way.folder)
    way.play(f"{DISPUTED}/2/fix")
    git("rebase", "-q", "main", cwd=way.folder)
    assert way.tests_pass()


def test_each_finding_goes_its_way(way: Way) -> None:
    """One is mended, one conceded and marked, one confirmed and left open, one left to a person."""
    fates = {}
    for story in STORIES:
        way.play_all(story, "1/create", "1/test", "1/dev")
        found = {lens: _raised(way, story, lens) for lens in LENSES}
        for lens, findings in found.items():
            for one in findings:
                fates[story] = _fate(story, lens, one)
        way.play_all(story, "2/fix")
    assert fates == {
        "STORY-tyacd5": (Severity.P1, "correctness", Disposition.CONFIRMED, Disposition.FIXED),
        "STORY-nvbx38": (Severity.P1, "security", Disposition.FALSE_POSITIVE, Disposition.FALSE_POSITIVE),
        "STORY-hhx6yf": (Severity.P2, "correctness", Disposition.CONFIRMED, Disposition.CONFIRMED),
        DISPUTED: (Severity.P1, "correctness", Disposition.UPHELD, Disposition.FIXED),
    }


def _raised(way: Way, story: str, lens: str) -> tuple[Finding, ...]:
    answer = said(f"{story}/1/review/{lens}", ReviewAnswer)
    sifted = sift(answer.findings, lens, 1, Places(Files(way.read, lambda _: None)), {}, {})
    assert not sifted.missed, f"{story}: the quote stands"
    assert all(one.quote in way.read(one.path).split("\n")[one.line - 1] for one in sifted.findings)
    return sifted.findings


def _fate(story: str, lens: str, finding: Finding) -> tuple[Severity, str, Disposition, Disposition]:
    """Severity, lens, where the finding stands after triage, and where at the end."""
    triage = said(f"{story}/1/triage", TriageAnswer)
    settled = settle_stands([finding], triage, {finding.id: finding}).settlements
    named = [one.finding for one in triage.stands]
    if f"{story}/1/reply/{lens}" in BY_KEY:
        reply = said(f"{story}/1/reply/{lens}", ReplyAnswer)
        settled = settle_replies([finding], settled, reply)
        named += [one.finding for one in reply.replies]
    assert set(named) == {finding.id}
    (stands,) = settled
    assert stands.argument
    return finding.severity, lens, stands.disposition, _end(story, lens, finding, stands)


def _end(story: str, lens: str, finding: Finding, stands: Settlement) -> Disposition:
    """What is upheld is ruled for the reviewer, as the demonstration's person does."""
    disposition = stands.disposition
    if f"{story}/2/fix" not in BY_KEY:
        return disposition
    if disposition is Disposition.UPHELD:
        disposition = Disposition.CONFIRMED
    fix = BY_KEY[f"{story}/2/fix"]
    judged = finding.model_copy(update={"disposition": disposition})
    left = marks(said(fix.key, WorkAnswer), [judged], added_lines(fix.patch))
    assert set(left) == ({finding.id} if disposition is Disposition.FALSE_POSITIVE else set())
    judged = judged.model_copy(update={"mark": left.get(finding.id, "")})
    assert verdicts([judged], said(f"{story}/2/review/{lens}", ReviewAnswer)) == ((finding.id,), ())
    return Disposition.FIXED if disposition is Disposition.CONFIRMED else disposition
