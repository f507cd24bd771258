"""A landing moves nobody's files while another command writes among them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bmad.git.gitdir import place
from bmad.git.work.repository import open_repository
from bmad.store.workspace import WRITE, writers
from tests.act.repos import MAIN, Person, story


def test_i_a_landing_waits_for_whoever_writes_in_the_tree_that_it_moves(person: Person) -> None:
    found = place(person.root)
    assert found is not None
    asked: list[Path] = []

    @contextmanager
    def guard(gitdir: Path) -> Iterator[None]:
        asked.append(gitdir)
        hold = writers(gitdir / "bmad").wait(WRITE, "bmad act", 0)
        try:
            yield
        finally:
            hold.release()

    repository = open_repository(person.root, os.environ, guard)
    tree = story(repository, person.base)
    (tree.folder / "a.txt").write_text("story\n", encoding="utf-8")
    new = repository.commit(tree, person.base, "Step\n") or ""
    hold = writers(found.own).take(WRITE, "bmad map")
    assert hold is not None
    before = person.state()
    landing = repository.land(MAIN, new, person.base)
    assert (landing.state, "bmad map, process" in landing.words) == ("waits", True), landing
    assert person.state() == before
    hold.release()
    assert repository.land(MAIN, new, person.base).state == "moved"
    assert asked == [found.gitdir, found.gitdir]
