"""The statements of which a person says that they ask for nothing, whatever a mapper makes of their words."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from bmad.core.mapping.files import Stood
from bmad.core.mapping.match import Placed, match_statements
from bmad.core.mapping.naming import placed
from bmad.core.mapping.parts import encode
from bmad.model.draft import Draft
from bmad.model.ids import Kind
from bmad.model.normal import fold
from bmad.model.spec import ACTIONABLE, AnyItem, Criterion, Statement

_CLASS = "class"
_ASKING = frozenset(encode(_CLASS, one.value) for one in ACTIONABLE)


def heeded(draft: Draft, text: str, stood: Stood) -> Draft:
    """The draft without the work of statements that a hand has made non-goals or questions in the register.

    A requirement that comes from others, too, stays. The statements stay all the same: they are in the intent.
    """
    quiet = {node.id for node in stood.graph.of_kind(Kind.STATEMENT) if _is_quiet(node.item, stood)}
    if not quiet:
        return draft
    new = placed(draft, text)
    old = {
        node.id: Placed(node.item.quote, node.item.under, node.item.source)
        for node in stood.graph.of_kind(Kind.STATEMENT)
        if isinstance(node.item, Statement) and node.id in stood.base
    }
    silent = frozenset(index for index, node in match_statements(old, new).items() if node in quiet)
    needs = [at for at, one in enumerate(draft.requirements) if not silent.issuperset(one.statements)]
    if len(needs) == len(draft.requirements):
        return draft
    return _with(draft, needs, frozenset(fold(new[at].text) for at in silent))


def _is_quiet(item: AnyItem | Criterion, stood: Stood) -> bool:
    """Whether a hand took it for something that asks for nothing; a mapper may take back what it said itself."""
    if not isinstance(item, Statement) or item.klass in ACTIONABLE:
        return False
    return stood.base.get(item.id, {}).get(_CLASS) in _ASKING


def _with(draft: Draft, needs: list[int], said: Collection[str]) -> Draft:
    """The draft with some of its requirements alone, and what still has work; `said` is what no criterion says."""
    need = {old: new for new, old in enumerate(needs)}
    stories = [at for at, one in enumerate(draft.stories) if not one.requirements or _left(one.requirements, need)]
    busy = {draft.stories[at].epic for at in stories}
    epics = [at for at, one in enumerate(draft.epics) if at in busy or _left(one.requirements, need)]
    epic = {old: new for new, old in enumerate(epics)}
    place = {old: new for new, old in enumerate(stories)}
    return replace(
        draft,
        requirements=tuple(draft.requirements[at] for at in needs),
        epics=tuple(
            replace(one, requirements=_left(one.requirements, need)) for one in (draft.epics[at] for at in epics)
        ),
        stories=tuple(
            replace(
                one,
                epic=epic[one.epic],
                requirements=_left(one.requirements, need),
                depends_on=_left(one.depends_on, place),
                criteria=tuple(each for each in one.criteria if fold(each) not in said) or one.criteria,
            )
            for one in (draft.stories[at] for at in stories)
        ),
    )


def _left(indices: Iterable[int], places: dict[int, int]) -> tuple[int, ...]:
    return tuple(places[at] for at in indices if at in places)
