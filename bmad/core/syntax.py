"""Python code parsed by Python's own grammar; never compiled and never run."""

import ast
import warnings


def parsed(text: str) -> ast.Module | None:
    """The tree of a module; None where the text is none, or is nested deeper than can be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
