"""What a request passes with and its squash would not, said before the button is pressed; and what that names."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.gate.explained import CARRIED
from bmad.core.gate.net import Trail
from bmad.core.gate.parts import Entry, Parts, Verdict, is_policy, sort
from bmad.core.gate.rules import Rules
from bmad.core.gate.stories import Judged
from bmad.core.gate.territories import judge_path, owns
from bmad.core.gate.words import listed
from bmad.core.paths import PathClass
from bmad.model.gate import CommitKind, Explanation

_RAW = ("utf-8", "surrogateescape")
_BY_MERGE = "land this by merge"


class Squash(NamedTuple):
    """The stories that a squash of the range names, and what is to be said of it."""

    names: tuple[str, ...]
    notes: tuple[str, ...]


class _Landing(NamedTuple):
    """What lands of a range, and the stories that a squash of it would name."""

    net: Parts
    stories: list[Judged]


def if_squashed(rules: Rules, verdicts: Sequence[Verdict], records: Sequence[Explanation]) -> Squash:
    """What one commit of the whole range would be: it names no more stories than the base allows."""
    net = sort([Entry(change, rules.classify.of(change)) for change in rules.step.net], rules.exempt)
    landing = _landing_stories(rules, verdicts, net)
    lands = tuple(story.id for story in landing)
    by = "merge" if _moves_policy(rules, verdicts) else "merge or rebase"
    refused = _refused(rules, verdicts, _Landing(net, landing), records, by)
    notes = (*refused, *_too_many(rules, lands, records, by))
    return Squash(lands if len(lands) <= rules.gate.max_stories else (), notes)


def _refused(
    rules: Rules, verdicts: Sequence[Verdict], landing: _Landing, records: Sequence[Explanation], by: str
) -> Iterator[str]:
    """That one commit of the whole range would be refused.

    It would where the range changes governed files and others by several commits (G06), where not all who have a
    part in it are whom an exemption is for (G07), and where records are carried over a base that has moved: once
    their commits are in nobody's history, no one can do so again (G15).
    """
    net = landing.net
    every = sum(map(len, net))
    way = f"land this by {by}, or split it: "
    lands = {change.path for change in rules.step.net}
    parted = [one for one in verdicts if one.governs and one.report.verdict == "pass" and not _is_all(one, lands)]
    if parted and 0 < len(net.governed) < every:
        named = listed(one.path for one in net.governed)
        words = f"a squash makes one commit of {named} and of what is not governed, and that is refused (G06)"
        yield f"{way}{words}"
    others = list(_of_others(rules, verdicts, landing.stories))
    if others and not any(_is_all(one, lands) for one in verdicts):
        yield (
            f"{way}a squash has all for its authors who have a part in this, and is refused (G07) where not each "
            f"of them is exempt at {listed(others)}"
        )
    yield from _tiny(rules, verdicts, landing, way)
    yield from _grandfathered(rules, verdicts, landing)
    carried = [one.story for one in records if one.how == CARRIED]
    if carried:
        yield (
            "land this by merge, or update the branch and run bmad submit first: a squash or rebase leaves the "
            "commits that were reviewed behind, and what is carried over from them is refused then (G15): "
            f"{listed(carried)}"
        )
    yield from _unsigned(rules, verdicts, net)
    yield from _no_inverse(rules, verdicts)


def commit_by_commit_refused(notes: Iterable[str]) -> tuple[str, ...]:
    """The notes on a range whose commits are refused one by one, too, so that a rebase is no way for it."""
    return tuple(one.replace(f"{_BY_MERGE} or rebase", _BY_MERGE) for one in notes)


def is_told(notes: Iterable[str]) -> bool:
    """Whether notes say that a squash is refused, and merging is the way."""
    return any(one.startswith(_BY_MERGE) for one in notes)


def _moves_policy(rules: Rules, verdicts: Sequence[Verdict]) -> bool:
    """Whether commits come after one that changes the policy: rebased, they are judged by what it says then."""
    after = rules.step.after.settings
    changing = (at for at, one in enumerate(verdicts) if any(map(is_policy, one.entries)))
    first = next(changing, None) if after != rules.step.before.settings else None
    return first is not None and any(one.entries for one in verdicts[first + 1 :])


def _tiny(rules: Rules, verdicts: Sequence[Verdict], landing: _Landing, way: str) -> Iterator[str]:
    """That tiny changes would be of the stories beside them, whose territories do not hold them."""
    tiny = {entry.change.path for one in verdicts if one.tiny is not None for entry in one.entries}
    judged = landing.stories
    net = [entry for entry in landing.net.code if entry.change.path in tiny]
    outside = [entry.path for entry in net if judge_path(entry, judged, rules.level) is not None]
    if judged and outside:
        yield (
            f"{way}a squash makes one commit of tiny changes and of the work of "
            f"{listed(story.id for story in judged)}, which does not hold {listed(outside)} (G04)"
        )


def _grandfathered(rules: Rules, verdicts: Sequence[Verdict], landing: _Landing) -> Iterator[str]:
    """That other commits than those which are not judged, by their ids, would land with their work."""
    older = [one for one in verdicts if one.report.kind is CommitKind.GRANDFATHERED]
    if not older:
        return
    paths = {entry.change.path for one in older for entry in one.entries}
    net, judged = landing
    held = bool(judged) and rules.step.recorded is None
    code = (one for one in net.code if not held or judge_path(one, judged, rules.level) is not None)
    asked = [one.path for one in (*net.governed, *code) if one.change.path in paths]
    if asked:
        yield (
            "land this by merge: a squash or rebase makes other commits of what gate.grandfathered names, and "
            f"those are judged, and refused at {listed(asked)}"
        )


def _unsigned(rules: Rules, verdicts: Sequence[Verdict], net: Parts) -> Iterator[str]:
    """That what has to be signed would land by a commit of the host's own, which no signer has signed."""
    made = (one for one in verdicts if one.report.kind is not CommitKind.REVERT)
    exempt = {path: one for verdict in made for path, one in verdict.exempt.items()}
    signed = {path for path, one in exempt.items() if one is not None and one.by in rules.exempt.signers}
    every = (one for part in net for one in part if not one.governed and rules.is_document(one.path))
    spec = every if rules.gate.attest == "signed" else ()
    governed = net.governed if rules.gate.governed_change == "signed" else ()
    asked = {
        "G06": [one.path for one in governed if one.change.path not in exempt],
        "G07": [one.path for one in map(rules.classify.of, rules.step.net) if one.path.encode(*_RAW) in signed],
        "G10": [one.path for one in spec],
    }
    codes = [code for code, paths in asked.items() if paths]
    if codes:
        named = listed(dict.fromkeys(path for paths in asked.values() for path in paths))
        yield (
            "land this by merge: a squash or rebase by a host makes commits that none of gate.signers has signed, "
            f"and is refused ({', '.join(codes)}) at {named}"
        )


