"""What a person stated as a story's territory: by the history of its file, where bmad's own commits are known.

An agent may narrow that or fill it in, by itself and as often as it is asked; what goes beyond it waits for a
person.
"""

from bmad.core.act.splitting import whole_of
from bmad.core.trailers import parse, stories
from bmad.model.commits import Commit
from bmad.pipeline.act.baseline import Grounds

_BY_AGENTS = ("create", "split")
"""The steps that write territories for agents."""


def stated(grounds: Grounds, commit: str, story: str) -> tuple[str, ...]:
    """The territory that a person last gave a story; empty where only agents gave it one.

    One that was taken out of another story by a split is held to what was stated of that one.
    """
    while held := _held(grounds, commit, story):
        wrote = _written(grounds, commit, story, held)
        if wrote is None or not _is_of_agents(wrote, story):
            return held
        commit, step = wrote.parents[0], _step(wrote)
        item = grounds.state(wrote.id).story(story)
        story = whole_of(item) if step == "split" and item is not None else story
    return ()


def _held(grounds: Grounds, commit: str, story: str) -> tuple[str, ...]:
    item = grounds.state(commit).story(story)
    return tuple(ref.text for ref in item.territory) if item is not None else ()


def _written(grounds: Grounds, commit: str, story: str, held: tuple[str, ...]) -> Commit | None:
    """The commit that wrote the territory that stands at another one; None where the history does not say."""
    item = grounds.state(commit).story(story)
    for one in grounds.touching(commit, item.path) if item is not None else ():
        same = [parent for parent in one.parents if _held(grounds, parent, story) == held]
        if not same:
            return one if one.parents else None
        if same[0] != one.parents[0]:  # a merge brought it
            return _written(grounds, same[0], story, held)
    return None


def _is_of_agents(commit: Commit, story: str) -> bool:
    block = parse(commit.message)
    return _step(commit) in _BY_AGENTS and (_step(commit) == "split" or story in stories(block).ids)


def _step(commit: Commit) -> str:
    """What kind of step a commit of bmad's own was made in: `create` of `1/create.2`; empty of people's.

    A landing that a preparation came with names that first.
    """
    step = next((one.value for one in parse(commit.message).values("step")), "")
    return step.partition("/")[2].partition(".")[0]
