"""YAML, JSON and front matter of other projects as plain values; nothing in them is run or unfolded."""

import json
import re
from typing import Any

import yaml

from bmad.errors import UsageError

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?P<data>.*?)^(?:---|\.\.\.)[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
_DEEPEST = 32


class _Loader(_LOADER):  # type: ignore[misc]  # the C loader where PyYAML was built with it
    """The safe loader, without dates: what looks like one stays the text that its author wrote."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":float", ":int"))]
    for first, found in _LOADER.yaml_implicit_resolvers.items()
}


def yaml_of(text: str, path: str) -> Any:
    """A YAML text as plain values; scalars stay text. Raises: UsageError naming the line that cannot be read."""
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.AliasEvent):
                raise UsageError(f"{path}:{_line(event)}: YAML aliases are not read here.")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise UsageError(f"{path}:{_line(event)}: this is nested too deeply.")
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark is not None else path
        raise UsageError(
            f"{where}: this is no YAML: {getattr(error, 'problem', None) or 'it cannot be read'}."
        ) from None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


_PAIR = re.compile(
    r"^([A-Za-z][\w-]*):[ \t]+(?P<quote>['\"]?)(?P<value>[^\r\n]*?)(?P=quote)[ \t]*\r?$", re.MULTILINE
)


def front_matter(text: str, path: str, *, loose: bool = False) -> tuple[dict[str, Any], int]:
    """The front matter of a Markdown file, and where its body begins; nothing where there is none, or no mapping.

    Where it is no YAML, `loose` reads the lines of it that say `key: value`. Raises: UsageError where it may not.
    """
    found = _FRONT.match(text)
    if found is None:
        return {}, 0
    try:
        data = yaml_of(found["data"], path)
    except UsageError:
        if not loose:
            raise
        data = {match[1]: match["value"] for match in _PAIR.finditer(found["data"])}
    return (data, found.end()) if isinstance(data, dict) else ({}, found.end())


def json_of(text: str, path: str) -> Any:
    """A JSON text as plain values. Raises: UsageError naming the line that cannot be read."""
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}: this is no JSON: {error.msg}.") from None
    except RecursionError:
        raise UsageError(f"{path}: this is nested too deeply.") from None


def word(value: object) -> str:
    """A scalar as its author wrote it; empty where there is none, or more than one."""
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).strip()


def words(value: object) -> list[str]:
    """A list of scalars, or one of them alone."""
    found = value if isinstance(value, list) else [value]
    return [one for one in map(word, found) if one]
