"""A second judge, written from the design's pages and sharing nothing with `core/gate` but the model's values.

It is slow and plain: a step is a base, a result and the commits between; each commit is sorted by what it changes,
then the step as a whole is looked at. `reviewed.py` holds what level `reviewed` asks beyond that.

Where the pages are silent it decides, and says so:

- a commit of governed paths, also beside the specification, is of kind `policy`; one that touches code or records,
  too, is what it would be without them, and refused;
- the territory of a story whose chain does not hold is not asked for;
- the specification as a whole is looked at where the net change touches it or the policy, and at the end of an
  audit;
- the marks of a merge in the intent count where the specification as a whole is looked at;
- an adoption has to end in a policy and a valid specification, whose lock says nothing ahead of time, and changes
  no file of the specification that stood there before; else it is held against nothing;
- an audit from a commit without a policy leaves out what stands before the first one, where that says no
  `gate.since`, or says one that is not older, and there was none before; otherwise what stands between cannot be
  judged;
- a record that is not the one its name says, or out of turn, is told as that alone;
- where something cannot be judged, the other codes say nothing and are not compared;
- a new line of the lock on a link one of whose ends does not stand holds what the upper one says in the base, in
  the result, or in what a commit has otherwise than each of its parents;
- a merge that differs from what git computes and names no story is `untraced` and G05; what git puts beside a path
  (`path~ID`) and the merge takes out is work at the path;
- of a commit that is refused, what it left is not told again of the net change;
- a state of a story is one that a commit's own change brings, so a branch that merely starts from an older
  territory does not narrow the one that stands in the base;
- what a commit takes back is read as `reverting.py` says;
- whoever a commit says had a part in it (author, `Co-authored-by`) has to be who the base's exemption is for; of
  a merge below the range, the authors of what it brought;
- which commits one push brought no history says, so in an audit a story that landed in an earlier step is open in
  later ones, unless a merge lies between;
- what everyone may change is asked of the net change by itself, however it came there; what says it is of no story
  is a tiny change or untraced, and its lines are all but those that both sides have in one order;
- the files of a baseline are asked for at the end alone, and any commit since that names a story settles one;
- a commit that is not judged (`gate.grandfathered`) changes no record that stands;
- what has to be signed as specification is so by its class, or since the result's register names it, be it gone;
- a link lies in a territory that names it, also where none is asked for (`traced`), and no exemption is of one;
- a governed file that git joined counts as carried there by a rename where the range removes files, or starts from
  several commits of which one lacks it;
- of more than two parents at once no merge is computed: what an octopus drops is told in many ways, and only
  that it is refused (G05) is compared. So it is with base and head that do not merge (G15).

What is judged, by `python -m tests.oracle.compare` (`words.py` names the letters):

- `--exhaustive 1`: at each of three levels every commit of the whole alphabet, some 330 of a change and a
  message: code in and out of territories; stories minted, reworded, widened, retired, gone, reopened, broken;
  suspicion and confirmation; the lock's lines in two spellings; sentences that leave the intent; policies and
  what they govern; records right, stale, forged and out of turn;
  reverts by each button; trailers in and out of place; a robot's commits. `--exhaustive 2`: also every two of
  `PAIRS`, some fifty letters, in a row, forked and merged both ways, with each base. `--exhaustive 3`: also
  every three of `TRIPLES`, eight letters, in all shapes with up to two parents among the start and the commits
  before. `--lines`: every two of the whole alphabet in a row.
- `--random N`: words of two to nine commits, also on a history from before the adoption, with octopus merges.
- `--signed N`: such words whose base asks for signatures, and of whose commits many bear one.
- `--keyed N`: such words whose base has some of `texts.KEYS`, signatures among them, and often names a commit that
  is not judged; people write and review in them, and there are links and pages of what was learnt. Of many the
  gate is given the same history with all documents in other places (`moved.py`), which is to change no verdict.

By default the tests run `--exhaustive 1` and some at random.

No word has code that becomes a specification, documents whose places change, submodules, links that stay
governed, unions by `.gitattributes`, twins of paths, a base that names its repository, more than one reviewer or
lens, evidence by a person or of a refactoring, malformed objects, or exemptions that have ended: of these the rows
of `tests/gate` are the only judges.
"""

from collections.abc import Sequence
from itertools import pairwise

