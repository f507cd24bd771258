"""The records that the range adds: at every level that they are records, from `reviewed` up what they say.

A record speaks for the story and landing of its file's name, for paths of that story's territory, and for a
review of the story as it stands: by somebody in another context than those who did the work, with nothing grave
left open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from bmad.core.fingerprint import fingerprint
from bmad.core.gate.demanded import belied
from bmad.core.gate.evidenced import unevidenced
from bmad.core.gate.facts import Added, Recorded, RecordFile, State, Step
from bmad.core.gate.parts import REGULAR, Entry
from bmad.core.gate.people import NOBODY, sign
from bmad.core.gate.reviewers import authors, own_reviewers
from bmad.core.gate.reviews import unreviewed
from bmad.core.gate.rules import Rules
from bmad.core.gate.shown import carried_over, last_contexts
from bmad.core.gate.territories import judge_path
from bmad.core.gate.words import finding, listed, printable, shortened, told
from bmad.core.paths import Classifier, PathClass
from bmad.core.records.chain import chain_fingerprint
from bmad.core.trailers import parse, stories
from bmad.model.agents import Role
from bmad.model.commits import ABSENT, Change, Commit
from bmad.model.gate import GateFinding
from bmad.model.layout import Layout
from bmad.model.settings import Level
from bmad.model.spec import Requirement, Verify

if TYPE_CHECKING:
    from bmad.model.record import ChangeEntry, Record

_KEPT = frozenset({PathClass.CODE, PathClass.KNOWLEDGE})
_MANY = 50
"""Records of one range, beyond which each has to say for itself that the base's checks ran."""

_AGAIN = "run bmad submit again, so that the record is of what lands"
_REVIEW = "have it reviewed: bmad submit (or bmad act) goes on until the review has converged"
_ONE_BRANCH = (
    "a record is for the branch that its work lands on: for a backport name that branch in `act.target` of its "
    "bmad.yaml and run bmad submit there; between long-lived branches ask for `reviewed` where stories land first"
)


def judge_records_of(rules: Rules, back: Collection[str] = (), *, audit: bool) -> list[GateFinding]:
    """For each record that the range adds: that it is one, and next in turn (G14), at every level.

    So is under `attest: signed` that it was made for this repository, since one that was signed may be copied.
    From `reviewed` up also G08, G11, and what the story's own rules say; at `verified` G09. `back` are those that
    reverts of reverts bring back: what has landed last may do so again under its own number.
    """
    recorded = rules.step.recorded
    found, sound = _in_turn(rules.step.added, back, rules.classify.layout)
    if recorded is not None or rules.gate.attest == "signed":
        named = ((file, file.record) for file in sound if file.record is not None)
        found += [one for file, made in named for one in _elsewhere(file, made, rules.gate.repository)]
    for file in sound if recorded is not None else ():
        assert recorded is not None  # noqa: S101 - looked at above
        assert file.record is not None  # noqa: S101 - a record without one has a fault
        found += _replayed(file, file.record, None if audit else recorded.added.target, rules.classify)
        found += _again(file, file.record, recorded)
        found += _reviewed(file, file.record, rules.step)
        if not rules.gate.self_review:
            found += _by_itself(file, by_their_authors(rules.step, file.record))
        found += _own(file, file.record, rules)
        if rules.level is Level.VERIFIED:
            found += unevidenced(file, file.record, rules.step)
    return list(shortened(found))


def _in_turn(
    added: Added | None, back: Collection[str], layout: Layout
) -> tuple[list[GateFinding], list[RecordFile]]:
    """What is no record, or not the next one, and the others."""
    found: list[GateFinding] = []
    sound: list[RecordFile] = []
    if added is None:
        return found, sound
    due: dict[str, int] = {}
    for file in sorted(added.files, key=lambda one: (one.story, one.number)):
        again = file.path in back and file.number == max(added.of(file.story).landed, default=0)
        fault = _shape(file, layout) or (None if again else _number(file, due, added))
        if fault is not None:
            found.append(fault)
        else:
            sound.append(file)
    return found, sound


def _g14(file: RecordFile, words: str, fix: str = _AGAIN) -> GateFinding:
    return finding("G14", f"{printable(file.path)}: {words}", file.path, fix)


