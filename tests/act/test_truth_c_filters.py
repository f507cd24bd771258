"""Files that git brings out by a filter stand otherwise in a work tree than in the commit that was looked at."""

import pytest

from bmad.git.work.repository import GitRepository
from tests.act.repos import Person, story


@pytest.mark.parametrize(
    ("settings", "is_seen"),
    [
        ({}, False),
        ({"clean": "git-lfs clean -- %f", "smudge": "git-lfs smudge -- %f"}, False),
        ({"process": "git-lfs filter-process"}, False),
        ({"clean": "nbstripout"}, True),
        ({"clean": "nbstripout", "smudge": "cat"}, True),
    ],
)
def test_c_what_a_filter_brings_out_was_not_in_the_diff(
    person: Person, repository: GitRepository, settings: dict[str, str], *, is_seen: bool
) -> None:
    for key, value in settings.items():
        person.git("config", f"filter.big.{key}", value)
    tree = story(repository, person.base)
    (tree.folder / ".gitattributes").write_text("*.dat filter=big\n*.txt -filter\n*.on filter\n")
    paths = ["a.dat", '"\\377.dat"', "a.txt", "a.on", "a.py"]
    wanted = {} if is_seen else dict.fromkeys(paths[:2], "big")
    assert repository.filtered(tree, paths) == wanted
    assert repository.filtered(tree, []) == {}
