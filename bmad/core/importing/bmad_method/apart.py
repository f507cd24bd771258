"""What stands apart in a project: stories without a breakdown, lines of the board without a story, other files."""

from dataclasses import dataclass, field

from bmad.core.importing.bmad_method.agreeing import Agreed, state_of
from bmad.core.importing.bmad_method.board import Row
from bmad.core.importing.bmad_method.files import Files, story_title
from bmad.core.importing.bmad_method.groups import Group
from bmad.core.importing.bmad_method.preview import in_folder
from bmad.core.importing.bmad_method.stories import Body, body, sections_called
from bmad.core.importing.gathering import MISSING, Gathering
from bmad.core.importing.source import Anchor, Part, SourceEpic, SourceStory
from bmad.core.importing.text import Page, slug

_OPENINGS = ("story", "user story", "problem statement", "intent", "overview")
_NOT = "it is no PRD, no breakdown into epics and stories, and no story"


@dataclass
class Found(Gathering):
    """What is gathered over all groups, and what they come to."""

    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Frame:
    """What a story is called and belongs to; `file` is that of its own."""

    key: str
    title: str
    epic: str
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    file: str | None = None


def told_story(page: Page, told: Body, agreed: Agreed, frame: Frame) -> SourceStory:
    """A story of what its body says."""
    own = [told.narrative] if told.narrative is not None else []
    rest = "\n\n".join(page.said(one) for one in told.rest)
    where = f"From “{frame.file}”." if frame.file is not None else ""
    narrative = told.narrative.text if told.narrative is not None else frame.title
    anchors = [one.anchor for one in (*own, *told.criteria)] or _heading(page, frame)
    return SourceStory(
        key=frame.key,
        title=frame.title,
        epic=frame.epic,
        narrative=narrative,
        anchors=tuple(anchors),
        criteria=tuple(one.text for one in told.criteria),
        tasks=agreed.tasks,
        notes="\n\n".join(filter(None, (where, *agreed.open, rest))),
        needs=frame.needs,
        after=frame.after,
        done=agreed.done,
    )


def _heading(page: Page, frame: Frame) -> list[Anchor]:
    """The heading of a story that says nothing else, or what stands first in its file."""
    named = [one.heading for one in page.sections if frame.title and frame.title in one.title]
    found = next(iter(named or [one.heading for one in page.sections]), None)
    if found is None:
        return [one for one in page.paragraphs(0, len(page.text)) if page.said(one).strip()][:1]
    place = page.anchor(found.start, found.end)
    mark = len(page.said(place)) - len(page.said(place).lstrip("# "))
    return [place._replace(start=place.start + mark)]


def from_file(page: Page, part: str, found: Found, rows: list[Row]) -> SourceStory:
    """A story that stands in no breakdown, of its own file."""
    stem = page.path.rpartition("/")[2].removesuffix(".md")
    row = next((one for one in rows if one.key == stem or slug(stem).endswith(slug(one.slug))), None)
    if row is not None:
        rows.remove(row)
    agreed = state_of(stem, page, row)
    opening = next(iter(sections_called(page, *_OPENINGS)), None)
    told = body(page, opening.start if opening is not None else 0, len(page.text))
    told = told._replace(rest=())
    found.count("story")
    found.conflicts += [one.model_copy(update={"part": part}) for one in agreed.conflicts]
    evidence = f"{page.path}: it names no epic"
    found.edge("in-epic", stem, "", MISSING, evidence, part)
    return told_story(page, told, agreed, Frame(stem, story_title(page)[1], "", file=page.path))


def apart(loose: list[str], files: Files, found: Found, rows: list[Row]) -> None:
    """The stories that stand in no breakdown, by the folder that they stand in."""
    folders: dict[str, list[str]] = {}
    for path in loose:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    for folder, paths in folders.items():
        name = slug(folder.rpartition("/")[2]) or "stories"
        stories = [from_file(files.pages[path], name, found, rows) for path in paths]
        kept = [one for one in stories if one.anchors]
        epic = SourceEpic(key="", title=folder_title(paths[0]))
        for one, path in zip(stories, paths, strict=True):
            if not one.anchors:
                why = "it has neither a story nor criteria that could be quoted"
                found.leave(path, 1, one.title, why)
        if kept:
            there = tuple(path for one, path in zip(stories, paths, strict=True) if one.anchors)
            found.parts.append(Part(name=name, files=there, epics=(epic,), stories=tuple(kept)))


def previewed(path: str, files: Files) -> bool:
    return any(in_folder(path, head) for head in files.folders)


def folder_title(path: str) -> str:
    return path.rpartition("/")[0].rpartition("/")[2] or "stories"


def unplaced(files: Files, found: Found, rows: list[Row], own: list[Group]) -> None:
    """Lines of the board that are of no story, and files that are none of the method's that are read."""
    for row in rows:
        why = "no story of that number or name stands in the epics or in a file"
        found.leave(row.path, row.line, f"{row.key}: {row.state}", why)
    placed = {path for group in own for path in group.prds}
    for path in files.prds:
        if path not in placed:
            why = f"it is a PRD without epics; map it as it is: bmad map {path}"
            found.leave(path, 1, files.pages[path].opening or path, why)
    for path in files.rest:
        found.leave(path, 1, files.pages[path].opening, _NOT)
