"""Which file of a BMAD method project is what, by its name and by what stands in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bmad.core.importing.data import front_matter, word
from bmad.core.importing.source import Texts
from bmad.core.importing.text import Page
from bmad.model.layout import INDEX, is_markdown

EPIC = re.compile(r"(?:~~)?Epic\s+(?P<key>\d+[a-z]?)(?:\s*[:.–—-]\s*|\s+|$)(?P<title>.*)", re.IGNORECASE)
STORY = re.compile(
    r"(?:~~)?Story\s+(?P<epic>\w+?)[.-](?P<number>\d+[a-z]?|[A-Z])\s*[:.–—-]?\s*(?P<title>.*)", re.IGNORECASE
)
_STORY_FILE = re.compile(
    r"Story\s*(?:(?P<key>\w+[.-]\w+)\s*)?[:.–—-]\s*(?P<title>.+)|(?P<spec>Tech[- ]Spec)\s*[:–—-]\s*(?P<of>.+)",
    re.IGNORECASE,
)
_BOARD = re.compile(r"(?:.*/)?sprint-status\.ya?ml")
_PRD = re.compile(r"(?:^|/)(?:[\w.-]*\bprd\b[\w.-]*\.md|prd/[^/]+\.md)$", re.IGNORECASE)
_NO_PRD = re.compile(r"validat|report|review|checklist|archive", re.IGNORECASE)
_NO_EPICS = re.compile(
    r"architect|evaluat|retro|review|report|readiness|validat|context|brief|design|research|status"
)


@dataclass(frozen=True)
class Files:
    """The files of a project by what they are; each list is in the order of the paths."""

    pages: dict[str, Page]
    boards: list[str] = field(default_factory=list)
    epics: list[str] = field(default_factory=list)
    prds: list[str] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    """The `epic.md` of each epic folder of the v7 preview."""
    rest: list[str] = field(default_factory=list)

    @cached_property
    def is_empty(self) -> bool:
        return not (self.boards or self.epics or self.stories or self.folders)


def wanted(paths: Sequence[str]) -> tuple[str, ...]:
    """The Markdown files and boards below what looks like output of the BMAD method by its names."""
    named = [
        path
        for path in paths
        if _BOARD.fullmatch(path)
        or re.search(r"(?:^|/)(?:_bmad-output|(?:planning|implementation)[-_]artifacts)/", path)
        or re.search(
            r"(?:^|/)epics?(?:-[\w-]+)?\.md$|(?:^|/)epics/|(?:^|/)stories/[^/]*\d+[.-]\d+[^/]*\.md$", path
        )
    ]
    if not named:
        return ()
    return tuple(path for path in paths if is_markdown(path) or _BOARD.fullmatch(path))


def sorted_out(texts: Texts) -> Files:
    """The files of a project. Raises: UsageError where the front matter of one cannot be read."""
    pages = {path: Page(path, text) for path, text in texts.items() if is_markdown(path)}
    found = Files(pages)
    folders = {path.rpartition("/")[0] for path, page in pages.items() if _heads_folder(page)}
    for path in texts:
        _kind(found, path, folders).append(path)
    return found


def _kind(found: Files, path: str, folders: set[str]) -> list[str]:
    page = found.pages.get(path)
    if page is None:
        return found.boards
    folder, _, name = path.rpartition("/")
    if folder in folders:
        return found.folders if name == "epic.md" else found.stories
    if _is_breakdown(page):
        return found.epics
    if _PRD.search(path) and not _NO_PRD.search(name) and name != INDEX:
        return found.prds
    return found.stories if _is_story(page) else found.rest


def _is_breakdown(page: Page) -> bool:
    """Whether a file breaks a project down into epics and stories: by its headings, and no report about them."""
    folder, _, name = page.path.lower().rpartition("/")
    if _NO_EPICS.search(name) or _is_story(page):
        return False
    epics = sum(EPIC.match(one.title) is not None for one in page.sections)
    stories = sum(STORY.match(one.title) is not None for one in page.sections)
    named = "epic" in name or folder.rpartition("/")[2] in ("epics", "prd")
    return bool(epics and (stories or named)) or (named and stories > 0)


def _heads_folder(page: Page) -> bool:
    """Whether a file heads an epic folder: `epic.md` with the keys of the v7 preview."""
    if page.path.rpartition("/")[2] != "epic.md":
        return False
    data, _ = front_matter(page.text, page.path, loose=True)
    return {"title", "epic", "status"} <= data.keys()


def _is_story(page: Page) -> bool:
    """Whether a file is one story, or the specification of one piece of work."""
    below = {one.title.strip(" :").lower() for one in page.sections}
    if not (
        {"acceptance criteria", "story", "tasks & acceptance"} & below or any("tasks" in one for one in below)
    ):
        return False
    if _STORY_FILE.match(page.title) is not None:
        return True
    data, _ = front_matter(page.text, page.path, loose=True)
    return {"title", "status"} <= data.keys() and "stepsCompleted" not in data


def story_title(page: Page) -> tuple[str, str]:
    """The key and the title that a story's file has in its heading; the key is empty where it has none."""
    found = _STORY_FILE.match(page.title)
    if found is not None:
        return (found["key"] or "").replace("-", "."), (found["title"] or found["of"] or "").strip()
    data, _ = front_matter(page.text, page.path, loose=True)
    return "", word(data.get("title")) or page.title or page.path.rpartition("/")[2]
