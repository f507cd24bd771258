"""Audits (`--since`): the audited line is the line that was there, each step by the policy of its own base."""

import random
from itertools import pairwise
from pathlib import Path

import pytest

from bmad.model.settings import Level
from tests.gate.records import REVIEWED, add, record
from tests.gate.repo import FIND, MAPPED, POLICY, STORE, Content, Repo, codes, kinds, passes, refuses, story

CODE: dict[str, Content] = {"src/find.py": "def find():\n    return [1]\n"}
EVIL: dict[str, Content] = {"src/evil.py": "import os\n"}
TRACED = "version: 1\ngate: {level: traced, since: root}\n"


def test_a_foxtrot_merge_hides_no_branch_from_before_the_adoption(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "old.git", {"src/find.py": "x\n"})
    old = repo.tip("main")
    adopted = {**MAPPED, "src/find.py": "x\n", "bmad.yaml": f"version: 1\ngate: {{since: {old}}}\n"}
    spec = {path: text for path, text in adopted.items() if not path.startswith(("src/", "README"))}
    repo.commit("main", "Adopt\n", spec)
    before = repo.commit("main", story(FIND), CODE)
    repo.commit("evil", "Nothing to see\n", {**EVIL, **CODE}, onto=old)
    repo.merge("evil", "main")
    refuses(repo.gate("evil", since=before), "G12")
    refuses(repo.gate("evil", since="root"), "G12")
    passes(repo.gate("main", since=old))
    passes(repo.gate("main", since="root"))


def test_a_foxtrot_merge_hides_no_branch_from_under_a_weaker_policy(repo: Repo) -> None:
    weak = repo.commit("main", "P\n\nPolicy: calm down\n", {"bmad.yaml": TRACED})
    before = repo.commit("main", "P\n\nPolicy: scoped\n", {"bmad.yaml": POLICY})
    repo.branch("work")
    repo.commit("evil", story(FIND), {"src/other.py": "out of scope\n"}, onto=weak)
    repo.merge("evil", "main")
    refuses(repo.gate("evil", since=before), "G12")
    repo.commit("work", story(FIND), CODE)
    repo.merge("main", "work")
    passes(repo.gate("main", since=before))


def test_a_rewritten_or_rewound_line_is_not_audited(repo: Repo) -> None:
    before = repo.commit("main", story(FIND), CODE)
    repo.commit("rewritten", story(FIND, title="Other work"), {"src/find.py": "2\n"}, onto=repo.base)
    refuses(repo.gate("rewritten", since=before), "G12")
    refuses(repo.gate(repo.base, since=before), "G12")
    passes(repo.gate(before, since=before))


def test_a_audit_takes_since_from_its_first_policy(repo: Repo) -> None:
    before = repo.tip("main")
    evil = repo.commit("main", "Untraced\n", EVIL)
    repo.commit("main", "P\n\nPolicy: tidy\n", {"bmad.yaml": POLICY.replace("root", evil)})
    repo.commit("main", "CI\n", {})
    for required in (False, True):
        report = repo.gate("main", since=before, require_policy=required)
        refuses(report, "G01")
        assert kinds(report) == ["untraced", "policy", "empty"]


def test_a_since_that_moves_on_hides_no_branch_either(repo: Repo) -> None:
    before = repo.tip("main")
    evil = repo.commit("evil", "Untraced\n", EVIL, onto=before)
    repo.commit("main", "P\n\nPolicy: tidy\n", {"bmad.yaml": POLICY.replace("root", evil)})
    repo.merge("main", "evil")
    assert "G01" in codes(repo.gate("main", since=before))


def test_a_since_that_moves_back_counts_where_it_stands(repo: Repo) -> None:
    old = repo.commit("main", "Untraced\n", EVIL)
    repo.commit("main", "P\n\nPolicy: from here on\n", {"bmad.yaml": POLICY.replace("root", old)})
    start = repo.tip("main")
    repo.commit("main", "P\n\nPolicy: judge everything\n", {"bmad.yaml": POLICY})
    repo.commit("main", story(FIND), CODE)
    passes(repo.gate("main", since=start))


