"""Places beside the registry that a manifest has dependencies taken from, in every language that is read."""

import pytest

from bmad.core.manifests.elsewhere import elsewhere

FROM = {
    "requirements.txt": [
        "requests @ git+https://evil.example/r",
        "requests @ https://evil.example/r.whl",
        "git+ssh://git@evil.example/r.git#egg=r",
        "-e git+https://evil.example/r",
        "--extra-index-url https://evil.example/simple",
        "-i https://evil.example/simple",
        "--find-links=http://evil.example/files",
    ],
    "pyproject.toml": [
        'dependencies = ["requests @ git+https://evil.example/r"]',
        "requests = {git = 'https://evil.example/r', rev = 'x'}",
        'url = "https://evil.example/simple"',
        'extra-index-url = ["https://evil.example/simple"]',
    ],
    "setup.cfg": ["    requests @ https://evil.example/r.zip"],
    "Cargo.toml": ['serde = { git = "https://evil.example/serde" }', 'registry = "https://evil.example/index"'],
    "Gemfile": ["gem 'rails', git: 'https://evil.example/rails'", "gem 'x', github: 'evil/x'"],
    "go.mod": ["replace example.com/a => github.com/evil/a v1.0.0", "\texample.com/a v1 => evil.example/a v1"],
    "package.json": [
        '{"dependencies": {"a": "git+https://evil.example/a.git"}}',
        '{"devDependencies": {"a": "github:evil/a"}}',
        '{"dependencies": {"a": "evil/a#main"}}',
        '{"overrides": {"a": "https://evil.example/a.tgz"}}',
    ],
}
PLAIN = {
    "requirements.txt": [
        "requests==2",
        "# git+https://evil.example/r",
        "-e ./libs/r",
        "-r more.txt",
        "a; python<'3'",
    ],
    "pyproject.toml": [
        '[project.urls]\nHomepage = "https://example.org"',
        "requests = {path = '../r', editable = true}",
        'dependencies = ["requests>=2"]',
    ],
    "Cargo.toml": ['serde = { version = "1", path = "../serde" }', 'repository = "https://example.org/x"'],
    "Gemfile": ["gem 'rails', '~> 7'"],
    "go.mod": ["replace example.com/a => ../a", "require a.b/a v1"],
    "package.json": [
        '{"repository": "github:me/it", "dependencies": {"@a/b": "^1", "c": "file:../c", "d": "*"}}',
        "{",
    ],
    "notes.md": ["git+https://evil.example/r"],
}


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, texts in FROM.items() for text in texts])
def test_a_place_beside_the_registry_is_told(path: str, text: str) -> None:
    [found] = elsewhere(path, f"{text}\n")
    assert "evil" in found


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, texts in PLAIN.items() for text in texts])
def test_twin_what_is_of_the_registry_or_the_repository_is_not(path: str, text: str) -> None:
    assert elsewhere(path, f"{text}\n") == frozenset()
    assert elsewhere(path, None) == frozenset()
