"""The one text that the files of an intent make, with the way back to the place of each line."""

from collections.abc import Sequence

from bmad.model.layout import Place
from bmad.model.specification import IntentText, Shard


def joined(place: Place, shards: Sequence[tuple[str, str]], missing: Sequence[str] = ()) -> IntentText:
    """The one text of the shards, an empty line between two so that no sentence runs from one into the next."""
    parts: list[str] = []
    starts: list[Shard] = []
    line = at = 0
    for path, whole in shards:
        text = whole.removeprefix("\ufeff") if parts else whole
        starts.append(Shard(path, line + 1, at, len(text)))
        text = f"{text}\n" if text.endswith("\n") else f"{text}\n\n"
        parts.append(text)
        line += text.count("\n")
        at += len(text)
    place = place._replace(shards=tuple(path for path, _ in shards))
    return IntentText(place=place, text="".join(parts) or None, shards=tuple(starts), missing=tuple(missing))
