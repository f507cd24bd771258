"""Records held against what reviewers were shown and said, and against the policy of the base."""

from collections.abc import Callable

import pytest

from bmad.core.act.diffs import hunks_hash
from bmad.core.gate.shown import Difference
from bmad.core.records.change import entries_hash
from bmad.model.agents import Role
from bmad.model.record import Accepted, CheckRun, Evidence, Grant, Record, RecordedClaim, Shown, ShownPart, Work
from tests.gate.records import (
    CODE,
    DEV,
    MENDED,
    REVIEW,
    REVIEWED,
    WORK,
    add,
    at,
    part_of,
    record,
    reviewed,
    shown,
    spec_of,
    squash,
    text_of,
    work,
)
from tests.gate.repo import FIND, MAPPED, STORE, Content, Repo, codes, passes, refuses, story
from tests.layout import LOCK
from tests.specs import SMALL, lock_for

POLICY = """version: 1
verify: [{name: tests, run: [pytest]}, {name: lint, run: [ruff]}]
act: {accept: story, lenses: [correctness, security], rounds: 1}
gate: {level: reviewed, since: root, repository: notes}
"""


@pytest.fixture(autouse=True)
def _policy(repo: Repo) -> None:
    repo.base = repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")


def with_shown(repo: Repo, change: Callable[[tuple[Shown, ...]], object], **other: object) -> None:
    """A record whose reviews showed something else."""
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    made = record(repo, FIND, base, head, **other)
    add(repo, "work", made.model_copy(update={"shown": change(made.shown)}))


def one(**fields: object) -> Callable[[tuple[Shown, ...]], object]:
    return lambda shown: tuple(each.model_copy(update=fields) for each in shown)


PARTS = (ShownPart(hash="a" * 64, bytes=3), ShownPart(hash="b" * 64, bytes=4))
HALF = (PARTS[0], PARTS[1].model_copy(update={"shown": False}))


@pytest.mark.parametrize(
    "change",
    [
        one(parts=PARTS),
        one(parts=()),
        one(bytes=9),
        one(whole="e" * 64),
        one(change="f" * 64),
        one(paths=()),
        one(paths=("src/else.py",)),
        one(after="f" * 64),
        one(lenses=("security",)),
        one(unshown=("U-nothing0",)),
        one(parts=HALF),
        lambda _: (),
    ],
)
def test_c_what_was_not_shown_was_not_reviewed(repo: Repo, change: Callable[[tuple[Shown, ...]], object]) -> None:
    with_shown(repo, change)
    assert "G08" in codes(repo.gate())
    assert codes(repo.gate()) <= {"G08", "G14"}
    repo.branch("work")
    with_shown(repo, one())
    passes(repo.gate())


def test_c_parts_that_somebody_saw_are_the_whole(repo: Repo) -> None:
    in_parts(repo, cut=40)
    passes(repo.gate())
    repo.branch("work")
    in_parts(repo, cut=40, seen=1)
    refuses(repo.gate(), "G08")


def in_parts(repo: Repo, *, cut: int, seen: int = 2, change: Callable[[bytes], bytes] = bytes) -> None:
    """A record whose reviewer saw so many of the two parts that its difference, `change`d, is cut into."""
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    text = change(text_of(repo, base, head))
    parts = part_of(text[:cut]), part_of(text[cut:])
    halves = tuple(
        REVIEW.model_copy(update={"step": f"{REVIEW.step}/{number}", "part": part.hash, "context": f"p{number}"})
        for number, part in enumerate(parts, 1)
    )
    made = record(repo, FIND, base, head, work=(DEV, *halves[:seen]))
    [told] = shown(made.model_copy(update={"work": (DEV, halves[0])}), repo)
    whole = part_of(text)
    more = {
        "whole": whole.hash,
        "bytes": whole.bytes,
        "parts": parts,
        "step": "1/review",
        "lenses": ("correctness",),
    }
    add(repo, "work", made.model_copy(update={"shown": (told.model_copy(update=more),)}))