def _no_inverse(rules: Rules, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """That a revert is known by its content in its own commit alone, since the base has moved its files on."""
    reverts = [one for one in verdicts if one.report.kind is CommitKind.REVERT]
    paths = {entry.change.path for one in reverts for entry in sort(one.entries, rules.exempt).code}
    back = [change for change in rules.step.net if change.path in paths]
    if not back:
        return
    trail = Trail(rules.step, verdicts)
    moved = [change for change in back if not trail.leads(change)]
    if moved:
        named = listed(rules.classify.of(change).path for change in moved)
        yield (
            "land this by merge, or name a story that covers it: a squash or rebase of it is no exact "
            f"inverse of what it takes back any more, and names no story (G01): {named}"
        )


def _of_others(rules: Rules, verdicts: Sequence[Verdict], judged: Sequence[Judged]) -> Iterator[str]:
    """The paths that land as exempt, and would not in one commit of all authors, nor as work of its stories."""
    used = {path for one in verdicts if one.report.kind is not CommitKind.REVERT for path in one.exempt}
    if not used:
        return
    made = (facts.commit for facts in rules.step.commits if facts.changes)
    exempt = rules.exempt.by(*made)
    for entry in (Entry(change, rules.classify.of(change)) for change in rules.step.net if change.path in used):
        covered = entry.at.klass is not PathClass.GOVERNED and rules.step.recorded is None
        if exempt.grants(entry.at, entry.change) is None and not (
            covered and judged and judge_path(entry, judged, rules.level) is None
        ):
            yield entry.path


def _too_many(rules: Rules, lands: Sequence[str], records: Sequence[Explanation], by: str) -> Iterator[str]:
    """That a squash cannot name all stories that land, and how they land then."""
    most = rules.gate.max_stories
    if len(lands) <= most:
        return
    what = f"{len(lands)} stories land, and one commit may name {most}"
    if set(lands) <= {one.story for one in records}:
        yield f"{what}: a squash names none of them, since their records tell which line is whose"
    else:
        yield (
            f"{what}: land this by {by}, so that each commit keeps its trailer, or squash it in parts "
            f"of {most} at most: {listed(lands)}"
        )


def _landing_stories(rules: Rules, verdicts: Sequence[Verdict], net: Parts) -> list[Judged]:
    """The stories that a squash would name: of those that commits work on, what lands is of them.

    What takes back what had landed names none: it is known by its content.
    """
    made = (one.report for one in verdicts if one.report.kind is CommitKind.STORY)
    every = dict.fromkeys(story for report in made for story in report.stories)
    return [story for story in map(rules.book, every) if owns(story, net, rules.level)]


def _is_all(verdict: Verdict, lands: set[bytes]) -> bool:
    """Whether a commit changes all that lands, so that a squash is no more than it."""
    return lands <= {entry.change.path for entry in verdict.entries}
