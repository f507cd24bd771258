"""A dated ratchet: what was untraced at a commit may stay until a day, and past it the base refuses work (G01).

`gate.baseline` of the base names the commit. A file counts as untraced there where a commit since the adoption
changed it and named no story, or where none has changed it since. It is settled once a commit that names a story
changes it, or it goes. So the baseline excuses what stands and is not touched, and nothing that a range changes:
that is judged as ever. Past its day a range passes that changes policy and specification alone, so that a later
day, like any policy, can be landed first.
"""

from collections.abc import Iterator
from dataclasses import fields

from bmad.core.gate.facts import Step
from bmad.core.gate.parts import Entry
from bmad.core.gate.rules import Rules
from bmad.core.gate.signers import Signers
from bmad.core.gate.words import finding, printable, shortened, told, undecidable
from bmad.core.paths import PathClass
from bmad.model.commits import Change
from bmad.model.degrees import Baseline
from bmad.model.gate import GateFinding, Untraced
from bmad.model.layout import POLICY

_WORK = frozenset({PathClass.CODE, PathClass.KNOWLEDGE})


def judge_standing(rules: Rules) -> Iterator[GateFinding]:
    """What is still untraced past the day, where the range changes work; G12 where the base lacks the commit."""
    baseline, standing = rules.gate.baseline, rules.step.standing
    if standing is not None and not standing.next_known:
        message = (
            "gate.baseline of the result names a commit that is not in its history, so it could judge nothing"
        )
        yield undecidable(message, POLICY, "name a commit of the protected branch")
    if baseline is None or standing is None:
        return
    if not standing.known:
        message = f"gate.baseline of the base names {baseline.commit}, which is not in the base's history"
        yield undecidable(message, POLICY, "name a commit of the protected branch, in a policy commit")
    elif rules.exempt.today > baseline.until and any(_is_work(rules, change) for change in rules.step.net):
        yield from shortened([_overdue(path, baseline) for path in _paths(rules)])


def _overdue(path: str, baseline: Baseline) -> GateFinding:
    message = (
        f"{printable(path)} is untraced as it was at {baseline.commit[:12]}, and gate.baseline let it stay until "
        f"{baseline.until.isoformat()}"
    )
    fix = "have a story change it or take it away, or land a later day in gate.baseline by a policy commit"
    return finding("G01", message, path, fix)


def untraced(rules: Rules) -> Untraced | None:
    """What the baseline lets stay, to be told; None where there is none."""
    baseline, standing = rules.gate.baseline, rules.step.standing
    if baseline is None or standing is None or not standing.known:
        return None
    return Untraced(
        commit=baseline.commit,
        until=baseline.until.isoformat(),
        ended=rules.exempt.today > baseline.until,
        reason=told(baseline.reason),
        owner=printable(baseline.owner),
        files=tuple(map(printable, _paths(rules))),
    )


def _paths(rules: Rules) -> list[str]:
    """The files that are owed: those of no exemption."""
    standing = rules.step.standing
    paths = standing.paths if standing is not None else ()
    every = (Change(path, "100644", "100644", "", "") for path in paths)
    owed = (Entry(one, rules.classify.of(one)) for one in every)
    return [one.path for one in owed if one.at.klass in _WORK and not rules.exempt.names(one.at, one.change)]


def _is_work(rules: Rules, change: Change) -> bool:
    return rules.classify.of(change).klass in _WORK


def widened(step: Step) -> Iterator[str]:
    """What is told of a range that changes what the gate asks; its own counts once it stands in the base."""
    old, new = step.before.settings, step.after.settings
    if old is None or new is None or old.gate == new.gate:
        return
    if old.gate.level is not new.gate.level:
        yield f"gate.level changes from {old.gate.level} to {new.gate.level}"
    if old.gate.baseline != new.gate.baseline:
        yield f"gate.baseline changes from {_spelt(old.gate.baseline)} to {_spelt(new.gate.baseline)}"
    names = (one.name for one in fields(new.gate) if one.name not in ("level", "baseline"))
    if other := [f"gate.{name}" for name in names if getattr(old.gate, name) != getattr(new.gate, name)]:
        yield f"of what the gate asks, these change, too: {', '.join(other)}"
    gone = Signers(old.gate).names - Signers(new.gate).names
    for name in sorted(gone & {one.by for one in new.gate.exempt}):
        yield (
            f"{printable(name)} is no signer any more, so gate.exempt lets pass what names them as its author, "
            "which whoever pushes may write"
        )


def _spelt(one: Baseline | None) -> str:
    return "nothing" if one is None else f"{one.commit[:12]} until {one.until.isoformat()}"
