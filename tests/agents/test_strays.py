"""What a program leaves is ended with it, but not what others leave that are still at work."""

import subprocess

from bmad.agents.strays import Leases, Strays
from tests.act.agent_world import alive


def begun(strays: Strays, script: str) -> tuple["subprocess.Popen[bytes]", int]:
    """A program, and the process that it names."""
    child = strays.begin(lambda: subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE))
    assert child.stdout is not None
    with child.stdout as told:
        return child, int(told.readline())


LEAVES = "sleep 90 > /dev/null & echo $!"
STAYS = "echo $$; exec sleep 90 > /dev/null"


def test_an_orphan_is_ended_with_the_last_of_those_at_work() -> None:
    strays = Strays()
    assert strays.nothing_left(), "nothing was begun"
    other, _ = begun(strays, STAYS)
    first, orphan = begun(strays, LEAVES)
    first.wait()
    assert strays.done(first)
    assert alive(orphan), "it may be the other one's"
    assert not strays.nothing_left()
    other.kill()
    other.wait()
    assert strays.done(other)
    assert not alive(orphan)
    assert strays.nothing_left()


def test_what_only_outlives_others_keeps_no_orphan() -> None:
    strays = Strays()
    up, kept = begun(strays, STAYS)
    with strays.keeping(lambda: {kept}):
        first, orphan = begun(strays, LEAVES)
        first.wait()
        assert strays.done(first)
        assert not alive(orphan)
        assert alive(kept)
    up.kill()
    up.wait()
    assert strays.done(up)


def test_nothing_is_left_under_a_lease_only_where_each_program_was_seen_to_end() -> None:
    leases = Leases()
    assert not leases.are_free("lock"), "nobody has looked"
    leases.none_left("lock")
    assert leases.are_free("lock")
    leases.begins("lock")
    first = leases.begun("lock")
    assert not leases.are_free("lock"), "it is at work"
    leases.begins("lock")
    leases.none_left("lock", leases.begun("lock"))
    assert not leases.are_free("lock"), "the first one may have left something"
    leases.none_left("lock", first)
    assert not leases.are_free("lock"), "the second one was not told of since"
    leases.none_left("lock", first + 1)
    assert leases.are_free("lock")
    assert not leases.are_free("another lock")
