"""The probe's own words: fresh tests each round, from an angle that no round before had."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from bmad.core.packs.texts import cut
from bmad.core.prompts.fences import Part
from bmad.model.review import Probed

PROBE = "probe"
"""The lens that runs what it writes."""

MOST_TRIED = 3000
"""Bytes that a prompt gives to what earlier probes say they ran."""

ANGLES = {
    "integration": "whole ways through the parts as users go them: entry points, settings, storage, what calls "
    "the change and what it calls, together and for real.",
    "boundaries and malformed input": "the first, the last and the one beyond; nothing, too much, the wrong kind, "
    "other encodings, what is cut off in the middle.",
    "concurrency and ordering": "two at once, twice in a row, the second before the first, an end in between.",
    "failure and recovery": "what it needs is gone, slow, full or forbidden; it is stopped half way and begun "
    "again.",
    "scale": "ten and a thousand times the sizes that the story speaks of; note times and memory.",
    "misuse of the interface": "calls that its names invite and its author did not mean: options that exclude "
    "each other, steps left out, values that mean two things.",
}
"""What the probes of one story try in turn, and what is meant by it."""


class Probing(NamedTuple):
    """What a probe is told beside what every reviewer is: what earlier ones tried, and whether `up` ran."""

    before: Sequence[Probed] = ()
    environment: bool = False

    @property
    def angle(self) -> str:
        """The angle of this round: the next one in turn."""
        every = tuple(ANGLES)
        return every[len({one.step for one in self.before}) % len(every)]


def tried_before(probing: Probing) -> Part:
    """What earlier probes say they ran, the last ones first."""
    told = [
        {"step": one.step, "angle": one.angle, "ran": [each.ran for each in one.tried]}
        for one in reversed(probing.before)
    ]
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in told)
    return Part("What earlier probes of this story say they ran", cut(text, MOST_TRIED))


def probed(probing: Probing, *, again: bool) -> str:
    """What the probe is to do, and what it says beside its findings; `again` where it sees a fix."""
    told = [
        _FOLDER,
        _ENVIRONMENT if probing.environment else "",
        _FRESH.format(probing.angle, ANGLES[probing.angle]),
        _WHOLE if again else "",
        _TRIED,
    ]
    return "\n".join(one for one in told if one)


_FOLDER = """\
Other than what is said above, the folder that you are started in is a copy for you alone: write in it what you
like. Nothing of it lands, and it is thrown away when you end."""

_ENVIRONMENT = """\
An environment with this very change runs for you and for nobody else. It was told to use the port of 127.0.0.1
that the environment variable BMAD_PORT names; BMAD_SLOT is its name. Go through it first, as its users do."""

_FRESH = """\
Write and run fresh tests: none that is there already, and none that an earlier probe ran. A new angle this round:
{}, that is {}"""

_WHOLE = """\
You see a fix, but your tests may try the whole change: what they show is a finding wherever it comes from."""

_TRIED = """\
A finding needs the input, what you observed and what should have come; its `path` and `quote` are of the change's
own files, never of your tests. One more key is `tried`, a list of what you ran: `ran` (the command, or the test in
a line) and `result` (what came of it). It is noted as what you say. Without an entry there the review does not
count; with no finding it does."""
