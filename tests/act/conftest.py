"""A person's repository, for the tests of what bmad does in it."""

from pathlib import Path

import pytest

from bmad.git.work.repository import GitRepository
from tests.act.repos import Person


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path / "my projekt ä")


@pytest.fixture
def repository(person: Person) -> GitRepository:
    return person.open()
