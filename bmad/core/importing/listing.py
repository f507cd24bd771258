"""The list of intents in `bmad.yaml` with others added: only its own lines change, and nothing else."""

import re
from collections.abc import Sequence

from bmad.core.importing.text import short
from bmad.model.layout import Layout, Place
from bmad.model.placing import listed

_KEY = re.compile(
    r"^intent[ \t]*:(?P<value>[^\n]*)\n?(?P<below>(?:[ \t]+[^\n]*\n?|-[ \t][^\n]*\n?)*)", re.MULTILINE
)


def with_places(policy: str, stays: Sequence[Place], new: Sequence[Place]) -> str:
    """The text of `bmad.yaml` with a list of all these intents."""
    rows = "".join(f"  - {listed(place)}\n" for place in (*stays, *new))
    told = f"intent:\n{rows}"
    found = list(_KEY.finditer(policy))
    if not found:
        gap = "" if not policy or policy.endswith("\n") else "\n"
        return f"{policy}{gap}{told}"
    return f"{policy[: found[0].start()]}{told}{policy[found[0].end() :]}"


def new_place(intent: str, name: str, layout: Layout, specs: str, stories: str) -> Place:
    """Where the documents of a further intent go: folders of its name, of which none is taken."""
    taken = {path for one in layout.places for path in (one.register, one.epics, one.stories)} | {layout.records}
    number = 0
    while True:
        own = f"{name}-{number}" if number else name
        place = Place(
            intent=intent,
            register=f"{specs}/{own}/intent.md",
            prd=f"{specs}/{own}/prd.md",
            epics=f"{specs}/{own}/epics",
            stories=f"{stories}/{own}",
        )
        if not taken & {place.register, place.epics, place.stories}:
            return place
        number += 1


MADE = "<!-- Made by `bmad import`: these files are the intent, quoted where they stand. -->"


def index(title: str, links: Sequence[tuple[str, str]]) -> str:
    """An index that links to the files of an intent, each by its path from there and its own title."""
    rows = "".join(f"- [{_plain(words)}]({_escaped(path)})\n" for path, words in links)
    return f"{MADE}\n\n# {title}\n\n{rows}"


def _plain(words: str) -> str:
    return re.sub(r"[\[\]\n]+", " ", short(words)).strip()


def _escaped(path: str) -> str:
    """A path in a link, where blanks, brackets and `%` are spelt out."""
    return re.sub(r"[%\s()\[\]<>#]", lambda match: f"%{ord(match.group()):02X}", path)
