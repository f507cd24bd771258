"""Issues of GitHub as JSON: of `gh issue list --json number,title,body,state,…` or of the REST interface."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bmad.core.importing.copying import Scribe
from bmad.core.importing.data import json_of, word
from bmad.core.importing.gathering import DECLARED, MISSING, Gathering, rank
from bmad.core.importing.source import NOTED, Anchor, Part, Project, SourceEpic, SourceStory, Texts
from bmad.core.importing.text import Page, one_line
from bmad.errors import UsageError

_CRITERIA = re.compile(r"acceptance|criteria|definition of done|done when|expected", re.IGNORECASE)
_WAITS = re.compile(
    r"(?:depends on|blocked by|requires|after)\b[:\s]*(?P<names>(?:(?:,|and|\s)*(?:[\w./-]*#\d+))+)", re.IGNORECASE
)
_RANK = re.compile(
    r"(?:priority|prio|severity)?\s*[:/ -]?\s*(?P<word>p[0-4]|critical|high|medium|low|must|should|could)",
    re.IGNORECASE,
)
_DROPPED = frozenset(["not_planned", "duplicate"])


class GitHub:
    """Reads an export of issues."""

    name = "github"

    def wanted(self, paths: Sequence[str]) -> tuple[str, ...]:
        return (
            tuple(paths) if len(paths) == 1 and paths[0].endswith(".json") and "tasks.json" not in paths[0] else ()
        )

    def read(self, texts: Texts) -> Project:
        [(path, text)] = texts.items()
        data = json_of(text, path)
        rows = data.get("items", data.get("issues")) if isinstance(data, dict) else data
        if not isinstance(rows, list) or not all(
            isinstance(one, dict) and "number" in one and "title" in one for one in rows
        ):
            raise UsageError(
                f"{path} is no export of issues: gh issue list --state all --limit 1000 --json "
                "number,title,body,state,stateReason,labels,milestone,url > issues.json"
            )
        found = Gathering()
        scribe = Scribe("github", path.rpartition("/")[2])
        epics: dict[str, SourceEpic] = {}
        stories: list[SourceStory] = []
        used: list[tuple[Anchor, str]] = []
        numbers = {word(one["number"]) for one in rows if _why_not(one) == ""}
        for one in sorted(rows, key=lambda row: int(word(row["number"]) or 0)):
            if "pull_request" in one:
                found.count("pull request")
                found.leave(path, 1, f"#{word(one['number'])} {word(one['title'])}", "it is a pull request")
                continue
            found.count("story")
            if why := _why_not(one):
                found.leave(path, 1, f"#{word(one['number'])} {word(one['title'])}", why)
                continue
            name = _name(one.get("milestone"))
            epics.setdefault(name, SourceEpic(key=name, title=name or "issues"))
            stories.append(_Issue(one, path, found, scribe, numbers).story(name, used))
        found.count("epic", len([name for name in epics if name]))
        copy = scribe.copy()
        return found.project(
            Part(
                name="",
                files=(copy.path,),
                epics=tuple(epics.values()),
                stories=tuple(stories),
                used=tuple(used),
                copy=copy,
            )
        )


def _why_not(one: dict[str, Any]) -> str:
    """Why an issue is not taken; empty where it is."""
    reason = (word(one.get("stateReason")) or word(one.get("state_reason"))).casefold()
    if word(one.get("state")).casefold() == "closed" and reason in _DROPPED:
        return f"it was closed as {reason.replace('_', ' ')}"
    return "" if word(one.get("number")) and word(one.get("title")) else "it has no number or no title"


def _name(value: object) -> str:
    """The name of a milestone or a label, which is a word or an object."""
    if isinstance(value, dict):
        return word(value.get("title")) or word(value.get("name"))
    return word(value)


class _Issue:
    """One issue: a story."""

    def __init__(self, data: dict[str, Any], path: str, found: Gathering, scribe: Scribe, known: set[str]) -> None:
        self.data, self.path, self.found, self.scribe, self.known = data, path, found, scribe, known
        self.key = f"#{word(data['number'])}"

    def story(self, epic: str, used: list[tuple[Anchor, str]]) -> SourceStory:
        data, title = self.data, word(self.data["title"])
        where = f"{self.path}: {self.key}, milestone"
        self.found.edge(
            "in-epic", self.key, epic, DECLARED if epic else MISSING, where if epic else f"{where}: none"
        )
        self.scribe.heading(1, f"{self.key} {title}")
        head = self.scribe.text(title)
        text = word(data.get("body")).replace("\r\n", "\n")
        shift = self.scribe.text(text).start
        page = Page(self.path, text)
        boxes = list(_boxes(page))
        marked = [anchor for is_criterion, anchor in boxes if is_criterion]
        tasks = [one_line(page.said(anchor)) for is_criterion, anchor in boxes if not is_criterion]
        said = next(
            (
                one
                for one in page.paragraphs(0, len(text))
                if not page.said(one).startswith(("#", "<!--", "-", "*"))
            ),
            None,
        )
        narrative = page.said(said) if said is not None else title
        own = [said.moved(self.scribe.path, shift)] if said is not None else [head]
        anchors = [*own, *(one.moved(self.scribe.path, shift) for one in marked)]
        rest = [one for one in page.paragraphs(0, len(text)) if one != said]
        used += [(one.moved(self.scribe.path, shift), NOTED) for one in rest]
        state = word(data.get("state"))
        labels = [_name(one) for one in data.get("labels") or []]
        ranks = (rank(match["word"]) for label in labels if (match := _RANK.fullmatch(label)))
        done = state.casefold() == "closed"
        url = word(data.get("url")) or word(data.get("html_url"))
        return SourceStory(
            key=self.key,
            title=title,
            epic=epic,
            narrative=narrative,
            anchors=tuple(anchors),
            criteria=tuple(one_line(page.said(one)) for one in marked),
            tasks=tuple(tasks),
            notes="\n\n".join([*([f"From “{url}”."] if url else []), *(page.said(one) for one in rest)]),
            after=tuple(self._after(text)),
            priority=next(filter(None, ranks), None),
            done=f"`{state}` as {self.key} of {self.path.rpartition('/')[2]}" if done else "",
        )

    def _after(self, text: str) -> Iterator[str]:
        for match in _WAITS.finditer(text):
            for number in re.findall(r"(?<![\w/])#(\d+)", match["names"]):
                if f"#{number}" != self.key and self.found.waits(
                    self.key, f"#{number}", number in self.known, f"{self.path}: {self.key}"
                ):
                    yield f"#{number}"


def _boxes(page: Page) -> Iterator[tuple[bool, Anchor]]:
    """The ticked and open boxes, and all items below a heading of criteria; of each whether it is a criterion."""
    headings = [
        (section.start, section.own, _CRITERIA.search(section.title) is not None) for section in page.sections
    ]
    for one in page.items(0, len(page.text)):
        criterion = next((told for start, end, told in headings if start <= one.line_start < end), False)
        if (criterion and one.indent == 0) or one.ticked is not None:
            yield criterion, page.anchor(one.start, one.end)
