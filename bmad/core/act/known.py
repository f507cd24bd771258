"""The check of what a story imports: nothing that is nowhere."""

from collections.abc import Sequence

from bmad.core.act.checks import KNOWN_IMPORTS, Check
from bmad.core.gate.words import printable
from bmad.core.imports.unknown import Unknown

_MOST = 8


def known_imports(missing: Sequence[Unknown], asked: str) -> Check:
    """The check, by what was found nowhere; `asked` is the interpreter that was asked, empty where none was."""
    if not missing:
        return Check(KNOWN_IMPORTS, ok=True, sentence="All that the change imports is there.")
    told = [f"{printable(one.path)}:{one.line} `{printable(one.told)[:200]}`" for one in missing[:_MOST]]
    rest = len(missing) - len(told)
    more = f" and {rest} more" if rest > 0 else ""
    where = (
        f"nor what {printable(asked)} has installed, nor what the project declares"
        if asked
        else "nor its manifests"
    )
    taken = " or taken of a module" if any(one.attribute for one in missing) else ""
    words = f"Imported{taken}, and neither in the tree {where}: {', '.join(told)}{more}. {_WAY}"
    return Check(KNOWN_IMPORTS, ok=False, sentence=words)


_WAY = "Use what is there; what is new has to be declared as a dependency and installed by `setup`."


def unasked_words(left: Sequence[Unknown], why: str) -> str:
    """What is said where nobody could tell whether something is there."""
    names = ", ".join(dict.fromkeys(printable(one.top) for one in left[:_MOST]))
    return f"imports not checked ({names}): {why}"
