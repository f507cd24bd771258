"""What goes on for hours looks for what only holds itself; the program begins without that."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from bmad.pipeline.act import collecting as module
from bmad.pipeline.act.collecting import collecting

MANY = 100_000
"""So many new things that the collector looks."""


class Ring:
    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def _as_the_program_begins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    gc.collect()  # without what all tests share, which is kept from it again at the end
    monkeypatch.setattr(module, "_within", [])
    gc.unfreeze()
    gc.disable()
    yield
    gc.enable()
    gc.freeze()


@pytest.mark.usefixtures("_as_the_program_begins")
def test_a_long_run_looks_for_what_only_holds_itself() -> None:
    before = weakref.ref(Ring())
    with collecting():
        seen = weakref.ref(Ring())
        rows = [[at] for at in range(MANY)]
        assert seen() is None, len(rows)
        assert before() is not None, "what was there by then is not looked through"
    assert not gc.isenabled()
    assert not gc.get_freeze_count()


@pytest.mark.usefixtures("_as_the_program_begins")
def test_one_within_another_leaves_what_the_first_does_not_look_through() -> None:
    with collecting():
        kept = gc.get_freeze_count()
        with collecting():
            assert gc.isenabled()
        assert gc.get_freeze_count() == kept
    assert not gc.get_freeze_count()
