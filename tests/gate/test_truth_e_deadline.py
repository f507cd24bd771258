"""Whatever a range is made of, it ends within a bound of CPU time and of memory, told with its number."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from bmad.errors import UndecidableError
from bmad.git.budget import Budget, private_bytes
from bmad.git.read import deadline
from bmad.git.read.deadline import deadline as bounded
from bmad.model.bounds import GATE_MEMORY, GATE_SECONDS, GIT_LEAST, GIT_SECONDS, MIB
from bmad.model.gate import GateReport
from tests.gate.repo import FIND, Repo, passes, refuses, story

OVER_TIME = "took more than {} seconds of CPU time"


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGPROF) is signal.SIG_DFL


def told(report: GateReport, words: str) -> None:
    refuses(report, "G12")
    assert words in report.findings[0].message


def burn(seconds: float) -> None:
    start = time.thread_time()
    while time.thread_time() - start < seconds:
        sum(range(1000))


def judged(repo: Repo, *, main: bool) -> GateReport:
    if main:
        return repo.gate()
    found: list[GateReport] = []
    thread = threading.Thread(target=lambda: found.append(repo.gate()))
    thread.start()
    thread.join()
    return found[0]


def bounded_in(what: Callable[[], object], times: int, budget: Budget | None = None) -> None:
    with bounded(budget or Budget(1)):
        for _ in range(times):
            what()
            burn(0.002)


def lost() -> bool:
    """An end that somebody takes for another."""
    with suppress(UndecidableError):
        burn(5)
    return True


def spend(budget: Budget, seconds: float) -> None:
    """As a git that is charged."""
    budget._left -= seconds


@pytest.mark.parametrize("main", [True, False], ids=["in the main thread", "in another"])
def test_e_a_gate_ends_by_its_cpu_time(repo: Repo, main: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    passes(judged(repo, main=main))
    monkeypatch.setattr(deadline, "GATE_SECONDS", 0)
    told(judged(repo, main=main), OVER_TIME.format(0))


def test_e_a_gate_ends_by_its_memory(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    monkeypatch.setattr(deadline, "GATE_MEMORY", -1)
    told(repo.gate(), "more than -1 MiB of memory")


def test_e_work_is_ended_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "GATE_SECONDS", 0.1)
    start = time.thread_time()
    with pytest.raises(UndecidableError, match=OVER_TIME.format("0.1")), bounded(Budget(1)):
        burn(5)
    assert time.thread_time() - start < 1


def test_e_memory_is_seen_while_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "GATE_MEMORY", 32 * MIB)
    held: list[bytes] = []
    with pytest.raises(UndecidableError, match="more than 32 MiB of memory"):
        bounded_in(lambda: held.append(b"x" * MIB), 400)
    assert len(held) < 100


def test_e_what_ran_over_never_passes_though_its_end_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "GATE_SECONDS", 0.05)
    ended: list[bool] = []
    with pytest.raises(UndecidableError, match=OVER_TIME.format("0.05")):
        bounded_in(lambda: ended.append(lost()), 1)
    assert ended == [True]


def test_e_it_is_said_again_where_its_end_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "GATE_SECONDS", 0.05)
    monkeypatch.setattr(deadline, "_AGAIN", 0.05)
    first = iter([lost])

    def once() -> None:
        next(first, bool)()

    start = time.thread_time()
    with pytest.raises(UndecidableError):
        bounded_in(once, 1000)
    assert time.thread_time() - start < 1


def test_e_gits_count_as_the_gate_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = Budget(GIT_SECONDS)
    monkeypatch.setattr(deadline, "GATE_SECONDS", 10)
    bounded_in(lambda: None, 5, budget)
    with pytest.raises(UndecidableError, match=OVER_TIME.format(10)):
        bounded_in(lambda: spend(budget, 0.5), 30, budget)


def test_e_who_measures_by_the_same_timer_keeps_it() -> None:
    rings: list[int] = []
    signal.signal(signal.SIGPROF, lambda number, _: rings.append(number))
    try:
        signal.setitimer(signal.ITIMER_PROF, 0.01, 0.01)
        with bounded(Budget(1)):
            burn(0.1)
        burn(0.1)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    assert len(rings) > 2


def test_e_the_bounds_are_one_budget() -> None:
    assert GIT_SECONDS < GATE_SECONDS < 60
    assert GATE_MEMORY + GIT_LEAST + 64 * MIB < 1024 * MIB
    assert private_bytes(os.getpid()) > MIB
    assert Budget(1).held < MIB
