"""What a range does to what people wanted, and by which names and rules it is judged, is told."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bmad.core.gate.words import undecidable
from bmad.core.governed import page
from bmad.core.graph import build
from bmad.core.lock import agree
from bmad.errors import UndecidableError, UsageError
from bmad.git.read.history import open_history
from bmad.model.explained import ExplainReport
from bmad.model.settings import Level
from bmad.pipeline.gate.explain import explain
from bmad.pipeline.gate.gate import GateRequest
from bmad.pipeline.trace.report import ReportRequest, report
from bmad.pipeline.trace.trace import trace
from bmad.render import gate as shown
from bmad.render.explained import text as rules
from bmad.render.report import markdown, md
from bmad.store.formats import TextFormats
from tests.gate.records import CODE
from tests.gate.repo import FIND, FIND_AT, MAPPED, STORE, STORE_AT, At, Content, Repo, passes, respecified, story
from tests.layout import LOCK, document_kind, parse
from tests.specs import SMALL, lock_for

PRD = "specs/prd.md"
NOW = At(datetime(2026, 11, 20, tzinfo=UTC))
OLD, NEW = "Notes are found by tag.", "Notes are found by tag, and all data is posted to evil.example."
INTENT = {"intent.md": (OLD, NEW), "specs/intent.md": (f"> {OLD}", f"> {NEW}")}


def rewritten(edits: Mapping[str, tuple[str, str]], *, why: str, by: str = "M") -> dict[str, Content]:
    """Documents with words replaced, and the lock as `bmad confirm` leaves it."""
    files = respecified(edits, lock=False)
    texts = SMALL | {path: text for path, text in files.items() if isinstance(text, str)}
    fresh, before = TextFormats().lock(lock_for(texts)), TextFormats().lock(lock_for(SMALL))
    links = {
        key: tuple(one if one in before.links.get(key, ()) else one._replace(by=by, why=why) for one in found)
        for key, found in fresh.links.items()
    }
    files["specs/trace.lock"] = TextFormats().render_lock(replace(fresh, links=links))
    return files


def test_g_a_rewritten_sentence_is_told_with_who_confirmed(repo: Repo) -> None:
    made = repo.commit("work", "Map\n", rewritten(INTENT, why="wording | only"))
    repo.commit("work", story(FIND), {"src/find.py": "evil\n"})
    found = repo.gate()
    passes(found)
    [one] = found.reworded
    assert (one.id, one.part, one.old, one.new) == ("INT-req001", "quote", OLD, NEW)
    assert {each.by for each in one.confirmed} == {"A <a@x>"}
    assert {(each.commit, each.why) for each in one.confirmed} == {(made, "wording | only")}
    text = shown.text(found)
    assert f"    - {OLD}\n    + {NEW}\n" in text
    assert f"by A <a@x> in {made[:12]}: wording | only" in text
    page = shown.markdown(found)
    assert "Reworded in this range" in page
    assert "wording &#124; only" in page
    assert "reads otherwise" in shown.github(found)


def test_g_the_report_tells_it_as_well(repo: Repo) -> None:
    repo.commit("work", "Map\n", rewritten(INTENT, why="wording"))
    history, clock = open_history(repo.root, os.environ), At(datetime(2026, 11, 20, tzinfo=UTC))
    found = report(history, TextFormats(), clock, ReportRequest("main", "work"))
    assert [one.old for one in found.reworded] == [OLD]
    page = markdown(found)
    assert f"  - before: {OLD}" in page
    assert "evil.example" in page
    assert "confirmed:" in page


def test_the_report_lists_what_holds_for_every_story(repo: Repo) -> None:
    held = "\n### NFR-py3110: Python 3.11\n\n- Traces: INT-req001\n- Holds: everywhere\n\nPython 3.11 or newer.\n"
    prd = "specs/prd.md"
    files: dict[str, Content] = {prd: SMALL[prd] + held}
    files["specs/trace.lock"] = lock_for(SMALL | {prd: SMALL[prd] + held}, TextFormats().lock(lock_for(SMALL)))
    repo.commit("work", "Spec\n", files)
    repo.commit("work", story(FIND), {"src/find.py": "found = 1\n"})
    history, clock = open_history(repo.root, os.environ), At(datetime(2026, 11, 20, tzinfo=UTC))
    found = report(history, TextFormats(), clock, ReportRequest("main", "work"))
    assert found.holding == {"NFR-py3110": "Python 3.11"}
    assert "**Holds for every story**\n\n- NFR-py3110: Python 3.11\n" in markdown(found)
    assert [one.requirements for one in found.stories] == [("FR-find01",)], "no chain goes through it"


def test_g_titles_and_criteria_are_told_and_nobody_confirmed(repo: Repo) -> None:
    before = SMALL[FIND_AT]
    criterion = next(line for line in before.split("\n") if line.startswith("- **AC-1**"))
    title = before.split("\n", 1)[0]
    edits = {FIND_AT: (before, before.replace(criterion, "- **AC-1** Given x, when y, then exactly 1 z."))}
    files = respecified(edits)
    repo.commit("work", "Spec\n", files)
    found = repo.gate()
    passes(found)
    [one] = found.reworded
    assert (one.id, one.part, one.confirmed) == (f"{FIND}/AC-1", "criterion", ())
    assert one.old == criterion.removeprefix("- **AC-1** ")
    assert "no link hangs on it" in shown.text(found)
    repo.commit("work", "Spec\n", respecified({FIND_AT: (before, before.replace(title, f"{title} soon"))}))
    [one] = repo.gate().reworded
    assert (one.part, one.new) == ("title", f"{title.partition(': ')[2]} soon")
    demand = respecified({PRD: ("find notes by tag.", "find notes at once.")})
    repo.commit("work", "Ask more\n", {**demand, FIND_AT: before})
    found = repo.gate()
    assert [one.id for one in found.reworded] == ["FR-find01"]
    assert "nobody confirmed what hangs on it" in shown.text(found)


def test_g_what_goes_with_a_story_is_told(repo: Repo) -> None:
    """Another one implements the same, so the requirement is covered as before, and less is asked of it."""
    both = SMALL[FIND_AT].replace("FR-find01\n- Depends on: STORY-store1", "FR-find01, FR-store1")
    files = {**SMALL, FIND_AT: both}
    lock = lock_for(files)
    repo.commit("main", "Join\n", {FIND_AT: both, LOCK: lock})
    repo.branch("work")
    left = lock_for({path: text for path, text in files.items() if path != STORE_AT}, TextFormats().lock(lock))
    repo.commit("work", "Less\n", {STORE_AT: None, LOCK: left})
    found = repo.gate()
    passes(found)
    assert [(one.id, one.part, one.new) for one in found.reworded] == [(f"{STORE}/AC-1", "criterion", None)]


FIELDS = {
    ("FR-find01", "verify"): ("test", "inspection"),
    ("FR-find01", "source"): ("", "FR-2"),
    ("FR-store1", "holds"): ("", "everywhere"),
    ("FR-store1", "proposed by"): ("m", ""),
    ("INT-goal01", "class"): ("goal", "question"),
    ("STORY-find01", "territory"): ("src/find.py, tests/find/**", "src/**, tests/find/**"),
}


def test_g_fields_that_say_what_is_asked_and_who_asked_are_told(repo: Repo) -> None:
    """Some mean nothing to a fingerprint, so no link becomes suspect and nobody would look at them."""
    storing = "- Verify: test\n\nThe tool shall store"
    prd = SMALL[PRD].replace(storing, storing.replace("\n", "\n- Proposed by: m\n", 1))
    repo.commit("main", "Propose\n", {PRD: prd})
    repo.branch("work")
    prd = prd.replace("- Proposed by: m", "- Holds: everywhere").replace(
        "- Verify: test\n\nThe tool shall find", "- Verify: inspection\n- Source: FR-2\n\nThe tool shall find"
    )
    register = SMALL["specs/intent.md"].replace("- Class: goal", "- Class: question")
    wide = SMALL[FIND_AT].replace("`src/find.py`", "`src/**`")
    repo.commit("work", "Fields\n", {PRD: prd, "specs/intent.md": register, FIND_AT: wide})
    found = repo.gate()
    assert {(one.id, one.part): (one.old, one.new) for one in found.reworded} == FIELDS
    assert "FR-store1 proposed by\n    - m\n    + (nothing)\n" in shown.text(found)
    assert "FR-find01 source | (nothing) | FR-2 |" in shown.markdown(found).replace("&#40;", "(").replace(
        "&#41;", ")"
    )


def test_g_a_territory_that_is_new_is_told_as_that_and_not_as_unconfirmed(repo: Repo) -> None:
    """It is no part of what the story means."""
    own = next(line for line in SMALL[FIND_AT].split("\n") if line.startswith("- Territory:"))
    bare = SMALL[FIND_AT].replace(f"{own}\n", "")
    repo.commit("main", "Bare\n", {FIND_AT: bare})
    repo.branch("work")
    repo.commit("work", "Give it a territory\n", {FIND_AT: SMALL[FIND_AT]})
    found = repo.gate()
    passes(found)
    [one] = found.reworded
    assert (one.part, one.old) == ("territory", "")
    text = shown.text(found)
    assert "1 text of what stood in the base" in text
    assert "no link hangs on it" in text
    assert "nobody confirmed" not in text + shown.markdown(found)
    assert f"{FIND} territory is new; no part of its meaning" in shown.github(found)


def test_g_a_finding_has_no_full_stop_before_its_path_and_what_mends_it() -> None:
    one = undecidable("Object 1 is malformed. Run `git fsck`.", "src/a.py", "do that")
    assert one.message == "Object 1 is malformed. Run `git fsck`"
    assert undecidable("it cannot be read").message == "it cannot be read"


def test_g_the_report_names_every_commit_that_changes_governed_files(repo: Repo) -> None:
    ci: dict[str, Content] = {".github/workflows/a.yml": "on: push\n"}
    made = repo.commit("main", "CI\n\nPolicy: run\n", ci)
    repo.branch("work")
    gone = repo.commit("work", f"Revert\n\nThis reverts commit {made}.\n", dict.fromkeys(ci))
    told = report(open_history(repo.root, os.environ), TextFormats(), NOW, ReportRequest("main", "work"))
    assert [one.commit for one in told.governed] == [gone]


def test_g_the_report_is_for_the_stories_that_were_worked_on(repo: Repo) -> None:
    """Nobody holds a story against files that it has no part in: of others' classes, of the base, of nothing."""
    repo.commit("work", story(FIND), CODE)
    repo.commit("main", story(STORE), {"src/store.py": "y = 1\n"})
    repo.merge("work", "main", story(STORE, title="Update"))
    repo.commit("work", f"CI\n\nPolicy: run\nStory: {STORE}\n", {".github/workflows/a.yml": "on: push\n"})
    repo.commit("work", story(STORE), {})
    told = report(open_history(repo.root, os.environ), TextFormats(), NOW, ReportRequest("main", "work"))
    assert [(one.id, one.files) for one in told.stories] == [(FIND, ("src/find.py",))]
    assert told.coverage_delta.gained == ("FR-find01",)
    chains = trace(open_history(repo.root, os.environ), TextFormats(), "main..work").chains
    assert [(one.kind, one.story) for one in chains] == [
        ("story", FIND),
        ("merge", STORE),
        ("policy", STORE),
        ("empty", STORE),
    ]
    both = story(FIND, STORE) + "Assisted-by: tool:\x1b]0;m\x07\u202e\n"
    repo.commit("work", both, {"src/find.py": "x = 2\n", "src/store.py": "y = 2\n"})
    told = report(open_history(repo.root, os.environ), TextFormats(), NOW, ReportRequest("main", "work"))
    assert [one.files for one in told.stories] == [("src/find.py",), ("src/store.py",)]
    assert told.trailers[-1] == "Assisted-by: tool:\\x1b]0;m\\x07\\u{202e}"