@pytest.mark.parametrize("change", [lambda text: text + b"+more\n", lambda text: text.replace(b"find", b"FIND")])
def test_c_what_was_shown_is_what_its_ends_differ_in(repo: Repo, change: Callable[[bytes], bytes]) -> None:
    """All of it is consistent in itself: only who computes it again sees that another difference was shown."""
    in_parts(repo, cut=40, change=change)
    report = repo.gate()
    refuses(report, "G14")
    assert "showed is not how its ends differ" in report.every_finding[0].message


def between(repo: Repo, base: str, head: str, *, of: str, **fields: object) -> None:
    """A record of what `of` makes of the branch, whose reviewer was shown in truth how two commits differ."""
    made = record(repo, FIND, "work", of)
    part = part_of(text_of(repo, base, head))
    ends = {
        "base": repo.tip(base),
        "head": repo.tip(head),
        "whole": part.hash,
        "bytes": part.bytes,
        "parts": (part,),
    }
    told = tuple(one.model_copy(update={**ends, **fields}) for one in made.shown)
    works = tuple(one.model_copy(update={"part": part.hash}) if one.part else one for one in made.work)
    repo.git("update-ref", "refs/heads/work", of)
    add(repo, "work", made.model_copy(update={"shown": told, "work": works}))


def test_c_what_was_shown_is_of_what_lands(repo: Repo) -> None:
    """What its ends differ in is told truly: only they are not the ends of the change."""
    start = repo.tip("work")
    other = repo.commit("side", story(FIND), {"src/other.py": "OTHER = 2\n"}, onto=start)
    mild = repo.commit("mild", story(FIND), {"src/find.py": "def find():\n    return [2]\n"}, onto=start)
    head = repo.commit("head", story(FIND), CODE, onto=start)
    for base, end, change in (
        (head, head, None),
        (start, other, None),
        (start, mild, None),
        (mild, head, None),
        (mild, mild, "f" * 64),
    ):
        repo.git("update-ref", "refs/heads/work", start)
        between(repo, base, end, of=head, **({"change": change} if change else {}))
        refuses(repo.gate(), "G14")
        assert "between commits that differ otherwise" in repo.gate().every_finding[0].message
    repo.git("update-ref", "refs/heads/work", start)
    between(repo, start, head, of=head)
    passes(repo.gate())


def test_c_parts_are_cut_out_of_the_difference_itself(repo: Repo) -> None:
    text = b"diff --git a/x b/x\n+1\n"
    parts = part_of(text[:5]), part_of(text[5:])
    base = repo.tip("work")
    [told] = shown(record(repo, FIND, base, repo.commit("work", story(FIND), CODE)), repo)
    whole = {"whole": part_of(text).hash, "bytes": len(text)}
    difference = Difference(text)
    right = told.model_copy(update={**whole, "parts": parts})
    assert (difference.costs(right), difference.is_shown_by(right), difference.costs(right)) == (
        len(text),
        True,
        0,
    )
    assert not difference.is_shown_by(told.model_copy(update={**whole, "parts": parts[::-1]}))
    assert not difference.is_shown_by(told.model_copy(update={**whole, "parts": parts[:1]}))
    assert not Difference(text + b"+2\n").is_shown_by(right)


def test_c_a_fix_alone_counts_only_after_a_review_of_the_whole(repo: Repo) -> None:
    early = "c" * 64

    def chained(after: str, begin: str = "1" * 40) -> Callable[[tuple[Shown, ...]], object]:
        return lambda shown: (
            shown[0].model_copy(update={"change": early, "head": "1" * 40}),
            shown[1].model_copy(update={"after": after, "paths": (), "base": begin}),
        )

    for link in (chained("d" * 64), chained(early, "2" * 40)):
        with_shown(repo, link, **MENDED)
        refuses(repo.gate(), "G08")
        repo.branch("work")
    with_shown(repo, chained(early), **MENDED)
    passes(repo.gate())
    assert any("their records' word was taken" in note for note in repo.gate().notes)


LINES = [f"line {number}\n" for number in range(60)]


def lines(**changed: str) -> dict[str, Content]:
    """The file, with lines of some numbers (`at5`) replaced."""
    new = {int(name[2:]): text + "\n" for name, text in changed.items()}
    return {"src/find.py": "".join(new.get(at, line) for at, line in enumerate(LINES))}


