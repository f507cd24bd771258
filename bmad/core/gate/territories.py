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
    path = entry.path
    if entry.at.klass is PathClass.KNOWLEDGE and entry.regular:
        own = (story for story in judged if story.id == entry.at.story)
        if any(not story.minted or story.territory.allows(path) for story in own):
            return None
    elif not entry.regular:
        if not any(story.territory.names(path) and story.territory.allows(path) for story in judged):
            what = "a submodule" if entry.change.new_mode == "160000" else "a symlink or another special file"
            message = f"{printable(path)} is {what}, which no territory names by its whole path"
            return finding("G04", message, path, "name it literally in the story's territory, in the base")
        return None
    for story in judged:
        if story.territory.allows(path) if level is Level.TRACED else story.territory.covers(path):
            return None
    message, mend = _outside(entry, judged, level)
    return finding("G04", message, path, f"{mend}, or take the path out of the commit")


_NAME = "let the story's territory name it, in a change that lands first unless the story comes with its code"


def _outside(entry: Entry, judged: Sequence[Judged], level: Level) -> tuple[str, str]:
    """Why no territory covers a path, and what would have one cover it."""
    path, name = entry.path, printable(entry.path)
    who = ", ".join(story.id for story in judged)
    bare = [story.id for story in judged if not story.territory.states and story.id != entry.at.story]
    if level is not Level.TRACED and len(bare) == len(judged):
        return f"{name} is not covered: {who} has no territory, so at level scoped it covers nothing", _NAME
    capped = [
        story.id
        for story in judged
        if not story.territory.allows(path)
        and (
            level is Level.TRACED or story.id == entry.at.story or story.territory._replace(cap=None).covers(path)
        )
    ]
    if capped:
        message = (
            f"{name} is covered only by {capped[0]}, whose territory this range itself writes, and "
            "gate.self_authored of the base does not allow it"
        )
        return message, "land the story by itself first"
    if any(story.territory.result and holds(story.territory.result, path) for story in judged):
        message = (
            f"{name} is covered only by a widening of the territory in this range; it counts once it stands "
            "in the base"
        )
        return message, "land the change of the territory by itself first"
    return f"{name} lies outside the territory of {who}", _NAME


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