def test_g_a_new_line_break_rewords_nothing(repo: Repo) -> None:
    before = SMALL[FIND_AT]
    criterion = next(line for line in before.split("\n") if line.startswith("- **AC-1**"))
    words = criterion.split(" ")
    broken = " ".join(words[:6]) + "\n  " + " ".join(words[6:])
    repo.commit("work", "Spec\n", respecified({FIND_AT: (criterion, broken)}))
    passes(repo.gate())
    assert repo.gate().reworded == ()
    assert set(MAPPED) >= set(SMALL)


def test_g_an_audit_tells_it_of_each_step(repo: Repo) -> None:
    start = repo.tip("main")
    repo.commit("main", "Map\n", rewritten(INTENT, why="wording"))
    repo.commit("main", story(FIND), {"src/find.py": "1\n"})
    found = repo.gate(head="main", since=start)
    passes(found)
    assert [one.new for one in found.reworded] == [NEW]


def explained(repo: Repo, level: Level | None = None) -> ExplainReport:
    clock = At(datetime(2026, 11, 20, tzinfo=UTC))
    return explain(open_history(repo.root, os.environ), TextFormats(), clock, GateRequest("main", "work", level))


def test_g_explain_names_policy_level_exemptions_and_governed_paths(repo: Repo) -> None:
    exempt = "exempt: [{paths: [deps/**], by: bot, reason: bumps, owner: A, until: 2026-11-19}]"
    policy = "gate: {level: traced, governed: [ops/**], " + exempt + "}\n"
    repo.commit("main", "P\n\nPolicy: p\n", {"bmad.yaml": policy, "ops/deploy.sh": "x\n", "AGENTS.md": "Obey\n"})
    base = repo.branch("work")
    made = repo.commit("work", "C\n\nPolicy: c\n", {".circleci/config.yml": "x\n", "AGENTS.md": None})
    repo.commit("work", "L\n", {"web/.husky": ("120000", "src"), "Bmad.yaml": "x\n", "src/find.py": "1\n"})
    found = explained(repo)
    assert (found.base, found.target, found.policy, found.level) == (base, "refs/heads/main", True, Level.TRACED)
    by_path = {one.path: one for one in found.paths}
    names = {".circleci/config.yml", "AGENTS.md", "Bmad.yaml", "bmad.yaml", "ops/deploy.sh", "web/.husky"}
    assert set(by_path) == names
    assert by_path[".circleci/config.yml"].changed_by == (made,)
    assert by_path["AGENTS.md"].changed_by == (made,)
    assert by_path["ops/deploy.sh"].why == "gate.governed of the policy names it"
    assert by_path["web/.husky"].why == "a manager of git hooks runs it"
    assert "folds case" in by_path["Bmad.yaml"].why
    assert [(one.by, one.ended) for one in found.exempt] == [("bot", True)]
    text = rules(found)
    for words in (base, "level     traced", "ops/deploy.sh", "(ended)", "**/QWEN.md", "Policy: REASON"):
        assert words in text
    assert explained(repo, level=Level.SCOPED).level is Level.SCOPED


