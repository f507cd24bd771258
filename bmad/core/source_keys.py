"""The keys that a story of the BMAD method goes by on its board and as a file: `env-7-3-two-phase-resolution`.

Its number stands in `Source`; its keys stand where the import says where it comes from.
"""

import re

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
