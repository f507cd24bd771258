"""JSON for agents that start by the thousand: the standard module is half of what starting one takes."""

_WORDS: dict[str, object] = {"__builtins__": {}, "null": None, "true": True, "false": False}
_ESCAPES = {number: f"\\u{number:04x}" for number in range(32)} | {ord('"'): '\\"', ord("\\"): "\\\\"}


def read(text: str) -> object:
    """What a test has written as JSON, which is Python but for three words."""
    return eval(text, _WORDS)  # noqa: S307 - a test's own words


def written(value: object) -> str:
    """A value as JSON."""
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    if isinstance(value, dict):
        return f"{{{', '.join(f'{written(name)}: {written(one)}' for name, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)
