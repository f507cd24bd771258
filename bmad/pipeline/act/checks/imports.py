"""What a change imports, held against the tree and, where that does not tell, the project's own interpreter.

It is asked which packages it has, and whether the source of a module surely lacks a name; it imports none. Of the
standard library bmad knows that itself where the interpreter is its own.
"""

import importlib.util
import inspect
import json
import os
import re
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bmad.core.act.checks import KNOWN_IMPORTS, Check
from bmad.core.act.known import known_imports, unasked_words
from bmad.core.imports.attributes import given
from bmad.core.imports.packages import is_script
from bmad.core.imports.unknown import Unknown, left, sought, used
from bmad.model.bounds import Bound
from bmad.model.quoting import quoted
from bmad.model.settings import CheckSettings
from bmad.pipeline.act.bench import bench
from bmad.pipeline.act.checks import lacking
from bmad.pipeline.act.step import Case

_MIB = 1 << 20
_SOURCES = Bound("sources", 2 * _MIB, 64 * _MIB)
_MOST = 60
"""Names that are asked for in one go."""
_SECONDS = 60
_PLACES = (".venv/bin/python", "venv/bin/python", ".venv/Scripts/python.exe", "venv/Scripts/python.exe")
_PYTHON = re.compile(r"(?:.*/)?(?:python|pypy)[0-9.]*(?:\.exe)?$")
_SAID = "bmad-found "
_ASK = f"""
{inspect.getsource(lacking)}
import json, sys
sys.path.append(__import__("site").getusersitepackages())
home, found = os.path.realpath(sys.argv[1]) + os.sep, {{}}
for name in sys.argv[2:]:
    try:
        if ":" in name:
            if not lacks(*name.split(":")):
                found[name] = True
            continue
        spec = importlib.util.find_spec(name)
    except Exception:  # any finder of the environment is asked, and may raise anything: then something is there
        found[name] = True
        continue
    if spec is not None:
        at = os.path.realpath(spec.origin or list(spec.submodule_search_locations or [""])[0])
        found[name] = not at.startswith(home) or "site-packages" in at
print({_SAID!r} + json.dumps(found))
"""


class Looked(NamedTuple):
    """The check, None where it could not look, and what it could not tell, a sentence each."""

    check: Check | None
    unjudged: tuple[str, ...]


def imported(case: Case) -> Looked:
    """Whether what the change imports is there.

    Raises: StopError where the project cannot be set up, which the commands would meet as well.
    """
    files = dict(case.grounds.files(case.run.head))

    @cache
    def read(path: str) -> str | None:
        return _texts(case, [files[path]]).get(files[path]) if path in files else None

    changed = list(_changed(case))
    if not changed:
        return Looked(None, ())
    found = sought(changed, files, read)
    if not found.open:
        return Looked(known_imports(found.missing, ""), ())
    there, asked = _there(case, found.open)
    open_ones = [one for one in left(found.open, there) if _is_nowhere(case, one, asked)]
    if asked:
        return Looked(known_imports([*found.missing, *open_ones], asked), ())
    sure = [one for one in open_ones if one.package]
    unsure = [one for one in open_ones if not one.package]
    words = (unasked_words(unsure, _NOBODY),) if unsure else ()
    missing = [*found.missing, *sure]
    return Looked(known_imports(missing, "") if missing or not unsure else None, words)


_NOBODY = "no interpreter: neither `setup` makes `.venv`, nor does a `verify` command begin with a Python"


def _changed(case: Case) -> Iterator[tuple[str, str | None, str]]:
    changes = {quoted(one.path): one for one in case.grounds.changes(case.run.base, case.run.head)}
    wanted = {path: one for path, one in changes.items() if path.endswith(".py") or is_script(path)}
    held = _texts(case, [blob for one in wanted.values() for blob in (one.old_blob, one.new_blob)])
    for path, one in wanted.items():
        if one.new_blob in held:
            yield path, held.get(one.old_blob), held[one.new_blob]


def _texts(case: Case, blobs: Sequence[str]) -> dict[str, str]:
    held = case.grounds.contents([one for one in dict.fromkeys(blobs) if one.strip("0")], _SOURCES)
    return {blob: content.decode("utf-8", "replace") for blob, content in held.items()}


def _is_nowhere(case: Case, one: Unknown, asked: str) -> bool:
    """Whether what nobody found is to be told: no attribute that was not asked about, or that the tree gives."""
    if one.attribute:
        own = [blob for path, blob in case.grounds.files(case.run.head) if path.endswith(".py")]
        if (one.is_installed and not asked) or given(one.attribute, _texts(case, own).values()):
            return False
    return one.package or not _is_used(case, one)


def _is_used(case: Case, one: Unknown) -> bool:
    """Whether the base imports something of that name already, so that its being there is nothing new."""
    old = [blob for path, blob in case.grounds.files(case.run.base) if path.endswith(".py")]
    return used(one.top, _texts(case, old).values())


def _there(case: Case, wanted: Sequence[Unknown]) -> tuple[Mapping[str, bool], str]:
    """The packages that the project's interpreter finds, each with whether outside of the tree; and which it is.

    An attribute is there where it does not surely lack it, and where too much is asked for.

    Nothing, and no interpreter, where there is none or it does not answer.
    """
    packages = sorted({one.top for one in wanted if not one.is_installed})
    names = sorted({one.top for one in wanted if one.is_installed})
    room = max(_MOST - len(packages), 0)
    with bench(case, case.run.head) as stood:
        folder = stood.bench.tree.folder
        python = interpreter(folder, case.settings.verify)
        if not python or len(packages) > _MOST:
            return {}, ""
        known = [one for one in names if _is_own(python, one)]
        held = {one: True for one in known if not lacking.lacks(*one.split(":"))}
        names = [one for one in names if one not in known]
        if not packages and not names:
            return held, python
        run = (python, "-I", "-B", "-c", _ASK, str(folder), *packages, *names[:room])
        check = CheckSettings(name=KNOWN_IMPORTS, run=run, timeout=_SECONDS)
        log = case.log(f"{case.run.step()}-{KNOWN_IMPORTS}")
        ran = case.check(check, folder, stood.hold, log)
    said = next((line for line in reversed(ran.tail.split("\n")) if line.startswith(_SAID)), "")
    if not said or ran.exit != 0:
        return {}, ""
    return {**held, **dict.fromkeys(names[room:], True), **json.loads(said.removeprefix(_SAID))}, python


def _is_own(python: str, name: str) -> bool:
    """Whether a name is one of a module of the standard library, and the interpreter the one that runs this."""
    top = name.partition(":")[0].partition(".")[0]
    if top not in sys.stdlib_module_names or os.path.realpath(python) != os.path.realpath(sys.executable):
        return False
    spec, library = importlib.util.find_spec(top), Path(sysconfig.get_path("stdlib"))
    places = (library / f"{top}.py", library / top / "__init__.py")
    return spec is not None and (spec.origin or "") in ("built-in", "frozen", *map(str, places))


def interpreter(folder: Path, verify: Sequence[CheckSettings]) -> str:
    """The Python of the project's environment, else the one that a `verify` command begins with; empty if none."""
    own = next((one for one in _PLACES if (folder / one).exists()), "")
    named = next((one.run[0] for one in verify if _PYTHON.match(one.run[0])), "")
    return str(folder / own) if own else named
