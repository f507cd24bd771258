"""Whose word stands for a criterion that no test can show."""

from bmad.core.graph import SpecGraph
from bmad.model.graph import LinkKind
from bmad.model.spec import Requirement, Story, Verify


def by_person(graph: SpecGraph, story: Story) -> bool:
    """Whether a requirement of the story asks for inspection or analysis, so that a named person may vouch."""
    wanted = (graph.nodes.get(link.target) for link in graph.up(story.id) if link.kind is LinkKind.IMPLEMENTS)
    items = (node.item for node in wanted if node is not None)
    return any(isinstance(one, Requirement) and one.verify is not Verify.TEST for one in items)
