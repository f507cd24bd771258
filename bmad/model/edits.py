"""Edits to a spec document, by what they mean and not by where they stand."""

from collections.abc import Sequence
from typing import NamedTuple

from bmad.model.spec import AnyItem


class AddItem(NamedTuple):
    """Put a new item after the item `after`; without one, at the end of the level-2 section `under`.

    With neither it goes to the document's end, or before its `first` item; a section that is not there is added.
    """

    item: AnyItem
    after: str | None = None
    under: str | None = None
    first: bool = False


class OrderItems(NamedTuple):
    """Bring items of a document into this order, in the places that they take together; other edits come after."""

    ids: tuple[str, ...]


class NameIntent(NamedTuple):
    """Have a register name its intent by another path, to which that has moved."""

    path: str


class RemoveItem(NamedTuple):
    id: str


class SetTitle(NamedTuple):
    id: str
    title: str


class SetField(NamedTuple):
    """Set a field to its written form; None removes the field."""

    id: str
    name: str
    value: str | None


class SetBody(NamedTuple):
    """Replace the text of a requirement or epic, or the quote of a statement."""

    id: str
    text: str


class SetSection(NamedTuple):
    """Replace the text of one section of a story, adding the section where it is not there."""

    id: str
    title: str
    text: str


class SetCriterion(NamedTuple):
    """Set the text of criterion `criterion` (`AC-1`) of a story; None removes it, a new id appends."""

    id: str
    criterion: str
    text: str | None


Edit = AddItem | OrderItems | NameIntent | RemoveItem | SetTitle | SetField | SetBody | SetSection | SetCriterion


def globs_text(globs: Sequence[str]) -> str:
    """The written form of a territory."""
    return ", ".join(f"`{glob}`" for glob in globs)
