"""`bmad show intent`: the intent as it is now, with what became of each part of it in the margin."""

from collections.abc import Callable

from bmad.core.margin import covered, margin
from bmad.core.sorting.facts import recalled
from bmad.errors import UsageError
from bmad.model.draft import Draft
from bmad.model.intent import IntentCoverage, IntentReport
from bmad.model.layout import may_be_intent
from bmad.model.specification import IntentText
from bmad.pipeline.spec.work_tree import Loaded, load, origin_of, read_intent, refuse_broken
from bmad.ports.files import Formats, Workspace

Mapper = Callable[[str], Draft]

WORD = "intent"
"""What `bmad show` is asked for."""


def names_intent(workspace: Workspace, formats: Formats, name: str, path: str | None) -> str | None:
    """The intent that is asked for by `name`, which may be the path of a file; None where an item is meant.

    Before the first map any Markdown file may be looked at.
    """
    if name != WORD and path is None:
        return None
    loaded = load(workspace, formats)
    known = [place.intent for place in loaded.layout.places]
    if name in loaded.graph().nodes:
        return None
    if name == WORD and len(known) > 1:
        raise UsageError(f"There are {len(known)} intents; name one: bmad show {known[0]}")
    if name == WORD or path in known:
        return known[0] if name == WORD else path
    mapped = bool(loaded.spec.documents)
    return path if path is not None and not mapped and may_be_intent(path) else None


def show_intent(workspace: Workspace, formats: Formats, mapper: Mapper, path: str) -> IntentReport:
    """The intent at `path` with its margin. Raises: UsageError where it is not there, or a document is broken."""
    loaded = load(workspace, formats)
    refuse_broken(loaded)
    known = (one for one in loaded.spec.intents if one.path == path)
    intent = next(known, None) or read_intent(workspace, loaded.layout.naming(path).places[0])
    if intent.text is None:
        raise UsageError(f"{path} does not exist.")
    origin = origin_of(loaded.spec.documents, intent.place)
    return margin(intent, drafted(loaded, mapper, intent), loaded.graph(), origin)


def coverage(loaded: Loaded, mapper: Mapper, intent: IntentText) -> IntentCoverage:
    """How many blocks of an intent its register holds, and what brings it up to date."""
    origin = origin_of(loaded.spec.documents, intent.place)
    return covered(intent, drafted(loaded, mapper, intent), loaded.graph(), origin)


def drafted(loaded: Loaded, mapper: Mapper, intent: IntentText) -> Draft:
    """An intent as a map would take it now; of an imported one, nothing but what the register holds."""
    text = intent.text or ""
    if origin_of(loaded.spec.documents, intent.place):
        from bmad.core.importing.standing import untaken  # noqa: PLC0415 - where an intent was imported

        return untaken(text)
    return recalled(text, mapper(text), loaded.spec.lock.blocks)