def carried(repo: Repo, reviewed_as: dict[str, Content], *, base: str = "", **fields: object) -> None:
    """A record of line 50 changed, reviewed before the base's line 2 was: there it read as given."""
    first = repo.commit("main", "First\n", lines(), onto=repo.base)
    early = repo.commit("early", story(FIND), reviewed_as, onto=first)
    later = repo.commit("main", "Later\n", lines(at2="two"), onto=first)
    head = repo.commit("work", story(FIND), lines(at2="two", at50="new"), onto=later)
    hunks = hunks_hash(text_of(repo, later, head).decode(), "")
    made = record(repo, FIND, later, head, hunks=hunks)
    part = part_of(text_of(repo, first, early))
    there = {"base": base or first, "head": early, "whole": part.hash, "bytes": part.bytes, "parts": (part,)}
    change = entries_hash(record(repo, FIND, first, early).change)
    told = tuple(one.model_copy(update={**there, "change": change, **fields}) for one in made.shown)
    works = tuple(one.model_copy(update={"part": part.hash}) if one.part else one for one in made.work)
    add(repo, "work", made.model_copy(update={"shown": told, "work": works}))


def test_c_a_later_base_is_said_where_the_change_reads_the_same(repo: Repo) -> None:
    carried(repo, lines(at50="new"))
    passes(repo.gate())
    assert any("reviewed on an earlier base" in note for note in repo.gate().notes)
    assert not any("word was taken" in note for note in repo.gate().notes)
    carried(repo, lines(at50="new"), base="1" * 40)
    passes(repo.gate())
    assert any("word was taken" in note for note in repo.gate().notes)
    carried(repo, lines(at50="new"), hunks="other")
    refuses(repo.gate(), "G08")


@pytest.mark.parametrize("base", ["", "1" * 40])
def test_c_what_was_reviewed_on_another_base_is_read_again(repo: Repo, base: str) -> None:
    """The record says of a mild change that it reads as what lands."""
    carried(repo, lines(at50="mild"), base=base)
    if base:
        assert any("word was taken" in note for note in repo.gate().notes)
    else:
        refuses(repo.gate(), "G14")
    carried(repo, lines(at50="new"), base=base)
    passes(repo.gate())


def test_c_the_hash_of_how_it_reads_is_read_again(repo: Repo) -> None:
    carried(repo, lines(at50="new"), hunks="h")
    made = repo.git("show", f"work:{at(FIND)}").replace(hunks_of(repo), "h")
    repo.commit("work", story(FIND), {at(FIND): made + "\n"}, onto=repo.tip("work~1"))
    refuses(repo.gate(), "G14")


def hunks_of(repo: Repo) -> str:
    return hunks_hash(text_of(repo, "work~2", "work~1").decode(), "")


def fixed(repo: Repo, start: str, early: str, head: str, *, begin: str = "", ended: str = "") -> None:
    """A record of a change whose reviewers saw it in two parts, each told truly."""
    made = record(repo, FIND, start, head, **MENDED)
    first = entries_hash(record(repo, FIND, start, early).change)
    ends = (begin or start, early), (ended or early, head)
    parts = [part_of(text_of(repo, *pair)) for pair in ends]
    one, two = (
        each.model_copy(
            update={"base": pair[0], "head": pair[1], "whole": part.hash, "bytes": part.bytes, "parts": (part,)}
        )
        for each, pair, part in zip(made.shown, ends, parts, strict=True)
    )
    one, two = one.model_copy(update={"change": first}), two.model_copy(update={"after": first})
    hashes = {"1/review/correctness": parts[0].hash, "2/review/correctness": parts[1].hash}
    works = tuple(each.model_copy(update={"part": hashes.get(each.step, "")}) for each in made.work)
    repo.git("update-ref", "refs/heads/work", head)
    add(repo, "work", made.model_copy(update={"shown": (one, two), "work": works}))


