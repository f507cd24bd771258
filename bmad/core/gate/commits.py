"""The judgement of one commit, part by part: each part by the class of its paths."""

from collections.abc import Iterable, Sequence

from bmad.core.gate.facts import CommitFacts
from bmad.core.gate.lane import judge_tiny, tiny_change
from bmad.core.gate.links import stays_governed
from bmad.core.gate.parts import Entry, Parts, Verdict, judge_governed, judge_records, judge_spec, sort
from bmad.core.gate.reverts import NOTHING, Inherited
from bmad.core.gate.rules import Rules
from bmad.core.gate.signers import for_signed
from bmad.core.gate.stories import Judged
from bmad.core.gate.territories import judge_path, owns, owns_nothing
from bmad.core.gate.uncounted import other_stories, uncounted
from bmad.core.gate.words import finding, listed, printable, shortened, told, undecidable
from bmad.core.paths import Classifier, PathClass
from bmad.core.trailers import ASSISTED_BY, POLICY, Block, Stories, message_fault, parse, stories
from bmad.model.commits import ABSENT, Change
from bmad.model.gate import CommitKind, CommitReport, GateFinding
from bmad.model.history import Listed
from bmad.model.layout import POLICY as POLICY_FILE
from bmad.model.settings import GateSettings

PLAIN = "100644"


def judge(facts: CommitFacts, rules: Rules) -> Verdict:
    """Judge one commit; those it may revert have been judged before it."""
    classified = rules.classify.of
    entries = tuple([Entry(change, classified(change)) for change in _work(facts)])
    fault = message_fault(facts.commit)
    if facts.id in rules.older:
        return Verdict(_report(facts, CommitKind.GRANDFATHERED), entries)
    if fault is not None:
        words = undecidable(f"the commit cannot be judged: {fault}", fix="write the message again, in UTF-8")
        return Verdict(_report(facts, CommitKind.UNTRACED, [words]), entries)
    findings = [
        undecidable(
            f"{printable(path)} cannot be read as it stands in this commit: {told(why)}",
            path,
            "mend it in the commit itself (bmad validate shows the line)",
        )
        for path, why in facts.faults
    ]
    if len(facts.commit.parents) > 2:  # noqa: PLR2004 - git computes merges of two
        message = f"it merges {len(facts.commit.parents)} parents at once, and git computes no such merge"
        findings.append(finding("G05", message, fix="merge one branch after the other"))
        return Verdict(_report(facts, CommitKind.MERGE, findings), entries)
    block = parse(facts.commit.message)
    if block.outside:
        block = block._replace(notes=(*block.notes, *uncounted(block)))
    if _quiet_merge(facts, rules.classify):
        return Verdict(_report(facts, CommitKind.MERGE, findings, stories(block).ids), entries, block.notes)
    if not entries:
        return Verdict(_report(facts, CommitKind.EMPTY, findings), entries, block.notes)
    return _judge_parts(facts, rules, entries, block, findings)


def _work(facts: CommitFacts) -> tuple[Change, ...]:
    """The commit's own changes; of a merge also the conflicts that it leaves exactly as git wrote them."""
    if not facts.conflicts:
        return facts.changes
    left = facts.conflicted.difference(change.path for change in facts.changes)
    return (*facts.changes, *(Change(path, PLAIN, PLAIN, "", "") for path in sorted(left)))


def _quiet_merge(facts: CommitFacts, classify: Classifier) -> bool:
    """A merge as git computes it; the lock's lines of both sides may be joined by hand or by `merge=union`.

    Where the policy governs the lock, what a merge makes of it is said as any change of a governed file is.
    """
    if len(facts.commit.parents) < 2:  # noqa: PLR2004
        return False
    if not facts.changes and not facts.conflicts:
        return True
    own = facts.conflicted.union(one.path for one in facts.changes)
    return all(classify.layout.is_lock(path) and classify(path).klass is PathClass.SPEC for path in own)


def _judge_parts(
    facts: CommitFacts, rules: Rules, entries: tuple[Entry, ...], block: Block, findings: list[GateFinding]
) -> Verdict:
    exempt = rules.exempt.by(facts.commit)
    parts = sort(entries, exempt)
    own = rules if exempt is rules.exempt else rules._replace(exempt=exempt)
    verdict = _judge_sorted(facts, own, parts, entries, block, findings)
    if not parts.exempt:
        return verdict
    granted = {entry.change.path: exempt.grants(entry.at, entry.change) for entry in parts.exempt}
    return verdict._replace(exempt={**verdict.exempt, **granted}, granted=frozenset(granted))


