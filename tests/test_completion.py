"""Completion: what a word may become, and the shells that ask for it as they do when Tab is pressed."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bmad import completing
from bmad.cli.commands import COMMANDS
from bmad.model.act import Event
from bmad.model.journal import Entry
from bmad.store.journal import SqliteJournal
from tests.program import git, inside
from tests.specs import write, write_small


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git("init", "--quiet", cwd=tmp_path)
    write_small(tmp_path)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/found.py").touch()
    monkeypatch.chdir(tmp_path / "lib")
    return tmp_path


@pytest.fixture
def worked(repo: Path) -> Path:
    """The same with names that git keeps, loose and packed, and findings in journal, record and scan."""
    tip = "0" * 40
    packed = f"# pack-refs with: peeled\n{tip} refs/remotes/origin/trunk\n{tip} refs/tags/v1.0\n^{tip}\n"
    names = {f".git/refs/heads/{name}": f"{tip}\n" for name in ("main", "bmad/STORY-find01")}
    one, two, three = (
        {"id": f"F-0000000{number}", "severity": "P1", "path": "lib/found.py", "line": number, "claim": "Wrong."}
        for number in (1, 2, 3)
    )
    landed = {"findings": [two | {"disposition": "open"}, one | {"id": "F-00000009", "disposition": "fixed"}]}
    files = {
        **names,
        ".git/packed-refs": packed,
        "stories/records/STORY-store1.json": json.dumps(landed, indent=2),
        ".bmad/steps/scan/found.json": json.dumps({"F-00000003": three}),
    }
    write(repo, files)
    entry = Entry(
        story="STORY-find01",
        seq=1,
        round=1,
        step="review",
        event=Event.REVIEWED,
        content={"findings": [one]},
        time=datetime.now(UTC),
    )
    SqliteJournal(repo / ".bmad/journal.db").append(entry)
    return repo


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, dict[str, str]]:
    """Whether files come into question for the last of these words, and what it may become."""
    assert completing.run([str(len(words)), "bmad", *words]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    return first, dict(one.split("\t") for one in rest)


@pytest.mark.parametrize(
    ("words", "files", "values"),
    [
        (("st",), "none", {"status", "start"}),
        (("-q", "sta"), "none", {"status", "start"}),
        (("help", "tra"), "none", {"trace"}),
        (("--v",), "none", {"--verbose", "--version"}),
        (("new", ""), "none", {"story", "requirement", "epic"}),
        (("new", "story", "--epic", "E"), "none", {"EPIC-notes1"}),
        (("gate", "--form"), "none", {"--format"}),
        (("gate", "--format", "s"), "none", {"sarif"}),
        (("gate", "--format", "=", "s"), "none", {"sarif"}),
        (("gate", "--format=s"), "none", {"--format=sarif"}),
        (("start", ""), "none", {"STORY-find01", "STORY-store1"}),
        (("start", "STORY-find01", ""), "none", set()),
        (("start", "store"), "none", {"STORY-store1"}),
        (("confirm", "FR-find01", "FR-s"), "none", {"FR-store1"}),
        (("confirm", "--why", "FR-s"), "none", set()),
        (("confirm", "--why", "x", "FR-s"), "none", {"FR-store1"}),
        (("impact", "int-REQ"), "none", {"INT-req001", "INT-req002"}),
        (("trace", "STORY-f"), "files", {"STORY-find01"}),
        (("blame", ""), "files", set()),
        (("graph", "--around", "EP"), "none", {"EPIC-notes1"}),
        (("schema", "ac"), "none", {"act", "act-event"}),
        (("completion", ""), "none", {"bash", "zsh", "fish"}),
        (("hooks", "install", "--ch"), "none", {"--chain"}),
        (("try", "STORY-find01", "--", "--cl"), "none", set()),
        (("nonsense", ""), "none", set()),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else None,
)
def test_what_a_word_may_become(
    repo: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], files: str, values: set[str]
) -> None:
    assert repo.exists()
    first, found = told(capsys, *words)
    assert (first, set(found)) == (files, values)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (("gate", "--base", ""), {"HEAD", "main", "bmad/STORY-find01", "v1.0", "origin/trunk"}),
        (("gate", "--base=o"), {"--base=origin/trunk"}),
        (("trace", "--rev", "v"), {"v1.0"}),
        (("arbitrate", "find01", ""), {"F-00000001"}),
        (("arbitrate", "STORY-store1", ""), set()),
        (("triage", "STORY-find01", "--dispute", "0000"), {"F-00000001"}),
        (("new", "story", "--finding", ""), {"F-00000002", "F-00000003"}),
        (("dismiss", "--why", "no", ""), {"F-00000003"}),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else None,
)
def test_revisions_and_findings_are_completed(
    worked: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], values: set[str]
) -> None:
    assert worked.exists()
    assert set(told(capsys, *words)[1]) == values


def test_a_finding_is_told_with_its_place_and_claim_and_what_does_not_read_is_nothing(
    worked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "dismiss", "F-")[1] == {"F-00000003": "P1 lib/found.py:3 Wrong."}
    (worked / ".bmad/steps/scan/found.json").write_text("[1]", encoding="utf-8")
    assert completing.run(["2", "bmad", "dismiss", ""]) == 0
    assert capsys.readouterr().out == ""


def test_ids_are_told_with_their_titles_and_commands_with_what_they_do(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "show", "STORY-store1")[1] == {"STORY-store1": "Store a note"}
    assert told(capsys, "")[1].keys() == {*COMMANDS}
    assert told(capsys, "tra")[1] == {"trace": COMMANDS["trace"].help}
    assert told(capsys, "ne")[1] == {"new": "story, requirement, epic"}
    write(repo, {"stories/STORY-odd001-x.md": "# STORY-odd001: a\x1b[31m\tb\u202ec $(rm -rf /)\n"})
    assert told(capsys, "show", "STORY-odd")[1] == {"STORY-odd001": "a [31m b c $(rm -rf /)"}


def test_where_nothing_is_known_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bmad.yaml").write_text(": [", encoding="utf-8")
    for words in (["2", "bmad", "show", "S"], [], ["x"], ["7", "bmad"]):
        assert completing.run(words) == 0
        assert capsys.readouterr() in (("", ""), ("none\n", ""))


def test_it_loads_no_command_and_no_pydantic(repo: Path) -> None:
    script = (
        "import sys; from bmad.__main__ import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    line = [sys.executable, "-c", script, "completion", "words", "2", "bmad", "show", "STORY-f"]
    done = subprocess.run(line, cwd=repo, capture_output=True, check=True, text=True)
    assert done.stdout == "none\nSTORY-find01\tFind notes by tag\n"
    loaded = set(done.stderr.split())
    assert "bmad.completing" in loaded
    assert loaded.isdisjoint({"pydantic", "typer", "rich", "bmad.wiring", "bmad.cli.app"})


BASH = """
source "$0"
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bmad bmad; printf "%s\\n" "${COMPREPLY[@]}"; }
try bmad show STORY-s
try bmad gate --format = sa
COMP_TYPE=63
try bmad show STORY-
try bmad blame f
complete -p bmad
"""
FISH = """
source $argv[1]
complete -C "bmad show STORY-s"
complete -C "bmad blame fo"
complete -C "bmad gat"
"""
# Tab is pressed at a terminal of its own, once what is waited for stands there.
ZSH = r"""
zmodload zsh/zpty
press() { zpty -w -n z "$1"; zpty -r -m z shown "*$2*" && print -r -- "${shown##*$'\n'}" }
zpty -b z zsh -f -i
press "PS1=; unsetopt prompt_sp zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source $1; print RE''ADY"$'\n' READY
press $'bmad show STORY-s\t' tore1
press $'\C-a\C-kbmad blame fo\t' und.py
zpty -d z
"""  # noqa: E501
SHELLS = {
    "bash": (
        ["--norc", "-c", BASH],
        [
            "STORY-store1",
            "sarif",
            "STORY-find01  (Find notes by tag)",
            "STORY-store1  (Store a note)",
            "",
            "complete -F _bmad bmad",
        ],
    ),
    "fish": (
        ["--no-config", "-c", FISH],
        ["STORY-store1\tStore a note", "found.py", f"gate\t{COMMANDS['gate'].help}"],
    ),
    "zsh": (["-f", "-c", ZSH, "zsh"], ["STORY-store1", "found.py"]),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes(repo: Path, shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed here")
    ended = inside("completion", shell, cwd=repo)
    assert ended.code == 0
    script = repo / f"complete.{shell}"
    script.write_text(ended.out, encoding="utf-8")
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    words, wanted = SHELLS[shell]
    done = subprocess.run(
        [program, *words, str(script)], cwd=repo / "lib", capture_output=True, check=False, text=True, timeout=60
    )
    if shell == "zsh":
        shown = re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\x07", "", done.stdout)
        assert all(one in shown for one in wanted), done
    else:
        assert done.stdout.splitlines() == wanted, done
