"""Where the parts of an imported project stand here: their files are the intents, and the settings list them."""

import posixpath
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bmad.core.importing.copying import is_touched
from bmad.core.importing.listing import MADE, index, new_place, with_places
from bmad.core.importing.source import Part
from bmad.core.importing.text import Page
from bmad.core.shards import linked
from bmad.errors import UsageError
from bmad.model.layout import INDEX, POLICY, Layout, Place
from bmad.pipeline.map.several_intents import Pending
from bmad.pipeline.spec.work_tree import Loaded, load
from bmad.ports.files import Formats


class Placed(NamedTuple):
    part: Part
    place: Place


def placed(pending: Pending, formats: Formats, parts: Sequence[Part], texts: Mapping[str, str]) -> list[Placed]:
    """The place of each part; indexes, copies and settings that are needed for them are pending then.

    Raises: UsageError where a part has no place.
    """
    intents = [_intent(pending, part, texts) for part in parts]
    if twice := next((path for at, path in enumerate(intents) if path in intents[:at]), None):
        raise UsageError(
            f"Two of the breakdowns would have {twice} as their index; give each a folder of its own."
        )
    loaded = load(pending, formats)
    known = {place.intent: place for place in loaded.layout.places}
    new = [(part, path) for part, path in zip(parts, intents, strict=True) if path not in known]
    if _is_first(pending, loaded, parts, new):
        place = loaded.layout.naming(intents[0]).places[0]
        return [Placed(parts[0], place)]
    if new:
        known |= _listed(pending, formats, loaded, new)
    return [Placed(part, known[path]) for part, path in zip(parts, intents, strict=True)]


def _is_first(pending: Pending, loaded: Loaded, parts: Sequence[Part], new: Sequence[object]) -> bool:
    """Whether one part alone becomes the intent of a repository that has none yet."""
    alone = len(parts) == len(new) == len(loaded.layout.places) == 1
    return alone and not loaded.spec.documents and pending.read(loaded.layout.places[0].intent) is None


def _listed(
    pending: Pending, formats: Formats, loaded: Loaded, new: Sequence[tuple[Part, str]]
) -> dict[str, Place]:
    """Have the settings list further intents. Raises: UsageError where they cannot."""
    policy = pending.read(POLICY)
    if policy is None:
        raise UsageError(
            f"{len(new)} intents come of this, which {POLICY} has to list, and there is none yet. First: bmad init"
        )
    layout = loaded.layout
    stays = [one for one in layout.places if loaded.spec.documents or pending.read(one.intent) is not None]
    specs = posixpath.dirname(layout.lock) or "specs"
    stories = posixpath.dirname(layout.records) or "stories"
    made: list[Place] = []
    for part, path in new:
        taken = Layout((*stays, *made), layout.lock, layout.records)
        made.append(new_place(path, part.name or _name(path), taken, specs, stories))
    text = with_places(policy, stays, made)
    told = formats.settings(text).layout
    wanted = {one._replace(shards=()) for one in (*stays, *made)}
    if {one._replace(shards=()) for one in told.places} != wanted or told.lock != layout.lock:
        rows = text[text.index("intent:") :].split("\n\n")[0]
        raise UsageError(f"{POLICY} cannot be written by a program as it stands; write into it yourself:\n{rows}")
    pending.write({POLICY: text})
    return {one.intent: one for one in made}


def _name(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(".markdown").removesuffix(".md")
    return (folder.rpartition("/")[2] if stem == "index" else stem).strip(".") or "imported"


# -- the intent of a part --------------------------------------------------------------------------------------


def _intent(pending: Pending, part: Part, texts: Mapping[str, str]) -> str:
    """The path of a part's intent: its only file, a copy, or an index of its files."""
    if part.copy is not None:
        there = pending.read(part.copy.path)
        if there is not None and is_touched(there):
            raise UsageError(
                f"{part.copy.path} was changed since it was copied, or is none of bmad's. Edit what it was copied "
                f"from, and take {part.copy.path} away; then import again."
            )
        pending.write({part.copy.path: part.copy.text})
        return part.copy.path
    if len(part.files) == 1 and not part.files[0].endswith(f"/{INDEX}"):
        return part.files[0]
    folder = posixpath.commonpath([posixpath.dirname(path) or "." for path in part.files])
    if folder in ("", "."):
        raise UsageError(
            f"{part.files[0]} and {part.files[-1]} have no folder in common but the root; move them into one."
        )
    return _index(pending, part, folder, texts)


def _index(pending: Pending, part: Part, folder: str, texts: Mapping[str, str]) -> str:
    """The index of a part: the one that is there where it links to all files, else one that is made."""
    path = f"{folder}/{INDEX}"
    there = pending.read(path)
    if there is not None and not there.startswith(MADE):
        missing = [one for one in part.files if one != path and one not in linked(there, f"{folder}/")]
        if missing:
            raise UsageError(
                f"{path} is there and does not link to {missing[0]}; link to it there, then import again."
            )
        return path
    links = [(posixpath.relpath(one, folder), _title(one, texts)) for one in part.files]
    text = index(part.name or folder.rpartition("/")[2], links)
    if text != there:
        pending.write({path: text})
    return path


def _title(path: str, texts: Mapping[str, str]) -> str:
    return Page(path, texts.get(path, "")).opening or posixpath.basename(path)
