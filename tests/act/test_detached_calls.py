"""A git that outlives the bmad that began it, as one does whose filter never ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from bmad.errors import CannotAnswerError
from bmad.git.work.detached_calls import under_way, wait


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not tell who holds a lock")
def test_i_what_is_waited_for_in_vain_is_named_so_that_it_can_be_ended(tmp_path: Path) -> None:
    common = tmp_path.resolve()
    with under_way(common) as lent:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=lent)
    try:
        with pytest.raises(CannotAnswerError, match=rf"Let it end, or end it: kill {child.pid}\.$"):
            wait(common, 0.0)
    finally:
        child.kill()
        child.wait()
    wait(common, 5.0)
