"""What a program leaves is ended with it, but not what others leave that are still at work."""

import subprocess

from bmad.agents.strays import Strays
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
    other, _ = begun(strays, STAYS)
    first, orphan = begun(strays, LEAVES)
    first.wait()
    assert strays.done(first)
    assert alive(orphan), "it may be the other one's"
    other.kill()
    other.wait()
    assert strays.done(other)
    assert not alive(orphan)


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
