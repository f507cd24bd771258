"""What a record's own fields say against it, and names and spellings that stand for something else."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bmad.core.gate.people import sign
from bmad.errors import UsageError
from bmad.git.read.history import open_history
from bmad.model.agents import Role
from bmad.model.record import Accepted, CheckRun, Evidence, RecordedFinding
from bmad.store.records import MAX, parse_record
from tests.gate.records import (
    AGAIN,
    CODE,
    DEV,
    FIX,
    MENDED,
    REVIEW,
    REVIEWED,
    WORK,
    add,
    at,
    record,
    reviewed,
    spec_of,
    squash,
    work,
)
from tests.gate.repo import (
    FIND,
    FIND_AT,
    MINTED,
    Repo,
    minted,
    passes,
    refuses,
    respecified,
    story,
)
from tests.layout import record_name, record_path
from tests.specs import SMALL, lock_for

TRIAGE, REPLY = work("1/triage", Role.DEVELOPER, "c6"), work("1/reply/correctness", Role.REVIEWER, "c7")
POLICY = Accepted(by="act.accept", how="policy")
BOTH = tuple(CheckRun(round=1, name=name, ok=True, exit=0) for name in ("lint", "tests"))


@pytest.fixture(autouse=True)
def _policy(repo: Repo) -> None:
    repo.base = repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")


def text_of(repo: Repo) -> str:
    """An honest record's text; the branch `work` holds its change."""
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    return record(repo, FIND, base, head).as_json()


def written(repo: Repo, edit: Callable[[dict[str, Any]], object]) -> None:
    """An honest record's JSON, edited by hand."""
    data = json.loads(text_of(repo))
    edit(data)
    repo.commit("work", story(FIND), {at(FIND): json.dumps(data)})


def test_a_record_written_by_hand_passes(repo: Repo) -> None:
    written(repo, lambda data: data["checks"][0].update(seconds=1))
    passes(repo.gate())


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data.update(converged="yes"),
        lambda data: data.update(converged=1),
        lambda data: data.update(rounds="1"),
        lambda data: data.update(rounds=1.0),
        lambda data: data.update(landing=" 1 "),
        lambda data: data["checks"][0].update(ok="on"),
        lambda data: data["checks"][0].update(seconds=float("nan")),
        lambda data: data["checks"][0].update(seconds=-1),
        lambda data: data["checks"][0].update(round=-5),
        lambda data: data.update(rounds=10**30),
        lambda data: data.update(dropped=-1),
        lambda data: data["accepted"].update(by="\ud800"),
    ],
)
def test_types_are_taken_as_they_stand(repo: Repo, edit: Callable[[dict[str, Any]], object]) -> None:
    written(repo, edit)
    refuses(repo.gate(), "G14", "G15")


def test_numbers_that_json_has_not(repo: Repo) -> None:
    text = text_of(repo)
    assert parse_record(text).rounds == 1
    for number in ("Infinity", "1e999"):
        with pytest.raises(UsageError, match=r"no (number|JSON)|number that is none"):
            parse_record(text.replace('"seconds": 0.0', f'"seconds": {number}'))


def test_a_record_that_is_too_large_says_what_to_do() -> None:
    with pytest.raises(UsageError, match=r"16 MiB.*smaller parts"):
        parse_record(" " * (MAX + 1))


@pytest.mark.parametrize("path", ["src//find.py", "/src/find.py", "src/", "./src/find.py", "src/../find.py", ""])
def test_a_path_is_spelt_in_one_way(repo: Repo, path: str) -> None:
    written(repo, lambda data: data["change"].insert(0, data["change"][0] | {"path": path}))
    report = repo.gate()
    refuses(report, "G14", "G15")
    assert "as git lists it" in report.findings[0].message


def test_a_folder_is_spelt_in_one_way(repo: Repo) -> None:
    tree = repo.tip("main^{tree}")
    with open_history(repo.root, {}).read() as objects:
        found = objects.files(tree, [b"src", b"src//", b"/src", b"./src", b"none"])
        assert {path.rpartition(b"/")[0] for path in found} == {b"src"}
        assert objects.files(tree, [b""]).keys() >= {b"README.md", b"bmad.yaml"}


def finding(**other: Any) -> RecordedFinding:
    values = {"id": "F-1", "round": 1, "severity": "P1", "lens": "correctness", "path": "src/find.py", "line": 1}
    return RecordedFinding.model_validate(values | {"disposition": "fixed"} | other)


