"""A layout from what `bmad.yaml` says of `intent` and `paths`; for hooks, too, that load no types of settings."""

import json
import re
from collections.abc import Callable, Mapping, Sequence

from bmad.model.layout import LOCK_SUFFIX, OWN_FOLDER, POLICY, Layout, Place, is_markdown
from bmad.model.normal import normal

_LONGEST = 200
_MOST = 100
_SPECIAL = re.compile(r"[\x00-\x20\x7f*?\[\]\\!#:\"'`]|[^\S ]")
"""What is special to globs, attributes or another system, or is seen by nobody."""

_PLAIN = re.compile(r"\w[\w./-]*")
"""What YAML reads as it is."""

_Faults = tuple[tuple[Callable[[str], bool], str], ...]

_MISPLACED: _Faults = (
    (
        lambda path: path.startswith(("/", "~")),
        "is absolute; paths begin at the root, without a slash",
    ),
    (lambda path: ".." in path.split("/"), "leaves the repository by `..`"),
    (lambda path: bool({"", "."} & set(path.split("/"))), "holds an empty or `.` part"),
    (lambda path: ".git" in path.casefold().split("/"), "reaches into .git"),
    (lambda path: path.casefold().split("/")[0] == OWN_FOLDER, f"reaches into {OWN_FOLDER}, which is bmad's own"),
    (lambda path: path.casefold() == POLICY, "is where the settings stand"),
    (lambda path: len(path) > _LONGEST, f"is longer than {_LONGEST} characters"),
)
_UNFIT: _Faults = (
    (
        lambda path: _SPECIAL.search(path) is not None,
        "holds a blank or a sign that globs read otherwise",
    ),
    (
        lambda path: any(one.endswith(".") or one.startswith("-") for one in path.split("/")),
        "holds a part that begins with `-` or ends with a dot",
    ),
)

Entry = str | Mapping[str, str]
"""An intent as it is listed: its path, or that and where its documents stand."""


def layout_of(intent: str | Sequence[Entry], paths: Mapping[str, str]) -> Layout:
    """The layout that settings ask for. Raises: ValueError saying which path cannot be, and why."""
    entries: Sequence[Entry] = (intent,) if isinstance(intent, str) else intent
    specs, stories = paths.get("specs", "specs"), paths.get("stories", "stories")
    places = tuple(_place(entry, paths, alone=len(entries) == 1) for entry in entries)
    lock = paths.get("lock", f"{specs}/trace.lock")
    layout = Layout(places, lock, paths.get("records", f"{stories}/records"))
    _check(layout)
    return layout


def _place(entry: Entry, paths: Mapping[str, str], *, alone: bool) -> Place:
    """Where the documents of one intent stand: several have a folder each, named as their intents are."""
    own = {"path": entry} if isinstance(entry, str) else dict(entry)
    name = "" if alone else _name(own["path"])
    if name and (shared := [key for key in ("register", "prd", "epics") if key in paths]):
        raise ValueError(f"`paths.{shared[0]}` is of one intent; say `{shared[0]}` in the entry of each")
    above = {} if name else paths
    specs = own.get("specs") or _below(paths.get("specs", "specs"), name)
    if "specs" in own:
        above = {}
    return Place(
        intent=own["path"],
        register=own.get("register") or above.get("register") or f"{specs}/intent.md",
        prd=own.get("prd") or above.get("prd") or f"{specs}/prd.md",
        epics=own.get("epics") or above.get("epics") or f"{specs}/epics",
        stories=own.get("stories") or _below(paths.get("stories", "stories"), name),
    )


def listed(place: Place) -> str:
    """What stands for a place in a list of several, as YAML: its documents stay where they are."""
    if place._replace(shards=()) == _place(place.intent, {}, alone=False):
        return _word(place.intent)
    specs = place.register.rpartition("/")[0]
    said = {"path": place.intent, "specs": specs, "stories": place.stories}
    if not specs or place._replace(shards=()) != _place(said, {}, alone=False):
        names = ("register", "prd", "epics", "stories")
        said = {"path": place.intent} | {name: getattr(place, name) for name in names}
    return f"{{{', '.join(f'{name}: {_word(path)}' for name, path in said.items())}}}"


def _word(path: str) -> str:
    return path if _PLAIN.fullmatch(path) else json.dumps(path, ensure_ascii=False)


def _name(path: str) -> str:
    """An intent's path without its ending and without the word that all have: `pay/intent.md` is `pay`."""
    stem = path.rstrip("/").removesuffix(".markdown").removesuffix(".md")
    folder, _, name = stem.rpartition("/")
    return folder if name in ("intent", "index") else stem


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if name else folder


def _check(layout: Layout) -> None:
    """Raises: ValueError where a path is no plain one, or two things would stand in one place."""
    if len(layout.places) > _MOST:
        raise ValueError(f"there are {len(layout.places)} intents, and at most {_MOST} are read")
    intents = [one.intent for one in layout.places]
    documents = [path for one in layout.places for path in (one.register, one.prd)]
    folders = [path for one in layout.places for path in (one.epics, one.stories)]
    own = [*documents, layout.lock, *folders, layout.records]
    for path, faults in (
        *((one.removesuffix("/"), _MISPLACED) for one in intents),
        *((one, _MISPLACED + _UNFIT) for one in own),
    ):
        for is_so, words in faults:
            if is_so(path):
                raise ValueError(f"`{path}` {words}")
    for path in documents:
        if not is_markdown(path) or path.rpartition("/")[2].upper().startswith(("EPIC-", "STORY-")):
            raise ValueError(f"`{path}` should be a Markdown file, and named as no epic or story is")
    if not layout.lock.endswith(LOCK_SUFFIX):
        raise ValueError(f"`{layout.lock}` should end in `{LOCK_SUFFIX}`")
    _refuse_twice([*intents, *documents, layout.lock], "two documents")
    _refuse_twice([*folders, layout.records], "what is of two kinds or two intents")


def _refuse_twice(paths: Sequence[str], what: str) -> None:
    seen: set[str] = set()
    for path in map(_same, paths):
        if path in seen:
            raise ValueError(f"{what} would stand at `{path}`; name another place for one of them")
        seen.add(path)


def _same(path: str) -> str:
    """The path as a file system reads it that folds case and Unicode."""
    return normal("NFC", path.casefold())