def _judge_sorted(
    facts: CommitFacts,
    rules: Rules,
    parts: Parts,
    entries: tuple[Entry, ...],
    block: Block,
    findings: list[GateFinding],
) -> Verdict:
    claim = stories(block)
    back = _taken_back(facts, rules, claim)
    judged = [rules.book(story) for story in claim.ids]
    findings += _of_governed(facts, parts, block, back, rules) if parts.governed else ()
    findings += judge_spec(parts.spec)
    if not back.whole and (parts.governed or parts.exempt):
        governing = (entry for entry in (*parts.governed, *parts.exempt) if entry.at.klass is PathClass.GOVERNED)
        bound = [entry for entry in governing if entry.at.story]
        findings += judge_records(bound, claim.ids, rules.step.before.records, rules.book.holds_story)
    if not parts.code and not parts.records:
        findings += [one for story in judged for one in story.findings if one.code == "G02"]
        kind = CommitKind.REVERT if back.whole else _kind(parts)
        notes = (*block.notes, *_told(facts, back, rules)) if back.whole else block.notes
        return Verdict(_report(facts, kind, findings, claim.ids), entries, notes, takes_back=back.whole)
    if claim.none:
        return _of_lane(facts, rules, parts, entries, block, findings)
    if claim.ids and not back.stories:
        findings += _of_stories(parts, judged, claim, block, rules)
        report = _report(facts, CommitKind.STORY, findings, claim.ids)
        return Verdict(report, entries, block.notes, claims=claim.ids)
    if back.stories or back.whole:
        findings += _of_revert(facts, parts, back, rules)
        report = _report(facts, CommitKind.REVERT, findings, back.stories)
        notes = (*block.notes, *_told(facts, back, rules))
        return Verdict(
            report, entries, notes, back.restores, back.removes, takes_back=back.whole, exempt=back.free
        )
    ids = () if claim.faults else recorded_stories(parts, rules)
    findings += judge_records(parts.records, ids, rules.step.before.records, rules.book.holds_story)
    if ids:
        findings += _judge_claim(parts, [rules.book(story) for story in ids], claim, rules)
        findings += [*other_stories(block, ids, rules.book.holds_story), *_assisted(block, rules.gate)]
        note = f"it names no story; its content is what the records of {listed(ids)} say"
        return Verdict(_report(facts, CommitKind.STORY, findings, ids), entries, (*block.notes, note))
    findings += _without_story(facts, parts, claim, block, rules)
    return Verdict(_report(facts, CommitKind.UNTRACED, findings), entries, block.notes)


def _of_governed(
    facts: CommitFacts, parts: Parts, block: Block, back: Inherited, rules: Rules
) -> Iterable[GateFinding]:
    """What is wrong with the governed files of a commit, and why no exemption grants them."""
    reasons = [trailer.value for trailer in block.values(POLICY)] + ["it takes back what landed"] * bool(
        back.whole
    )
    governed = judge_governed(
        parts.governed,
        alone=bool(back.whole) or not (parts.spec or parts.records or parts.code or parts.exempt),
        reasons=reasons,
        settings=for_signed(rules.gate) if facts.id in rules.step.attested.commits else rules.gate,
        conflicts=facts.conflicted if len(facts.commit.parents) > 1 else frozenset(),
        links=[path for path, to in facts.links.items() if stays_governed(path, to, rules.classify)],
    )
    named = [entry for entry in parts.governed if governed and entry.at.klass is PathClass.GOVERNED]
    denied = (rules.exempt.denied(entry.at, entry.change) for entry in named)
    return [*governed, *filter(None, denied)]


def _of_lane(
    facts: CommitFacts,
    rules: Rules,
    parts: Parts,
    entries: tuple[Entry, ...],
    block: Block,
    findings: list[GateFinding],
) -> Verdict:
    """The verdict on a commit that says it is of no story."""
    own = [*judge_tiny(facts, parts, block, rules)]
    own += judge_records(parts.records, (), rules.step.before.records, rules.book.holds_story)
    own += [*other_stories(block, (), rules.book.holds_story), *_assisted(block, rules.gate)]
    kind = CommitKind.UNTRACED if own else CommitKind.TRIVIAL
    tiny = None if own else tiny_change(facts, parts, block)
    return Verdict(_report(facts, kind, [*findings, *own]), entries, block.notes, tiny=tiny)


