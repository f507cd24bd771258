"""The rules of validation and the codes of the gate in words, for reports that other tools show."""

from bmad.core.gate.codes import CODES
from bmad.core.rulebook.rules import RULES
from bmad.model.findings import Severity
from bmad.model.rulebook import Described, Example, Rule

_GRAVE = tuple(Severity)


def codes_of_gate() -> tuple[Described, ...]:
    """All of them, in order."""
    return CODES


def rules_of_validation() -> tuple[Described, ...]:
    """All of them, in order, each with the mend of its first example."""
    return tuple(_described(rule) for rule in RULES)


def _described(rule: Rule) -> Described:
    gravest = min((one.severity for one in rule.examples), key=_GRAVE.index)
    return Described(rule.code, rule.name, rule.checks, gravest, _mend(rule.examples[0]))


def _mend(one: Example) -> str:
    if not one.mended.strip():
        return f"For instance, take away:\n\n{_fenced(one.fails.written)}"
    return f"For instance, instead of\n\n{_fenced(one.fails.written)}\n\nwrite\n\n{_fenced(one.mended)}"


def _fenced(text: str) -> str:
    return f"```markdown\n{text.strip()}\n```"
