"""Calls and commands in code spans: which story defines one, and which stories use it.

`parse("1h")` and `bmad map INTENT` name `parse` and `bmad map`; what a story's own subject calls, it defines.
"""

import re

CODE = re.compile(r"(?<!`)`([^`\n]{1,200})`(?!`)")
FUNCTION = re.compile(r"(?<![\w.])([A-Za-z_]\w*(?:\.\w+)*)\(")
COMMAND = re.compile(r"[a-z][a-z_-]*(?: [a-z][a-z_-]*){0,2}(?![\w(./=:])")
LITERAL = re.compile(r"[\w.:-]{3,40}")
MIXED = re.compile(r"\d.*[A-Za-z]|[A-Za-z].*[\d_]")
INTERFACE = re.compile(
    r"\b(?:command[- ]line|cli|commands?|api|endpoints?|rest|http|ui|user interface|interfaces?|screens?|pages?|"
    r"views?|front[- ]?end|dashboard|web)\b",
    re.IGNORECASE,
)


def defined(subject: str) -> str:
    """The call or command that a subject in code names; empty where it is no code."""
    match = CODE.match(subject)
    if match is None:
        return ""
    code = match.group(1)
    function = FUNCTION.match(code)
    if function:
        return function.group(1)
    command = COMMAND.match(code)
    return command.group() if command else ""


def used(raw: str, known: dict[str, int], own: int) -> list[int]:
    """The stories other than `own` that define what the code spans of `raw` call, in order."""
    found: dict[int, None] = {}
    for match in CODE.finditer(raw) if "`" in raw else ():
        code = match.group(1)
        for function in FUNCTION.finditer(code):
            if function.group(1) in known:
                found[known[function.group(1)]] = None
        command = COMMAND.match(code)
        words = command.group().split() if command else []
        for size in range(len(words), 0, -1):
            name = " ".join(words[:size])
            if known.get(name, own) != own:
                found[known[name]] = None
                break
    return list(found)


def literals(raw: str) -> set[str]:
    """Values in code that are told apart by their form (`1h30m`), not words or plain numbers."""
    spans = CODE.findall(raw) if "`" in raw else []
    return {word for code in spans for word in LITERAL.findall(code) if MIXED.search(word)}