def test_c_reviews_of_fixes_begin_where_the_one_before_ended_and_the_first_where_the_change_does(
    repo: Repo,
) -> None:
    """Else what lies between was never shown: what a branch held before, or what a commit brought beside a fix."""
    start = repo.commit("main", "First\n", lines(), onto=repo.base)
    hidden = repo.commit("hidden", story(FIND), lines(at5="bad"), onto=start)
    early = repo.commit("early", story(FIND), lines(at5="bad", at20="good"), onto=hidden)
    head = repo.commit("head", story(FIND), lines(at5="bad", at20="better"), onto=early)
    fixed(repo, start, early, head, begin=hidden)
    refuses(repo.gate(), "G14")
    fixed(repo, start, hidden, head, ended=early)
    refuses(repo.gate(), "G08")
    fixed(repo, start, early, head)
    passes(repo.gate())


def said(**fields: object) -> RecordedClaim:
    words = {"id": "C-aaaaaaaa", "kind": "claim", "round": 1, "severity": "P0", "lens": "correctness", "line": 3}
    more = {"path": "src/find.py", "claim": "It leaks.", "why": "nowhere", "disposition": "kept"}
    return RecordedClaim.model_validate(words | more | fields)


RULED = {"disposition": "dismissed", "ruled_by": "Ada <ada@x>", "ruling": "It does not."}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (said(), said(severity="P2")),
        (said(severity="P1"), said(**RULED)),
        (said(**{**RULED, "ruled_by": " "}), said(disposition="fixed")),
        (said(**{**RULED, "ruling": ""}), said(**RULED)),
        (said(disposition="withdrawn"), said(disposition="withdrawn", ruling="I misread.")),
        (said(severity="P2", claim="\u200b"), said(severity="P2")),
    ],
)
def test_c_a_grave_claim_that_has_no_place_needs_a_word(
    repo: Repo, wrong: RecordedClaim, right: RecordedClaim
) -> None:
    reviewed(repo, FIND, CODE, claims=(wrong,), dropped=1)
    refuses(repo.gate(), "G08")
    repo.branch("work")
    reviewed(repo, FIND, CODE, claims=(right,), dropped=1)
    passes(repo.gate())


def test_c_claims_are_not_counted_without_their_words(repo: Repo) -> None:
    reviewed(repo, FIND, CODE, dropped=1)
    refuses(repo.gate(), "G08")


def test_c_what_nobody_was_shown_needs_a_persons_word(repo: Repo) -> None:
    unseen = one(parts=HALF, bytes=7, unshown=("U-aaaaaaaa",), paths=(), head="4" * 40)
    halves = (REVIEW.model_copy(update={"part": PARTS[0].hash}),)
    looked = said(id="U-aaaaaaaa", kind="unshown", **RULED)
    with_shown(repo, lambda shown: unseen(shown[:1]), work=(DEV, *halves), claims=(looked,))
    passes(repo.gate())
    repo.branch("work")
    kept = looked.model_copy(update={"disposition": "kept"})
    with_shown(repo, lambda shown: unseen(shown[:1]), work=(DEV, *halves), claims=(kept,))
    refuses(repo.gate(), "G08")


def asked(repo: Repo) -> None:
    repo.base = repo.commit("main", "Ask for more\n\nPolicy: more\n", {"bmad.yaml": POLICY})
    repo.branch("work")


def ran(*names: str, **fields: object) -> tuple[CheckRun, ...]:
    values = {"round": 1, "ok": True, "exit": 0} | fields
    return tuple(CheckRun.model_validate({"name": name} | values) for name in names)


SECURE = work("1/review/security", Role.REVIEWER, "c9")
FULL: dict[str, object] = {"work": (DEV, REVIEW, SECURE), "checks": ran("tests", "lint")}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"work": (DEV, REVIEW)}, "G08"),
        ({"checks": ran("tests")}, "G08"),
        ({"checks": ran("anything")}, "G08"),
        ({"checks": ran("tests", "lint", exit=None)}, "G08"),
        ({"accepted": Accepted(by="act.accept", how="policy")}, "G08"),
        ({"rounds": 2}, "G08"),
        ({"repository": "another/project"}, "G14"),
    ],
)
def test_c_a_record_is_held_against_the_bases_policy(repo: Repo, wrong: dict[str, object], code: str) -> None:
    asked(repo)
    reviewed(repo, FIND, CODE, **{**FULL, **wrong})  # type: ignore[arg-type]
    refuses(repo.gate(), code)
    assert all(one.fix for one in repo.gate().findings)
    repo.branch("work")
    reviewed(repo, FIND, CODE, **FULL)  # type: ignore[arg-type]
    passes(repo.gate())