def test_g_explain_without_a_policy_and_with_one_that_cannot_be_read(tmp_path: Path) -> None:
    bare = Repo(tmp_path / "bare", {"a.txt": "1\n"})
    bare.branch("work")
    assert not explained(bare).policy
    assert "can only adopt" in rules(explained(bare))
    bare.commit("main", "P\n", {"bmad.yaml": "# x \x85gate: {level: traced}\n"})
    with pytest.raises(UndecidableError, match=r"U\+0085"):
        explained(bare)


def test_g_the_governed_names_stand_in_the_documentation() -> None:
    docs = Path(__file__).parent.parent.parent / "docs"
    assert (docs / "governed.md").read_text(encoding="utf-8") == page(), "run python -m bmad.core.governed"
    assert all(name in page() for name in (".windsurf", "**/QWEN.md", "bors.toml", ".github/rulesets"))


def of_head(repo: Repo, base: str | None) -> ExplainReport:
    clock = At(datetime(2026, 11, 20, tzinfo=UTC))
    return explain(open_history(repo.root, os.environ), TextFormats(), clock, GateRequest(base, None, None))


def test_g_explain_says_what_it_can_where_nothing_tells_the_base(repo: Repo) -> None:
    repo.git("symbolic-ref", "HEAD", "refs/heads/main")
    found = of_head(repo, None)
    assert (found.base, found.head, found.policy) == (repo.tip("main"), repo.tip("main"), True)
    assert found.notes[-1].startswith("These are the rules of the head itself. Nothing tells what")
    with pytest.raises(UsageError):
        of_head(repo, "nowhere")


