"""Archives of this project's own making, unpacked on any Python that bmad runs on."""

import tarfile
from pathlib import Path


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar archive; before Python 3.11.4 there is no filter, and what is here needs none."""
    with tarfile.open(archive) as opened:
        opened.extraction_filter = getattr(tarfile, "data_filter", None)
        opened.extractall(folder)  # noqa: S202 - see above
