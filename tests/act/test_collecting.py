"""What goes on for hours looks for what only holds itself; the program begins without that."""

import gc
import weakref

import pytest

from bmad.pipeline.act.collecting import collecting

MANY = 100_000
"""So many new things that the collector looks."""


class Ring:
    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def _as_the_program_begins() -> None:
    gc.disable()


@pytest.mark.usefixtures("_as_the_program_begins")
def test_a_long_run_looks_for_what_only_holds_itself() -> None:
    try:
        before = weakref.ref(Ring())
        with collecting():
            seen = weakref.ref(Ring())
            rows = [[at] for at in range(MANY)]
            assert seen() is None, len(rows)
            assert before() is not None, "what was there by then is not looked through"
        assert not gc.isenabled()
        assert not gc.get_freeze_count()
    finally:
        gc.enable()