from bmad.model.record import Record
from tests.oracle.alphabet import union
from tests.oracle.plain import Known, Past, Step, Verdict, is_record, stories_of
from tests.oracle.reading import read
from tests.oracle.reviewed import parsed
from tests.oracle.step import Range
from tests.oracle.texts import LEVELS, LOCK, Policy
from tests.oracle.world import World


def judge(world: World, base: str, head: str, known: Known, wanted: str | None = None) -> Verdict:
    """The verdict on a range, as `bmad gate --base BASE --head HEAD` gives it."""
    own = world.past(head) - world.past(base)
    if not own:
        return nothing(world, base)
    merged = world.merge(base, head)
    if merged is None:
        return Verdict(3, {}, frozenset({"G12"}), None)
    lock = None
    hard = [one for one in merged.conflicts if one.path != LOCK.encode()]
    tree = world.commits[head].tree if hard else merged.tree
    if merged.conflicts and not hard:
        stages = merged.conflicts[0]
        lock = union(*(world.blobs[at].decode() if at else "" for at in stages[1:]))
    step = Step(base, head, tree, in_order(world, own), bool(hard), lock)
    return summed(world, [step], wanted, known._replace(head=head, inside=own))


def nothing(world: World, base: str) -> Verdict:
    """The verdict on a range without commits: there is nothing to refuse, but a base that says nothing is told."""
    state = read(world, world.commits[base].tree)
    bad = bool(state.unreadable) or state.policy == "bad"
    return Verdict(3 if bad else 0, {}, frozenset({"G12"} if bad else ()), None)


def audit(world: World, since: str, head: str, known: Known, wanted: str | None = None) -> Verdict:
    """The verdict on a history, as `bmad gate --since REV` gives it: each first-parent step by its own base."""
    steps = first_parents(world, since, head)
    if steps is None:
        return Verdict(3, {}, frozenset({"G12"}), None)
    early = before_policy(world, steps)
    trees = [world.commits[since].tree, *(step.tree for step in steps)]
    policies = (read(world, tree).policy for tree in trees[early:])
    adopted = next((one for one in policies if isinstance(one, Policy)), None)
    older = adopted.since if adopted is not None else ""
    past = world.past(older) if older in world.commits else frozenset[str]()
    inside = world.past(head) - world.past(since)
    seen = known._replace(since=past, audit=True, head=head, inside=inside)
    verdict = summed(world, in_rows(world, together(world, steps[early:])), wanted, seen)
    skipped = {name for step in steps[:early] for name in step.commits}
    if (older and skipped - past) or (skipped and had_policy(world, since)):
        return Verdict(3, {}, frozenset({"G12"}), None)
    return verdict._replace(kinds={**verdict.kinds, **dict.fromkeys(skipped, "grandfathered")})


def before_policy(world: World, steps: Sequence[Step]) -> int:
    """How many steps lie before the first one that has to do with a policy; none where there never is one."""
    for index, step in enumerate(steps):
        trees = [world.commits[step.base].tree] if step.base else []
        own = any(
            world.files(name).get(b"bmad.yaml") != world.files(parent).get(b"bmad.yaml")
            for name in step.commits
            for parent in world.commits[name].parents[:1]
        )
        if own or any(read(world, tree).policy is not None for tree in (*trees, step.tree)):
            return index
    return 0


def had_policy(world: World, name: str) -> bool:
    """Whether the line that a commit ends ever had a policy."""
    while b"bmad.yaml" not in world.files(name) and world.commits[name].parents:
        name = world.commits[name].parents[0]
    return b"bmad.yaml" in world.files(name)


def first_parents(world: World, since: str, head: str) -> list[Step] | None:
    """The first-parent steps from a commit to the head; None where it does not lie on that line."""
    line = [head]
    while line[-1] != since:
        parents = world.commits[line[-1]].parents
        if not parents:
            return None
        line.append(parents[0])
    line.reverse()
    return [
        Step(base, tip, world.commits[tip].tree, in_order(world, world.past(tip) - world.past(base)))
        for base, tip in pairwise(line)
    ]


