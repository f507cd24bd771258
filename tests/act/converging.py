"""Reviewers and developers of every temper, scripted, on the real machine and review protocol, in memory.

`python -m tests.act.converging --runs 10000` plays so many stories and says how they ended.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.act.placing import Files, Places
from bmad.core.act.review import sift, verdicts
from bmad.core.act.run import CLOSED, Run
from bmad.core.act.triage import settle_replies, settle_stands, with_more
from bmad.model.act import Content, Event, Failed, Fixed, Landed, Reviewed, State, Triaged, Verified
from bmad.model.agents import Fault, Severity
from bmad.model.answers import Claim, Reply, ReplyAnswer, ReviewAnswer, Stand, StandWord, TriageAnswer, Verdict
from bmad.model.review import Disposition, Finding
from tests.act.strategies import CREATED, Told, developed, happen, started

TEMPERS = ("honest", "stubborn", "sloppy", "silent", "lying", "flipping")
MOST_ROUNDS = 6
ENDS = (State.DONE, State.ARBITRATE, State.FAILED)

_LINES = [f"value_{number} = {number}" for number in range(1, 31)]
_TEXT = "\n".join(_LINES)
_FAILS = 0.03


class Pair(NamedTuple):
    """Who works on a story, how many rounds they have, and the dice that their tempers throw."""

    developer: str
    reviewer: str
    rounds: int
    dice: random.Random

    def chance(self, temper: str, **odds: float) -> bool:
        """Whether something happens; of tempers that are not named, never."""
        return self.dice.random() < odds.get(temper, 0.0)


class Played(NamedTuple):
    """A pair's story, event by event; None in `end` where it came to none."""

    pair: Pair
    told: Told
    end: State | None


