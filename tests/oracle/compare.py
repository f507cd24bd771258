"""Both judges over many histories: `python -m tests.oracle.compare --help`.

A difference is told with its word, so that it can be looked at again by `--word`.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from multiprocessing import Pool
from multiprocessing.util import Finalize
from pathlib import Path
from typing import NamedTuple

from bmad.model.gate import GateReport
from bmad.pipeline.gate.gate import GateRequest
from tests.oracle import judge as oracle
from tests.oracle.alphabet import Made, Word, make
from tests.oracle.fake import FakeHistory
from tests.oracle.moved import PATHS, moved
from tests.oracle.plain import Known, Verdict
from tests.oracle.texts import LOCK
from tests.oracle.words import attested, exhaustive, keyed, lines, rand, shown, spoken
from tests.oracle.world import Scratch, World


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
        self._git = Scratch(folder / "scratch.git")
        self.world = World(self._git)
        self.history = FakeHistory(self.world)
        self._elsewhere = World(self._git)
        self._last: tuple[Word, Made] | None = None

    def forget(self) -> None:
        """Begin with a world of nothing but what git has computed: what is kept of a history is 20 kB and more."""
        self.world = World(self._git, self.world)
        self.history = FakeHistory(self.world)
        self._elsewhere = World(self._git, self._elsewhere)
        self._last = None

    def made(self, word: Word) -> Made:
        """The commits of a word; one after the other it is judged both ways."""
        if self._last is None or self._last[0] is not word:
            self._last = word, make(self.world, word)
        return self._last[1]

    def report(self, case: Case) -> GateReport:
        """What the gate says through the plain history."""
        return self.history.gate(refs_of(case, self.made(case.word)), request_of(case))

    def judge(self, case: Case) -> Difference:
        """What each of them says, made comparable."""
        made = self.made(case.word)
        base, head = made.ids[case.word.base], made.ids[len(case.word.nodes) - 1]
        told = self._told(case, made)
        present = frozenset().union(*(self.world.past(one) for one in (base, head, *made.extra)))
        known = Known(frozenset(), present, None if case.since else "refs/heads/main")
        judge = oracle.audit if case.since else oracle.judge
        found = judge(self.world, base, head, known)
        kinds = {name: found.kinds[name] for name in told.kinds if name in found.kinds}
        merged = self.world.merge(base, head)
        hard = merged is not None and any(one.path != LOCK.encode() for one in merged.conflicts)
        apart = frozenset({"G15"} if hard and not case.since else ())
        own = self.world.past(head) - self.world.past(base)
        apart |= {"G05"} if any(len(self.world.commits[one].parents) > 2 for one in own) else set()
        return Difference(case, comparable(told, apart), comparable(found._replace(kinds=kinds), apart))

    def _told(self, case: Case, made: Made) -> Verdict:
        """What the gate says, of the documents where the word has them stand."""
        refs = refs_of(case, made)
        if PATHS not in case.word.level.split(" "):
            return verdict_of(self.history.gate(refs, request_of(case)))
        ids = moved(self.world, self._elsewhere, refs.values())
        history = self.history if all(map(str.__eq__, ids, ids.values())) else FakeHistory(self._elsewhere)
        told = verdict_of(history.gate({ref: ids[name] for ref, name in refs.items()}, request_of(case)))
        names = {new: old for old, new in ids.items()}
        return told._replace(kinds={names[one]: kind for one, kind in told.kinds.items()})


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


def comparable(one: Verdict, apart: frozenset[str]) -> Verdict:
    """Where nothing could be judged, that alone counts, and where base and head do not merge, or three are merged
    at once (what that drops is told in many ways); where there was nothing to judge, the level says nothing.
    """
    if one.exit == 3:
        return Verdict(3, {}, frozenset({"G12"}), None)
    if apart:
        return Verdict(one.exit, {}, one.codes & apart, None)
    return one if one.kinds else one._replace(level=None)


def differences(judges: Judges, cases: Iterable[Case]) -> Iterator[Difference]:
    for case in cases:
        found = judges.judge(case)
        if found.gate != found.oracle:
            yield found


def both(words: Iterable[Word]) -> Iterator[Case]:
    for word in words:
        yield Case(word, since=False)
        yield Case(word, since=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--exhaustive", type=int, default=0, metavar="N", help="all words of up to N (1 to 3) commits"
    )
    parser.add_argument("--lines", action="store_true", help="every two commits of the whole alphabet in a row")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="so many longer words at random")
    parser.add_argument("--signed", type=int, default=0, metavar="N", help="so many more that have to be signed")
    parser.add_argument("--keyed", type=int, default=0, metavar="N", help="so many more with other settings")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--word", action="append", default=[], help="one word, as differences are told")
    parser.add_argument("--only", choices=("base", "since"), help="one of the two ways to judge")
    parser.add_argument("--show", type=int, default=20, help="so many kinds of differences are told")
    parser.add_argument("--processes", type=int, default=1, metavar="N")
    asked = parser.parse_args()
    every = chain(exhaustive(asked.exhaustive), lines() if asked.lines else ())
    words = chain(
        map(spoken, asked.word),
        every,
        rand(asked.seed, asked.random),
        attested(asked.seed, asked.signed),
        keyed(asked.seed, asked.keyed),
    )
    shares = (Share(share, asked.only) for share in batched(words, SHARE))
    with Pool(asked.processes, _begin) as pool:
        tell(pool.imap_unordered(_judged, shares), asked.show)


SHARE = 500
"""So many words share one world."""


class Share(NamedTuple):
    """Words for one process, to be judged both ways or one of them."""

    words: Sequence[Word]
    only: str | None

    @property
    def cases(self) -> Iterator[Case]:
        return (one for one in both(self.words) if self.only is None or one.since is (self.only == "since"))


def batched(words: Iterable[Word], size: int) -> Iterator[tuple[Word, ...]]:
    waiting = iter(words)
    while share := tuple(islice(waiting, size)):
        yield share


_own: list[Judges] = []
"""The judges of this process."""


def _begin() -> None:
    folder = tempfile.TemporaryDirectory()
    Finalize(folder, folder.cleanup, exitpriority=1)
    _own[:] = [Judges(Path(folder.name))]


def _judged(share: Share) -> tuple[Counter[str], list[Difference]]:
    """How many cases were judged each way, and how the judges differ."""
    found = list(differences(_own[0], share.cases))
    _own[0].forget()
    return Counter("since" if case.since else "base" for case in share.cases), found


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def tell(shares: Iterable[tuple[Counter[str], list[Difference]]], most: int) -> None:
    count = Counter[str]()
    kinds: dict[tuple[object, ...], list[Difference]] = {}
    for judged, found in shares:
        count += judged
        for one in found:
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


if __name__ == "__main__":
    main()
