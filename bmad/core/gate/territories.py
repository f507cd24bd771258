"""Whether what a commit, a record or a range changes lies in the territories of its stories (G04)."""

from collections.abc import Sequence

from bmad.core.gate.parts import Entry, Parts
from bmad.core.gate.stories import Judged
from bmad.core.gate.words import finding, printable
from bmad.core.paths import PathClass
from bmad.core.territory import holds
from bmad.model.gate import GateFinding
from bmad.model.settings import Level


def judge_path(entry: Entry, judged: Sequence[Judged], level: Level) -> GateFinding | None:
    """G04: whether a path lies in the territory of one of the stories, and if not, why."""
    path, name = entry.path, printable(entry.path)
    if entry.at.klass is PathClass.KNOWLEDGE and entry.regular:
        own = (story for story in judged if story.id == entry.at.story)
        if any(not story.minted or story.territory.allows(path) for story in own):
            return None
    elif not entry.regular:
        if not any(story.territory.names(path) and story.territory.allows(path) for story in judged):
            what = "a submodule" if entry.change.new_mode == "160000" else "a symlink or another special file"
            message = f"{name} is {what}, which no territory names by its whole path"
            return finding("G04", message, path, "name it literally in the story's territory, in the base")
        return None
    if level is Level.TRACED:
        if any(story.territory.allows(path) for story in judged):
            return None
    elif any(story.territory.covers(path) for story in judged):
        return None
    return finding(
        "G04", _outside(entry, judged, level), path, "change the story's territory first, or the commit"
    )


def _outside(entry: Entry, judged: Sequence[Judged], level: Level) -> str:
    path, name = entry.path, printable(entry.path)
    who = ", ".join(story.id for story in judged)
    bare = [story.id for story in judged if not story.territory.states and story.id != entry.at.story]
    if level is not Level.TRACED and len(bare) == len(judged):
        return f"{name} is not covered: {who} has no territory, so at level scoped it covers nothing"
    capped = [
        story.id
        for story in judged
        if not story.territory.allows(path)
        and (
            level is Level.TRACED or story.id == entry.at.story or story.territory._replace(cap=None).covers(path)
        )
    ]
    if capped:
        return (
            f"{name} is covered only by {capped[0]}, whose territory this range itself writes, and "
            "gate.self_authored of the base does not allow it"
        )
    if any(story.territory.result and holds(story.territory.result, path) for story in judged):
        return (
            f"{name} is covered only by a widening of the territory in this range; it counts once it stands "
            "in the base"
        )
    return f"{name} lies outside the territory of {who}"


def owns(story: Judged, parts: Parts, level: Level) -> bool:
    """Whether a story has a part in the commit: a path in its territory, its knowledge or its record."""
    if any(entry.at.story == story.id for entry in (*parts.code, *parts.records)):
        return True
    if level is Level.TRACED and not story.territory.states:
        return True
    return any(story.territory.covers(entry.path) for entry in parts.code)


def owns_nothing(story: Judged) -> GateFinding:
    message = f"{story.id} is named, but no changed path lies in its territory"
    return finding("G04", message, fix="name only the stories that the commit works on")
