"""A story as it is put before an agent, and the prompt that comes of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bmad.core.gate.words import printable
from bmad.core.packs.pack import Pack
from bmad.core.prompts.fences import Part, Script, compose
from bmad.model.quoting import inside


class Brief(NamedTuple):
    """A story and what is told of it: its file's path, and the pack that was made for the role."""

    story: str
    path: str = ""
    pack: Pack = Pack()

    @property
    def id(self) -> str:
        """The story's id, safe to stand in bmad's own words."""
        return printable(self.story)

    def parts(self) -> list[Part]:
        """The pack as parts of a prompt; its first one is never cut."""
        told = [Part(one.heading, one.text) for one in self.pack.sections]
        if self.pack.gone:
            told.append(Part("For want of room these parts were left out whole", "\n".join(self.pack.gone)))
        return told


class Prompt(NamedTuple):
    """The text, the paths of which it holds something, sorted, and the hash of the pack in it."""

    text: str
    files: tuple[str, ...]
    pack: str = ""


def prompt(brief: Brief, script: Script, held: Iterable[str] = ()) -> Prompt:
    """The prompt of a script; `held` are the paths of what is shown beside the pack."""
    text = compose(script)
    told = {shown_path(path) for path in (*brief.pack.paths, *held)} - {""}
    return Prompt(
        text, tuple(sorted(path for path in told if path in text or inside(path) in text)), brief.pack.hash
    )


def shown_path(path: str) -> str:
    return printable(path, 4096)


def lines(texts: Iterable[str]) -> str:
    """Each text on a line of its own."""
    return "\n".join(" ".join(text.split()) for text in texts)


def sentences(*told: str) -> str:
    """Bmad's own paragraphs, those that say something, one after the other."""
    return "\n\n".join(one for one in told if one)


def numbered(steps: Sequence[str]) -> str:
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
