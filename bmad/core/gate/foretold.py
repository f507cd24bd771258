"""G13: lines of the lock that say what is not so yet: they would count as soon as it is.

A confirmation of words that nobody could read and the reopening of a landing that never was change nothing today.
So nobody looks at them, and a later change passes by them.
"""

from collections.abc import Iterator, Mapping

from bmad.core.fingerprint import fingerprint
from bmad.core.gate.facts import Step
from bmad.core.gate.state import State
from bmad.core.gate.words import finding, listed, printable, told
from bmad.core.suspicion import is_suspect
from bmad.model.gate import GateFinding
from bmad.model.spec import AnyItem, Story


def confirmed_ahead(before: State, step: Step) -> Iterator[GateFinding]:
    """A new line of a link holds the upper end as the result has it, else it would settle a later rewording.

    Where one of the ends does not stand, it holds words that the upper end had. Where both do, somebody may have
    worded the upper end anew before they committed: then the link is suspect. `before` is the base as far as
    nothing of it is taken back.
    """
    after = step.after
    if before.lock.links == after.lock.links:
        return
    lock, had, nodes = after.layout.lock, _Had(step), after.graph.nodes
    for key, entries in sorted(after.lock.links.items()):
        upper, stands = nodes.get(key[2]), key[0] in nodes and key[2] in nodes
        known = {entry.fingerprint for entry in before.lock.links.get(key, ())}
        now = {upper.fingerprint} if upper is not None else set()
        odd = [one for one in entries if one.fingerprint not in known | now]
        settled = any(one.by or one.why for one in odd) or (not known and len(entries) > len(odd))
        never = not stands and any(one.fingerprint not in had(key[2]) for one in odd)
        if never or (odd and upper is not None and settled):
            source, target = printable(key[0]), printable(key[2])
            message = f"{lock} of the result confirms {source} against words of {target} that do not stand there"
            fix = f"update the branch, run bmad fmt, then where it is suspect: bmad confirm {source} --why REASON"
            yield finding("G13", message, lock, fix)


def reopened_ahead(before: State, after: State) -> Iterator[GateFinding]:
    """A landing is reopened once its record stands; ahead of it the story would never be closed."""
    records, lock = before.records | after.records, after.layout.lock
    for story, landing in sorted(after.lock.reopened.keys() - before.lock.reopened.keys()):
        if after.layout.record_path(story, landing) not in records:
            what = f"landing {landing} of {printable(story)}"
            message = f"{lock} of the result reopens {what}, and no record of that landing stands"
            yield finding("G13", message, lock, "take the line out, and run bmad reopen once it has landed")


def retired_otherwise(step: Step) -> Iterator[GateFinding]:
    """What the range retires keeps a fingerprint that it had: else it could return as something else."""
    lock, had = step.after.layout.lock, _Had(step)
    for node in sorted(step.after.lock.retired.keys() - step.before.lock.retired.keys()):
        known = had(node)
        if known and step.after.lock.retired[node] not in known:
            message = f"{lock} of the result retires {printable(node)} with a fingerprint that it never had"
            yield finding("G13", message, lock, "restore the lock as the base has it, then run bmad fmt")


class _Had:
    """The fingerprints that the base knows of a node, and those of its versions in the range."""

    def __init__(self, step: Step) -> None:
        self._before = step.before
        self._versions: dict[str, list[AnyItem]] = {}
        for item in (item for facts in step.commits for document in facts.authored for item in document.items):
            self._versions.setdefault(item.id, []).append(item)
        self._known: dict[str, Mapping[str, set[str]]] = {}

    def __call__(self, node: str) -> set[str]:
        name, _, part = node.partition("/")
        if name not in self._known:
            self._known[name] = self._parts(name)
        held = {entry.fingerprint for entry in self._before.lock.nodes.get(node, ())}
        return held | self._known[name].get(part, set())

    def _parts(self, name: str) -> Mapping[str, set[str]]:
        """The fingerprints of an item's versions, by criterion; those of itself by no name."""
        found: dict[str, set[str]] = {}
        base = self._before.item(name)
        for item in (*self._versions.get(name, ()), *([base] if base is not None else [])):
            found.setdefault("", set()).add(fingerprint(item))
            for one in item.criteria if isinstance(item, Story) else ():
                found.setdefault(one.id, set()).add(fingerprint(one))
        return found


def lock_notes(step: Step) -> Iterator[str]:
    """What the report tells of stories that are taken up again, and of ids that are used again."""
    before, after = step.before.lock.reopened, step.after.lock.reopened
    for (story, landing), entries in sorted(after.items()):
        for one in entries:
            if one not in before.get((story, landing), ()):
                why = f"by {told(one.by)}: {told(one.why)}"
                yield f"{printable(story)} is open again after landing {landing}, {why}"
    if born := _born_suspect(step):
        yield f"new links that came suspect, made when their upper ends read otherwise: {listed(born)}"
    back = step.before.lock.retired.keys() & step.after.lock.nodes.keys() - step.after.lock.retired.keys()
    again = sorted(back.intersection(step.after.graph.nodes))
    if again:
        yield f"retired before, and standing again under the same id: {listed(again)}"


def _born_suspect(step: Step) -> list[str]:
    """The links that the base has not, and that the lock holds with other words of their upper ends than now."""
    if step.before.documents is step.after.documents:
        return []
    known, now = {link.key for link in step.before.graph.links}, step.after
    born = (link for link in now.graph.links if link.key not in known and link.target in now.graph.nodes)
    return sorted(
        f"{printable(link.source)} -> {printable(link.target)}"
        for link in born
        if is_suspect(now.graph, now.lock, link)
    )
