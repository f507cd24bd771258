"""What landed open and still is: a fold over the landings that stand, in the order in which they were made.

The last word on a finding counts: a later landing that settled it, or that of a story that was made from it. Such
a story says so in its text, in a line that begins with `Mends` and the ids.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from bmad.model.followup import FollowUp
from bmad.model.record import Record, RecordedClaim, RecordedFinding
from bmad.model.spec import Story

_MENDS = re.compile(r"^Mends ([FC]-[0-9a-z]{8}(?:, [FC]-[0-9a-z]{8})*)\b", re.MULTILINE)


def says_mends(names: Sequence[str], stories: Sequence[str]) -> str:
    """The line by which a story is known as made from findings: which `stories` landed with, else of a scan."""
    whence = f"{', '.join(stories)} landed with" if stories else "a scan found"
    return f"Mends {', '.join(names)}, which {whence}."


def mends(story: Story) -> tuple[str, ...]:
    """The findings that a story was made from, as its text says."""
    return tuple(name for line in _MENDS.findall(story.narrative) for name in line.split(", "))


def in_order(records: Sequence[Record], commits: Iterable[str], gone: Collection[str] = ()) -> list[Record]:
    """Records as they landed: each was made on the target's tip, so the place of its base in history tells.

    `commits` are oldest first; what was built on an earlier one than all of them comes first. The last landing of
    a story that is `gone` has been taken back, and is none.
    """
    at = {commit: number for number, commit in enumerate(commits)}
    last = {(name, max(one.landing for one in records if one.story == name)) for name in gone}
    standing = (one for one in records if (one.story, one.landing) not in last)
    return sorted(standing, key=lambda one: (at.get(one.base, -1), one.landing, one.story))


def lands_open(record: Record) -> bool:
    """Whether a record holds anything that could be open still."""
    return any(one.disposition == "open" for one in record.findings) or any(
        one.disposition == "kept" for one in record.claims
    )


def follow_ups(
    records: Sequence[Record], stories: Iterable[Story], reopened: Collection[str] = ()
) -> tuple[FollowUp, ...]:
    """What is open after these landings, the latest last.

    `stories` are those of the specification; what one mends, its landing settles, unless it was `reopened`.
    """
    mending = {story.id: mends(story) for story in stories}
    landed = {one.story for one in records}.difference(reopened)
    known: dict[str, FollowUp] = {}
    for record in records:
        for name in mending.get(record.story, ()) if record.story in landed else ():
            known.pop(name, None)
        for name in (*(one.id for one in record.findings), *(one.id for one in record.claims)):
            known.pop(name, None)
        known |= {one.id: one for one in left_by(record)}
    under_way = _under_way(mending, landed)
    return tuple(one.model_copy(update={"mended_by": under_way.get(one.id, "")}) for one in known.values())


def left_by(record: Record) -> Iterator[FollowUp]:
    """What one landing left, whatever came after it."""
    yield from (_finding(record.story, one) for one in record.findings if one.disposition == "open")
    yield from (_claim(record.story, one) for one in record.claims if one.disposition == "kept")


def _under_way(mending: Mapping[str, Sequence[str]], landed: Collection[str]) -> dict[str, str]:
    """Finding -> the story that is to mend it, the first one by its id where several are."""
    found: dict[str, str] = {}
    for story in sorted(mending.keys() - set(landed)):
        for name in mending[story]:
            found.setdefault(name, story)
    return found


def _finding(story: str, one: RecordedFinding) -> FollowUp:
    kept = {"id", "severity", "lens", "path", "line", "quote", "claim", "fix", "criterion", "same_as"}
    return FollowUp(story=story, **one.model_dump(include=kept))


def _claim(story: str, one: RecordedClaim) -> FollowUp:
    kept = {"id", "severity", "lens", "path", "line", "quote", "claim", "why"}
    return FollowUp(story=story, kind="claim", **one.model_dump(include=kept))
