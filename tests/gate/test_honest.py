"""The honest flows of the published suite: each must pass."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bmad.git.read.history import open_history
from bmad.model.settings import Level
from bmad.pipeline.gate.gate import GateRequest, gate
from bmad.store.formats import TextFormats
from tests.gate.repo import (
    FIND,
    FIND_AT,
    MAPPED,
    POLICY,
    STORE,
    At,
    Repo,
    kinds,
    minted,
    passes,
    refuses,
    respecified,
    story,
)
from tests.specs import SMALL, lock_for

CODE = {"src/find.py": "x = 1\n"}
SPEC = {path: text for path, text in MAPPED.items() if not path.startswith(("src/", "README"))}


def test_conflicted_revert_under_its_own_story(repo: Repo) -> None:
    made = repo.commit("main", story(FIND), CODE)
    repo.branch("work")
    message = f'Revert "Work"\n\nThis reverts commit {made}.\n\nOne line stays.\n\nStory: {FIND}\n'
    repo.commit("work", message, {"src/find.py": "x = 0\n"})
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["story"]


def test_backport_with_x(repo: Repo) -> None:
    made = repo.commit("main", story(FIND), CODE)
    repo.branch("release", repo.base)
    repo.branch("work", repo.base)
    message = f"Work\n\nStory: {FIND}\n(cherry picked from commit {made})\n"
    repo.commit("work", message, {"src/find.py": "x = 'backport'\n"})
    passes(repo.gate(base="release"))


def test_update_branch_twice(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    repo.commit("main", story(STORE), {"src/store.py": "1\n"})
    repo.merge("work", "main", "Merge branch 'main' into work\n")
    repo.commit("main", story(STORE), {"src/store.py": "2\n"})
    repo.merge("work", "main", "Merge branch 'main' into work\n")
    repo.commit("work", story(FIND), {"src/find.py": "x = 2\n"})
    passes(repo.gate())


def test_update_branch_brings_a_wider_territory(repo: Repo) -> None:
    """The base has widened the territory since the fork: that counts, whatever the branch held before."""
    repo.commit("work", story(FIND), CODE)
    repo.commit("main", "Widen\n", respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `src/other.py`")}))
    repo.merge("work", "main")
    repo.commit("work", story(FIND), {"src/other.py": "x\n"})
    passes(repo.gate())


def test_merge_queue(repo: Repo) -> None:
    """The queue's candidate: the base with the request merged in; and again after the merge."""
    repo.commit("work", story(FIND), CODE)
    repo.commit("main", story(STORE), {"src/store.py": "1\n"})
    repo.branch("queue")
    repo.merge("queue", "work", "Merge request #4\n")
    passes(repo.gate("queue"))
    before = repo.tip("main")
    repo.git("update-ref", "refs/heads/main", repo.tip("queue"))
    passes(repo.gate("main", before))