def play(seed: int) -> Played:
    """One story, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - nothing secret
    pair = Pair(dice.choice(TEMPERS), dice.choice(TEMPERS), dice.randint(1, MOST_ROUNDS), dice)
    event, content = started("auto", rounds=pair.rounds)
    told = happen(Told(Run("STORY-1"), ()), event, content)
    for _ in range(6 * pair.rounds + 6):
        if told.run.state in ENDS:
            return Played(pair, told, told.run.state)
        told = happen(told, *_next(pair, told.run))
    return Played(pair, told, told.run.state if told.run.state in ENDS else None)


def _next(pair: Pair, run: Run) -> tuple[Event, Content]:
    """What happens next to a story that no person looks after."""
    if pair.chance("any", any=_FAILS):
        return Event.FAILED, Failed(fault=Fault.TIMEOUT, words="It hung.")
    return _HAPPENS[run.state](pair, run)


def _developed(_pair: Pair, _run: Run) -> tuple[Event, Content]:
    return developed()


def _verified(pair: Pair, run: Run) -> tuple[Event, Content]:
    """Whoever is sloppy or lies leaves something that the checks find."""
    content = Verified(head=run.head, hunks=f"h-{run.trees[-1]}", checks=())
    if pair.chance(pair.developer, sloppy=0.4, lying=0.4, silent=0.1):
        return Event.CHECKS_FAILED, content.model_copy(update={"words": ("tests failed",)})
    return Event.PASSED, content


def _reviewed(pair: Pair, run: Run) -> tuple[Event, Content]:
    judged = [one for one in run.findings.values() if one.round < run.round or one.mark]
    answer = ReviewAnswer(findings=tuple(_claims(pair)), verdicts=tuple(_verdicts(pair, run)))
    places = Places(Files({"a.py": _TEXT}.get, lambda _: None, ("a.py",)))
    sifted = sift(answer.findings, "correctness", run.round, places, {}, run.findings)
    said = verdicts(judged, answer)
    return Event.REVIEWED, Reviewed(
        head=run.head, hunks=run.hunks, findings=sifted.findings, settled=said.settled, unsettled=said.unsettled
    )


def _claims(pair: Pair) -> list[Claim]:
    """A stubborn one raises the same for ever, one that lies something new each time."""
    odds = {"honest": 0.4, "stubborn": 1.0, "sloppy": 0.7, "lying": 0.9, "flipping": 0.5}
    if not pair.chance(pair.reviewer, **odds):
        return []
    same = pair.reviewer == "stubborn"
    lines = [3] if same else pair.dice.sample(range(1, 31), pair.dice.randint(1, 3))
    severity = Severity.P1 if same else pair.dice.choice([*Severity])
    return [
        Claim(severity=severity, path="a.py", line=line, quote=_LINES[line - 1], claim=pair.dice.choice("xyz"))
        for line in lines
    ]


def _verdicts(pair: Pair, run: Run) -> list[Verdict]:
    """Some are silent, some say both, some judge what nobody raised."""
    names = [*run.findings, *(["F-nowhere0"] if pair.reviewer == "lying" else [])]
    if pair.reviewer == "silent":
        return []
    settled = {"honest": 0.9, "sloppy": 0.8, "lying": 0.5, "flipping": 0.5}
    told = [Verdict(finding=name, settled=pair.chance(pair.reviewer, **settled)) for name in names]
    return [
        *told,
        *(
            Verdict(finding=one.finding, settled=not one.settled)
            for one in told[:1]
            if pair.reviewer == "flipping"
        ),
    ]


def _triaged(pair: Pair, run: Run) -> tuple[Event, Content]:
    raised = [one for one in run.findings.values() if one.disposition is Disposition.RAISED]
    first = TriageAnswer(stands=tuple(_stands(pair, run, raised)))
    stood = settle_stands(raised, first, run.findings)
    more = TriageAnswer(stands=tuple(_stands(pair, run, raised)))
    settled = settle_stands(raised, with_more(first, stood.wanting, more), run.findings).settlements
    concedes = {"honest": 0.7, "sloppy": 0.9, "lying": 0.5, "flipping": 0.5}
    replies = [
        Reply(finding=one.id, reply="conceded" if pair.chance(pair.reviewer, **concedes) else "upheld")
        for one in raised
        if pair.reviewer != "silent"
    ]
    return Event.TRIAGED, Triaged(settlements=settle_replies(raised, settled, ReplyAnswer(replies=tuple(replies))))


def _stands(pair: Pair, run: Run, raised: Sequence[Finding]) -> Iterator[Stand]:
    """Whoever does not confirm disputes, belittles or calls it a repeat, some of what is nowhere or itself."""
    odds = {"honest": 0.3, "stubborn": 1.0, "sloppy": 0.4, "lying": 0.9, "flipping": 0.6}
    words: tuple[StandWord, ...] = ("disputed", "part", "lesser", "duplicate")
    names = [*run.findings, *(["F-nowhere0"] if pair.developer == "lying" else [])]
    for one in raised if pair.developer != "silent" else ():
        stand = pair.dice.choice(words) if pair.chance(pair.developer, **odds) else "confirmed"
        yield Stand(
            finding=one.id,
            stand=stand,
            argument="" if pair.chance(pair.developer, sloppy=0.5) else "So it is.",
            severity=pair.dice.choice([*Severity]),
            same_as=pair.dice.choice(names),
        )


def _fixed(pair: Pair, run: Run) -> tuple[Event, Content]:
    """One that flips goes back to files of an earlier round; one that is sloppy leaves no marks."""
    back = bool(run.trees) and pair.chance(pair.developer, flipping=0.4, lying=0.2)
    tree = pair.dice.choice(run.trees) if back else f"t{run.seq}"
    marks = {} if pair.developer in ("sloppy", "silent") else dict.fromkeys(run.findings, "a.py:7")
    return Event.FIXED, Fixed(head=f"c{run.seq}", tree=tree, marks=marks)


def _landed(_pair: Pair, run: Run) -> tuple[Event, Content]:
    return Event.LANDED, Landed(commit=f"l{run.seq}", record="stories/records/STORY-1.json")


_HAPPENS: dict[State, Callable[[Pair, Run], tuple[Event, Content]]] = {
    State.CREATE: lambda _pair, _run: CREATED,
    State.DEV: _developed,
    State.VERIFY: _verified,
    State.REVIEW: _reviewed,
    State.TRIAGE: _triaged,
    State.FIX: _fixed,
    State.LAND: _landed,
}


def wrong(played: Played) -> list[str]:
    """What speaks against how a story went; empty where it converged."""
    run, found = played.told.run, []
    if played.end is None:
        found.append(f"it is in {run.state} after {run.seq} events")
    if run.round > played.pair.rounds:
        found.append(f"it took {run.round} rounds of {played.pair.rounds}")
    if played.end is State.DONE and (run.work_is_left or run.reviewed != run.hunks or run.dispute_is_open):
        found.append("it landed with work left, a dispute, or a change that nobody reviewed")
    return found + [f"{one.id} vanished in {one.same_as}" for one in run.findings.values() if is_lost(run, one)]


def is_lost(run: Run, one: Finding) -> bool:
    """Whether a repeat is left alone by what it repeats: that one is settled, gone, or less grave."""
    if one.disposition is not Disposition.JOINED:
        return False
    other = run.findings.get(one.same_as)
    return other is None or other.disposition in (*CLOSED, Disposition.JOINED) or other.severity > one.severity


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where all converged; else 1, with the seeds of those that did not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    runs = parser.parse_args(arguments).runs
    ends: Counter[str] = Counter()
    bad = 0
    for seed in range(runs):
        played = play(seed)
        ends[played.end or "none"] += 1
        for words in wrong(played):
            bad += 1
            sys.stdout.write(f"seed {seed} ({played.pair.developer}, {played.pair.reviewer}): {words}\n")
    told = ", ".join(f"{end} {count}" for end, count in sorted(ends.items()))
    sys.stdout.write(f"{runs} runs: {told}; {bad} wrong\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
