"""What a change may do to the specification: leave it valid, and lose nothing that the base's lock holds."""

from collections.abc import Iterator

from bmad.core.gate.facts import Step
from bmad.core.gate.state import State
from bmad.core.gate.words import finding, printable, undecidable
from bmad.core.rules import is_fatal, validate
from bmad.model.findings import Severity
from bmad.model.gate import GateFinding
from bmad.model.layout import LOCK

_FIX_LOCK = "restore the line from the base, or retire the item by bmad map or bmad fmt"


def unreadable(state: State, where: str) -> list[GateFinding]:
    """G12: documents that cannot be read at all, in the base or in the result."""
    return [
        undecidable(
            f"{printable(path)} cannot be read as it stands in {where}: {printable(why)}",
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
            f"{one.code} {printable(one.path)}:{one.line}: {printable(one.message)}",
            one.path,
            printable(one.fix),
        )
        for one in validate(state.spec(), state.graph)
        if one.severity is Severity.ERROR
    ]


def losses(step: Step) -> Iterator[GateFinding]:
    """G13: what the base's lock holds is confirmed or retired in the result, never lost."""
    before, after = step.before, step.after
    if before.lock is after.lock:
        return
    for node in sorted(before.lock.nodes):
        if node not in after.lock.nodes and node not in after.lock.retired:
            yield finding("G13", f"{LOCK} of the result has lost {printable(node)}", LOCK, _FIX_LOCK)
    for node in sorted(before.lock.retired):
        if node not in after.lock.retired and node not in after.lock.nodes:
            message = f"{LOCK} of the result has lost that {printable(node)} is retired"
            yield finding("G13", message, LOCK, _FIX_LOCK)
    yield from _links(before, after)
    yield from _aliases(before, after)


def _links(before: State, after: State) -> Iterator[GateFinding]:
    for key in sorted(before.lock.links):
        source, _, target = key
        known = {entry.fingerprint for entry in before.lock.links[key]}
        entries = after.lock.links.get(key, ())
        link = f"{printable(source)} -> {printable(target)}"
        if not entries:
            if after.item(source) is not None and after.item(target) is not None:
                yield finding("G13", f"{LOCK} of the result has lost the link {link}", LOCK, _FIX_LOCK)
        elif any(entry.fingerprint not in known and not (entry.by or entry.why) for entry in entries):
            message = f"{LOCK} settles the link {link} without a confirmation: nobody signs for it"
            yield finding("G13", message, LOCK, f"bmad confirm {printable(source)} --why REASON")


def _aliases(before: State, after: State) -> Iterator[GateFinding]:
    """An id of the base must not come to mean something else by way of an alias."""
    for alias, item in sorted(after.places().items()):
        if alias != item.id and alias in before.lock.nodes:
            message = f"{printable(item.id)} takes over the id {printable(alias)}, which the base uses for another"
            yield finding("G13", message, item.path, "keep the item, or let what named it name the new one")
