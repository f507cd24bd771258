"""From level `reviewed` up: the records that the range adds, and the stories that have landed.

A record speaks for the story and landing of its file's name, for paths of that story's territory, and for a
review of the story as it stands: by somebody in another context than those who did the work, with nothing grave
left open.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from bmad.core.gate.commits import Rules, judge_path
from bmad.core.gate.facts import Recorded, RecordFile, Step
from bmad.core.gate.parts import REGULAR, Entry
from bmad.core.gate.words import finding, printable, shortened, told
from bmad.core.paths import Classifier, PathClass
from bmad.core.records.chain import chain_fingerprint
from bmad.model.agents import Role, Severity
from bmad.model.commits import Change
from bmad.model.gate import GateFinding
from bmad.model.record import ChangeEntry, Record

_KEPT = frozenset({PathClass.CODE, PathClass.KNOWLEDGE})
_ROUND = re.compile(r"([0-9]{1,6})/")
_AGAIN = "run bmad submit again, so that the record is of what lands"


def judge_records_of(rules: Rules, *, audit: bool) -> list[GateFinding]:
    """G14, G08, G11 and what a story's own rules say, for each record that the range adds."""
    recorded = rules.step.recorded
    if recorded is None:
        return []
    found: list[GateFinding] = []
    taken: dict[str, set[int]] = {story: set(numbers) for story, numbers in recorded.landed.items()}
    for file in sorted(recorded.files, key=lambda one: (one.story, one.number)):
        fault = _shape(file) or _number(file, taken)
        if fault is not None:
            found.append(fault)
            continue
        assert file.record is not None  # noqa: S101 - a record without one has a fault
        found += _replayed(file, file.record, None if audit else recorded.target, rules.classify)
        found += _reviewed(file, file.record, rules.step)
        found += _own(file, file.record, rules)
    return list(shortened(found))


def _g14(file: RecordFile, words: str, fix: str = _AGAIN) -> GateFinding:
    return finding("G14", f"{printable(file.path)}: {words}", file.path, fix)


def _shape(file: RecordFile) -> GateFinding | None:
    """Whether it is a record at all, of the story and landing that its name says."""
    if file.record is None:
        return _g14(file, told(file.fault.removesuffix(".")), "take the record as bmad wrote it")
    if file.record.story != file.story:
        return _g14(file, f"it is a record of {printable(file.record.story)}, not of {printable(file.story)}")
    if file.number == 0 or file.record.landing != file.number:
        return _g14(file, f"it is of landing {file.record.landing}, and its name says otherwise")
    return None


def _number(file: RecordFile, taken: dict[str, set[int]]) -> GateFinding | None:
    numbers = taken.setdefault(file.story, set())
    wanted = max(numbers, default=0) + 1
    if file.number != wanted:
        which = "stood in the base or its history before" if file.number in numbers else "is out of turn"
        return _g14(file, f"landing {file.number} of {printable(file.story)} {which}; the next one is {wanted}")
    numbers.add(file.number)
    return None


def _replayed(file: RecordFile, record: Record, target: str | None, classify: Classifier) -> Iterator[GateFinding]:
    if file.mismatch:
        yield _g14(file, file.mismatch)
    wanted, made_for = branch(target), branch(record.target)
    if wanted is not None and wanted != made_for and not wanted.startswith("bmad/"):
        yield _g14(file, f"it was made for {printable(record.target)}, and this is {printable(target or '')}")
    yield from _change(file, record.change, classify)


def branch(ref: str | None) -> str | None:
    """The branch that a full ref stands for, here or on a remote; None where it is no branch."""
    if ref is None:
        return None
    if ref.startswith("refs/heads/"):
        return ref.removeprefix("refs/heads/")
    if ref.startswith("refs/remotes/"):
        name = ref.removeprefix("refs/remotes/").partition("/")[2]
        return name if name not in ("", "HEAD") else None
    return None


