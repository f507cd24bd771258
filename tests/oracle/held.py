"""The plain history held against git itself: the same history, written to a repository, gets the same report."""

import os
from pathlib import Path

from bmad.git.read.history import open_history
from bmad.model.gate import GateReport
from bmad.pipeline.gate.gate import gate
from bmad.store.formats import TextFormats
from tests.oracle.alphabet import make
from tests.oracle.compare import Case, Judges, refs_of, request_of
from tests.oracle.fake import Now
from tests.program import git


def by_git(judges: Judges, case: Case, folder: Path) -> GateReport:
    """What the gate says of a history through git; the folder becomes its repository."""
    made = make(judges.world, case.word)
    git("init", "--quiet", "--bare", "--initial-branch", "main", str(folder), cwd=folder.parent)
    refs = refs_of(case, made)
    judges.world.written(folder, refs.values())
    for name, commit in refs.items():
        git("update-ref", f"refs/heads/{name}", commit, cwd=folder)
    return gate(open_history(folder, os.environ), TextFormats(), Now(), request_of(case))


def same(one: GateReport, other: GateReport) -> bool:
    """Whether two reports say the same.

    The order of side branches may differ, and what git writes into a file in conflict: so the tree of the merge.
    """
    commits = [{commit.commit: commit for commit in report.commits} for report in (one, other)]
    findings = [sorted((f.code, f.path or "", f.message) for f in report.findings) for report in (one, other)]
    return (
        commits[0] == commits[1]
        and findings[0] == findings[1]
        and (one.exit, one.level, one.notes) == (other.exit, other.level, other.notes)
    )
