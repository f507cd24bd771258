"""Names of revisions to full commit ids, without git's guessing.

A full ref or a full id is taken as it is. A short name passes where it matches exactly one ref; two matches (a
branch and a remote-tracking branch both called `origin/main`) are an ambiguity, never a choice.
"""

import re
from collections.abc import Mapping, Sequence

from bmad.errors import CannotAnswerError, UndecidableError, UsageError
from bmad.git.objects import ObjectReader
from bmad.git.process import Failed, Git
from bmad.git.read.bases import Base, Ref, choose, local_of, no_base, places
from bmad.git.read.rev_list import beyond
from bmad.model.bounds import KIN, Tally

_FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHORT_ID = re.compile(r"[0-9a-f]{4,63}")
_SUFFIX = re.compile(r"((?:[~^][0-9]{0,6})+)$")
_PLACES = ("refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")


class Revisions:
    """Resolves names in the user's repository, and what follows a name (`~2`, `^`) in the private one."""

    def __init__(self, user: Git, private: Git, objects: ObjectReader) -> None:
        self._user = user
        self._private = private
        self._objects = objects

    def head(self) -> str:
        """The commit of HEAD. Raises: CannotAnswerError on an unborn branch."""
        try:
            told = self._user.run(["rev-parse", "--verify", "--quiet", "HEAD"]).decode().strip()
        except Failed:
            told = ""
        if not _FULL.fullmatch(told):
            raise CannotAnswerError("There is no commit yet. Make a first commit.")
        return self._commit(told, "HEAD")

    def default_base(self) -> tuple[str, Base]:
        """The commit and ref that the branch works towards. Raises: UsageError where none can be told."""
        try:
            branch = self._user.run(["symbolic-ref", "--quiet", "HEAD"]).decode("utf-8", "surrogateescape")
        except Failed:
            branch = ""
        branch = branch.removesuffix("\n")
        own = self._refs([branch]).get(branch) if branch else None
        refs = self._refs(places(own))
        wanted = [ref.points_to for ref in refs.values() if ref.points_to]
        wanted += [own.upstream] if own is not None and own.upstream else []
        refs |= self._refs([*wanted, *map(local_of, wanted)]) if wanted else {}
        base = choose(own, refs)
        if base is None:
            raise UsageError(no_base(own, refs))
        return self._commit(base.ref.id, base.ref.name), base

    def resolve(self, name: str) -> tuple[str, str | None]:
        """A name's commit, and the full ref it is.

        Raises: UsageError where it names nothing; UndecidableError where it names two things.
        """
        suffix = _SUFFIX.search(name)
        if suffix is not None:
            start, _ = self.resolve(name[: suffix.start()])
            return self._follow(start, suffix[1], name), None
        if _FULL.fullmatch(name) and self._objects.is_whole(name):
            return self._commit(name, name), None
        if name in ("HEAD", "@"):
            return self.head(), None
        if not name or name.startswith("-") or any(ord(char) < 33 or char in "*?[\\:^~" for char in name):  # noqa: PLR2004
            raise UsageError(f"`{_safe(name)}` is no name of a revision. Give a branch, tag or full commit id.")
        places = [name] if name.startswith("refs/") else [place.format(name) for place in _PLACES]
        found = list(self._refs(places).values())
        ids = self._ids(name) if _SHORT_ID.fullmatch(name) else []
        if len(found) + len(ids) > 1:
            names = ", ".join([*(ref.name for ref in found), *ids][:6])
            raise UndecidableError(
                f"`{_safe(name)}` is ambiguous: it names {_safe(names)}. Give one of these in full."
            )
        if found:
            return self._commit(found[0].id, found[0].name), found[0].name
        if ids:
            return ids[0], None
        raise UsageError(f"`{_safe(name)}` names no branch, tag or commit here. Fetch it, or correct the name.")

    def _refs(self, places: Sequence[str]) -> dict[str, Ref]:
        form = (
            "%(refname)%00%(objectname)%00%(symref)%00%(upstream)%00%(upstream:remotename)%00%(upstream:remoteref)"
        )
        told = self._user.run(["for-each-ref", f"--format={form}", "--", *places])
        refs = {}
        for line in told.decode("utf-8", "surrogateescape").split("\n"):
            if line:
                ref = Ref(*line.split("\0"))
                if ref.name in places:
                    refs[ref.name] = ref
        return refs

    def _commit(self, name: str, called: str) -> str:
        commit = self._objects.commit(name)
        if commit is None and (kind := self._kind(name)) in ("blob", "tree"):
            raise UsageError(f"`{_safe(called)}` names a {kind}, where a commit is asked for. Correct the name.")
        if commit is None:
            raise UndecidableError(
                f"`{_safe(called)}` is not at hand as a commit. "
                "Fetch it, with its history (`git fetch --unshallow`, in CI: fetch-depth: 0)."
            )
        return commit.id

    def _kind(self, name: str) -> str | None:
        """What an id names behind all tags; None where that is not at hand."""
        try:
            behind = self._private.run(["rev-parse", "--verify", "--quiet", f"{name}^{{}}"]).decode().strip()
        except Failed:
            return None
        return self._objects.kind(behind)

    def _ids(self, prefix: str) -> list[str]:
        told = self._private.run(["rev-parse", f"--disambiguate={prefix}"]).decode().split()
        return [name for name in told if self._objects.commit(name) is not None]

    def _follow(self, start: str, suffix: str, name: str) -> str:
        try:
            told = self._private.run(["rev-parse", "--verify", "--quiet", f"{start}{suffix}^{{commit}}"])
        except Failed:
            raise UsageError(f"`{_safe(name)}` names no commit here. Correct the name.") from None
        return told.decode().strip()


def unreachable(git: Git, ids: Sequence[str], tip: str) -> frozenset[str]:
    """Those of the commits that the tip does not reach."""
    if not ids:
        return frozenset()
    return frozenset(ids).intersection(name for name, *_ in beyond(git, ids, tip))


def kin(
    git: Git, pairs: Sequence[tuple[str, str]], tip: str, known: Mapping[str, Sequence[str]] | None = None
) -> frozenset[tuple[str, str]]:
    """Those of the pairs of commits whose first one meets the history of the tip, and whose second comes from it.

    What the tip reaches counts as one history: there the second one has to come from that, not from the first.
    `known` is what they reach out of it, each with its parents, where that is known.
    """
    if not pairs:
        return frozenset()
    outside = known
    if outside is None:
        outside = {name: parents for name, *parents in beyond(git, (name for pair in pairs for name in pair), tip)}
    tally = Tally("commits to look through for the base and head of its records", KIN)
    return frozenset(
        (one, other)
        for one, other in pairs
        if _reaches(outside, one, "", tally) and _reaches(outside, other, one if one in outside else "", tally)
    )


def _reaches(outside: Mapping[str, Sequence[str]], start: str, wanted: str, tally: Tally) -> bool:
    """Whether one reaches a commit outside the tip's history; with an empty one, that history itself."""
    queue, seen = [start], {start}
    while queue:
        name = queue.pop()
        tally.add(1)
        if name == wanted or (not wanted and name not in outside):
            return True
        new = [parent for parent in outside.get(name, ()) if parent not in seen]
        seen.update(new)
        queue += new
    return False


def _safe(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:200]