def runs(*told: tuple[int, bool]) -> dict[str, object]:
    """A record's fields with runs of one check, each with its round."""
    checks = tuple(CheckRun(round=number, name="tests", ok=ok, exit=0 if ok else 1) for number, ok in told)
    return MENDED | {"checks": checks}


def evidence(*checks: str) -> tuple[Evidence, ...]:
    return tuple(Evidence(criterion=f"{FIND}/AC-{number}", checks=checks) for number in (1, 2))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({"work": (*WORK, work("x9/fix", Role.DEVELOPER, "c9"))}, {"work": (*WORK, TRIAGE, REPLY)}),
        ({"work": (*WORK, work("fix", Role.DEVELOPER, "c9"))}, {"work": (*WORK, TRIAGE)}),
        ({"work": (*WORK, work("9999999/fix", Role.DEVELOPER, "c9"))}, MENDED),
        ({"work": (*WORK, work("1/fix", Role.DEVELOPER, "c9"))}, {"work": (WORK[0], FIX, AGAIN), "rounds": 2}),
        ({"work": (*WORK, work("2/test", Role.TESTER, "c9")), "rounds": 2}, MENDED),
        ({"work": (*WORK, work("1/triage", Role.TESTER, "c9"))}, {"work": (*WORK, TRIAGE)}),
        ({"work": (DEV, REPLY)}, {"work": (DEV, REVIEW, REPLY)}),
        (
            {"work": (DEV, work("1/dev", Role.REVIEWER, "c3"))},
            {"work": (DEV, work("1/review/correctness", Role.REVIEWER, "c3"))},
        ),
        (
            {"work": (DEV, work("1/review/correctness", Role.REVIEWER, " "))},
            {"work": (DEV, work("1/review.2/correctness", Role.REVIEWER, "a"))},
        ),
        ({"work": (DEV, work("1/review/correctness", Role.REVIEWER, "C2"))}, {"work": (DEV, REVIEW)}),
        ({"work": (DEV, work("1/review/correctness", Role.REVIEWER, "c2 "))}, {"work": (DEV, REVIEW)}),
        ({"work": (DEV, work("1/review/correctness", Role.REVIEWER, "c\u200b2"))}, {"work": (DEV, REVIEW)}),
        ({"work": (DEV, work("1/review/correctness", Role.REVIEWER, "\uff43\uff12"))}, {"work": (DEV, REVIEW)}),
        (runs((2, False), (1, True)), runs((2, True), (1, False))),
        (runs((1, True), (2, False)), runs((1, False), (2, True))),
        (
            {"checks": (CheckRun(round=1, name="tests", ok=True, exit=1),)},
            {"checks": (CheckRun(round=1, name="tests", ok=True),)},
        ),
        ({"checks": ()}, {}),
        (
            {"findings": (finding(severity="P0", disposition="false-positive"),)},
            {"findings": (finding(severity="P0", disposition="false-positive", mark="src/find.py:1"),)},
        ),
        (
            {"findings": (finding(disposition="false-positive", ruled_by="ada", mark=" "),)},
            {"findings": (finding(disposition="false-positive", ruled_by="ada", mark="src/find.py:1"),)},
        ),
        ({"findings": (finding(),)}, MENDED | {"findings": (finding(),)}),
        (MENDED | {"findings": (finding(round=2),)}, MENDED | {"findings": (finding(lens="person"),)}),
        (
            {"findings": (finding(severity="P2"),)},
            {
                "findings": (finding(severity="P2"),),
                "work": (*WORK, work("1/review.2/correctness", Role.REVIEWER, "c8")),
            },
        ),
        (
            MENDED | {"findings": (finding(), finding(disposition="open", severity="P2"))},
            MENDED | {"findings": (finding(), finding(id="F-2", disposition="open", severity="P2"))},
        ),
        (
            {"accepted": Accepted(by="\u200b\u3164", how="person")},
            {"accepted": Accepted(by="\u0905", how="person")},
        ),
        ({"accepted": POLICY}, {"accepted": POLICY, "evidence": evidence("tests")}),
        (
            {"accepted": POLICY, "evidence": evidence()},
            {"accepted": Accepted(by="ada", how="person"), "evidence": evidence()},
        ),
        (
            {"accepted": POLICY, "evidence": evidence("tests")[:1]},
            {"accepted": POLICY, "evidence": evidence("lint", "tests"), "checks": BOTH},
        ),
        (
            {"accepted": POLICY, "evidence": evidence("lint"), "checks": BOTH[1:]},
            {"accepted": POLICY, "evidence": evidence("tests"), "checks": BOTH},
        ),
    ],
)
def test_a_record_that_tells_of_no_review(repo: Repo, wrong: dict[str, object], right: dict[str, object]) -> None:
    reviewed(repo, FIND, CODE, **wrong)  # type: ignore[arg-type]
    refuses(repo.gate(), "G08")
    repo.branch("work")
    reviewed(repo, FIND, CODE, **right)  # type: ignore[arg-type]
    passes(repo.gate())


