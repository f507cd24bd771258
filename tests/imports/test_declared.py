"""What a change declares anew that the project depends on, over each kind of manifest."""

import pytest

from bmad.core.imports.declared import Manifest, New, alike, is_manifest, new

PYPROJECT = """\
[project]
name = "shop"
dependencies = ["requests>=2", {more}]
[project.optional-dependencies]
extra = ["Some_Thing[all]==1; python_version > '3'"]
[dependency-groups]
dev = ["pytest", {{include-group = "lint"}}]
[tool.poetry.dependencies]
python = "^3.11"
rich = "*"
"""

GO_MOD = """\
module example.com/me/x
require (
\texample.com/a/b/v2 v2.0.0
\texample.com/c/d v0.1.0 // indirect
)
replace example.com/e/f v1.0.0 => example.com/g/h v1.0.0
"""
CARGO = """\
[dependencies]
serde-json = '1'
other = {package = 'real', version = '1'}
[target.'cfg(unix)'.dependencies]
nix = '1'
[workspace.dependencies]
shared = '1'
"""


def added(path: str, before: str | None, after: str | None, *sources: str, **beside: str) -> list[tuple[str, str]]:
    """What is new, with what it is like."""
    others = [Manifest(name.replace("_", ".", 1), text, text) for name, text in beside.items()]
    return [(one.name, one.like) for one in new([Manifest(path, before, after), *others], sources)]


@pytest.mark.parametrize(
    ("path", "before", "after", "names"),
    [
        ("pyproject.toml", PYPROJECT.format(more=""), PYPROJECT.format(more="'httpx', 'some-thing'"), ["httpx"]),
        ("pyproject.toml", None, PYPROJECT.format(more=""), ["Some_Thing", "pytest", "requests", "rich"]),
        (
            "requirements.txt",
            "requests\n",
            "requests==2 \\\n  --hash=sha256:aa\n# a-note\n-r x.txt\nhttpx[cli]\n",
            ["httpx"],
        ),
        (
            "requirements/dev.in",
            "",
            "git+https://example.com/x\n./local\nhttpx @ https://example.com/y\n",
            ["httpx"],
        ),
        (
            "a/package.json",
            '{"dependencies": {"a-b": "1"}}',
            '{"devDependencies": {"a-b": "1", "@x/y": "2"}}',
            ["@x/y"],
        ),
        (
            "go.mod",
            "module example.com/me/x\n\nrequire example.com/a/b v1.0.0\n",
            GO_MOD,
            ["example.com/c/d"],
        ),
        (
            "Cargo.toml",
            "[dependencies]\nserde_json = '1'\n",
            CARGO,
            ["nix", "real", "shared"],
        ),
        ("pyproject.toml", PYPROJECT.format(more=""), "[project\n", []),
        ("package.json", "{}", "[[[", []),
        ("pyproject.toml", "", "project = 3\ntool = []\n", []),
        ("requirements.txt", "httpx\n", None, []),
    ],
)
def test_what_is_declared_anew_is_told(path: str, before: str | None, after: str | None, names: list[str]) -> None:
    assert is_manifest(path)
    assert [name for name, _ in added(path, before, after)] == names


def test_what_another_manifest_declares_already_is_not_new_but_that_of_another_language_is() -> None:
    assert added("requirements.txt", "", "Requests\n", pyproject_toml=PYPROJECT.format(more="")) == []
    assert added("requirements.txt", "", "react\n", package_json='{"dependencies": {"react": "1"}}') == [
        ("react", "")
    ]


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("reqeusts", "requests"),
        ("request", "requests"),
        ("requestss", "requests"),
        ("requests2", "requests"),
        ("reguests", "requests"),
        ("equests", "requests"),
        ("requests-html", ""),
        ("rihc", "rich"),
        ("httpx", ""),
    ],
)
def test_a_name_one_letter_from_one_that_is_there_is_told_with_it(name: str, like: str) -> None:
    before = "requests\nrich\nuv\n"
    assert added("requirements.txt", before, f"{before}{name}\n") == [(name, like)]


def test_short_names_and_the_same_name_are_like_none() -> None:
    assert not alike("uv", "ux")
    assert not alike("rich", "rich")
    assert not alike("abcd", "badc")
    assert alike("abcd", "abdc")


def test_whether_the_change_imports_it_is_told_of_python_alone() -> None:
    manifests = [
        Manifest("requirements.txt", "", "httpx\npyyaml\nrich\n"),
        Manifest("package.json", "{}", '{"dependencies": {"x": "1"}}'),
    ]
    found = new(manifests, ["import yaml\nfrom httpx.client import Client\n", "def f(:\n"])
    assert found == (
        New("package.json", "x"),
        New("requirements.txt", "httpx", imported=True),
        New("requirements.txt", "pyyaml", imported=True),
        New("requirements.txt", "rich", imported=False),
    )
