"""Whether a page was an intent where a commit changed it: by what its tree says, since an intent may move."""

from collections.abc import Iterable, Iterator

from bmad.errors import UsageError
from bmad.model.commits import Commit
from bmad.model.ids import Kind
from bmad.model.layout import POLICY, Layout, is_markdown
from bmad.ports.files import Formats
from bmad.ports.history import Objects

_FIRST_ITEM = "\n### "
_POLICY = POLICY.encode()


class FormerIntents:
    """Asked of few commits: those that name no story and change no code but pages that have gone since."""

    def __init__(self, objects: Objects, formats: Formats, head: Commit, layout: Layout) -> None:
        self._objects, self._formats, self._head = objects, formats, head
        self._registers = {place.register.encode() for place in layout.places}
        self._named: dict[str, tuple[str, ...]] = {}
        """The intents that a version of a register or of the policy names, by blob."""

    def hold(self, commit: Commit, paths: Iterable[bytes]) -> bool:
        """Whether each path was an intent, or a part of one, in a commit or before it, and stands no more."""
        pages = {path.decode("utf-8", "surrogateescape"): path for path in paths}
        if not all(map(is_markdown, pages)) or any(map(self._stands, pages.values())):
            return False
        above = self._objects.commits(commit.parents[:1]).values()
        named = {one for tree in (commit.tree, *(each.tree for each in above)) for one in self._intents(tree)}
        return all(page in named or page.rpartition("/")[0] + "/" in named for page in pages)

    def _stands(self, path: bytes) -> bool:
        return path in self._objects.files(self._head.tree, [path.rpartition(b"/")[0]])

    def _intents(self, tree: str) -> Iterator[str]:
        """By the registers of a tree; of what has none yet, by its policy."""
        files = self._objects.files(tree, {b"", *(path.rpartition(b"/")[0] for path in self._registers)})
        there = [path for path in (*self._registers, _POLICY) if path in files]
        new = {files[path].id: path for path in there if files[path].id not in self._named}
        for blob, content in (self._objects.blobs(new) if new else {}).items():
            self._named[blob] = self._names(new[blob], content.decode("utf-8", "replace"))
        for path in there:
            yield from self._named[files[path].id]

    def _names(self, path: bytes, text: str) -> tuple[str, ...]:
        try:
            if path == _POLICY:
                return tuple(one.intent for one in self._formats.settings(text).layout.places)
            head = self._formats.document("", text.partition(_FIRST_ITEM)[0], Kind.STATEMENT)
        except UsageError:
            return ()
        return (head.intent,) if head.intent is not None else ()