def test_c_rounds_beyond_the_policy_are_granted_by_a_person(repo: Repo) -> None:
    asked(repo)
    granted = {"rounds": 2, "granted": (Grant(by="Ada <ada@x>", rounds=1, why="person"),)}
    reviewed(repo, FIND, CODE, **{**FULL, **granted})  # type: ignore[arg-type]
    passes(repo.gate())


@pytest.mark.parametrize("orphan", ["both", "base", "head"])
def test_c_base_and_head_are_of_this_history(repo: Repo, orphan: str) -> None:
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    alone = {name: repo.git("commit-tree", repo.tip(f"{name}^{{tree}}"), stdin=b"x\n") for name in (base, head)}
    ends = {
        "both": {"base": alone[base], "head": alone[head]},
        "base": {"base": alone[base]},
        "head": {"head": alone[head]},
    }
    made: Record = record(repo, FIND, base, head, **ends[orphan])
    add(repo, "work", made)
    refuses(repo.gate(), "G14")
    repo.git("update-ref", "refs/heads/work", head)
    add(repo, "work", record(repo, FIND, base, head))
    passes(repo.gate())
    squash(repo, "work")
    passes(repo.gate())


def test_c_commits_that_are_not_at_hand_are_said(repo: Repo) -> None:
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), CODE)
    made = record(repo, FIND, base, head)
    assert made.shown[0].change == entries_hash(made.change)
    assert made.shown[0].whole == part_of(text_of(repo, base, head)).hash
    add(repo, "work", made.model_copy(update={"base": "3" * 40, "head": "4" * 40}), at(FIND))
    passes(repo.gate())
    assert any("not at hand" in note for note in repo.gate().notes)


def test_c_configuration_that_agents_share_is_said(repo: Repo) -> None:
    shared = REVIEW.model_copy(update={"shared": True})
    reviewed(repo, FIND, CODE, work=(DEV, shared))
    passes(repo.gate())
    assert any("configuration that others could write" in note for note in repo.gate().notes)
    assert repo.gate().shared == (FIND,)
    repo.branch("work")
    reviewed(repo, FIND, CODE, work=(DEV, REVIEW))
    assert not any("configuration" in note for note in repo.gate().notes)
    assert repo.gate().shared == ()


def test_c_a_check_that_came_since_may_have_run_for_work_built_on_it(repo: Repo) -> None:
    asked(repo)
    old = {**FULL, "checks": ran("tests")}
    reviewed(repo, FIND, CODE, **old)  # type: ignore[arg-type]
    refuses(repo.gate(), "G08")
    reviewed(repo, STORE, {"src/store.py": "def store():\n    return 99\n"}, **FULL)  # type: ignore[arg-type]
    passes(repo.gate())
    repo.branch("work")
    reviewed(repo, STORE, {"src/store.py": "def store():\n    return 99\n"}, **FULL)  # type: ignore[arg-type]
    reviewed(repo, FIND, CODE, **old)  # type: ignore[arg-type]
    refuses(repo.gate(), "G08")


@pytest.mark.parametrize(
    ("end", "words"), [({"exit": -9}, "SIGKILL"), ({"exit": 1}, "1"), ({"fault": "timeout"}, "timeout")]
)
def test_c_what_died_counts_for_no_review(repo: Repo, end: dict[str, object], words: str) -> None:
    dead = Work.model_validate({**REVIEW.model_dump(), **end})
    reviewed(repo, FIND, CODE, work=(*WORK[:2], dead))
    report = repo.gate("work")
    refuses(report, "G08")
    told = " ".join(each.message for each in report.every_finding)
    assert "counts though it" in told
    assert words in told