def _shape(file: RecordFile, layout: Layout) -> GateFinding | None:
    """Whether it is a record at all, of the story and landing that its name says."""
    if file.record is None:
        return _g14(file, told(file.fault.removesuffix(".")), "take the record as bmad wrote it")
    place = layout.record_path(file.record.story, file.record.landing)
    fix = f"it belongs at {printable(place)}; run bmad submit again, so that the record is of what lands"
    if file.record.story != file.story:
        words = f"it is a record of {printable(file.record.story)}, not of {printable(file.story)}"
        return _g14(file, words, fix)
    if file.number == 0 or file.record.landing != file.number:
        return _g14(file, f"it is of landing {file.record.landing}, and its name says otherwise", fix)
    return None


def _number(file: RecordFile, due: dict[str, int], added: Added) -> GateFinding | None:
    wanted = due.setdefault(file.story, added.of(file.story).next)
    if file.number != wanted:
        which = "stood in the base or its history before" if file.number < wanted else "is out of turn"
        return _g14(file, f"landing {file.number} of {printable(file.story)} {which}; the next one is {wanted}")
    due[file.story] = wanted + 1
    return None


def _replayed(file: RecordFile, record: Record, target: str | None, classify: Classifier) -> Iterator[GateFinding]:
    if file.mismatch:
        yield _g14(file, file.mismatch)
    digits = {len(name) for one in record.change for name in (one.old_blob, one.new_blob)}
    if not {len(record.base), len(record.head)} <= (digits or {len(record.base)}):
        yield _g14(file, "its base and head are ids of another kind than those of its change")
    if _is_for_another(record, target):
        words = f"it was made for {printable(record.target)}, and this is {printable(target or '')}"
        yield _g14(file, words, _ONE_BRANCH)
    yield from _change(file, record.change, classify)


def _is_for_another(record: Record, target: str | None) -> bool:
    """Whether a record was made for another branch than the one that is judged for, as far as that is known."""
    wanted = branches(target)
    return bool(wanted) and branch(record.target) not in wanted and not wanted[0].startswith("bmad/")


def _again(file: RecordFile, record: Record, recorded: Recorded) -> Iterator[GateFinding]:
    """G14: what was reviewed, worked and checked for an earlier landing, told once more under a new number.

    That landing was taken back, and whoever did so knew something that this review did not.
    """
    own = (one.record for one in recorded.counted if one.story == file.story and one.record is not None)
    for other in (*recorded.added.earlier.get(file.story, ()), *own):
        if other.landing < record.landing and _is_told_again(record, other):
            words = f"it tells again of the review of landing {other.landing}"
            yield _g14(file, words, "have it reviewed anew, or bring the landing back by a revert of its revert")
            return


def _is_told_again(record: Record, other: Record) -> bool:
    """Whether a record tells of the same review as that of an earlier landing, whatever figures it gives.

    No two landings of a story lead from one commit to one, and no two calls of a reviewer share a context.
    """
    contexts = last_contexts(record)
    known = {sign(work.context) for work in other.work if work.role is Role.REVIEWER}
    return (record.base, record.head) == (other.base, other.head) or (bool(contexts) and contexts <= known)


def _elsewhere(file: RecordFile, record: Record, repository: str | None) -> Iterator[GateFinding]:
    """G14: made for another repository than the policy of the base names."""
    if repository is not None and record.repository != repository:
        words = (
            f"it was made for the repository {printable(record.repository)}, and this is {printable(repository)}"
        )
        yield _g14(file, words)


def branches(ref: str | None) -> tuple[str, ...]:
    """The branches that a full ref may stand for, here or on a remote, whose name may hold slashes itself."""
    if ref is None:
        return ()
    if ref.startswith("refs/heads/"):
        return (ref.removeprefix("refs/heads/"),)
    if not ref.startswith("refs/remotes/"):
        return ()
    parts = ref.split("/")[3:]
    names = ("/".join(parts[at:]) for at in range(len(parts)))
    return tuple(name for name in names if name not in ("", "HEAD"))


def branch(ref: str | None) -> str | None:
    """The branch that a full ref stands for by its plain reading; None where it is no branch."""
    return next(iter(branches(ref)), None)


def _change(file: RecordFile, change: Sequence[ChangeEntry], classify: Classifier) -> Iterator[GateFinding]:
    names = [entry.raw for entry in change]
    if any(one >= two for one, two in pairwise(names)):
        yield _g14(file, "its change is not sorted by path, each path once")
    for name, entry in zip(names, change, strict=True):
        if classify.of(_as_change(name, entry)).klass not in _KEPT:
            yield _g14(file, f"its change holds {printable(entry.path)}, which no review speaks for")
        absent = [(mode == ABSENT) != (set(blob) == {"0"}) for mode, blob in _values(entry)]
        if any(absent) or len({len(blob) for _, blob in _values(entry)}) != 1 or len(set(_values(entry))) == 1:
            yield _g14(file, f"its change of {printable(entry.path)} is none")


