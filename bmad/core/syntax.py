"""Python code parsed by Python's own grammar; never compiled and never run."""

import ast
import warnings


def parsed(text: str) -> ast.Module | None:
    """The tree of a module, a byte-order mark left out; None where the text is none, or is nested too deep."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
