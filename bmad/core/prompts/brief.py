"""A story as it is put before an agent, and the prompt that comes of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bmad.core.gate.words import printable
from bmad.core.packs.pack import Pack
from bmad.core.prompts.departures import departures
from bmad.core.prompts.fences import Part, Script, compose
from bmad.core.prompts.worklog import worklog
from bmad.model.quoting import inside
from bmad.model.record import Departure, Logged


class Brief(NamedTuple):
    """A story and what is told of it: its file's path, and the pack that was made for the role."""

    story: str
    path: str = ""
    pack: Pack = Pack()
    deviations: Sequence[Departure] = ()
    """Where the work so far departs from Dev Notes or assumptions."""
    bug: bool = False
    """Whether something is there that does not hold, of which the cause is to be found."""
    log: Sequence[Logged] = ()
    """What those who worked on it so far said of their steps."""
    evidence: bool = False
    """Whether each criterion's tests are seen to fail before the work and to pass after it."""

    @property
    def id(self) -> str:
        """The story's id, safe to stand in bmad's own words."""
        return printable(self.story)

    def parts(self) -> list[Part]:
        """The pack as parts of a prompt, and where the work departs from what the story says."""
        told = [Part(one.heading, one.text) for one in self.pack.sections]
        return [*told, departures(self.deviations)] if self.deviations else told

    def with_log(self, *by: str) -> list[Part]:
        """These parts and what was said `by` these in the story's log: for who builds, not for who judges.

        Tester and developer work in contexts of their own, and are told nothing of each other's.
        """
        log = [one for one in self.log if one.by in by]
        return [*self.parts(), worklog(log)] if log else self.parts()

    @property
    def gone(self) -> str:
        """A sentence on the parts that there was no room for at all; empty where there was."""
        titles = "; ".join(self.pack.gone)
        return (
            f"For want of room you are not told: {titles}. Look for yourself where you need it." if titles else ""
        )


class Prompt(NamedTuple):
    """The text, the paths of which it holds something, sorted, and the pack in it."""

    text: str
    files: tuple[str, ...]
    pack: Pack = Pack()


def prompt(brief: Brief, script: Script, held: Iterable[str] = ()) -> Prompt:
    """The prompt of a script; `held` are the paths of what is shown beside the pack."""
    text = compose(script._replace(role=sentences(script.role, brief.gone)))
    told = {shown_path(path) for path in held} - {""}
    kept = {path for path in told if path in text or inside(path) in text}
    return Prompt(text, tuple(sorted(kept.union(map(shown_path, brief.pack.paths)))), brief.pack)


def shown_path(path: str) -> str:
    return printable(path, 4096)


def lines(texts: Iterable[str]) -> str:
    """Each text on a line of its own."""
    return "\n".join(" ".join(text.split()) for text in texts)


def sentences(*told: str) -> str:
    """Bmad's own paragraphs, those that say something, one after the other."""
    return "\n\n".join(one for one in told if one)