def test_review_suggestion_committed_on_the_host(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    message = f"Update src/find.py\n\nStory: {FIND}\n\nCo-authored-by: Grace <g@x>\n"
    repo.commit("work", message, {"src/find.py": "x = 2\n"})
    passes(repo.gate())


def test_several_stories_in_one_request(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    repo.commit("work", story(STORE), {"src/store.py": "1\n"})
    repo.commit("work", story(FIND, STORE), {"src/store.py": "2\n", "tests/find/a.py": "3\n"})
    passes(repo.gate())


def test_rebased_onto_a_moved_base(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    repo.commit("main", story(STORE), {"src/store.py": "1\n"})
    passes(repo.gate())


@pytest.mark.parametrize("level", [Level.TRACED, Level.SCOPED])
def test_the_adoption_request(tmp_path: Path, level: Level) -> None:
    repo = Repo(tmp_path / "old.git", {"src/find.py": "x\n", "README.md": "# Old\n"})
    repo.branch("work")
    repo.commit(
        "work", "Adopt bmad\n", {"bmad.yaml": f"version: 1\ngate: {{level: {level}}}\n", ".gitignore": ".bmad/\n"}
    )
    repo.commit("work", "Map\n", {path: text for path, text in SPEC.items() if path != "bmad.yaml"})
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["adoption", "adoption"]
    repo.commit("work", "And some code\n", CODE)
    refuses(repo.gate(), "G12")


def test_no_policy_anywhere(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "old.git", {"src/find.py": "x\n"})
    repo.branch("work")
    repo.commit("work", "Work\n", CODE)
    refuses(repo.gate(), "G12")


def test_the_map_request(tmp_path: Path) -> None:
    """A project with a policy gets its first specification, from an intent of another name."""
    repo = Repo(tmp_path / "new.git", {"bmad.yaml": MAPPED["bmad.yaml"], "src/find.py": "x\n"})
    repo.branch("work")
    register = SMALL["specs/intent.md"].replace("`intent.md`", "`docs/vision.md`")
    files = {**SPEC, "specs/intent.md": register, "docs/vision.md": SMALL["intent.md"]}
    del files["intent.md"], files["bmad.yaml"], files[".gitignore"]
    files["specs/trace.lock"] = lock_for({**SMALL, "specs/intent.md": register})
    repo.commit("work", "Map the vision\n", files)
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["spec"]


def test_the_intent_cannot_be_renamed_to_code(repo: Repo) -> None:
    register = SMALL["specs/intent.md"].replace("`intent.md`", "`src/other.py`")
    repo.commit("work", "Move the intent\n", {"specs/intent.md": register, "src/other.py": SMALL["intent.md"]})
    refuses(repo.gate(), "G01", "G13")


def test_formatting_under_a_standing_story(repo: Repo) -> None:
    wide = respecified({FIND_AT: ("`src/find.py`, `tests/find/**`", "`src/**`, `tests/**`")})
    repo.commit("main", "A story for formatting\n", wide)
    repo.branch("work")
    repo.commit(
        "work", story(FIND, title="Format"), {f"src/{name}.py": "x\n" for name in ("find", "store", "other")}
    )
    passes(repo.gate())


def test_stories_minted_on_two_branches(repo: Repo) -> None:
    """Both change the lock; the conflict there is settled as the union."""
    repo.commit("work", "Plan\n", minted())
    repo.commit("work", story("STORY-new001"), {"src/rename.py": "x\n"})
    other = str(minted()["stories/STORY-new001-rename.md"]).replace("new001", "old002")
    files = {**SMALL, "stories/STORY-old002-x.md": other}
    repo.commit("main", "Plan\n", {"stories/STORY-old002-x.md": other, "specs/trace.lock": lock_for(files)})
    passes(repo.gate())
    repo.merge("work", "main", files={"specs/trace.lock": joined(repo)})
    report = repo.gate()
    passes(report)
    assert kinds(report)[-1] == "merge"


def joined(repo: Repo) -> str:
    lines = {*repo.git("show", "main:specs/trace.lock").split("\n")}
    lines |= {*repo.git("show", "work:specs/trace.lock").split("\n")}
    return "\n".join(sorted(lines)) + "\n"


def test_knowledge_lies_in_its_storys_territory(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE | {f"docs/knowledge/{FIND}.md": "x\n"})
    passes(repo.gate())
    repo.commit("work", story(FIND), {f"docs/knowledge/{STORE}.md": "x\n"})
    refuses(repo.gate(), "G04")


def test_a_new_storys_knowledge_lies_where_it_may_write(repo: Repo) -> None:
    """What `gate.self_authored` keeps from a story of the same change, it keeps from its page, too."""
    new, page = "STORY-new001", {"docs/knowledge/STORY-new001.md": "x\n"}
    start = repo.tip("main")
    for cap, wanted in (("[]", "G04"), ('["src/**"]', "G04"), ('["src/**", "docs/knowledge/**"]', "")):
        policy = POLICY.replace("since: root", f"since: root, self_authored: {cap}")
        repo.git("update-ref", "refs/heads/main", start)
        repo.commit("main", "Bound it\n\nPolicy: spec first\n", {"bmad.yaml": policy})
        repo.branch("work")
        repo.commit("work", story(new), minted() | page)
        report = repo.gate()
        if wanted:
            refuses(report, wanted)
            assert "gate.self_authored of the base does not allow it" in report.every_finding[0].message
            refuses(repo.gate(level=Level.SCOPED), wanted)
        else:
            passes(report)
        repo.commit("main", story(new), minted())
        repo.branch("work")
        repo.commit("work", story(new), page)
        passes(repo.gate())


def test_a_push_through_pre_receive(repo: Repo, tmp_path: Path) -> None:
    """A real push: the hook judges objects that are still in quarantine, and refuses the bad one."""
    hook = repo.root / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    root = Path(__file__).parents[2]
    script = tmp_path / "hook.py"
    script.write_text(
        "import os, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        f"sys.path.insert(0, {str(root)!r})\n"
        "from tests.gate.test_honest import judge_push\n"
        "sys.exit(judge_push(sys.stdin.read()))\n"
    )
    hook.write_text(f"#!/bin/sh\nexec {os.sys.executable} {script}\n")  # type: ignore[attr-defined]
    hook.chmod(0o755)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(repo.root), str(clone)], check=True)
    local = Repo.__new__(Repo)
    local.root, local.clock = clone, 1_800_000_000
    local.commit("main", story(FIND), CODE)
    push = ["git", "push", "-q", "origin", "main"]
    done = subprocess.run(push, cwd=clone, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    local.commit("main", "Untraced\n", {"src/find.py": "2\n"})
    done = subprocess.run(push, cwd=clone, capture_output=True, check=False)
    assert done.returncode != 0
    assert b"G01" in done.stderr


def judge_push(lines: str) -> int:
    """What the hook of the test above does: judge each update against the old tip."""
    worst = 0
    for line in lines.splitlines():
        old, new, _ = line.split()
        history = open_history(Path.cwd(), os.environ)
        report = gate(history, TextFormats(), At(datetime.now(UTC)), GateRequest(old, new))
        print(*[one.code for one in report.every_finding])  # noqa: T201
        worst = max(worst, report.exit)
    return worst
