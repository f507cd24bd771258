"""Small texts by name in one folder, each written whole or not at all."""

import os
from pathlib import Path

from bmad.errors import CannotAnswerError, taken_away


class FileNotes:
    """Texts below a folder; a name is a relative path of plain words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> str | None:
        try:
            return (self._folder / name).read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise CannotAnswerError(f"{self._folder / name} cannot be read: {error}.") from None

    def write(self, name: str, text: str) -> None:
        """Raises: CannotAnswerError where it cannot be written, on a full disk for one.

        What holds the folder is not made anew: nothing would say whose it is.
        """
        path, above = self._folder / name, self._folder.parent
        if not above.is_dir():
            raise taken_away(above)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_name(f"{path.name}.new")
            with aside.open("w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            aside.replace(path)
        except OSError as error:
            raise CannotAnswerError(f"{path} cannot be written: {error.strerror or error}.") from None
