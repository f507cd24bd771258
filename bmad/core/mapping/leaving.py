"""What leaves because no draft asks for it any more, and what stays nevertheless, with all that it hangs on."""

import shlex
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from bmad.core.graph import upward
from bmad.core.mapping.files import Stood
from bmad.core.mapping.parts import LISTS, derived, hand_set, listed, parts
from bmad.model.ids import Kind
from bmad.model.normal import fold
from bmad.model.spec import AnyItem, Criterion, Statement, Story

_LIST_OF = {Kind.REQUIREMENT: "traces", Kind.EPIC: "covers"}
"""The list that is cut where some of what it names leaves; a story is kept with all that it names."""

_BACK = "To keep it, put its sentences back into the intent."
_READ = "what the intent says of it now makes other things."


class Leaving(NamedTuple):
    """What becomes of the nodes that no draft asks for."""

    gone: tuple[str, ...]
    held: dict[str, str]
    """Why a node must not go without a person's word, as a sentence without its subject."""
    steady: tuple[str, ...]
    """Those of them whose sentences stand, and are now read as asking for nothing: nobody took them back."""
    kept: dict[str, str]
    """Every node that stays, and the one that it stays for; what is held stays for itself."""
    cut: dict[str, tuple[str, str]]
    """The list of a kept node without what leaves: the part and its written form."""


NOBODY_LEAVES = Leaving((), {}, (), {}, {})


def leave(stood: Stood, text: str, wanted: Collection[str], named: Mapping[str, Iterable[str]]) -> Leaving:
    """Part what leaves from what stays.

    `text` is the intent's, folded; `named` holds what each node that a draft asks for will name.
    """
    leaving = dict.fromkeys(node for node in stood.base if node not in wanted and "/" not in node)
    kept: dict[str, str] = {}
    queue: list[tuple[str, str]] = []
    for source, targets in named.items():
        _keep(targets, source, leaving, kept, queue)
    held = {node: why for node in leaving if node not in kept and (why := _held(stood, text, node, leaving))}
    steady = tuple(node for node in held if _is_steady(stood, text, node, leaving))
    kept |= {node: node for node in held}
    queue += [(node, node) for node in held]
    for node in steady:
        _keep(_doing(stood, node), node, leaving, kept, queue)
    for node, root in queue:
        _keep(_needs(stood, node, leaving.keys() - held.keys()), root, leaving, kept, queue)
    gone = tuple(node for node in leaving if node not in kept)
    return Leaving(gone, held, steady, kept, _cut(stood, kept, gone))


def by_hand(item: AnyItem, base: Mapping[str, str]) -> list[str]:
    """The names of what a person, or an agent that prepared it, wrote there since it was mapped."""
    return [name for name, value in derived(parts(item)) if _differs(name, base.get(name), value)] + hand_set(item)


def _differs(name: str, before: str | None, now: str) -> bool:
    """Whether a part was changed; the order of a list says nothing."""
    if name in LISTS and before is not None:
        return set(listed(before)) != set(listed(now))
    return before != now


def _keep(
    targets: Iterable[str],
    root: str,
    leaving: Collection[str],
    kept: dict[str, str],
    queue: list[tuple[str, str]],
) -> None:
    for target in targets:
        if target in leaving and target not in kept:
            kept[target] = root
            queue.append((target, root))


def _needs(stood: Stood, node: str, leaving: Collection[str]) -> list[str]:
    """What a kept node cannot do without: a story all, a requirement one statement, any what a hand added."""
    graph = stood.graph
    targets = [link.target for link in graph.up(node)]
    part = _LIST_OF.get(graph.nodes[node].kind)
    if part is None:
        return targets
    if part == "traces" and all(target in leaving for target in targets):
        return targets
    written = listed(stood.base[node].get(part, ""))
    return [target for target in targets if target not in written]


def _doing(stood: Stood, node: str) -> list[str]:
    """The stories of what stays as it is."""
    graph = stood.graph
    return [link.source for link in graph.down(node) if isinstance(graph.nodes[link.source].item, Story)]


def _cut(stood: Stood, kept: Iterable[str], gone: Collection[str]) -> dict[str, tuple[str, str]]:
    graph = stood.graph
    cut: dict[str, tuple[str, str]] = {}
    for node in kept:
        part, item = _LIST_OF.get(graph.nodes[node].kind), graph.nodes[node].item
        if part is None or isinstance(item, Criterion):
            continue
        now = listed(parts(item)[part])
        left = [name for name in now if graph.aliases.get(name, name) not in gone]
        if left != now:
            cut[node] = (part, ", ".join(left))
    return cut


def _held(stood: Stood, text: str, node: str, leaving: Collection[str]) -> str:
    """Why a node must not be removed without a person's word, and what leads on; empty where nothing holds it."""
    graph = stood.graph
    item, kind = graph.nodes[node].item, graph.nodes[node].kind
    if isinstance(item, Criterion):
        raise TypeError(node)
    path = graph.nodes[node].path
    remove = f"{f'rm {shlex.quote(path)}' if kind.has_file else f'take it out of {path}'}, then map again"
    lost = f"{_lost(stood, text, node)} To drop it: "
    back = "" if lost.startswith(_READ) else f" {_BACK}"
    if takers := " and ".join(_takers(stood, item, leaving)):
        lost = f"all that it implements is in {takers}. To drop it: "
        back = f" To keep it, take what it implements out of {takers}."
    if node in stood.landed:
        return f"has landed, but {lost}{remove}.{back}"
    edited = by_hand(item, stood.base[node])
    if edited:
        first = f"end what is under way on it (bmad cancel {node}), " if kind is Kind.STORY else ""
        return f"was changed since it was mapped ({', '.join(edited)}), but {lost}{first}{remove}.{back}"
    sources = {link.source for link in graph.down(node) if "/" not in link.source}
    hanging = sorted(name for name in sources if name not in stood.base and name not in leaving)
    if not hanging:
        return ""
    names = ", ".join(hanging)
    return f"is named by {names}, but {lost}take the reference out of {names} and map again.{back}"


def _takers(stood: Stood, item: AnyItem, leaving: Collection[str]) -> list[str]:
    """The stories that stay and together implement all that one does; none where they do not."""
    found: dict[str, None] = {}
    for ref in item.implements if isinstance(item, Story) else ():
        need = stood.graph.aliases.get(ref.text, ref.text)
        others = [one.source for one in stood.graph.down(need) if stood.graph.nodes[one.source].kind is Kind.STORY]
        there = next((one for one in others if one != item.id and one not in leaving), None)
        if there is None:
            return []
        found[there] = None
    return [*found]


def _lost(stood: Stood, text: str, node: str) -> str:
    """What became of what a node was made from."""
    stands = any(fold(item.quote) in text for item in _sentences(stood, node))
    return _READ if stands else "the intent no longer asks for it."


def _is_steady(stood: Stood, text: str, node: str, leaving: Collection[str]) -> bool:
    """Whether all sentences that a node was made from stand, and nothing else is made of them now.

    Those of its stories stand as well, for it stays with them.
    """
    own = _sentences(stood, node)
    beside = [item for story in _doing(stood, node) for item in _sentences(stood, story)]
    unread = all(item.id in leaving for item in own)
    return bool(own) and unread and all(fold(item.quote) in text for item in (*own, *beside))


def _sentences(stood: Stood, node: str) -> list[Statement]:
    names = [node, *(link.target for link in upward(stood.graph, node))]
    items = (stood.graph.nodes[name].item for name in names if name in stood.graph.nodes)
    return [item for item in items if isinstance(item, Statement)]
