"""The `commit-msg` hook knows of suspect stories what the whole reading of the specification knows."""

import pytest

from bmad.core.fingerprint import fingerprint
from bmad.core.graph import build, upward
from bmad.core.places import standing_quotes
from bmad.core.suspicion import suspects as all_suspects
from bmad.model.layout import Layout
from bmad.model.spec import Statement
from bmad.model.specification import IntentText
from bmad.store.chain import suspects
from bmad.store.lockfile import parse_lock
from tests.layout import LOCK, document_kind, parse
from tests.specs import SMALL, lock_for
from tests.test_truth_h_hooks import FIND, STORE, TRAILER, Repo, made, repo

__all__ = ["made", "repo"]

PRD, REGISTER = "specs/prd.md", "specs/intent.md"
FENCED = "The tool shall store a note as one file.\n\n```sh\n# a comment\nstore #note\n```\n"
EDITS = [
    (PRD, "shall find notes by tag", "shall find all notes by tag"),
    (PRD, "shall store", "must  store"),
    (PRD, "- Traces: INT-req002", "- Traces: INT-req001, INT-req002"),
    (PRD, "Priority: must\n- Traces: INT-req002", "Priority: should\n- Traces: INT-req002"),
    (PRD, "The tool shall store a note as one file.\n", FENCED),
    (PRD, "The tool shall store a note as one file.\n", "#tagged: it shall store a note.\n"),
    (REGISTER, "> Notes are found by tag.", "> Notes are found by tags."),
    (REGISTER, "### INT-req002: A note", "### INT-req002: Each note"),
    (REGISTER, "\n", "\r\n"),
    (LOCK, "link STORY-store1 implements", "link STORY-gone01 implements"),
]


def by_all(files: dict[str, str], story: str) -> set[tuple[str, str]]:
    graph = build(parse(path, text) for path, text in files.items() if document_kind(path))
    found = all_suspects(graph, parse_lock(files[LOCK]))
    return {(link.source, link.target) for link in upward(graph, story) if link.key in found}


def by_hook(files: dict[str, str], story: str) -> set[tuple[str, str]]:
    [path] = (path for path in files if path.startswith(f"stories/{story}"))
    found = suspects(Layout(), lambda name: files[name].encode(), path, fingerprint)
    return {(one.lower, one.upper) for one in found if not one.unsaid}


INTENT = "intent.md"
SAID = [
    (INTENT, "Notes are found by tag.", "Notes are found."),
    (INTENT, "Notes are found by tag.", "Notes are\n  found\tby tag."),
    (INTENT, "- Notes are found by tag.\n", ""),
    (INTENT, "found by tag", "found by tag, and by word"),
    (REGISTER, "> Notes are found by tag.", "> Notes are found by t\u00e4g."),
    (REGISTER, "> Notes are found by tag.", "> Notes are\n> found by tag."),
]


@pytest.mark.parametrize(("path", "old", "new"), SAID)
@pytest.mark.parametrize("decomposed", [False, True])
def test_a_sentence_is_gone_to_the_hook_where_it_is_to_the_gate(
    path: str, old: str, new: str, decomposed: bool
) -> None:
    files = SMALL | {LOCK: lock_for(SMALL)}
    assert old in files[path]
    files[path] = files[path].replace(old, new)
    if decomposed:
        files[INTENT] = files[INTENT].replace("tag.", "ta\u0308g.")
    [register] = (parse(at, text) for at, text in files.items() if at == REGISTER)
    intent = IntentText(text=files[INTENT])
    said = [one for one in register.items if isinstance(one, Statement)]
    gone = {name for name, at in standing_quotes([intent], said).items() if at is None}
    at = next(one for one in files if one.startswith(f"stories/{FIND}"))
    found = suspects(Layout(), lambda name: files[name].encode(), at, fingerprint)
    assert {one.upper for one in found if one.unsaid} == gone & {"INT-req001"}


def test_work_for_a_sentence_that_is_gone_is_refused_as_the_gate_does(repo: Repo) -> None:
    text = (repo.root / INTENT).read_text(encoding="utf-8")
    (repo.root / INTENT).write_text(text.replace("stored as one file", "stored"), encoding="utf-8")
    repo.loose("Take it out")
    repo.change()
    told = repo.commit("-m", "Store", "-m", TRAILER).err
    assert f"INT-req002, which {STORE} comes from, does not stand in the intent any more (G03)" in told
    repo.git("-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "Store", "-m", TRAILER)
    assert "G03" in repo.bmad("gate", "--base", "HEAD~1").out
    repo.git("reset", "--quiet", "--soft", "HEAD~1")
    (repo.root / INTENT).write_text(text, encoding="utf-8")
    repo.git("add", INTENT)
    assert repo.commit("-m", "Store", "-m", TRAILER).code == 0


@pytest.mark.parametrize(("path", "old", "new"), EDITS)
def test_a_story_is_suspect_to_the_hook_where_it_is_to_the_whole(path: str, old: str, new: str) -> None:
    before = SMALL | {LOCK: lock_for(SMALL)}
    files = before | {path: before[path].replace(old, new)}
    assert files != before
    told = [by_hook(files, story) for story in (FIND, STORE)]
    assert told == [by_all(files, story) for story in (FIND, STORE)]
    back = files | {LOCK: lock_for(files)}
    assert by_hook(back, STORE) == set()


def test_code_of_a_suspect_story_is_refused_as_the_gate_does(repo: Repo) -> None:
    prd = (repo.root / PRD).read_text(encoding="utf-8")
    (repo.root / PRD).write_text(prd.replace("shall store", "must store"), encoding="utf-8")
    repo.loose("Ask for more")
    repo.change()
    told = repo.commit("-m", "Store", "-m", TRAILER).err
    assert f"{STORE} is suspect: FR-store1 has changed since {STORE} was confirmed against it (G03)" in told
    repo.git("-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "Store", "-m", TRAILER)
    assert "G03" in repo.bmad("gate", "--base", "HEAD~1").out
    repo.git("reset", "--quiet", "--soft", "HEAD~1")
    assert repo.bmad("confirm", STORE, "--why", "It does.").code == 0
    repo.git("add", "specs")
    assert repo.commit("-m", "Store", "-m", TRAILER).code == 0
    assert "gate: pass" in repo.bmad("gate", "--base", "HEAD~1").out
