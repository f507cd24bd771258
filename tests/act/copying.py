"""What a reviewer is asked to copy out of the diff of its prompt, found as a reader would; for agents in tests.

It does without `re`, which takes longer to load than all else of an agent.
"""

_ASKED = "the last line that this diff "
_SIGNS = {"adds to the file to copy from": "+", "takes out of the file to copy from": "-"}
_NAMED = "The file to copy from:\n\n<<<DATA "
_DIGITS = set("0123456789")
_LENGTH = 16


def copied(prompt: str) -> str:
    """The line, without its number and sign; where files are to be counted, their number."""
    label = _label(prompt)
    if not label:
        return ""
    diff = prompt.rpartition(f"The diff:\n\n<<<DATA {label}\n")[2].partition(f"\nDATA {label}>>>")[0]
    files = _files([_unnumbered(line) for line in diff.split("\n")])
    sign = next((sign for words, sign in _SIGNS.items() if _ASKED + words in prompt), None)
    if sign is None:
        return str(len(files))
    [named] = [
        told.partition("\n")[2].partition(f"\nDATA {label}>>>")[0]
        for told in prompt.split(_NAMED)[1:]
        if told.startswith(f"{label}\n")
    ]
    path = named.strip('"')
    heads = {f"{mark} {quote}{side}/{path}" for mark in ("---", "+++") for quote in ("", '"') for side in "ab"}
    [own] = [lines for lines in files if any(line.removesuffix('"') in heads for line in lines)]
    hunks = own[next(at for at, line in enumerate(own) if line.startswith("@@")) :]
    return [line[1:] for line in hunks if line.startswith(sign) and line[1:].strip()][-1]


def _label(prompt: str) -> str:
    """What marks the data of a prompt."""
    for told in prompt.split("DATA ")[1:]:
        if len(told) >= _LENGTH and set(told[:_LENGTH]) <= {*_DIGITS, *"abcdef"}:
            return told[:_LENGTH]
    return ""


def _unnumbered(line: str) -> str:
    head, bar, rest = line.partition("|")
    return rest if bar and set(head.lstrip(" ")) <= _DIGITS else line


def _files(lines: list[str]) -> list[list[str]]:
    """The lines of each file of a diff."""
    found: list[list[str]] = []
    for line in lines:
        if line.startswith("diff --git "):
            found.append([])
        elif found:
            found[-1].append(line)
    return found