def _change(file: RecordFile, change: Sequence[ChangeEntry], classify: Classifier) -> Iterator[GateFinding]:
    names = [entry.path.encode("utf-8", "surrogatepass") for entry in change]
    if any(one >= two for one, two in pairwise(names)):
        yield _g14(file, "its change is not sorted by path, each path once")
    for name, entry in zip(names, change, strict=True):
        if classify(name).klass not in _KEPT:
            yield _g14(file, f"its change holds {printable(entry.path)}, which no review speaks for")
        absent = [(mode == "000000") != (set(blob) == {"0"}) for mode, blob in _values(entry)]
        if any(absent) or len({len(blob) for _, blob in _values(entry)}) != 1 or len(set(_values(entry))) == 1:
            yield _g14(file, f"its change of {printable(entry.path)} is none")


def _values(entry: ChangeEntry) -> tuple[tuple[str, str], tuple[str, str]]:
    return (entry.old_mode, entry.old_blob), (entry.new_mode, entry.new_blob)


def _reviewed(file: RecordFile, record: Record, step: Step) -> Iterator[GateFinding]:
    """G08: no converged review, or one by who did the work."""
    for words in (*_unconverged(record), *_reviewers(record), *_other_spec(record, step)):
        name = printable(file.path)
        fix = "have it reviewed: bmad submit (or bmad act) goes on until the review has converged"
        yield finding("G08", f"{name}: {words}", file.path, fix)


def _unconverged(record: Record) -> Iterator[str]:
    if not record.converged:
        yield "the review has not converged"
    grave = [one for one in record.findings if one.disposition == "open" and one.severity is not Severity.P2]
    yield from (f"finding {printable(one.id)} of {one.severity} is open" for one in grave[:3])
    rounds = [one.round for one in record.findings] + [one.round for one in record.checks]
    if max([*rounds, *(_round(one.step) for one in record.work)], default=0) > record.rounds:
        yield f"it counts {record.rounds} rounds and tells of more"
    last = {one.name: one for one in record.checks}
    failed = [printable(one.name) for one in last.values() if not one.ok]
    if failed:
        yield f"the last run of {', '.join(failed[:3])} failed"
    if not record.accepted.by.strip():
        yield "nobody accepted it"


def _round(step: str) -> int:
    match = _ROUND.match(step)
    return int(match[1]) if match else 0


def _reviewers(record: Record) -> Iterator[str]:
    reviews = [one for one in record.work if one.role is Role.REVIEWER]
    others = [one for one in record.work if one.role is not Role.REVIEWER]
    if not record.change:
        yield "it holds no change, so nothing was reviewed"
    if not reviews:
        yield "nobody reviewed it"
        return
    shared = {one.context for one in reviews} & {one.context for one in others}
    if shared or not all(one.context for one in reviews):
        yield "a reviewer worked in the context of who did the work"
    worked = max((_round(one.step) for one in others if one.role is Role.DEVELOPER), default=0)
    if max(_round(one.step) for one in reviews) < worked:
        yield f"what the developer did in round {worked} was not reviewed"


def _other_spec(record: Record, step: Step) -> Iterator[str]:
    states = [state for state in (step.after, step.before) if state.story(record.story) is not None]
    known = {chain_fingerprint(state.chain(record.story)[0], record.story) for state in states}
    if states and record.spec not in known:
        yield f"{printable(record.story)} reads otherwise now than when it was reviewed"


def _own(file: RecordFile, record: Record, rules: Rules) -> Iterator[GateFinding]:
    """What the story's own rules say: its chain, its territory, and whether it is open."""
    story = rules.book(file.story)
    if story.findings:
        yield from story.findings
        return
    closed = rules.closed(file.story)
    if closed is not None:
        yield closed
    for entry in record.change:
        name = entry.path.encode("utf-8", "surrogatepass")
        change = Change(name, entry.old_mode, entry.new_mode, entry.old_blob, entry.new_blob)
        one = Entry(change, rules.classify(name))
        if one.at.klass in _KEPT and not (one.change.new_mode in REGULAR and rules.exempt.grants(one.path)):
            outside = judge_path(one, [story], rules.level)
            if outside is not None:
                yield outside


def not_compared(recorded: Recorded, *, audit: bool) -> Iterable[str]:
    """A note where the records' target could not be held against the gate's."""
    if recorded.files and (audit or branch(recorded.target) is None):
        yield "the base is no branch by name, so what branch its records were made for was not compared"
