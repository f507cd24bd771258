"""Hints followed: the commands that bmad's words name, filled in and run as they stand.

What a scenario led to is kept whole, so that each hint starts from the same state.
"""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bmad.cli.commands import COMMANDS
from tests.act.stage import Stage
from tests.program import Ended, inside

_GIT = "switch|branch|merge|rebase|diff|show|commit"
_STARTS = re.compile(rf"(?<!&& )\b(?:bmad (?:{'|'.join(COMMANDS)})|git (?:{_GIT}))\b[^`\n]*")
_WORD = re.compile(
    r"--?[a-z-]+|[A-Z][A-Z-]+(?::[A-Z]+)?|(?:STORY|F)-\w+|reviewer\|developer|install|[0-9a-f]{7,}|[0-9]+"
    r"|\S*[/.=:]\S+|main|'[^']*'"
)
_FILL = {
    "REASON": "Because.",
    "WHAT-TO-DO": "Do it.",
    "WHAT": "Do it.",
    "reviewer|developer": "reviewer",
}


def hints(text: str) -> list[str]:
    """The commands that a text names, each once; `a && b` is one."""
    return list(dict.fromkeys(found for row in text.splitlines() for found in _of(row)))


def _of(row: str) -> Iterator[str]:
    for match in _STARTS.finditer(row):
        sentence = re.split(r" (?:and|or|then)[ :]|[;()]|: |, ", match[0])[0]
        yield " && ".join(_command(part) for part in sentence.split(" && "))


def _command(text: str) -> str:
    """The words of a command up to where prose goes on."""
    first, second, *rest = text.strip().split()
    words = [first, second.rstrip(".")]
    for word in rest:
        if not _WORD.fullmatch(word.rstrip(".")):
            break
        words.append(word.rstrip("."))
    return " ".join(words)


class Followed:
    """A scenario's end, from which each hint is followed; `first` is the text that led there."""

    def __init__(self, stage: Stage, keep: Path, first: str) -> None:
        self.stage = stage
        self._keep = keep
        shutil.copytree(stage.repo.parent, keep, symlinks=True)
        self.items = stage.json("inbox")["items"]
        names = [one["id"] for item in self.items for one in item["findings"]]
        place = f"{stage.file_of(stage.first)}:1"
        self._fill = {**_FILL, "STORY": stage.first, "FILE:LINE": place, "FINDING": names[0] if names else "none"}
        listed = [command for item in self.items for command in item["commands"]]
        told = [hint for item in self.items for hint in hints(item["words"])]
        self.hints = list(dict.fromkeys([*listed, *told, *hints(first)]))

    def restore(self) -> None:
        """Everything is as the scenario left it."""
        shutil.rmtree(self.stage.repo.parent)
        shutil.copytree(self._keep, self.stage.repo.parent, symlinks=True)

    def run(self, hint: str) -> Ended:
        """Run a hint as it stands, `&&` and all; the last part's end."""
        for part in hint.split(" && "):
            words = [self._fill.get(word, word) for word in shlex.split(part)]
            ended = _run(words, self.stage.repo)
            if ended.code != 0:
                break
        return ended

    def shape(self, hint: str) -> str:
        """The hint without what is of this scenario."""
        told = hint.replace(self.stage.first, "STORY").replace(self.stage.second, "STORY")
        return re.sub(r"\b[0-9a-f]{12,40}\b", "COMMIT", re.sub(r"\bF-\w{8}\b", "FINDING", told))

    @property
    def state(self) -> str:
        return str(self.stage.json("log", self.stage.first)["state"])

    @property
    def item(self) -> Any:
        """What the inbox says of the first story."""
        return next((one for one in self.stage.json("inbox")["items"] if one["story"] == self.stage.first), None)


def _run(words: list[str], folder: Path) -> Ended:
    if words[0] == "bmad":
        return inside(*words[1:], cwd=folder)
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return Ended(done.returncode, done.stdout, done.stderr)