def _as_change(name: bytes, entry: ChangeEntry) -> Change:
    return Change(name, entry.old_mode, entry.new_mode, entry.old_blob, entry.new_blob)


def _values(entry: ChangeEntry) -> tuple[tuple[str, str], tuple[str, str]]:
    return (entry.old_mode, entry.old_blob), (entry.new_mode, entry.new_blob)


def _reviewed(file: RecordFile, record: Record, step: Step) -> Iterator[GateFinding]:
    """G08: no converged review, or one by who did the work."""
    before, after = _reading(step.before, record.story), _reading(step.after, record.story)
    faults = [(words, _REVIEW) for words in unreviewed(record, _criteria(record, before, after))]
    faults += _other_spec(record, before, after)
    settings = step.before.settings
    if settings is not None:
        faults += belied(record, settings, lambda: _built_on(file, step))
    for words, fix in faults:
        yield finding("G08", f"{printable(file.path)}: {words}", file.path, fix)


def by_their_authors(step: Step, record: Record) -> tuple[str, ...]:
    """The people who reviewed what they wrote themselves.

    The authors of the range's own commits count where these are the ones that were reviewed: of a squash, whoever
    pressed the button is the author. The base's `.mailmap` says which addresses are one person's.
    """
    own: list[Commit] = []
    if any(facts.id == record.head for facts in step.commits):
        own = [facts.commit for facts in step.commits if _made_by_hand(facts.commit, record.story)]
    people = step.recorded.people if step.recorded is not None else NOBODY
    return own_reviewers(record, authors(own), people)


def _made_by_hand(commit: Commit, story: str) -> bool:
    """Whether a person made a commit of the story; those of bmad act bear a `Step:`."""
    block = parse(commit.message)
    return story in stories(block).ids and not block.values("step")


def _by_itself(file: RecordFile, people: Sequence[str]) -> Iterator[GateFinding]:
    for person in people[:3]:
        yield finding(
            "G08",
            f"{printable(file.path)}: {printable(person)} reviewed what they wrote themselves",
            file.path,
            "have somebody else review it, or for a team of one put `gate.self_review: true` into bmad.yaml "
            "of the base (a policy commit): the level then reads `reviewed by its author`",
        )


def _built_on(file: RecordFile, step: Step) -> Sequence[Record]:
    """The records of the range whose work was built on a commit that holds this one."""
    if step.recorded is None or len(step.recorded.counted) > _MANY:
        return ()
    parents = {facts.id: facts.commit.parents for facts in step.commits}
    adds = {facts.id for facts in step.commits if any(one.path == file.path.encode() for one in facts.changes)}
    others = (one.record for one in step.recorded.counted if one.path != file.path and one.record is not None)
    return [one for one in others if _reached(one.base, parents) & adds]


def _reached(start: str, parents: Mapping[str, Sequence[str]]) -> set[str]:
    """The commits of the range that one of them reaches, itself included."""
    queue, seen = [start], set[str]()
    while queue:
        name = queue.pop()
        if name in parents and name not in seen:
            seen.add(name)
            queue += parents[name]
    return seen


class _Reading(NamedTuple):
    """What a story says in a state: the fingerprint of its chain, and that of each of its criteria by id."""

    spec: str
    criteria: Mapping[str, str]


def _reading(state: State, name: str) -> _Reading | None:
    story = state.story(name)
    if story is None:
        return None
    criteria = {f"{story.id}/{one.id}": fingerprint(one) for one in story.criteria}
    return _Reading(chain_fingerprint(state.chain(name)[0], name), criteria)


def _criteria(record: Record, before: _Reading | None, after: _Reading | None) -> Collection[str] | None:
    """The criteria that the work was held against, as far as the record says which; None without the story."""
    known = [one for one in (after, before) if one is not None]
    held = next((one for one in known if one.spec == record.spec), known[0] if known else None)
    return None if held is None else held.criteria


