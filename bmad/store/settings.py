"""`bmad.yaml` as typed settings.

YAML is read with the safe C loader, and of YAML only what settings need: no aliases (a few lines of them unfold to
gigabytes), no merge keys, no tags, no deep nesting (the C loader recurses), no keys that are not words, no key
twice (one of the two would be lost in silence), and no character at which YAML ends a line and people see none.
"""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml

from bmad.errors import UsageError
from bmad.model.bounds import POLICY
from bmad.model.constraints import Settable
from bmad.model.settings import Settings
from bmad.store.exact import InexactError, exact

if TYPE_CHECKING:
    from pydantic import TypeAdapter

S = TypeVar("S", bound=Settable)
_BASE: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 16
_UNSEEN = re.compile(r"\r(?!\n)|[\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What ends a line in YAML 1.1 and in few editors (a comment would go on as policy), and marks of direction."""


class _Loader(_BASE):  # type: ignore[misc]  # the C loader where PyYAML was built with it
    """The safe loader, stricter on keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refused("a key should be a word", key.start_mark)
            if key.value in keys:
                raise _refused(f"the key `{key.value[:80]}` stands twice", key.start_mark)
            if key.value == "<<":
                raise _refused("merge keys are not read here", key.start_mark)
            keys.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            raise _refused(f"`{node.value[:40]}` is no day", node.start_mark) from None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


def _refused(words: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=words, problem_mark=mark)


def _check(text: str) -> None:
    """Look at the events before anything is built of them. Raises: yaml.YAMLError."""
    depth = 0
    for event in yaml.parse(text, Loader=_BASE):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _refused("anchors and aliases are not read here", event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise _refused("this is nested too deeply for settings", event.start_mark)
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) is not None:
            raise _refused("tags are not read here", event.start_mark)


@lru_cache(maxsize=8)
def parse_settings(text: str) -> Settings:
    """Read `bmad.yaml`; an empty file gives the defaults. What is read again and again is parsed once.

    Raises: UsageError naming the key, or the line, and what is wrong with it.
    """
    try:
        return settings_of(Settings, read_mapping(text))
    except UsageError as error:
        from bmad.store.misread import MisreadError, mark  # noqa: PLC0415 - where something is wrong

        if not isinstance(error, MisreadError):
            raise
        raise UsageError(f"bmad.yaml{mark(text, error.location, _BASE)}: {error.words}") from None


def settings_of(kind: type[S], data: object) -> S:
    """Settings, or a part of them, of a mapping.

    Raises: UsageError naming the key and what is wrong with it.
    """
    try:
        return exact(kind, data)
    except InexactError:
        return _lenient(kind, data)


def _lenient(kind: type[S], data: object) -> S:
    """As pydantic reads it, in whose words it is told what is wrong."""
    from pydantic import ValidationError  # noqa: PLC0415 - takes longer to load than all of a hook

    try:
        found: S = _reader(cast("Any", kind)).validate_python(data)
    except ValidationError as error:
        from bmad.store.misread import misread  # noqa: PLC0415

        raise misread(error, kind) from None
    return found


@cache
def _reader(kind: type[Settable]) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(kind)


def read_mapping(text: str) -> dict[str, Any]:
    """`bmad.yaml` as it is written, with no key checked but its version.

    Raises: UsageError naming the line and what is wrong with it.
    """
    if len(text) > POLICY.one:
        raise UsageError(f"bmad.yaml has more than {POLICY.one} characters; it should be a few lines.")
    unseen = _UNSEEN.search(text)
    if unseen is not None:
        line = text.count("\n", 0, unseen.start()) + 1
        raise UsageError(
            f"bmad.yaml:{line}: U+{ord(unseen[0]):04X} stands there, and readers disagree on where a line ends or "
            "runs by it. Take it out."
        )
    try:
        _check(text)
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.YAMLError as error:
        raise UsageError(f"bmad.yaml{_place(error)}: {_problem(error)}.") from None
    except (ValueError, OverflowError) as error:
        raise UsageError(f"bmad.yaml: {str(error)[:200]}.") from None
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise UsageError("bmad.yaml should hold keys and values, like `version: 1`.")
    if data.get("version", 1) != 1 or isinstance(data.get("version"), bool | float):
        shown = repr(data["version"])[:40]
        raise UsageError(f"bmad.yaml: version {shown} is not known to this bmad, which reads version 1.")
    return data


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}:{mark.column + 1}" if mark is not None else ""


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or "it is not YAML")
