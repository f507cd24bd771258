"""What a new dependency lacks: a lock, an installation, an allowed licence; names near well-known ones."""

import pytest

from bmad.core.act.licences import Installed, permits, unmet
from bmad.core.imports.declared import Manifest, New, new

RICH = New("pyproject.toml", "Rich")
MIT = {"rich": Installed(("MIT License",))}


@pytest.mark.parametrize(
    ("licences", "allowed"),
    [
        (("MIT",), True),
        (("MIT License",), True),
        (("mit",), True),
        (("Apache-2.0 OR GPL-3.0-only",), True),
        (("GPL-3.0-only",), False),
        (("MIT AND GPL-3.0-only",), False),
        (("(MIT AND Apache-2.0)",), True),
        (("Apache-2.0 WITH LLVM-exception",), True),
        (("MIT License", "GNU General Public License v3 (GPLv3)"), False),
        (("Apache Software License",), True),
        (("a licence of our own",), False),
        ((), False),
    ],
)
def test_a_licence_is_allowed_by_its_spdx_name(licences: tuple[str, ...], allowed: bool) -> None:
    assert permits(licences, ["MIT", "Apache-2.0"]) is allowed


def test_a_new_dependency_is_locked_installed_and_of_an_allowed_licence() -> None:
    path = RICH.path
    assert unmet([RICH], {path: ["rich"]}, MIT, ["MIT"]) == []
    assert unmet([RICH], {path: None}, MIT, None) == []
    [unlocked] = unmet([RICH], {path: ["rich-other"]}, MIT, ["MIT"])
    assert "no lock file holds it" in unlocked
    [absent] = unmet([RICH], {path: None}, {}, None)
    assert "is not installed in the project's environment" in absent
    [refused] = unmet([RICH], {path: None}, MIT, ["Apache-2.0"])
    assert "is MIT License, which bmad.yaml (`licences`) does not allow" in refused
    [unseen] = unmet([RICH], {path: None}, None, ["MIT"])
    assert "cannot be seen" in unseen
    assert unmet([RICH], {path: None}, None, None) == []
    assert unmet([RICH._replace(held=True)], {path: []}, {}, ["MIT"]) == [], "what a lock brings is told elsewhere"


@pytest.mark.parametrize(
    ("path", "text", "like"),
    [
        ("requirements.txt", "reqeusts\n", "requests"),
        ("requirements.txt", "numpy\n", ""),
        ("requirements.txt", "our-own-library\n", ""),
        ("package.json", '{"dependencies": {"expres": "1"}}', "express"),
        ("package.json", '{"dependencies": {"preact": "1"}}', ""),
        ("Cargo.toml", '[dependencies]\nserdee = "1"\n', "serde"),
    ],
)
def test_a_name_one_letter_from_one_that_everybody_knows_is_told(path: str, text: str, like: str) -> None:
    assert [one.like for one in new([Manifest(path, "", text)])] == [like]
