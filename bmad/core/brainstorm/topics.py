"""What an interview asks, in this order; each topic is a section of the intent."""

from typing import NamedTuple


class Topic(NamedTuple):
    """A section to ask for: its heading, the question, and an example of an answer."""

    heading: str
    question: str
    example: str
    others: frozenset[str] = frozenset()
    """Other headings of the same meaning, in small letters."""
    asks: bool = False
    """Whether answers become work, and are held against what leaves wording open."""

    def is_called(self, heading: str) -> bool:
        name = heading.strip().rstrip(":：").casefold()
        return name == self.heading.casefold() or name in self.others


def _words(*names: str) -> frozenset[str]:
    return frozenset(name.strip() for listed in names for name in listed.split(","))


TOPICS = (
    Topic(
        "Goals",
        "What shall be better once it is there?",
        "A note is found again in seconds.",
        _words("goal, aim, aims, ziele, ziel, objectifs, objetivos, цели, 目标, 目標, 目的"),
    ),
    Topic(
        "Users",
        "Who uses it?",
        "Writers who keep many notes.",
        _words(
            "audience, personas, nutzer, benutzer, utilisateurs, usuarios, usuários, пользователи, 用户, 利用者"
        ),
    ),
    Topic(
        "Requirements",
        "What must it do? One thing at a time, as whoever tests it would read it.",
        "Notes can be searched by tag.",
        _words(
            "requirement, functional requirements, features, musts, must have, must haves, anforderungen",
            "funktionale anforderungen, exigences, requisitos, requisitos funcionales, требования",
            "需求, 功能需求, 要件",
        ),
        asks=True,
    ),
    Topic(
        "Nice to have",
        "What could it do later, if there is time?",
        "Notes can be printed.",
        _words(
            "could have, could haves, optional, kann, souhaitable, deseable, desejável, желательно, 可选, 任意"
        ),
        asks=True,
    ),
    Topic(
        "Non-goals",
        "What shall it not do, so that nobody builds it?",
        "No synchronisation.",
        _words(
            "non-goal, non goals, out of scope, nicht-ziele, nicht ziele, hors périmètre, fuera de alcance",
            "fora do escopo, fora de escopo, вне рамок, 非目标, 非目標, 対象外",
        ),
    ),
    Topic(
        "Constraints",
        "What holds for all of it? Platforms, limits with numbers, rules of the house.",
        "It starts in less than 200 ms.",
        _words(
            "constraint, limits, rahmenbedingungen, contraintes, restricciones, restrições, ограничения",
            "约束, 制約",
        ),
        asks=True,
    ),
    Topic(
        "Risks",
        "What could go wrong, or turn out otherwise than hoped?",
        "Tags may be spelt in many ways.",
        _words("risk, risiken, risques, riesgos, riscos, риски, 风险, リスク"),
    ),
    Topic(
        "Open questions",
        "What is not decided yet?",
        "Are tags case-sensitive?",
        _words(
            "questions, question, offene fragen, questions ouvertes, preguntas, perguntas, вопросы, 问题, 課題"
        ),
    ),
)