def test_a_headline_is_the_least_of_the_steps(repo: Repo) -> None:
    before = repo.tip("main")
    repo.commit("main", story(FIND), CODE)
    lowered = repo.commit("main", "P\n\nPolicy: calm down\n", {"bmad.yaml": TRACED})
    repo.commit("main", story(FIND), {"src/other.py": "x\n"})
    raised = repo.commit("main", "P\n\nPolicy: scoped\n", {"bmad.yaml": POLICY})
    repo.commit("main", story(FIND), {"src/find.py": "2\n"})
    report = repo.gate("main", since=before)
    passes(report)
    assert report.level is Level.TRACED
    (note,) = [one for one in report.notes if "least step" in one]
    assert raised[:12] in note
    assert lowered[:12] not in note, "that one was judged by the policy before it"
    honest = repo.gate("main", since=raised)
    assert (honest.level, honest.notes) == (Level.SCOPED, ())


def test_a_adoption_is_no_level(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "new.git", {})
    repo.commit("main", "Adopt\n", {"bmad.yaml": POLICY})
    assert repo.gate("main", since="root", level=Level.REVIEWED).level is None


def test_a_revert_takes_back_nothing_that_comes_later(repo: Repo) -> None:
    """A side branch did the inverse; its commit stands in the audited history, and not below the revert."""
    before = repo.tip("main")
    target = repo.commit("side", story(FIND), {"src/find.py": "2\n"}, onto=before)
    inner = repo.commit("inner", story(FIND), {"src/find.py": "3\n"}, onto=target)
    merged = repo.merge_as("side", inner, target, inner, "Merge\n")
    message = f'Revert "x"\n\nThis reverts commit {merged}, reversing\nchanges made to {target}.\n'
    repo.commit("main", "Set up the state\n\nStory: STORY-find01\n", {"src/find.py": "3\n"})
    step = repo.tip("main")
    repo.commit("main", message, {"src/find.py": "2\n"})
    reverted = repo.tip("main")
    repo.merge_as("main", "side", reverted, merged, story(FIND, title="Merge"))
    by_base = repo.gate(reverted, step)
    assert "G01" in codes(by_base), by_base
    assert "G01" in codes(repo.gate("main", since=before))


@pytest.mark.parametrize("seed", [1, 33, 57])  # the last two passed once
def test_a_audit_passes_no_step_that_its_base_refuses(tmp_path: Path, seed: int) -> None:
    repo, chance = Repo(tmp_path / "any.git"), random.Random(seed)  # noqa: S311 - a history, no secret
    start = repo.commit("main", story(FIND), CODE)
    tips = [start]
    for number in range(7):
        here, there = chance.choice(tips[-2:]), chance.choice(tips)
        untraced = chance.choice(tips)
        what = chance.randrange(5)
        if what == 0:
            policy = chance.choice((TRACED, POLICY, POLICY.replace("root", untraced)))
            tips.append(
                repo.commit("any", "P\n\nPolicy: any\n", {"bmad.yaml": f"{policy}# {number}\n"}, onto=here)
            )
        elif what == 1 and here != there:
            repo.git("update-ref", "refs/heads/any", here)
            repo.git("update-ref", "refs/heads/other", there)
            tips.append(repo.merge("any", "other"))
        else:
            path = chance.choice(("src/find.py", "src/other.py"))
            message = story(FIND) if chance.random() < 0.7 else "Untraced\n"
            tips.append(repo.commit("any", message, {path: f"{number}\n"}, onto=here))
    for head in tips[-3:]:
        line = repo.git("rev-list", "--first-parent", "--reverse", head).split()
        audit = repo.gate(head, since=start)
        if start not in line:
            refuses(audit, "G12")
            continue
        steps = [repo.gate(new, old).ok for old, new in pairwise(line[line.index(start) :])]
        assert audit.ok <= all(steps), (seed, head, kinds(audit))


def test_a_a_record_of_a_step_that_asks_for_no_review_is_held_against_nothing(repo: Repo) -> None:
    """Its ends are known from a later step that does ask, and nobody has looked at how they differ."""
    start = repo.tip("main")
    repo.branch("work")
    repo.commit("work", story(FIND), CODE)
    made = record(repo, FIND, start, "work")
    add(repo, "work", made.model_copy(update={"head": start}))
    repo.commit("work", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    passes(repo.gate("work", since=start))
    head = repo.commit("work", story(STORE), {"src/store.py": "2\n"})
    add(repo, "work", record(repo, STORE, start, head, head="2" * 40))
    assert "G15" in codes(repo.gate("work", since=start))
