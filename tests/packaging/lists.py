"""`python -m tests.packaging.lists` writes the list of parts anew, for people and for programs (CycloneDX 1.6).

Both are made from the lock and from what is installed, without a clock: the same lock gives the same bytes.
"""

import json
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bmad import __version__
from tests.packaging.parts import ROOT, Part, parts, project

SBOM = ROOT / "docs" / "reference" / "sbom.cdx.json"
PAGE = ROOT / "docs" / "reference" / "licences.md"

_HEAD = """\
# Parts and licences

bmad is under the [MIT licence](https://spdx.org/licenses/MIT.html); its archives hold no code of others. What
it is installed with keeps its own licence and brings its text; `make dist` puts all texts into one file. The
versions are those of `requirements.lock`, which a plain `pip install` does not ask for: it takes what is newest
within the bounds of `pyproject.toml`. The same for programs, with hashes: `sbom.cdx.json` beside this page, which
is in the wheel, too. Written by `python -m tests.packaging.lists`.

| package | version | licence | comes with |
| --- | --- | --- | --- |
"""


def page(found: list[Part]) -> str:
    return _HEAD + "".join(_row(one) for one in found)


def _row(one: Part) -> str:
    comes = ", ".join(f"`bmad[{extra}]`" for extra in one.wanted_for) or "bmad"
    where = f" where `{one.marker}`" if one.marker else ""
    licence = one.licence or "not looked up: it is for another platform"
    return f"| {one.name} | {one.version} | {licence} | {comes}{where} |\n"


def sbom(found: list[Part]) -> str:
    told = project()
    own = {
        "type": "application",
        "bom-ref": "bmad",
        "name": "bmad",
        "version": __version__,
        "description": told["description"],
        "licenses": [{"expression": "MIT"}],
        "purl": f"pkg:pypi/bmad@{__version__}",
    }
    refs = {name: [_ref(one) for one in found if one.name == name] for name in {one.name for one in found}}
    asked = {"bmad": [_ref(one) for one in found if one.name in _asked_for()]}
    edges = {_ref(one): [ref for name in one.requires for ref in refs.get(name, [])] for one in found}
    bom = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": [_component(one) for one in found],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(below)} for ref, below in sorted({**asked, **edges}.items())
        ],
    }
    return json.dumps(bom, indent=1) + "\n"


def _asked_for() -> set[str]:
    told = project()["dependencies"]
    assert isinstance(told, list)
    return {canonicalize_name(Requirement(words).name) for words in told}


def _ref(one: Part) -> str:
    return f"pkg:pypi/{one.name}@{one.version}"


def _component(one: Part) -> dict[str, object]:
    about: dict[str, object] = {
        "type": "library",
        "bom-ref": _ref(one),
        "name": one.name,
        "version": one.version,
        "scope": "optional" if one.wanted_for or one.marker else "required",
        "purl": _ref(one),
        "externalReferences": [
            {
                "type": "distribution",
                "url": _ref(one),
                "hashes": [{"alg": "SHA-256", "content": value} for value in one.hashes],
            }
        ],
        "properties": [
            *({"name": "bmad:extra", "value": extra} for extra in one.wanted_for),
            *([{"name": "bmad:marker", "value": one.marker}] if one.marker else []),
        ],
    }
    if one.licence:
        about["licenses"] = [{"expression": one.licence}]
    return about


def texts(found: list[Part]) -> str:
    """The licences of all that is installed here, one after another."""
    rule = "=" * 78
    told = [
        f"{rule}\n{one.name} {one.version}: {one.licence} ({name})\n{rule}\n\n{text.strip()}\n"
        for one in found
        for name, text in one.texts
    ]
    return "\n".join(told)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    found = parts()
    write(SBOM, sbom(found))
    write(PAGE, page(found))


if __name__ == "__main__":
    main()
