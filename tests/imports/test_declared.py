"""What a change declares anew that the project depends on, over each kind of manifest."""

import pytest

from bmad.core.imports.declared import Manifest, New, alike, new
from bmad.core.manifests.known import declared, held, is_lock, is_manifest

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

SETUP_CFG = """\
[options]
python_requires = >=3.9
install_requires =
    httpx>=1  # spoken
    rich; python_version > '3'
[options.extras_require]
tests = pytest
"""
SETUP_PY = """\
import setuptools
more = ["unknown"]
setuptools.setup(name="shop", install_requires=["httpx>=1", *more], extras_require={"all": ["rich"]})
"""
PIPFILE = """\
[packages]
rich = "*"
httpx = {version = ">=1", extras = ["cli"]}
[dev-packages]
pytest = "*"
[requires]
python_version = "3.12"
"""
CONDA = """\
name: shop
dependencies:
  - conda-forge::numpy=1.26
  - pip
  - pip:
    - httpx==1.2
channels:
  - defaults
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
        ("setup.cfg", None, SETUP_CFG, ["httpx", "pytest", "rich"]),
        ("setup.py", "import setuptools\n", SETUP_PY, ["httpx", "rich"]),
        ("Pipfile", "[packages]\nrich = '*'\n", PIPFILE, ["httpx", "pytest"]),
        ("environment.yml", None, CONDA, ["httpx", "numpy", "pip"]),
        ("Gemfile", "gem 'rails'\n", "gem 'rails', '~> 7'\n  gem(\"puma\")\n# gem 'no'\n", ["puma"]),
        ("setup.cfg", "", "no = section\n", []),
        ("setup.py", "", "def (:\n", []),
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


UV = '[[package]]\nname = "{}"\nversion = "1"\n'
NPM = '{{"packages": {{"": {{}}, "node_modules/react": {{}}, "node_modules/{}": {{"version": "1"}}}}}}'
LOCKS = {
    "uv.lock": UV,
    "poetry.lock": UV,
    "pdm.lock": UV,
    "pylock.toml": UV.replace("package", "packages"),
    "requirements.lock": "{}==1 \\\n    --hash=sha256:aa\n",
    "requirements/dev.lock": "{}==1\n",
    "Pipfile.lock": '{{"_meta": {{}}, "default": {{"{}": {{"version": "1"}}}}}}',
    "Cargo.lock": UV,
    "package-lock.json": NPM,
    "web/npm-shrinkwrap.json": NPM,
    "yarn.lock": '{}@^1:\n  version "1"\n',
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n\npackages:\n\n  {}@1.0.0(react@18.2.0):\n    resolution: {{}}\n",
    "bun.lock": '  "packages": {{\n    "{0}": ["{0}@1.0.0", "", {{}}, "sha512"],\n',
    "go.sum": "{} v1.0.0 h1:aa=\n{0} v1.0.0/go.mod h1:bb=\n".replace("{}", "{0}"),
    "Gemfile.lock": "GEM\n  specs:\n    {} (1.0)\n",
}


@pytest.mark.parametrize("path", LOCKS)
def test_what_a_lock_file_brings_is_told_where_no_manifest_declares_it(path: str) -> None:
    before, after = LOCKS[path].format("first"), LOCKS[path].format("first") + LOCKS[path].format("second")
    if path.endswith((".json", "Pipfile.lock")):
        after = LOCKS[path].format("second")
    assert is_lock(path)
    assert not is_manifest(path)
    found = new([Manifest(path, before, after)])
    assert [(one.name, one.held) for one in found if one.name != "react"] == [("second", True)]
    assert new([Manifest(path, None, after)]) == ()
    assert new([Manifest(path, before, None)]) == ()


def test_what_is_declared_and_locked_is_told_once_and_a_look_alike_in_a_lock_is_told_with_it() -> None:
    lock = Manifest("uv.lock", UV.format("requests"), UV.format("httpx") + UV.format("reqeusts"))
    manifest = Manifest("pyproject.toml", PYPROJECT.format(more=""), PYPROJECT.format(more="'httpx'"))
    assert [(one.path, one.name, one.like) for one in new([manifest, lock])] == [
        ("pyproject.toml", "httpx", ""),
        ("uv.lock", "reqeusts", "requests"),
    ]


def test_a_module_by_another_name_is_known_by_what_a_lock_file_calls_it() -> None:
    assert dict(held("uv.lock", UV.format("PyYAML"))) == {"PyYAML": "1"}
    assert dict(declared("Pipfile", PIPFILE)) == {"rich": "*", "httpx": ">=1", "pytest": "*"}
