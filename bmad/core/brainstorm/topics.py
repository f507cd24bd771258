"""What an interview asks, in this order; each topic is a section of the intent."""

from typing import NamedTuple

from bmad.core.outline.judge.roles import named
from bmad.core.outline.words.language import Rank, Role


class Topic(NamedTuple):
    """A section to ask for: its heading, the question, and an example of an answer.

    `role` is what a map reads the heading of such a section as, in any language; `others` are headings, in small
    letters, that a map tells from context no more.
    """

    heading: str
    question: str
    example: str
    role: Role | None = None
    others: frozenset[str] = frozenset()
    asks: bool = False
    """Whether answers become work, and are held against what leaves wording open."""

    def is_called(self, heading: str) -> bool:
        name = heading.strip().rstrip(":：")
        if name.casefold() in {self.heading.casefold(), *self.others}:
            return True
        said = named(name)
        later = said.role == Role.REQUIREMENT and said.rank == Rank.COULD
        return said.pure and (Role.LATER if later else said.role) == self.role


TOPICS = (
    Topic(
        "Goals",
        "What shall be better once it is there?",
        "A note is found again in seconds.",
        Role.GOAL,
    ),
    Topic(
        "Users",
        "Who uses it?",
        "Writers who keep many notes.",
        Role.USERS,
    ),
    Topic(
        "Requirements",
        "What must it do? One thing at a time, as whoever tests it would read it.",
        "Notes can be searched by tag.",
        Role.REQUIREMENT,
        asks=True,
    ),
    Topic(
        "Nice to have",
        "What could it do later, if there is time?",
        "Notes can be printed.",
        Role.LATER,
        asks=True,
    ),
    Topic(
        "Non-goals",
        "What shall it not do, so that nobody builds it?",
        "No synchronisation.",
        Role.NON_GOAL,
    ),
    Topic(
        "Constraints",
        "What holds for all of it? Platforms, limits with numbers, rules of the house.",
        "It starts in less than 200 ms.",
        Role.CONSTRAINT,
        asks=True,
    ),
    Topic(
        "Risks",
        "What could go wrong, or turn out otherwise than hoped?",
        "Tags may be spelt in many ways.",
        others=frozenset(["risk", "risks", "risiken", "risques", "riesgos", "riscos", "риски", "风险", "リスク"]),
    ),
    Topic(
        "Open questions",
        "What is not decided yet?",
        "Are tags case-sensitive?",
        Role.QUESTION,
    ),
)
