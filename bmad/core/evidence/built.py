"""Criteria that other stories have built already: those of a split story, copied word for word by its parts."""

from collections.abc import Callable

from bmad.model.spec import Story


def built(story: Story, other: Callable[[str], Story | None], landed: Callable[[str], bool]) -> frozenset[str]:
    """The ids of criteria that read as one of a story that this one waits for, and that has landed."""
    waited = (other(ref.text) for ref in story.depends_on if landed(ref.text))
    texts = {one.text for before in waited if before is not None for one in before.criteria}
    return frozenset(f"{story.id}/{one.id}" for one in story.criteria if one.text in texts)
