"""The keys that a story of the BMAD method goes by on its board and as a file: `env-7-3-two-phase-resolution`.

Its number stands in `Source`; its keys stand where the import says where it comes from.
"""

import re
from collections.abc import Iterable

from bmad.model.spec import Story

_POINTER = re.compile(r"^From “(?P<path>[^”\n]+\.md)”", re.MULTILINE)
_BOARD = re.compile(r"\((?P<key>[\w.-]+-[\w.-]+)\)")
_NUMBERED = re.compile(
    r"(?:(?P<part>[A-Za-z][\w-]*?)-)?(?P<epic>\d+)[-.](?P<number>\d+[a-z]?)(?:-(?P<slug>[\w.-]+))?"
)


def page_of(story: Story) -> str | None:
    """The page of its own project that a story was taken from, as its notes name it."""
    notes = next((one.text for one in story.sections if one.title == "Dev Notes"), "")
    found = _POINTER.search(notes)
    return found["path"] if found else None


def keys_of(story: Story) -> tuple[str, ...]:
    """The whole keys of a story, each once: the name of its file, and those of the board that says it is done."""
    page = page_of(story)
    named = [page.rpartition("/")[2].removesuffix(".md")] if page else []
    return tuple(
        dict.fromkeys(one for one in [*named, *_BOARD.findall(story.done_elsewhere)] if _NUMBERED.fullmatch(one))
    )


def short(key: str) -> str:
    """The key without its slug: `env-7-3`."""
    found = _NUMBERED.fullmatch(key)
    return key.removesuffix(f"-{found['slug']}") if found and found["slug"] else key


def of_key(stories: Iterable[Story], key: str) -> list[Story]:
    """The stories that a key may be of, as a board or a file's name spells it, with its slug or without.

    What stands before the number is the part of the project, or how the board calls that.
    """
    found = _NUMBERED.fullmatch(key)
    if found is None:
        return []
    number = f"{found['epic']}.{found['number']}"
    same = [one for one in stories if one.source == number]
    named = [one for one in same if any(f"{whole}-".startswith(f"{key}-") for whole in keys_of(one))]
    if named:
        return named
    part, slug = found["part"], found["slug"]
    if part:
        same = [one for one in same if part in one.path.split("/")]
    return [one for one in same if not slug or f"{_slug(one.title)}-".startswith(f"{slug}-")]


def _slug(title: str) -> str:
    return re.sub(r"\W+", "-", title.casefold()).strip("-")
