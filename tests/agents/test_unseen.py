"""What `/proc` shows of bmad to the programs that it starts: no key that it was given."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, subprocess
from bmad.agents import unseen
for _ in range(2):
    unseen.hide()
subprocess.run(["cat", f"/proc/{os.getpid()}/environ"], env={}, check=True)
print(flush=True)
print(os.environ["ROUTER_API_KEY"], flush=True)
subprocess.run(["sh", "-c", "echo $ROUTER_API_KEY"], check=True)
"""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="there is no /proc here")
def test_a_key_is_not_read_from_the_process_that_has_it() -> None:
    environ = {**os.environ, "ROUTER_API_KEY": "sk-of-the-router", "PLAIN": "seen", "EMPTY_TOKEN": ""}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environ, capture_output=True, check=True)
    shown, own, handed_on = done.stdout.rpartition(b"\0")[0], *done.stdout.split(b"\n")[-3:-1]
    entries = shown.split(b"\0")
    assert b"PLAIN=seen" in entries
    assert b"ROUTER_API_KEY=****************" in entries
    assert b"sk-of-the-router" not in shown
    assert (own, handed_on) == (b"sk-of-the-router", b"sk-of-the-router")
