"""Asks the project's own environment which new dependencies it has, and under which licences; it imports none."""

import json
from collections.abc import Sequence

from bmad.core.act.licences import Installed, folded
from bmad.core.imports.declared import New
from bmad.core.manifests.known import kind
from bmad.model.settings import CheckSettings
from bmad.pipeline.act.bench import Stood, bench
from bmad.pipeline.act.checks.imports import interpreter
from bmad.pipeline.act.step import Case

_SAID = "bmad-licences "
_SECONDS = 60
_MOST = 20
_ASK = f"""
import importlib.metadata, json, sys
found = {{}}
for name in sys.argv[1:]:
    try:
        told = importlib.metadata.metadata(name)
    except Exception:
        continue
    said = [told.get("License-Expression") or ""]
    said += [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    text = " ".join((told.get("License") or "").split())
    said = [one for one in said if one and one != "OSI Approved"] or ([text] if 0 < len(text) <= 60 else [])
    found[name] = [one[:100] for one in said[:4]]
print({_SAID!r} + json.dumps(found))
"""


def installed(case: Case, found: Sequence[New]) -> dict[str, Installed] | None:
    """What the environment of the head says of new dependencies of Python and npm, by folded name.

    None where there is nothing to ask. Raises: StopError where the project cannot be set up.
    """
    names = {one.name: kind(one.path) for one in found[:_MOST] if not one.held}
    python = [name for name, own in names.items() if own == "python"]
    npm = [name for name, own in names.items() if own == "npm"]
    if not python and not npm:
        return None
    with bench(case, case.run.head) as stood:
        told = _python(case, stood, python) if python else {}
        if told is None:
            return None
        return told | _npm(case, stood, npm)


def _python(case: Case, stood: Stood, names: Sequence[str]) -> dict[str, Installed] | None:
    folder = stood.bench.tree.folder
    python = interpreter(folder, case.settings.verify)
    if not python:
        return None
    check = CheckSettings(name="licences", run=(python, "-I", "-B", "-c", _ASK, *names), timeout=_SECONDS)
    log = case.log(f"{case.run.step()}-licences")
    ran = case.check(check, folder, stood.hold, log)
    said = next((line for line in reversed(ran.tail.split("\n")) if line.startswith(_SAID)), "")
    if not said or ran.exit != 0:
        return None
    return {folded(name): Installed(tuple(told)) for name, told in json.loads(said.removeprefix(_SAID)).items()}


def _npm(case: Case, stood: Stood, names: Sequence[str]) -> dict[str, Installed]:
    found: dict[str, Installed] = {}
    for name in names:
        for _, content in case.desk.repository.reports(stood.bench, f"node_modules/{name}/package.json"):
            found[folded(name)] = Installed(_licences(content))
    return found


def _licences(content: bytes) -> tuple[str, ...]:
    """What a `package.json` names as its licence, in the form of now or of long ago."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return ()
    one = told.get("license") if isinstance(told, dict) else None
    if isinstance(one, dict):
        one = one.get("type")
    return (one,) if isinstance(one, str) and one else ()
