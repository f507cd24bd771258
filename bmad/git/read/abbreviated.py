"""Full ids of abbreviated ones, as a message names a commit (`git revert --reference`)."""

import tempfile
from collections.abc import Sequence

from bmad.git.process import Git
from bmad.model.bounds import LISTED_BYTES

_FORM = "--batch-check=%(objectname) %(objecttype)"


def full_ids(git: Git, shorts: Sequence[str]) -> dict[str, str]:
    """The one object that each of them can be, whatever its kind; none of what several ids begin with.

    The private repository has no refs, so no branch is taken for an id.
    """
    if not shorts:
        return {}
    with tempfile.TemporaryFile() as questions:
        questions.write("".join(f"{short}\n" for short in shorts).encode())
        questions.seek(0)
        told = git.run(["cat-file", _FORM], questions, most=LISTED_BYTES).decode().splitlines()
    answers = [line.split(" ") for line in told]
    return {short: name for short, (name, what) in zip(shorts, answers, strict=True) if what in ("commit", "tag")}
