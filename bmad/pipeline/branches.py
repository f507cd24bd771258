"""The names of bmad's branches."""

HEADS = "refs/heads/"

BRANCH = "bmad/"
"""What the branch of a story begins with, as people call it; its id follows."""

REF = f"{HEADS}{BRANCH}"
"""The same as a full ref."""

NEXT = f"{REF}next"
"""Where stories stand until one acceptance for all."""


REMOTES = "refs/remotes/"


def local(ref: str) -> str:
    """The name that a branch has, or would have once it is checked out, in this repository."""
    return short(ref).partition("/")[2] if ref.startswith(REMOTES) else short(ref)


def short(ref: str) -> str:
    """A branch as people call it."""
    return ref.removeprefix(HEADS).removeprefix(REMOTES)