def _other_spec(record: Record, before: _Reading | None, after: _Reading | None) -> Iterator[tuple[str, str]]:
    name = printable(record.story)
    known = {one.spec for one in (before, after) if one is not None}
    if known and record.spec not in known:
        yield f"{name} reads otherwise now than when it was reviewed", _REVIEW
    if before is None or after is None or record.spec == before.spec:
        return
    if record.spec == after.spec and before.criteria != after.criteria:
        yield (
            f"it was reviewed against criteria of {name} that this range itself changes",
            "land the changed criteria first, in a change of their own, then this one",
        )


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
        change = _as_change(entry.raw, entry)
        one = Entry(change, rules.classify.of(change))
        if one.at.klass in _KEPT and not (
            one.change.new_mode in REGULAR and rules.exempt.names(one.at, one.change)
        ):
            outside = judge_path(one, [story], rules.level)
            if outside is not None:
                yield outside


def with_shared(recorded: Recorded) -> list[str]:
    """The stories whose agents worked with configuration that others could write."""
    made = (one.record for one in recorded.counted if one.record is not None)
    return [one.story for one in made if any(work.shared for work in one.work)]


def uninspected(step: Step) -> Iterator[str]:
    """What the report tells of requirements that a person has to look at, where policy accepted their stories."""
    for one in step.recorded.counted if step.recorded is not None else ():
        if one.record is None or one.record.accepted.how != "policy" or step.after.story(one.story) is None:
            continue
        graph, way = step.after.chain(one.story)
        items = (graph.nodes[name].item for name in way.requirements if name in graph.nodes)
        asked = [item for item in items if isinstance(item, Requirement) and item.verify is not Verify.TEST]
        if asked:
            named = listed(f"{item.id} ({item.verify})" for item in asked)
            yield f"policy accepted {printable(one.story)}, and no person is named who looked at {named}"


def outdated(step: Step) -> Iterator[str]:
    """What the report tells of stories whose records are of the base's words, where the range changes these."""
    if step.recorded is None or step.before.documents is step.after.documents:
        return
    for one in step.recorded.counted:
        before, after = _reading(step.before, one.story), _reading(step.after, one.story)
        if one.record is None or before is None or after is None or before.spec == after.spec:
            continue
        if one.record.spec != before.spec:
            continue
        changed = sorted(dict(before.criteria.items() ^ after.criteria.items()))
        which = f" ({listed(changed)})" if changed else ""
        yield (
            f"this range changes what {printable(one.story)} says or serves{which}, and its record is of the "
            "words of the base: no review and no evidence is of the new ones"
        )


def unheld(step: Step, level: Level, *, audit: bool) -> Iterator[str]:
    """What the report tells below `reviewed`, where nothing that a record says is held against what lands."""
    made = [(one.path, one.record) for one in step.added.counted] if step.added is not None else []
    if made and step.added is not None:
        yield (
            f"at level {level} only form and turn of a record count; what it says of a review, of which change "
            f"and for which branch, was held against nothing: {listed(path for path, _ in made)}"
        )
        target = None if audit else step.added.target
        away = [path for path, record in made if record is not None and _is_for_another(record, target)]
        if away:
            named = printable(target or "")
            yield f"made for another branch than {named}, which from level reviewed up is refused: {listed(away)}"


def notes_of(recorded: Recorded, *, audit: bool) -> Iterator[str]:
    """What the report tells of the records beside: stories that land twice, targets that were not compared."""
    for story, times in sorted(Counter(one.story for one in recorded.counted).items()):
        if times > 1:
            yield f"{printable(story)} lands {times} times in this range, each time with a review of its own"
    made = [one.record for one in recorded.counted if one.record is not None]
    moved = [one.story for one in made if carried_over(one)]
    if moved:
        yield f"reviewed on an earlier base, on which the change reads the same: {listed(moved)}"
    shared = with_shared(recorded)
    if shared:
        yield (
            "agents worked with configuration that others could write, so what one wrote there another may have "
            f"been told: {listed(shared)}"
        )
    away = [one.story for one in recorded.counted if not (one.at_hand or one.mismatch)]
    if away:
        yield f"the commits that were reviewed are not at hand, so only content was compared: {listed(away)}"
    blind = [one.story for one in recorded.counted if one.at_hand and not one.read_again]
    if blind:
        yield f"what reviewers were shown is not at hand, so their records' word was taken for it: {listed(blind)}"
    if recorded.files and (audit or not branches(recorded.added.target)):
        yield "the base is no branch by name, so what branch its records were made for was not compared"
        return
    plain = branch(recorded.added.target)
    for name in sorted({branch(one.record.target) or "" for one in recorded.counted if one.record is not None}):
        if plain != name and name in branches(recorded.added.target):
            yield f"{printable(recorded.added.target or '')} was read as the branch {printable(name)} of a remote"
