"""What the hooks write and read is the message that git stores, whatever the settings."""

import subprocess
from pathlib import Path

import pytest

from bmad.core.hook_scripts import filling
from bmad.core.messages import Cleaning, cleaned, cleaning, unwritten, without_trailer
from bmad.core.trailers import parse, stories

MINE = "STORY-mine1"
STATUS = (
    "\n# Please enter the commit message.\n#\n# On branch x\n# Changes to be committed:\n#\tmodified:   a\n#\n"
)
CUT = "------------------------ >8 ------------------------\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has of a repository what the shell looks at."""
    folder = tmp_path_factory.mktemp("messages")
    subprocess.run(["git", "init", "--quiet", "--initial-branch", f"bmad/{MINE}"], cwd=folder, check=True)
    return folder


def filled(place: Path, message: str, *, origin: str = "", editor: str = "vi", **settings: str) -> str:
    """The message as `prepare-commit-msg` leaves it."""
    file = place / ".git/COMMIT_EDITMSG"
    file.write_bytes(message.encode())
    rows = "".join(f'[{key.split("_")[0]}]\n{key.split("_")[1]} = "{value}"\n' for key, value in settings.items())
    (place / "settings").write_text(rows, encoding="utf-8")
    environ = {"PATH": "/usr/bin:/bin", "GIT_EDITOR": editor, "GIT_CONFIG_GLOBAL": str(place / "settings")}
    words = ["sh", "-c", filling(), "prepare-commit-msg", ".git/COMMIT_EDITMSG", origin]
    done = subprocess.run(words, cwd=place, env=environ, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return file.read_bytes().decode()


def stored(message: str, *, editor: bool, **settings: str) -> bytes:
    known = {key.replace("_", ".").lower(): value for key, value in settings.items()}
    if "core.commentchar" in known:
        known["core.commentstring"] = known.pop("core.commentchar")
    return cleaned(message.encode(), cleaning(message.encode(), known, lambda: editor))


BODIES = [
    "T\n",
    "T",
    "T\n\nwords\n",
    "T\n\nwords\n---\nmore\n",
    "T\n\n---\n\nmore\n",
    "T\n\nAssisted-by: x\n",
    "T\n\nAssisted-by: x\n folded\n",
    "T\n\nwords: none\nand prose\n",
    "docs: a title like a trailer\n",
    "T\r\n\r\nwords\r\n",
    "T\n\f\nwords\n",
    "T\n\nPolicy: why\n\nCo-authored-by: B <b@x>\n",
    "T\n\nPolicy: why\n\n---------\n\nCo-authored-by: B <b@x>\n",
    "T\n\nCo-authored-by: B <b@x>\n",
    "T\n\nPolicy: why\n\nCloses #12, #13\n",
    "T\n\n(cherry picked from commit 0123456789abcdef0123456789abcdef01234567)\n",
    f"T\n\nStory: {MINE}\n\nand more words\n",
    "T\n\nÄpfel: ö\n",
    "* A\n\n    Story: tell it\n\nwords\n",
]


SETTINGS = [
    ("", "message", ":", {}),
    (STATUS, "", "vi", {}),
    (STATUS.replace("#", ";"), "merge", "vi", {"core_commentChar": ";"}),
    (STATUS.replace("#", "%"), "commit", "vi", {"core_commentChar": "auto"}),
    (STATUS + "# " + CUT + "# Do not\ndiff --git\n+Story: STORY-other1\n", "commit", "vi", {}),
    ("# " + CUT + "# words\n", "", "vi", {"commit_cleanup": "scissors"}),
    ("", "message", ":", {"commit_cleanup": "verbatim"}),
    ("\n# kept\n#\n", "", "vi", {"commit_cleanup": "whitespace"}),
]
"""What git puts behind the message, where it is from, the editor, and the settings that go with it."""


def _well_filled(place: Path, body: str, number: int) -> None:
    behind, origin, editor, settings = SETTINGS[number]
    message = f"{body}\n{behind}" if behind else body
    after = filled(place, message, origin=origin, editor=editor, **settings)
    block = parse(stored(after, editor=editor != ":", **settings))
    assert stories(block).ids == (MINE,), (message, after)
    before = parse(stored(message, editor=editor != ":", **settings))
    assert {one.value for one in before.trailers} <= {one.value for one in block.trailers}, after
    without = (after.replace(f"{gap}Story: {MINE}\n", "", 1).rstrip("\n") for gap in ("", "\n"))
    assert MINE in message or message.rstrip("\n") in without, "nothing else is touched"


@pytest.mark.parametrize("body", BODIES)
def test_h_the_trailer_stands_where_the_gate_reads_it(place: Path, body: str) -> None:
    _well_filled(place, body, 0)
    _well_filled(place, body, 1 + BODIES.index(body) % 7)


@pytest.mark.parametrize("number", range(len(SETTINGS)))
def test_h_the_trailer_stands_there_whatever_the_settings(place: Path, number: int) -> None:
    for body in ("T\n\nwords\n---\nmore\n", "T\n\nAssisted-by: x\n"):
        _well_filled(place, body, number)


@pytest.mark.parametrize(
    "body",
    [
        "T\n\nStory: STORY-other1\n",
        "T\n\nstory : STORY-other1\n\nCo-authored-by: B <b@x>\n",
        "T\n\nStory: STORY-other1\n\nCloses #1\n",
        "T\n\nStory: STORY-other1\n\nmore words\n",
        "T\n\ncommit 1\n\n    Story: STORY-other1\n",
    ],
)
def test_h_another_story_that_is_named_stays_alone(place: Path, body: str) -> None:
    assert filled(place, body, origin="message", editor=":") == body
    assert filled(place, body + STATUS, origin="commit") == body + STATUS


def test_h_nothing_is_added_to_nothing_that_no_editor_opens(place: Path) -> None:
    for message, origin, editor in (("", "message", ":"), ("", "", ":"), ("\n", "commit", ":"), (STATUS, "", ":")):
        assert filled(place, message, origin=origin, editor=editor) == message
    assert filled(place, STATUS) == f"\n\nStory: {MINE}\n{STATUS}"


def test_h_a_marks_string_counts_from_the_git_that_knows_it(place: Path) -> None:
    told = subprocess.run(["git", "version"], capture_output=True, check=True, text=True).stdout.split()[2]
    knows = tuple(map(int, told.split(".")[:2])) >= (2, 45)
    mark = "//" if knows else "#"
    message = "T\n" + STATUS.replace("#", mark)
    after = filled(place, message, core_commentString="//")
    assert after == f"T\n\nStory: {MINE}\n" + STATUS.replace("#", mark)


@pytest.mark.parametrize(
    ("message", "settings"),
    [
        ("T  \n\n\n\nw\t\r\n# c\n#\n", {}),
        ("\n\n# c\nT\nx # y\n# c\nz\n", {}),
        ("T\n\f\nx\v\n \n", {}),
        ("T\n;c\n# kept\n;\n", {"core.commentChar": ";"}),
        ("\n \n", {}),
        ("", {}),
    ],
)
def test_h_cleaned_as_git_does(place: Path, message: str, settings: dict[str, str]) -> None:
    words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    for strip in (True, False):
        done = subprocess.run(
            ["git", *words, "stripspace", *(["--strip-comments"] if strip else [])],
            cwd=place,
            input=message.encode(),
            capture_output=True,
            check=True,
        )
        mark = settings.get("core.commentChar", "#").encode()
        assert cleaned(message.encode(), Cleaning(mark, strip, cut=True, space=True, edited=True)) == done.stdout


def test_h_what_nobody_wrote_is_known() -> None:
    assert unwritten(b"Story: STORY-a\n")
    assert unwritten(b"Signed-off-by: A <a@x>\nStory: STORY-a\n")
    assert unwritten(b"")
    assert not unwritten(b"T\n\nStory: STORY-a\n")
    assert not unwritten(b"T\n")
    assert without_trailer(b"Why:\n\nwords\n\nStory: STORY-a\n") == b"Why:\n\nwords\n"


def test_h_a_form_feed_ends_no_paragraph() -> None:
    assert not parse(b"T\n\nprose\n\f\nStory: STORY-a\n").values("story")
    assert parse(b"T\n\nprose\n \t\r\nStory: STORY-a\n").values("story")
