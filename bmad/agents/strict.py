"""The strict form of an answer's schema, and how an answer in it is read back.

Providers that hold a model to a schema take few words of JSON Schema: every key is required, no object has others,
there are no defaults and no bounds. So a key that may be left out is null, or an empty list, and a bound stands in
words.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from bmad.model.answers import ANSWERS

_BOUNDS = {
    "maxLength": "at most {:,} characters",
    "maxItems": "at most {:,} entries",
    "minimum": "{:,} or more",
}
"""What is told in words; what is not named here or in _KEPT goes."""
_KEPT = ("type", "enum", "const", "description")
_NULL = {"type": "null"}
_EMPTY: tuple[object, ...] = ("", [], {})


@cache
def schema(kind: str) -> dict[str, Any]:
    """The strict JSON Schema of a kind of answer; to be read only."""
    own = _own(kind)
    told = _strict(own)
    defined = {name: _strict(one) for name, one in own.get("$defs", {}).items()}
    return {**told, "$defs": defined} if defined else told


def relaxed(data: object, kind: str) -> object:
    """A strict answer as bmad's own schema has it: what need not be there and is empty is left out."""
    own = _own(kind)
    return _relaxed(data, own, own.get("$defs", {}))


@cache
def _own(kind: str) -> dict[str, Any]:
    return ANSWERS[kind].model_json_schema()


def _strict(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node, all that is below it made strict, without its definitions."""
    if "$ref" in node:
        return {"$ref": node["$ref"]}
    told: dict[str, Any] = {key: node[key] for key in _KEPT if key in node}
    bounds = [words.format(node[key]) for key, words in _BOUNDS.items() if key in node]
    if bounds:
        told["description"] = ". ".join([*([told["description"]] if "description" in told else []), *bounds])
    if "items" in node:
        told["items"] = _strict(node["items"])
    if "anyOf" in node:
        told["anyOf"] = [_strict(one) for one in node["anyOf"]]
    if node.get("type") == "object":
        asked, every = node.get("required", ()), node.get("properties", {})
        told["properties"] = {
            key: _strict(one) if key in asked else _or_null(_strict(one)) for key, one in every.items()
        }
        told |= {"required": list(every), "additionalProperties": False}
    return told


def _or_null(node: dict[str, Any]) -> dict[str, Any]:
    """A node that may be null, too; a list may be empty."""
    if node.get("type") == "array":
        return node
    if "anyOf" in node:
        return node if _NULL in node["anyOf"] else {**node, "anyOf": [*node["anyOf"], _NULL]}
    if isinstance(node.get("type"), str) and "enum" not in node and "const" not in node:
        return {**node, "type": [node["type"], "null"]}
    return {"anyOf": [node, _NULL]}


def _relaxed(value: object, node: Mapping[str, Any], defined: Mapping[str, Any]) -> object:
    if "$ref" in node:
        node = defined.get(node["$ref"].rpartition("/")[2], {})
    if isinstance(value, list):
        return [_relaxed(one, node.get("items", {}), defined) for one in value]
    if not isinstance(value, dict):
        return value
    asked, every = node.get("required", ()), node.get("properties", {})
    return {
        key: _relaxed(one, every.get(key, {}), defined)
        for key, one in value.items()
        if key in asked or not (one is None or one in _EMPTY)
    }
