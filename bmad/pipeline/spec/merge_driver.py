"""The merge driver: git hands it the three versions of a document, and takes what it makes of them."""

from collections.abc import Sequence
from pathlib import Path

from bmad.core.merging.documents import MARK, merge
from bmad.errors import UsageError
from bmad.model.layout import DRIVER, Layout
from bmad.ports.history import Checkout


def attributes(layout: Layout) -> tuple[str, ...]:
    """The lines of `.gitattributes` that have the documents of a specification merged so."""
    return tuple(f"{path} merge={DRIVER}" for path in layout.patterns)


def install_driver(checkout: Checkout, command: Sequence[str]) -> None:
    """Tell this clone's git what `merge=bmad` means. A clone that is not told merges line by line, as ever."""
    checkout.name_driver(DRIVER, "documents of bmad", [*command, "merge-driver", "%O", "%A", "%B", "%L"])


def uninstall_driver(checkout: Checkout) -> list[str]:
    """Have git merge line by line again: a driver whose program is gone would leave every document in conflict."""
    return ["git merges documents line by line again"] if checkout.forget_driver(DRIVER) else []


def merge_files(base: Path, ours: Path, theirs: Path, mark: int = MARK) -> bool:
    """Write the merge into the file of `ours`; whether nothing is left to a person.

    Raises: UsageError where a file cannot be read.
    """
    try:
        texts = [file.read_bytes().decode("utf-8", "surrogateescape") for file in (base, ours, theirs)]
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be read: {error.strerror}. Git calls this with its files."
        ) from None
    merged = merge(texts[0], texts[1], texts[2], mark)
    ours.write_bytes(merged.text.encode("utf-8", "surrogateescape"))
    return merged.conflicts == 0
