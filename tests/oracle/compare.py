"""Both judges over many histories: `python -m tests.oracle.compare --help`.

A difference is told with its word, so that it can be looked at again by `--word`.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from bmad.model.gate import GateReport
from bmad.model.history import Listed
from bmad.pipeline.gate import GateRequest
from tests.oracle import judge as oracle
from tests.oracle.alphabet import Made, Word, make
from tests.oracle.fake import FakeHistory
from tests.oracle.plain import Known, Verdict
from tests.oracle.texts import LOCK
from tests.oracle.words import exhaustive, rand, shown, spoken
from tests.oracle.world import ABSENT, World


class Case(NamedTuple):
    """A word as it was judged: by `--base`, or by `--since` where `since` is set."""

    word: Word
    since: bool


class Difference(NamedTuple):
    case: Case
    gate: Verdict
    oracle: Verdict

    @property
    def kind(self) -> tuple[object, ...]:
        """What alike differences have in common."""
        return tuple(
            (one.exit, tuple(sorted(one.codes)), tuple(one.kinds.values()), one.level)
            for one in (self.gate, self.oracle)
        )


class Judges:
    """Both judges over one world, in which histories share what they have in common."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder / "scratch.git")
        self.history = FakeHistory(self.world)
        self.aside = 0

    def report(self, case: Case) -> GateReport:
        """What the gate says through the plain history."""
        return self.history.gate(refs_of(case, make(self.world, case.word)), request_of(case))

    def judge(self, case: Case) -> Difference:
        """What each of them says, made comparable."""
        made = make(self.world, case.word)
        base, head = made.ids[case.word.base], made.ids[len(case.word.nodes) - 1]
        told = verdict_of(self.history.gate(refs_of(case, made), request_of(case)))
        present = frozenset().union(*(self.world.past(one) for one in (base, head, *made.extra)))
        known = Known(frozenset(), present, None if case.since else "refs/heads/main")
        judge = oracle.audit if case.since else oracle.judge
        found = judge(self.world, base, head, known)
        kinds = {name: found.kinds[name] for name in told.kinds if name in found.kinds}
        merged = self.world.merge(base, head)
        apart = (
            not case.since and merged is not None and any(one.path != LOCK.encode() for one in merged.conflicts)
        )
        return Difference(case, comparable(told, apart), comparable(found._replace(kinds=kinds), apart))


def refs_of(case: Case, made: Made) -> dict[str, str]:
    """Branches: the base (`main`), the head (`work`), and what keeps reviewed commits at hand."""
    base, head = made.ids[case.word.base], made.ids[len(case.word.nodes) - 1]
    return {"main": base, "work": head, **{f"kept{at}": name for at, name in enumerate(made.extra)}}


def request_of(case: Case) -> GateRequest:
    return GateRequest(None if case.since else "main", "work", since="main" if case.since else None)


def verdict_of(report: GateReport) -> Verdict:
    return Verdict(
        int(report.exit),
        {one.commit: str(one.kind) for one in report.commits},
        frozenset(one.code for one in report.every_finding),
        str(report.level) if report.level else None,
    )


def comparable(one: Verdict, apart: bool) -> Verdict:
    """Where nothing could be judged, that alone counts, and where base and head do not merge; where there was
    nothing to judge, the level says nothing.
    """
    if one.exit == 3:
        return Verdict(3, {}, frozenset({"G12"}), None)
    if apart:
        return Verdict(one.exit, {}, one.codes & {"G15"}, None)
    return one if one.kinds else one._replace(level=None)


def differences(judges: Judges, cases: Iterable[Case]) -> Iterator[Difference]:
    for case in cases:
        found = judges.judge(case)
        if found.gate != found.oracle:
            if set_aside(judges.world, found):
                judges.aside += 1
            else:
                yield found


def set_aside(world: World, one: Difference) -> bool:
    """Whether the judges differ on a revert that the oracle does not judge.

    What a commit takes back is found by content, over runs of commits, with policy, specification and records
    (decision 9). Of all that the oracle knows reverts of one commit only; of the others it holds but this: each of
    their code files has been as they leave it before. So where the gate passes reverts that bring nothing new, or
    refuses what says that it reverts, a difference is counted apart and not told.
    """
    names = [name for name, kind in one.gate.kinds.items() if kind == "revert"]
    said = [node for node in one.case.word.nodes if node.message.startswith("revert ")]
    if not names:
        return bool(said) and one.gate.exit != 0
    return all(_has_been(world, name) for name in names)


def _has_been(world: World, name: str) -> bool:
    """Whether a commit leaves each code file that it changes as some commit before it had it."""
    commit = world.commits[name]
    past = [world.files(before) for before in world.past(name) - {name}]
    merged = world.merge(*commit.parents) if len(commit.parents) > 1 else None
    before = merged.tree if merged is not None else world.commits[commit.parents[0]].tree
    return all(
        any(
            files.get(change.path, ABSENT) == Listed(change.new_mode, change.new_blob or ABSENT.id)
            for files in past
        )
        for change in world.changes(before, commit.tree)
        if change.path.startswith((b"src/", b"lib/"))
    )


def both(words: Iterable[Word]) -> Iterator[Case]:
    for word in words:
        yield Case(word, since=False)
        yield Case(word, since=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exhaustive", type=int, default=0, metavar="N", help="every word of up to N commits")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="so many longer words at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--word", action="append", default=[], help="one word, as differences are told")
    parser.add_argument("--only", choices=("base", "since"), help="one of the two ways to judge")
    parser.add_argument("--show", type=int, default=20, help="so many kinds of differences are told")
    asked = parser.parse_args()
    cases: Iterable[Case] = both(
        (*map(spoken, asked.word), *exhaustive(asked.exhaustive), *rand(asked.seed, asked.random))
        if asked.word
        else _words(asked.exhaustive, asked.random, asked.seed)
    )
    if asked.only:
        cases = (one for one in cases if one.since is (asked.only == "since"))
    with tempfile.TemporaryDirectory() as folder:
        tell(Judges(Path(folder)), cases, asked.show)


def _words(size: int, count: int, seed: int) -> Iterator[Word]:
    yield from exhaustive(size)
    yield from rand(seed, count)


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def tell(judges: Judges, cases: Iterable[Case], most: int) -> None:
    count = Counter[str]()

    def counted() -> Iterator[Case]:
        for case in cases:
            count["since" if case.since else "base"] += 1
            yield case

    kinds: dict[tuple[object, ...], list[Difference]] = {}
    for one in differences(judges, counted()):
        kinds.setdefault(one.kind, []).append(one)
    for alike in sorted(
        kinds.values(), key=lambda alike: (alike[0].gate.exit == alike[0].oracle.exit, -len(alike))
    )[:most]:
        for name, verdict in (("gate", alike[0].gate), ("oracle", alike[0].oracle)):
            say(f"{name:7}", verdict.exit, sorted(verdict.codes), list(verdict.kinds.values()), verdict.level)
        for one in sorted(alike, key=lambda one: len(one.case.word.nodes))[:4]:
            say("        ", "--since" if one.case.since else "--base ", shown(one.case.word))
        say(f"         {len(alike)} like this\n")
    total = sum(map(len, kinds.values()))
    say(f"{count['base']} histories by --base, {count['since']} by --since: {total} differences")
    say(f"{judges.aside} more of reverts that the oracle does not judge (see `set_aside`)")


if __name__ == "__main__":
    main()