def together(world: World, steps: Sequence[Step]) -> list[Step]:
    """The steps of an audit, at `reviewed` with those put together that one record of a landing speaks of.

    A landing without a merge is some commits and their record in a row, judged as one range before it landed. It
    begins after the reviewed base where the line holds that, and the reviewed head; else with the first of the
    commits just before the record that name its story. A merge, or a change of the policy, ends it. A record that
    is only brought back speaks of the landing that it came with.
    """
    groups: list[list[int]] = []
    known: list[Record] = []
    for at in range(len(steps)):
        brought = [one for one in _brought_records(world, steps[at]) if one not in known]
        known += brought
        first = min((_first(world, steps, at, one) for one in brought), default=at)
        while groups and groups[-1][-1] >= first:
            first = min(first, groups.pop()[0])
        groups.append([first, at])
    found: list[Step] = []
    for first, at in groups:
        base = steps[first].base
        policy = read(world, world.commits[base].tree).policy if base else None
        if first < at and isinstance(policy, Policy) and policy.level in ("reviewed", "verified"):
            commits = [name for step in steps[first : at + 1] for name in step.commits]
            found.append(steps[at]._replace(base=base, commits=commits))
        else:
            found += steps[first : at + 1]
    return found


def in_rows(world: World, steps: Sequence[Step]) -> list[Step]:
    """The steps with the records that earlier ones of their row brought; a merge belongs to no row."""
    found: list[Step] = []
    row: frozenset[str] = frozenset()
    for step in steps:
        if any(len(world.commits[name].parents) != 1 for name in step.commits):
            row = frozenset()
            found.append(step)
            continue
        found.append(step._replace(beside=row))
        before = world.files(step.base) if step.base else {}
        row |= {
            path.decode() for path in world.files(step.head) if is_record(path.decode()) and path not in before
        }
    return found


def _plain(world: World, step: Step) -> bool:
    """One commit with one parent that leaves the policy alone."""
    commit = world.commits[step.head]
    if len(step.commits) != 1 or len(commit.parents) != 1:
        return False
    return world.files(step.head).get(b"bmad.yaml") == world.files(commit.parents[0]).get(b"bmad.yaml")


def _brought_records(world: World, step: Step) -> list[Record]:
    if not _plain(world, step):
        return []
    before, after = world.files(world.commits[step.head].parents[0]), world.files(step.head)
    new = [path for path in after if is_record(path.decode()) and path not in before]
    texts = [world.blobs[after[path].id].decode() for path in new]
    return [one for one in map(parsed, texts) if one is not None]


def _first(world: World, steps: Sequence[Step], at: int, record: Record) -> int:
    places = {step.head: index for index, step in enumerate(steps)} | {steps[0].base: -1}
    base, head = places.get(record.base), places.get(record.head)
    held = base is not None and head is not None and base < head <= at
    if held and base is not None and all(_plain(world, step) for step in steps[base + 1 : at + 1]):
        return base + 1
    first = at
    while first > 0 and first - 1 != base:
        step = steps[first - 1]
        named = stories_of(world.commits[step.head].message.decode())
        if not _plain(world, step) or record.story not in named or _new_records(world, step):
            break
        first -= 1
    return first


def _new_records(world: World, step: Step) -> bool:
    before, after = world.files(world.commits[step.head].parents[0]), world.files(step.head)
    return any(is_record(path.decode()) and path not in before for path in after)


def in_order(world: World, names: frozenset[str]) -> list[str]:
    return sorted(names, key=lambda name: (len(world.past(name)), name))


def summed(world: World, steps: Sequence[Step], wanted: str | None, known: Known) -> Verdict:
    """The steps' findings together; the headline is the least of their levels."""
    if not steps:
        return Verdict(0, {}, frozenset(), None)
    past = Past({}, {}, {})
    codes: set[str] = set()
    levels = []
    for at, step in enumerate(steps):
        judged = Range(world, step, known, past, whole=at == len(steps) - 1)
        if judged.before.unreadable:
            codes.add("G12")
        if judged.before.policy is None:
            adopted = judged.adoption()
            past.kinds.update(adopted)
            past.passed.update({name: set() for name in adopted})
            codes |= judged.codes
            continue
        if not isinstance(judged.before.policy, Policy):
            return Verdict(3, {}, frozenset({"G12"}), None)
        level = max(judged.policy.level, wanted or "traced", key=LEVELS.index)
        judged.judge(level)
        levels.append(level)
        codes |= judged.codes
    code = 3 if "G12" in codes else 1 if codes else 0
    return Verdict(code, past.kinds, frozenset(codes), min(levels, key=LEVELS.index, default=None))