def _of_stories(
    parts: Parts, judged: Sequence[Judged], claim: Stories, block: Block, rules: Rules
) -> Iterable[GateFinding]:
    """What is wrong with a commit that names its stories."""
    echo = _echoes(parts, rules)
    standing = rules.step.before.records
    standing = standing - _new(parts.records) if echo else standing
    found = judge_records(parts.records, claim.ids, standing, rules.book.holds_story)
    found += _judge_claim(parts, judged, claim, rules, echo=echo)
    return [*found, *other_stories(block, claim.ids, rules.book.holds_story), *_assisted(block, rules.gate)]


def _of_revert(facts: CommitFacts, parts: Parts, back: Inherited, rules: Rules) -> Iterable[GateFinding]:
    """What is wrong with a commit that takes back what landed, or brings it back."""
    gone = {entry.path for entry in parts.records if back.whole and entry.removes}
    kept = [entry for entry in parts.records if entry.path not in gone]
    whole = back.whole and back.restores
    standing = rules.step.before.records - (_new(kept) if whole else set())
    found = judge_records(kept, back.stories if whole else (), standing, rules.book.holds_story)
    if not back.restores:
        return _kept_by_revert(found, facts)
    return [*found, *_restored(parts, back, rules)]


def _new(records: Iterable[Entry]) -> set[str]:
    """The paths of records that were not there before."""
    return {entry.path for entry in records if entry.change.old_mode == ABSENT}


def _taken_back(facts: CommitFacts, rules: Rules, claim: Stories) -> Inherited:
    """What a commit takes back; where it names stories itself only as a whole, and no others than it inherits.

    One that says it is of no story is judged as that.
    """
    if claim.faults or claim.none:
        return NOTHING
    found = rules.reverts.inherited(facts.commit, _work(facts))
    own = not claim.ids or (bool(found.whole) and set(claim.ids) <= set(found.stories))
    return found if own else NOTHING


def _told(facts: CommitFacts, back: Inherited, rules: Rules) -> tuple[str, ...]:
    """What a revert takes back, where its message names none of it: a title may say anything."""
    if set(rules.reverts.named(facts.commit)) & set(back.targets):
        return ()
    commits = ", ".join(one[:12] for one in back.targets[:3]) + (", …" if len(back.targets) > 3 else "")  # noqa: PLR2004
    whose = f" of {listed(back.stories)}" if back.stories else ""
    return (f"its message does not name it, and its content takes back {commits}{whose}",)


def _echoes(parts: Parts, rules: Rules) -> bool:
    """Whether nothing of a commit lands, since the result is as the base at all of its paths.

    So it is with commits below a stacked branch that were squashed into the base.
    """
    own = (entry.change.path for entry in (*parts.code, *parts.records))
    return rules.step.recorded is not None and rules.landing.isdisjoint(own)


def _kept_by_revert(found: Sequence[GateFinding], facts: CommitFacts) -> list[GateFinding]:
    """A revert of a part takes the record of the landing away with it, and that record stays."""
    parent = facts.commit.parents[0][:12] if facts.commit.parents else "REV"
    fix = "restore the record in the same commit: git checkout {} -- {}, then git commit --amend"
    return [one.replaced(fix=fix.format(parent, one.path)) for one in found]


def recorded_stories(parts: Parts, rules: Rules) -> tuple[str, ...]:
    """The stories of a commit that names none, by its content: what a squash does to trailers.

    Each of its code paths must go from one value that stands in a record of the range, in the base or in the
    result to another, and a record must speak of the path; its records must be of those the range adds. Whether
    the records explain the whole is judged over the range (G15), and their stories as if the commit named them.
    """
    recorded = rules.step.recorded
    if recorded is None or not (parts.code or parts.records):
        return ()
    found: dict[str, None] = {}
    for entry in parts.code:
        path, must = entry.change.path, recorded.edges.get(entry.change.path, ())
        values = {*recorded.way(path), *(value for edge in must for value in edge)}
        change = entry.change
        own = {Listed(change.old_mode, change.old_blob), Listed(change.new_mode, change.new_blob)}
        if not must or not own <= values:
            return ()
        found |= dict.fromkeys(one.story for one in recorded.about[path])
    counted = {one.path: one.story for one in recorded.counted}
    if not all(entry.path in counted for entry in parts.records):
        return ()
    return tuple(found | dict.fromkeys(counted[entry.path] for entry in parts.records))


