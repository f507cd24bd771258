"""What a change may do to the specification: leave it valid, and lose nothing that the base's lock holds."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bmad.core.gate.facts import Step
from bmad.core.gate.foretold import confirmed_ahead, reopened_ahead, retired_otherwise
from bmad.core.gate.people import says
from bmad.core.gate.state import State
from bmad.core.gate.words import finding, listed, printable, told, undecidable
from bmad.core.graph import is_locked
from bmad.core.rules import is_fatal
from bmad.model.commits import ABSENT
from bmad.model.gate import GateFinding
from bmad.model.ids import Kind
from bmad.model.layout import POLICY, Layout
from bmad.model.lock import LinkLock, Lock

_FIX_STALE = "run bmad fmt, and commit the lock with the change"
_FIX_UNWRITTEN = "add its document (git status shows what git does not hold yet); where there is none: bmad fmt"


def unreadable(state: State, where: str) -> list[GateFinding]:
    """G12: documents that cannot be read at all, in the base or in the result."""
    return [
        undecidable(
            f"{printable(path)} cannot be read as it stands in {where}: {told(why)}",
            path,
            "mend it (bmad validate shows the line)",
        )
        for path, why in state.faults
    ]


def invalid(state: State) -> list[GateFinding]:
    """G13: what `bmad validate` finds against the result; what cannot even be read is G12."""
    if not state.documents:
        return []
    return [
        finding(
            "G12" if is_fatal(one) else "G13",
            f"{one.code} {printable(one.path)}:{one.line}: {told(one.message)}",
            one.path,
            told(one.fix),
        )
        for one in state.validated.errors
    ]


def unread(step: Step) -> Iterator[GateFinding]:
    """G13: what the base holds is read in the same places by the result's settings, and so is what changes.

    New intents may come, and what has no documents yet may be given other places; a document never wanders.
    """
    before, after = step.before, step.after
    if before.layout == after.layout or after.policy.fault:
        return
    lock, records = before.layout.lock, before.layout.records
    gone = [path for path in before.documents if not _stays(before.layout, after.layout, path)]
    mapped = bool(before.documents or before.records or before.lock != Lock())
    gone += [lock] * (after.layout.lock != lock and mapped)
    gone += [records] * (after.layout.records != records and mapped)  # history may hold some that a revert took
    changed = (one.path.decode("utf-8", "surrogateescape") for one in step.net if one.new_mode != ABSENT)
    gone += [path for path in changed if _is_read(before.layout, path) and not _is_read(after.layout, path)]
    if gone:
        message = f"{POLICY} of the result no longer has {listed(dict.fromkeys(gone))} read as the base has it"
        fix = "leave `paths` and the intents that are mapped as the base has them; another intent may be added"
        yield finding("G13", message, POLICY, fix)
    new = {one.path.decode("utf-8", "surrogateescape") for one in step.net if one.old_mode == ABSENT}
    taken = [path for path in after.documents if path not in new and before.layout.kind(path) is None]
    if taken:
        message = (
            f"{POLICY} of the result has {listed(taken)} read as a document, and the base has another file there"
        )
        yield finding("G13", message, POLICY, "name places where nothing stands")


def _stays(before: Layout, after: Layout, path: str) -> bool:
    """Whether a document is read as it was: as of the same kind, and of the same intent."""
    return (after.kind(path), after.register_of(path)) == (before.kind(path), before.register_of(path))


def _is_read(layout: Layout, path: str) -> bool:
    return layout.is_state(path) or layout.record(path) is not None


def stale(state: State) -> Iterator[GateFinding]:
    """G13: an item or a link that the lock does not hold would never be found to have changed."""
    nodes, links, lock = state.lock.nodes, state.lock.links, state.layout.lock
    for node in state.graph.nodes.values():
        if node.kind is not Kind.CRITERION and node.id not in nodes:
            message = f"{printable(node.id)} is not in {lock} of the result, so no change of it would be noticed"
            yield finding("G13", message, node.path, _FIX_STALE)
    for link in state.graph.links:
        if is_locked(link) and link.target in state.graph.nodes and link.key not in links:
            name = f"{printable(link.source)} -> {printable(link.target)}"
            message = f"the link {name} is not in {lock} of the result, so no change would be noticed"
            yield finding("G13", message, lock, _FIX_STALE)


def unwritten(step: Step) -> Iterator[GateFinding]:
    """G13: the lock says that an item stands, and no document has it: a story that nobody added, for one.

    What stood in the base and has gone is told of by `losses`; a line that says as well that it is retired is left
    by a merge that joined both sides'.
    """
    after = step.after
    live = after.lock.nodes.keys() - after.lock.retired.keys() - after.graph.nodes.keys()
    gone = sorted(name for name in live if "/" not in name and step.before.item(name) is None)
    if gone:
        verb = "stands" if len(gone) == 1 else "stand"
        message = (
            f"{after.layout.lock} of the result says that {listed(gone)} {verb}, and no document there has it"
        )
        yield finding("G13", message, after.layout.lock, _FIX_UNWRITTEN)


def losses(step: Step, back: Sequence[tuple[Lock, Lock]] = ()) -> Iterator[GateFinding]:
    """G13: what the base's lock holds is confirmed or retired in the result, never lost.

    `back` are the locks before and after what the range takes back as a whole: what that brought goes with it.
    """
    before, after = _without(step.before, step.after, back), step.after
    if step.before.documents is not after.documents:
        yield from _aliases(before, after)
        yield from _vanished(step.before, after)
    if step.before.lock is after.lock:
        return
    lock = after.layout.lock
    fix = f"`git checkout {step.base[:12] if step.base else 'BASE'} -- {lock}`, then `bmad fmt`"
    for node in sorted(before.lock.nodes):
        if node not in after.lock.nodes and node not in after.lock.retired:
            yield finding("G13", f"{lock} of the result has lost {printable(node)}", lock, fix)
    yield from _retired(before, after, fix)
    yield from _reopened(before, after, fix)
    yield from _links(before, after, fix)
    yield from confirmed_ahead(before, step)
    yield from reopened_ahead(step.before, after)
    yield from retired_otherwise(step)


def _without(before: State, after: State, back: Sequence[tuple[Lock, Lock]]) -> State:
    """The base with a lock that lacks what is taken back, as far as the result lacks it; the rest as it is.

    That a thing was retired goes only with its return, where it stood before that.
    """
    if not back:
        return before
    lock, now = before.lock, after.lock
    nodes = {
        key: one
        for key, one in lock.nodes.items()
        if key in now.nodes or not any(key in new.nodes and key not in old.nodes for old, new in back)
    }
    retired = {
        key: one
        for key, one in lock.retired.items()
        if key in now.retired
        or not any(
            key in new.retired and key not in old.retired and (key not in old.nodes or key in after.graph.nodes)
            for old, new in back
        )
    }
    reopened = {
        key: one
        for key, one in lock.reopened.items()
        if key in now.reopened or not any(key in new.reopened and key not in old.reopened for old, new in back)
    }
    links = {}
    for key, one in lock.links.items():
        brought = any(key in new.links and key not in old.links for old, new in back)
        if key in now.links or not brought:
            changed = (old for old, new in back if old.links.get(key) != new.links.get(key))
            before_it = tuple(entry for old in changed for entry in old.links.get(key, ()))
            links[key] = (*one, *(entry for entry in before_it if entry not in one))
    return before.with_lock(replace(lock, nodes=nodes, retired=retired, reopened=reopened, links=links))


def _retired(before: State, after: State, fix: str) -> Iterator[GateFinding]:
    """What is retired stays so with its fingerprint, or comes back as exactly what it was."""
    path = after.layout.lock
    for node, was in sorted(before.lock.retired.items()):
        if after.lock.retired.get(node) == was:
            continue
        name = printable(node)
        back = after.graph.nodes.get(node)
        if node in after.lock.retired:
            yield finding(
                "G13",
                f"{path} of the result says that another {name} is retired",
                after.layout.lock,
                fix,
            )
        elif back is None:
            yield finding("G13", f"{path} of the result has lost that {name} is retired", path, fix)
        elif back.fingerprint != was:
            message = f"{name} was retired and now names something else, and {path} has lost its line"
            yield finding("G13", message, back.path, f"give the new item an id of its own; {fix}")


def _reopened(before: State, after: State, fix: str) -> Iterator[GateFinding]:
    path = after.layout.lock
    for (story, landing), was in sorted(before.lock.reopened.items()):
        if not set(was) <= set(after.lock.reopened.get((story, landing), ())):
            message = f"{path} of the result has lost that landing {landing} of {printable(story)} is reopened"
            yield finding("G13", message, path, fix)


def _links(before: State, after: State, fix: str) -> Iterator[GateFinding]:
    path = after.layout.lock
    for key in sorted(before.lock.links):
        source, _, target = key
        known = {entry.fingerprint for entry in before.lock.links[key]}
        entries = after.lock.links.get(key, ())
        link = f"{printable(source)} -> {printable(target)}"
        if not entries:
            if after.item(source) is not None and after.item(target) is not None:
                yield finding("G13", f"{path} of the result has lost the link {link}", path, fix)
        elif any(entry.fingerprint not in known and not says(entry.by, entry.why) for entry in entries):
            message = f"{path} settles the link {link} without a confirmation: nobody signs for it"
            yield finding("G13", message, path, f"bmad confirm {printable(source)} --why REASON")
        elif gone := _unsigned(before.lock.links[key], entries):
            fresh = any(one.fingerprint in gone for one in _signed(entries) - _signed(before.lock.links[key]))
            lost = "rewrites" if fresh else "has lost"
            yield finding("G13", f"{path} of the result {lost} who confirmed the link {link}, or why", path, fix)


def _unsigned(old: Sequence[LinkLock], new: Sequence[LinkLock]) -> set[str]:
    """The fingerprints that are still confirmed, and of which a line that somebody signed is gone."""
    stands = {one.fingerprint for one in new}
    return {one.fingerprint for one in _signed(old) - _signed(new) if one.fingerprint in stands}


def _signed(entries: Sequence[LinkLock]) -> set[LinkLock]:
    """The lines that somebody signs."""
    return {one for one in entries if says(one.by, one.why)}


def _vanished(before: State, after: State) -> Iterator[GateFinding]:
    """What goes is retired in the lock; else its id could return as something else, and nobody would notice."""
    gone = [name for name, item in before.places().items() if name == item.id and after.item(name) is None]
    for name in sorted(gone):
        if name in after.lock.nodes:
            message = (
                f"{printable(name)} stands no longer in the result, and {after.layout.lock} says that it does"
            )
            yield finding("G13", message, after.layout.lock, _FIX_STALE)


def _aliases(before: State, after: State) -> Iterator[GateFinding]:
    """An id of the base must not come to mean something else by way of an alias."""
    held, retired = before.lock.nodes, before.lock.retired
    for alias, item in sorted(after.places().items()):
        stood = before.places().get(alias)
        new = alias != item.id and (stood is None or stood.id != item.id)
        if new and (alias in held or alias in retired):
            which = "which the base uses for another" if alias in held else "which is retired"
            message = f"{printable(item.id)} takes over the id {printable(alias)}, {which}"
            yield finding("G13", message, item.path, "keep the item, or let what named it name the new one")
