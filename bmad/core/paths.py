"""The class of a path, by the base's policy: what judges a change is where it stands, not what it says.

The built-in governed list is matched after folding (case, Unicode normalisation, what file systems drop), so
that `Bmad.yaml` cannot stand in for `bmad.yaml` on a file system that takes them for one.
"""

import re
import unicodedata
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from bmad.core.territory import holds
from bmad.model.layout import OWN_FOLDER, RECORD_RE, is_spec

_KNOWLEDGE = re.compile(r"docs/knowledge/(STORY-[A-Za-z0-9._-]{1,80})\.md")

_GOVERNED = (
    r"bmad\.yaml",
    r"\.github/(?:workflows|actions|instructions|agents|prompts)/.+",
    r"\.github/(?:dependabot\.ya?ml|settings\.yml|copilot-instructions\.md|CODEOWNERS)",
    r"\.(?:forgejo|gitea)/workflows/.+",
    r"\.gitlab-ci\.ya?ml",
    r"\.gitlab/(?:ci/.+|CODEOWNERS)",
    r"\.(?:circleci|buildkite|woodpecker|semaphore|teamcity|tekton|builds)/.+",
    r"\.?(?:travis|appveyor|drone|woodpecker|cirrus|build)\.ya?ml",
    r"(?:azure|bitbucket)-pipelines\.ya?ml",
    r"cloudbuild\.ya?ml",
    r"Jenkinsfile",
    r"\.pre-commit-(?:config|hooks)\.yaml",
    r"\.?lefthook(?:-local)?\.(?:ya?ml|toml|json)",
    r"\.(?:husky|githooks)/.+",
    r"(?:docs/)?CODEOWNERS",
    r"\.(?:gitmodules|lfsconfig|mailmap|git-blame-ignore-revs)",
    r"(?:.+/)?\.gitattributes",
    r"(?:.+/)?(?:AGENTS|AGENTS\.override|CLAUDE|CLAUDE\.local|GEMINI)\.md",
    r"(?:.+/)?\.(?:claude|codex|gemini|cursor|opencode|roo|junie|kiro|amazonq|continue|clinerules)/.+",
    r"(?:.+/)?\.(?:cursorrules|windsurfrules|clinerules|goosehints|mcp\.json|aider\.conf\.yml)",
    r"opencode\.jsonc?",
)
"""CI files, hook configurations, git's own settings in the tree, agents' settings; spelt as their readers do."""

_EXACT_RE = re.compile("|".join(_GOVERNED), re.DOTALL)
_FOLDED_RE = re.compile("|".join(_GOVERNED), re.DOTALL | re.IGNORECASE)

_DROPPED = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
"""What HFS+ ignores in names."""


class PathClass(StrEnum):
    GOVERNED = "governed"
    TWIN = "twin"
    OWN = "own"
    """What bmad keeps for itself on one machine, `.bmad`: no change may bring it, whatever the policy."""
    SPEC = "spec"
    RECORD = "record"
    KNOWLEDGE = "knowledge"
    CODE = "code"


class Classified(NamedTuple):
    """A path as text (bytes by surrogateescape), its class, and the story whose record or knowledge it is."""

    path: str
    klass: PathClass
    story: str = ""


class Classifier:
    """Sorts paths by one policy, each path once."""

    def __init__(self, intent: str, governed: tuple[str, ...] = ()) -> None:
        self._intent = intent
        self._governed = governed
        self._folded = tuple(fold(glob) for glob in governed)
        self._known: dict[bytes, Classified] = {}

    def __call__(self, path: bytes) -> Classified:
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._classify(path.decode("utf-8", "surrogateescape"))
        return found

    def _classify(self, path: str) -> Classified:
        folded = fold(path)
        if folded.split("/", 1)[0] == OWN_FOLDER:
            return Classified(path, PathClass.OWN)
        if _EXACT_RE.fullmatch(path) or holds(self._governed, path):
            return Classified(path, PathClass.GOVERNED)
        if _FOLDED_RE.fullmatch(folded) or holds(self._folded, folded):
            return Classified(path, PathClass.TWIN)
        if is_spec(path, self._intent):
            return Classified(path, PathClass.SPEC)
        if record := RECORD_RE.fullmatch(path):
            return Classified(path, PathClass.RECORD, record[1])
        if knowledge := _KNOWLEDGE.fullmatch(path):
            return Classified(path, PathClass.KNOWLEDGE, knowledge[1])
        return Classified(path, PathClass.CODE)


@cache
def classifier(intent: str, governed: tuple[str, ...] = ()) -> Classifier:
    """The one classifier of a policy, with all the paths that it knows already."""
    return Classifier(intent, governed)


def fold_marks(path: str) -> str:
    """The path without what file systems drop or normalise, its case as it was."""
    if not path.isascii():
        path = _DROPPED.sub("", unicodedata.normalize("NFC", path))
    if ". " in path or "./" in path or " /" in path or path.endswith((".", " ")) or "::$" in path:
        path = "/".join(part.split("::$", 1)[0].rstrip(". ") or part for part in path.split("/"))
    return path


def fold(path: str) -> str:
    """The path as the most forgiving file system reads it."""
    marked = fold_marks(path)
    return marked.lower() if marked.isascii() else unicodedata.normalize("NFC", fold_marks(marked.casefold()))
