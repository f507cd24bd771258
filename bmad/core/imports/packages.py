"""JavaScript's and TypeScript's imports: files of the tree, and packages that a manifest or a lock names."""

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bmad.core.manifests.known import is_lock, kind

_SCRIPT = re.compile(r"[.][cm]?[jt]sx?$")
_FROM = re.compile(
    r"^[ \t]*(?:import|export)\b[^'\"`;()]*?\bfrom\s*(['\"])(?P<a>[^'\"\n]+)\1"
    r"|^[ \t]*import\s*(['\"])(?P<b>[^'\"\n]+)\3"
    r"|^(?![ \t]*(?://|[*]))[^\n'\"`]*\b(?:require|import)\(\s*(['\"])(?P<c>[^'\"\n]+)\5\s*\)",
    re.MULTILINE,
)
_ENDS = (
    *("", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".json", ".d.ts", ".d.mts", ".d.cts"),
    *(".vue", ".svelte", ".node", ".wasm", ".css", ".scss", ".svg", ".astro", ".graphql"),
)
_COMPILED = {
    ".js": (".ts", ".tsx", ".d.ts"),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
    ".jsx": (".tsx",),
}
_MADE = re.compile(
    r"(?:^|/)(?:dist|build|out|lib|gen|generated|__generated__|[.][^/.][^/]*|types?|pkg|node_modules)(?:/|$)"
)
_BUILTIN = frozenset(
    (
        *(
            "assert",
            "async_hooks",
            "buffer",
            "child_process",
            "cluster",
            "console",
            "constants",
            "crypto",
            "dgram",
        ),
        *("diagnostics_channel", "dns", "domain", "events", "fs", "http", "http2", "https", "inspector", "module"),
        *("net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline", "repl", "stream"),
        *("string_decoder", "sys", "test", "timers", "tls", "trace_events", "tty", "url", "util", "v8", "vm"),
        *("wasi", "worker_threads", "zlib"),
    )
)
_DEPENDENCIES = (
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
    "bundledDependencies",
)


def is_script(path: str) -> bool:
    return _SCRIPT.search(path) is not None


def specifiers(text: str) -> dict[str, int]:
    """What a file imports, as written -> the first line of it; what stands in a template or a comment is none."""
    found: dict[str, int] = {}
    for match in _FROM.finditer(text):
        before = text[: match.start()]
        inside = before.count("`") % 2 or before.rfind("/*") > before.rfind("*/")
        told = match["a"] or match["b"] or match["c"]
        if not inside:
            found.setdefault(told, before.count("\n") + 1 + match[0].count("\n"))
    return found


def missing(path: str, told: str, paths: frozenset[str], read: Callable[[str], str | None]) -> bool:
    """Whether what a file imports is certainly not there."""
    plain = told.partition("?")[0]
    if plain.startswith((".", "/")):
        return plain.startswith(".") and not _is_file(posixpath.join(posixpath.dirname(path), plain), paths)
    if _is_special(plain):
        return False
    manifests = [one for one in paths if one.rpartition("/")[2] == "package.json"]
    if not manifests:
        return False
    name = "/".join(plain.split("/")[: 2 if plain.startswith("@") else 1])
    if name in _BUILTIN or f"@types/{name}" in _known(manifests, read) or name in _known(manifests, read):
        return False
    return not _aliased(name, paths, read) and not _locked(name, paths, read)


def _is_special(told: str) -> bool:
    """Of another scheme (`node:fs`), or an alias that only a bundler knows."""
    return ":" in told or told.startswith(("#", "~", "$", "@/", "%")) or "+" in told or "!" in told or "*" in told


def _is_file(at: str, paths: frozenset[str]) -> bool:
    at = posixpath.normpath(at).removeprefix("./")
    if at.startswith("..") or at == "." or _MADE.search(at):
        return True
    stem, end = posixpath.splitext(at)
    others = [f"{at}{one}" for one in _ENDS] + [f"{at}/index{one}" for one in _ENDS] + [f"{at}/package.json"]
    others += [f"{stem}{one}" for one in _COMPILED.get(end, ())]
    return any(one in paths for one in others)


def _known(manifests: Iterable[str], read: Callable[[str], str | None]) -> set[str]:
    """The packages that any manifest names, and the tree's own."""
    return {name for one in manifests for name in _of(read(one))}


def _of(text: str | None) -> Iterator[str]:
    try:
        told: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return
    if not isinstance(told, dict):
        return
    yield str(told.get("name", ""))
    for key in _DEPENDENCIES:
        group = told.get(key)
        yield from (str(name) for name in (group if isinstance(group, dict | list) else ()))


def _aliased(name: str, paths: frozenset[str], read: Callable[[str], str | None]) -> bool:
    """Whether settings name it, or something of the tree bears its name: a bundler may lead there."""
    first = name.partition("/")[0]
    if any(f"/{first}/" in f"/{one}" or f"/{first}." in f"/{one}" for one in paths):
        return True
    settings = (
        one
        for one in paths
        if re.search(
            r"(?:^|/)(?:[jt]sconfig[^/]*[.]json|[^/]*[.]config[.][cm]?[jt]s|deno[.]jsonc?|import_map[.]json)$", one
        )
    )
    return any(first in (read(one) or "") for one in settings)


def _locked(name: str, paths: frozenset[str], read: Callable[[str], str | None]) -> bool:
    whole = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")
    locks = (
        one for one in paths if one.rpartition("/")[2] == "bun.lockb" or (is_lock(one) and kind(one) == "npm")
    )
    return any(whole.search(read(one) or "") for one in locks)