def _restored(parts: Parts, back: Inherited, rules: Rules) -> list[GateFinding]:
    """What is brought back is held against the stories that it belongs to, as their own work would be."""
    judged = [rules.book(story) for story in back.stories]
    found = [one for story in judged for one in story.findings]
    if not found:
        owed = (entry for entry in parts.code if entry.change.path not in back.free)
        found += filter(None, (judge_path(entry, judged, rules.level) for entry in owed))
    return found


def _kind(parts: Parts) -> CommitKind:
    if parts.governed:
        return CommitKind.POLICY
    return CommitKind.EXEMPT if parts.exempt else CommitKind.SPEC


def _report(
    facts: CommitFacts,
    kind: CommitKind,
    findings: Sequence[GateFinding] = (),
    named: tuple[str, ...] = (),
) -> CommitReport:
    return CommitReport(
        commit=facts.id,
        kind=kind,
        verdict="refused" if findings else "pass",
        stories=named,
        findings=shortened(list(findings)) if findings else (),
    )


def _without_story(
    facts: CommitFacts, parts: Parts, claim: Stories, block: Block, rules: Rules
) -> list[GateFinding]:
    """G01, or for a merge G05; a value that is no id names a story that does not exist (G02)."""
    named = [fault for fault in claim.faults if not fault.endswith("is empty")]
    if named:
        return [finding("G02", fault, fix="write the id as the story's file has it") for fault in named]
    merge = len(facts.commit.parents) > 1
    why = claim.faults[0] if claim.faults else block.reason
    about = f": {why}" if why else ""
    found: list[GateFinding] = []
    for entry in parts.code:
        denied = rules.exempt.denied(entry.at, entry.change)
        if denied is not None:
            found.append(denied)
        name = printable(entry.path)
        if merge:
            message = f"the merge differs from the one that git computes at {name}, and no story covers it{about}"
            fix = "merge again without other changes, or name the story of the resolution in a `Story:` trailer"
            found.append(finding("G05", message, entry.path, fix))
        else:
            message = f"{name} changes without a story{about}"
            found.append(finding("G01", message, entry.path, _way_to_a_story(rules, name)))
    return found


def _way_to_a_story(rules: Rules, path: str) -> str:
    """How code comes to name a story, where the base and the result stand as they do."""
    step = rules.step
    if step.after.layout.is_spec(path):
        return f"it is part of the specification once its place stands in the base: land {POLICY_FILE} first"
    way = "end the message with a paragraph `Story: STORY-…` (bmad start STORY writes it for you)"
    if rules.audit:
        way = f"{_LANDED}; where it has not landed yet, {way}"
    if not (step.before.documents or step.after.documents):
        way = "there is no story yet: write the intent, run bmad map, and land both; then " + way
    if POLICY_FILE.encode() in step.absent:
        way += "; where it was begun before bmad was here, the base's `gate.grandfathered` may name its commits"
    return way


_LANDED = (
    "a message that has landed stays: revert the commit and land its work again for a story, then audit from there"
    " on, since of this commit each audit says the same"
)


def _judge_claim(
    parts: Parts, judged: Sequence[Judged], claim: Stories, rules: Rules, *, echo: bool = False
) -> list[GateFinding]:
    found = [finding("G02", fault) for fault in claim.faults]
    if len(claim.ids) > rules.gate.max_stories:
        message = f"it names {len(claim.ids)} stories, and the base allows {rules.gate.max_stories} in one commit"
        found.append(finding("G01", message, fix="split the commit"))
    found += [one for story in judged for one in story.findings]
    found += [] if echo else filter(None, (rules.closed(story.id) for story in judged))
    sound = [story for story in judged if not story.findings]
    if len(sound) == len(judged):
        for entry in parts.code:
            outside = judge_path(entry, sound, rules.level)
            if outside is not None:
                found.append(outside)
        if len(claim.ids) > 1:
            found += [owns_nothing(story) for story in judged if not owns(story, parts, rules.level)]
    return found


def _assisted(block: Block, gate: GateSettings) -> list[GateFinding]:
    if gate.assisted_by == "ignore":
        return []
    present = any(trailer.value for trailer in block.values(ASSISTED_BY))
    if gate.assisted_by == "require" and not present:
        message = "it has no `Assisted-by:` trailer, which the base's gate.assisted_by requires"
        return [finding("G01", message, fix="add `Assisted-by: TOOL:MODEL`, or `Assisted-by: none`")]
    if gate.assisted_by == "forbid" and present:
        message = "it has an `Assisted-by:` trailer, which the base's gate.assisted_by forbids"
        return [finding("G01", message, fix="take the trailer away")]
    return []