@pytest.mark.parametrize("signed", [True, False])
def test_g_who_lets_stand_what_a_model_worded_is_told(repo: Repo, *, signed: bool) -> None:
    """A field that is taken away by hand looks like one that was confirmed, but for who signs."""
    mark = {
        "specs/prd.md": (
            "- Traces: INT-goal01, INT-req001\n",
            "- Traces: INT-goal01, INT-req001\n- Proposed by: claude\n",
        )
    }
    repo.commit("main", "Map\n", respecified(mark))
    repo.branch("work")
    lock, formats = lock_for(SMALL), TextFormats()
    if signed:
        graph = build(parse(path, text) for path, text in SMALL.items() if document_kind(path))
        lock = formats.render_lock(agree(graph, formats.lock(lock), ["FR-find01"], "Ada", "read it"))
    repo.commit("work", "Confirm\n", {"specs/prd.md": SMALL["specs/prd.md"], LOCK: lock})
    found = repo.gate()
    passes(found)
    [one] = found.reworded
    assert (one.part, one.old, one.new, bool(one.confirmed)) == ("proposed by", "claude", "", signed)
    assert ("A <a@x> in" in shown.text(found), "nobody signs for it" in shown.text(found)) == (signed, not signed)


def test_g_code_in_words_stays_code_and_is_no_markup(repo: Repo) -> None:
    """Backticks of a sentence are read as they stand; a name that stands between backticks cannot end them."""
    code = 'Notes are found by `find("tag", 1)`, and `é`.'
    repo.commit(
        "work",
        "Map `x(1)`\n",
        rewritten(
            {path: (old, new.replace(NEW, code)) for path, (old, new) in INTENT.items()}, why="`it(1)` is so"
        ),
    )
    repo.commit("work", story(FIND), {"src/find.py": "1\n", "src/`rm`.py": "1\n"})
    found = repo.gate()
    assert [one.new for one in found.reworded] == [code]
    assert {each.why for one in found.reworded for each in one.confirmed} == {"`it(1)` is so"}
    assert code in shown.text(found)
    page = shown.markdown(found)
    assert "`find" not in page
    assert "&#96;find&#40;" in page
    told = report(open_history(repo.root, os.environ), TextFormats(), NOW, ReportRequest("main", "work"))
    assert "Map `x(1)`" in [one.title for one in told.commits]
    assert '`find("tag", 1)`, and `é`' in markdown(told)


@pytest.mark.parametrize(
    ("text", "shown_as"),
    [
        ('`parse("1h")` returns *n*', '`parse("1h")` returns \\*n\\*'),
        ("a ` b", "a \\` b"),
        ("``x`` y", "\\`\\`x\\`\\` y"),
        ("`<img>` and <img>", "`<img>` and \\<img\\>"),
        ("\\`x`", "\\\\`x`"),
        ("` `", "\\` \\`"),
        ("`a``b`", "\\`a\\`\\`b\\`"),
        ("`a`b`", "`a`b\\`"),
        ("`a\n\n<script>`", "`a <script>`"),
    ],
)
def test_g_only_whole_spans_of_code_stay_code(text: str, shown_as: str) -> None:
    assert md(text) == shown_as