def test_signs_that_are_not_seen() -> None:
    assert sign(" A\u00adB\u200b\u3164\ufe0f\tc\u2800 ") == sign("abC") == "abc"
    assert sign("a") != sign("b")


def test_two_landings_of_a_story_in_one_range_are_told(repo: Repo) -> None:
    """As `bmad/next` brings them where the first one was rejected: each has a review of its own."""
    reviewed(repo, FIND, CODE)
    reviewed(repo, FIND, {"src/find.py": "2\n"}, number=2)
    for _ in range(2):
        report = repo.gate()
        passes(report)
        assert any(f"{FIND} lands 2 times" in note for note in report.notes)
        squash(repo, "work")
    repo.branch("work")
    reviewed(repo, FIND, CODE)
    assert not any("lands 2 times" in note for note in repo.gate().notes)


def test_the_second_landing_of_a_range_has_a_review_too(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    reviewed(repo, FIND, {"src/find.py": "2\n"}, number=2, converged=False)
    refuses(repo.gate(), "G08")


@pytest.mark.parametrize(
    ("name", "landing", "path"),
    [
        ("STORY-1", 1, "STORY-1"),
        ("STORY-1", 2, "STORY-1.2"),
        ("STORY-1.2", 1, "STORY-1.2.1"),
        ("STORY-1.2", 2, "STORY-1.2.2"),
        ("STORY-1.2.1", 1, "STORY-1.2.1.1"),
        ("STORY-1.02", 10, "STORY-1.02.10"),
        ("STORY-a.", 2, "STORY-a..2"),
        ("STORY-v1.x", 1, "STORY-v1.x"),
    ],
)
def test_each_landing_has_one_name(name: str, landing: int, path: str) -> None:
    assert record_path(name, landing) == f"stories/records/{path}.json"
    assert record_name(record_path(name, landing)) == (name, landing)


@pytest.mark.parametrize("path", ["STORY-a.1", "STORY-1.2.01", "STORY-1.0", "STORY-1.2.0", "STORY-1.9999999"])
def test_a_number_that_bmad_writes_otherwise(path: str) -> None:
    name = record_name(f"stories/records/{path}.json")
    assert name is not None
    assert name.number == 0


def test_a_story_whose_id_ends_in_a_number(repo: Repo) -> None:
    name = "STORY-1.2"
    where = f"stories/{name}-rename.md"
    text = MINTED.replace("STORY-new001", name).format(territory="- Territory: `src/**`\n")
    files = {**SMALL, where: text}
    repo.commit("main", "Plan\n", {where: text, "specs/trace.lock": lock_for(files)})
    repo.branch("work")
    base = repo.tip("work")
    head = repo.commit("work", story(name), CODE)
    made = record(repo, name, base, head, spec=spec_of(name, files))
    add(repo, "work", made, f"stories/records/{name}.json")
    report = repo.gate()
    refuses(report, "G14", "G15")
    assert any(record_path(name, 1) in one.fix for one in report.findings)
    repo.branch("work", head)
    add(repo, "work", made, record_path(name, 1))
    passes(repo.gate())
    squash(repo, "work")
    passes(repo.gate())


@pytest.mark.parametrize("of", ["{head}^{{tree}}", "{head}:src/find.py"])
@pytest.mark.parametrize("end", ["base", "head"])
def test_base_and_head_are_commits(repo: Repo, of: str, end: str) -> None:
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    honest = record(repo, FIND, base, head)
    add(repo, "work", honest.model_copy(update={end: repo.tip(of.format(head=head))}))
    report = repo.gate()
    refuses(report, "G14")
    assert f"its {end} is no commit" in report.findings[0].message
    repo.branch("work", head)
    add(repo, "work", honest.model_copy(update={end: "1" * 40}))
    passes(repo.gate())


def test_ids_of_another_kind_of_repository(repo: Repo) -> None:
    reviewed(repo, FIND, CODE, head="a" * 64)
    refuses(repo.gate(), "G14")
    repo.branch("work")
    reviewed(repo, FIND, CODE, head="a" * 40)
    passes(repo.gate())


def test_77_criteria_that_the_range_itself_changes(repo: Repo) -> None:
    change = respecified({FIND_AT: ("the exit code is 0", "the exit code is 1")})
    spec = spec_of(FIND, {**SMALL, FIND_AT: str(change[FIND_AT])})
    repo.commit("work", "Change\n", change)
    reviewed(repo, FIND, CODE, spec=spec)
    for _ in range(2):
        report = repo.gate()
        refuses(report, "G08")
        assert any("land the changed criteria first" in one.fix for one in report.findings)
        squash(repo, "work")
    repo.commit("main", "Change\n", change)
    repo.branch("work")
    reviewed(repo, FIND, CODE, spec=spec)
    passes(repo.gate())


def test_words_of_the_story_that_are_no_criteria(repo: Repo) -> None:
    old = next(line for line in SMALL[FIND_AT].splitlines() if line.startswith("As a "))
    change = respecified({FIND_AT: (old, f"{old.removesuffix('.')} again.")})
    spec = spec_of(FIND, {**SMALL, FIND_AT: str(change[FIND_AT])})
    assert spec != spec_of(FIND)
    repo.commit("work", "Change\n", change)
    reviewed(repo, FIND, CODE, spec=spec)
    passes(repo.gate())


def test_criteria_of_a_story_minted_in_the_range(repo: Repo) -> None:
    name = "STORY-new001"
    where = "stories/STORY-new001-rename.md"
    repo.commit("work", "Plan\n", minted())
    again = {where: str(minted()[where]).replace("exactly 1 file", "exactly one file")}
    files = {**SMALL, where: again[where]}
    repo.commit("work", "Reword\n", {**again, "specs/trace.lock": lock_for(files)})
    reviewed(repo, name, {"src/rename.py": "1\n"}, spec=spec_of(name, files))
    passes(repo.gate())


def test_a_remote_whose_name_has_a_slash(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    for remote in ("origin", "my/fork"):
        repo.git("update-ref", f"refs/remotes/{remote}/main", repo.tip("main"))
        repo.git("update-ref", f"refs/remotes/{remote}/other", repo.tip("main"))
        refuses(repo.gate(base=f"refs/remotes/{remote}/other"), "G14")
    passes(repo.gate(base="refs/remotes/origin/main"))
    report = repo.gate(base="refs/remotes/my/fork/main")
    passes(report)
    assert any("read as the branch main" in note for note in report.notes)


def test_a_backport_is_told_what_to_do(repo: Repo) -> None:
    repo.branch("release/1.0")
    reviewed(repo, FIND, CODE)
    report = repo.gate(base="release/1.0")
    refuses(report, "G14")
    assert any("act.target" in one.fix for one in report.findings)
    repo.branch("work")
    reviewed(repo, FIND, CODE, target="refs/heads/release/1.0")
    passes(repo.gate(base="release/1.0"))


def test_a_tree_with_a_mode_of_old(repo: Repo) -> None:
    """Old gits wrote 100664, which all read as 100644."""
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    blob = repo.tip(f"{head}:src/find.py")
    listed = repo.git("cat-file", "tree", f"{head}:src")
    assert "100644 find.py" in listed
    raw = listed.encode("utf-8", "surrogateescape").replace(b"100644 find.py", b"100664 find.py")
    folder = repo.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=raw)
    root = repo.git("ls-tree", head).replace(repo.tip(f"{head}:src"), folder)
    made = repo.git(
        "commit-tree", repo.git("mktree", stdin=f"{root}\n".encode()), "-p", base, stdin=story(FIND).encode()
    )
    repo.git("update-ref", "refs/heads/work", made)
    with open_history(repo.root, {}).read() as objects:
        assert objects.files(repo.tip("work^{tree}"), [b"src"])[b"src/find.py"] == ("100644", blob)
    add(repo, "work", record(repo, FIND, base, made))
    passes(repo.gate())
