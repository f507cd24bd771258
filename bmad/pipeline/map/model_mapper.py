"""`bmad map --mapper NAME`: a model says what each block is, and what belongs together."""

from collections.abc import Callable

from bmad.core.gate.words import told
from bmad.core.graph import SpecGraph, build
from bmad.core.grouping.board import board
from bmad.core.grouping.grouping import grouped, unasked
from bmad.core.grouping.standing import standing
from bmad.core.outline.compose.choice import Choice
from bmad.core.outline.compose.draft import compose
from bmad.core.outline.judge.judge import judge
from bmad.core.outline.read.block import Reading
from bmad.core.outline.read.reading import read
from bmad.core.phrasing.questions import phrased
from bmad.core.phrasing.wants import standing_words
from bmad.core.sorting.answers import judged
from bmad.core.sorting.facts import Facts, known
from bmad.core.sorting.questions import questions
from bmad.errors import UsageError
from bmad.model.draft import Draft
from bmad.model.lock import Sorted
from bmad.model.sorting import SortingAnswer
from bmad.pipeline.act.preflight import named
from bmad.pipeline.map.map import intent_text, place_of, place_to_map
from bmad.pipeline.map.model_questions import Counsel, Means, Room, means
from bmad.pipeline.spec.work_tree import Loaded, load, refuse_broken, refuse_foreign
from bmad.ports.files import Formats, Workspace

_REASON = 120
"""Characters of a reason that are kept."""


class SortingMapper:
    """Maps an intent with the help of a model; what `graph` and `facts` hold of it is not asked about again."""

    def __init__(self, means: Means, graph: SpecGraph | None = None, facts: Facts | None = None) -> None:
        self.counsel = Counsel(means)
        self._graph = graph if graph is not None else build(())
        self._facts = facts or {}

    def __call__(self, text: str) -> Draft:
        """The draft. Raises: CannotAnswerError where a question has no answer that fits, or a cap is reached."""
        reading = read(text)
        judgement = judged(judge(reading), self._said(reading))
        stands = standing(reading, self._graph)
        choice = self.counsel.through(grouped(judgement, stands))
        choice = self.counsel.through(phrased(board(judgement, stands), choice, self.counsel.name))
        return compose(judgement, choice)

    def _said(self, reading: Reading) -> dict[int, Sorted]:
        said = known(reading, self._facts)
        for question in questions(reading, said):
            answer: SortingAnswer = self.counsel.answer(question)
            said |= {
                one.block: Sorted(one.kind, self.counsel.name, told(one.why, _REASON)) for one in answer.blocks
            }
        return said


class RememberingMapper:
    """Maps an intent without a model, by what one said of it before; what is new is the outline's to judge."""

    def __init__(self, graph: SpecGraph, facts: Facts) -> None:
        self._graph = graph
        self._facts = facts

    def __call__(self, text: str) -> Draft:
        reading = read(text)
        judgement = judged(judge(reading), known(reading, self._facts))
        found = board(judgement, standing(reading, self._graph))
        steps = grouped(judgement, found.standing)
        try:
            question = next(steps)
            while True:
                question = steps.send(unasked(question))
        except StopIteration as end:
            choice: Choice = end.value
        return compose(judgement, choice._replace(stories=standing_words(found, choice)))


def remembering(workspace: Workspace, formats: Formats, path: str) -> RememberingMapper:
    """The mapper of the intent at `path` by what stands in its documents, and in the lock."""
    loaded = load(workspace, formats)
    refuse_foreign(loaded)
    refuse_broken(loaded)
    return RememberingMapper(_graph(loaded, path), loaded.spec.lock.blocks)


def _graph(loaded: Loaded, path: str) -> SpecGraph:
    """The graph of one intent's documents."""
    register, register_of = place_of(loaded, path).register, loaded.layout.register_of
    return build(one for one in loaded.spec.documents if register_of(one.path) == register)


def mapper_named(
    workspace: Workspace, formats: Formats, room: Room, name: str, tell: Callable[[str], None], path: str
) -> SortingMapper:
    """A mapper of the intent at `path` that asks an agent of bmad.yaml, a preset, or a model.

    Raises: UsageError where there is none, or the intent cannot be mapped.
    """
    loaded = load(workspace, formats)
    refuse_foreign(loaded)
    refuse_broken(loaded)
    who = named(loaded.settings, name)
    asking = means("map", loaded.settings, room, who, tell)._replace(kept=room.answers())
    return SortingMapper(asking, _graph(loaded, path), loaded.spec.lock.blocks)


def ahead(
    workspace: Workspace, formats: Formats, mapper: Callable[[str], Draft], path: str
) -> Callable[[str], Draft]:
    """The draft of an intent, made before the lock of those who write is taken: a model takes its time.

    Raises: UsageError where the intent cannot be mapped; the mapper returned does where it was changed since.
    """
    known = intent_text(workspace, place_to_map(workspace, load(workspace, formats), path)).text or ""
    draft = mapper(known)

    def made(text: str) -> Draft:
        if text != known:
            raise UsageError(f"{path} was changed while it was mapped; map it again.")
        return draft

    return made
