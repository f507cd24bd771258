"""`bmad.yaml` as typed settings.

YAML is read with the safe C loader, without aliases (a few lines of them unfold to gigabytes) and without
duplicate keys (one of the two would be lost in silence).
"""

import difflib
from typing import Any

import yaml
from pydantic import ValidationError

from bmad.errors import UsageError
from bmad.model.settings import Settings

_BASE: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX = 1 << 20


class _Loader(_BASE):  # type: ignore[misc]  # the C loader where PyYAML was built with it
    """The safe loader, stricter by two rules."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(
                None, None, "aliases are not allowed", self.peek_event().start_mark
            )
        node: yaml.Node | None = super().compose_node(parent, index)
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[str] = set()
        for key, _ in node.value:
            if key.value in keys:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key `{key.value}` stands twice", key.start_mark
                )
            if isinstance(key.value, str):
                keys.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def parse_settings(text: str) -> Settings:
    """Read `bmad.yaml`; an empty file gives the defaults.

    Raises: UsageError naming the key, or the line, and what is wrong with it.
    """
    if len(text) > _MAX:
        raise UsageError("bmad.yaml is over 1 MiB; it should be a few lines.")
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.YAMLError as error:
        raise UsageError(f"bmad.yaml{_place(error)}: {_problem(error)}.") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"bmad.yaml: {error}.") from None
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise UsageError("bmad.yaml should hold keys and values, like `version: 1`.")
    if data.get("version", 1) != 1:
        raise UsageError(
            f"bmad.yaml: version {data['version']!r} is not known to this bmad, which reads version 1."
        )
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        raise UsageError(_explain(error)) from None


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}:{mark.column + 1}" if mark is not None else ""


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or "it is not YAML")


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        close = difflib.get_close_matches(str(first["loc"][-1]), _keys(first["loc"][:-1]), n=1)
        hint = f" Did you mean `{close[0]}`?" if close else " Remove it, or use a bmad that knows it."
        return f"bmad.yaml: `{where}` is not a setting of this version.{hint}"
    return f"bmad.yaml: `{where}`: {first['msg'].removeprefix('Value error, ')}."


def _keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that may stand at a place in the settings, for the hint on a misspelt one."""
    model: Any = Settings
    for part in location:
        if isinstance(part, str):
            fields = getattr(model, "model_fields", {})
            model = fields[part].annotation if part in fields else None
    return list(getattr(model, "model_fields", {}))