def test_c_twin_a_call_that_died_on_the_way_is_told_and_refuses_nothing(repo: Repo) -> None:
    ended = REVIEW.model_copy(update={"exit": 0})
    dead = Work.model_validate({**REVIEW.model_dump(), "exit": -9, "fault": "unfinished"})
    reviewed(repo, FIND, CODE, work=(*WORK[:2], ended), lost=(dead,))
    passes(repo.gate("work"))


def test_c_a_base_without_verify_is_told_where_reviews_are_asked_for(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    report = repo.gate("work")
    passes(report)
    assert any("names no `verify` command" in note for note in report.notes)


def test_c_twin_a_base_with_verify_needs_no_word(repo: Repo) -> None:
    with_verify = REVIEWED.replace("gate:", "verify: [{name: tests, run: [pytest]}]\ngate:")
    repo.commit("main", "Check\n\nPolicy: checks\n", {"bmad.yaml": with_verify})
    repo.branch("checked")
    reviewed(repo, FIND, CODE, branch="checked")
    report = repo.gate("checked", base="main")
    passes(report)
    assert not any("verify" in note for note in report.notes)


def test_c_a_review_counts_for_one_landing(repo: Repo) -> None:
    """The landing was taken back; its record comes again under the next number, or is made anew."""
    made = reviewed(repo, FIND, CODE)
    repo.branch("main", "work")
    back: dict[str, Content] = {"src/find.py": MAPPED["src/find.py"], at(FIND): None}
    repo.commit("main", "Revert\n\nReverts owner/repo#1\n", back)
    repo.branch("work")
    repo.commit("work", story(FIND), CODE)
    head = repo.tip("work")
    other = record(repo, FIND, "main", head, landing=2)
    figures = tuple(each.model_copy(update={"seconds": 7.0, "session": "s"}) for each in made.work)
    told = [
        made.model_copy(update={"landing": 2}),
        made.model_copy(update={"landing": 2, "work": figures}),
        other.model_copy(update={"work": figures, "shown": made.shown}),
        other.model_copy(update={"base": made.base, "head": made.head, "shown": made.shown}),
    ]
    for each in told:
        repo.git("update-ref", "refs/heads/work", head)
        add(repo, "work", each)
        refuses(repo.gate(), "G14")
    repo.branch("work")
    reviewed(repo, FIND, CODE, number=2)
    passes(repo.gate())


@pytest.mark.parametrize("fields", [{"base": "x" * 10}, {"head": "\u200b"}, {"base": "main"}, {"head": "1" * 39}])
def test_c_the_ends_of_what_was_shown_are_ids(repo: Repo, fields: dict[str, object]) -> None:
    with_shown(repo, one(**fields))
    refuses(repo.gate(), "G14")
    repo.branch("work", "main")
    with_shown(repo, one(base="1" * 40, head="2" * 40))
    passes(repo.gate())


@pytest.mark.parametrize("context", ["", " ", "\u200b"])
def test_c_work_in_no_context_is_in_no_other_than_its_review(repo: Repo, context: str) -> None:
    reviewed(repo, FIND, CODE, work=(DEV.model_copy(update={"context": context}), REVIEW))
    refuses(repo.gate(), "G08")
    repo.branch("work", "main")
    reviewed(repo, FIND, CODE, work=(DEV, REVIEW))
    passes(repo.gate())


def test_c_what_a_person_has_to_look_at_and_policy_accepted_is_said(repo: Repo) -> None:
    prd = SMALL["specs/prd.md"].replace("- Verify: test", "- Verify: inspection", 1)
    files = {**SMALL, "specs/prd.md": prd}
    repo.commit("main", "Look at it\n", {"specs/prd.md": prd, LOCK: lock_for(files)})
    for number, how, told in ((1, "policy", True), (1, "person", False)):
        repo.branch("work")
        evidence = tuple(Evidence(criterion=f"{FIND}/AC-{at}", checks=("tests",)) for at in (1, 2))
        accepted = Accepted.model_validate({"by": "act.accept", "how": how})
        spec = spec_of(FIND, files)
        reviewed(repo, FIND, CODE, number=number, accepted=accepted, evidence=evidence, spec=spec)
        report = repo.gate()
        passes(report)
        assert (
            any("no person is named who looked at FR-find01 (inspection)" in one for one in report.notes) is told
        )
