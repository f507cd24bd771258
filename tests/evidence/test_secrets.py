"""What looks like a secret is told by its place and never by its value; what only looks like one is left alone."""

import pytest

from bmad.core.act.secrets import Found, found, no_secrets

KEY = "AKIA" + "Q3EGRT5SUKXVMP2L"
TOKEN = "ghp_" + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"


def places(path: str, *lines: str) -> list[Found]:
    return found({path: dict(enumerate(lines, 1))})


@pytest.mark.parametrize(
    ("path", "line", "kind"),
    [
        ("src/a.py", f"KEY = '{KEY}'", "AWS Access Key"),
        ("tests/test_a.py", f"KEY = '{KEY}'", "AWS Access Key"),
        ("README.md", f"curl -H 'Authorization: token {TOKEN}'", "GitHub Token"),
        ("src/key.pem", "-----BEGIN RSA PRIVATE KEY-----", "Private Key"),
        ("src/a.py", 'password = "hunter2-and-more"', "Secret Keyword"),
        ("src/a.py", 'url = "postgres://me:s3cr3tw0rd@host/db"', "Basic Auth Credentials"),
    ],
)
def test_a_secret_is_told_with_its_place_and_without_its_value(path: str, line: str, kind: str) -> None:
    told = places(path, "x = 1", line)
    assert told == [Found(path, 2, kind)]
    check = no_secrets(told, [])
    assert not check.ok
    assert f"{path}:2 ({kind})" in check.sentence
    for value in (KEY, TOKEN, "hunter2", "s3cr3t", "BEGIN"):
        assert value not in check.sentence


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("src/a.py", 'password = os.environ["PASSWORD"]'),
        ("src/a.py", "self.token = token"),
        ("src/a.py", 'password = "changeme"'),
        ("src/a.py", 'api_key = "your-api-key"'),
        ("src/a.py", 'secret = "short"'),
        ("src/a.py", "COMMIT = '8c0bd8801b9218857a201c3c6720538a38f5ed94'"),
        ("src/a.py", "def test_token(self, password='x', secret=None):"),
        ("tests/test_a.py", 'password = "hunter2-and-more"'),
        ("docs/a.md", "postgres://me:s3cr3tw0rd@host/db"),
        ("src/a.py", "FR-qqpgjf STORY-3t8vnp/AC-1 8a456787"),
    ],
)
def test_what_only_looks_like_one_is_left_alone(path: str, line: str) -> None:
    assert places(path, line) == []


def test_a_person_who_names_the_file_lets_it_stand() -> None:
    told = places("src/a.py", f"KEY = '{KEY}'")
    assert no_secrets(told, ["src/a.py holds a sample key"]).ok
    assert not no_secrets(told, ["src/b.py holds a sample key", "lib/src/a.py"]).ok


def test_many_lines_are_bounded() -> None:
    assert len(places("src/a.py", *(f"KEY = '{KEY}'" for _ in range(30)))) == 30
    assert " and 20 more." in no_secrets(places("src/a.py", *(f"K = '{KEY}'" for _ in range(30))), []).sentence
