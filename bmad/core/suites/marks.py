"""The tests of other languages, by a small table of well-known words: which there are, and what switches them off.

Nothing is parsed: what a test asserts is not counted.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from bmad.core.suites.suite import Suite, Test


class Language(NamedTuple):
    """How a language's tests read. `path` is what a file of tests is called, `test` finds one's name on a line.

    With the name it may find the `owner` that reports name beside it.
    """

    path: re.Pattern[str]
    test: re.Pattern[str]
    off: re.Pattern[str]
    above: re.Pattern[str] = re.compile(r"\s*(?:#\[|@|\[)")
    """Lines above a test that belong to it: attributes and annotations."""
    marked: str = ""
    """What has to stand among these lines for it to be a test; empty for nothing."""
    comment: str = "//"


_TESTING = r"(?:^|/)(?:__tests__|tests?|specs?|e2e|cypress)/(?:.*/)?[^/]*"
LANGUAGES = (
    Language(
        re.compile(rf"(?:[^/]*[.](?:test|spec|e2e|cy)|{_TESTING})[.][cm]?[jt]sx?$"),
        re.compile(
            r"(?<![\w.$])(?:[xf]?(?:it|test|describe)|context|specify)(?:[.]\w+)*(?:\([^()]*\)|`[^`]*`)?"
            r"\s*\(\s*(?P<quote>['\"`])(?P<name>.+?)(?P=quote)"
        ),
        re.compile(
            r"(?<![\w$])(?:it|test|describe|context|specify|suite)[.](?:\w+[.])*(?:skip\w*|todo|only|fails|failing|fixme)"
            r"|(?<![\w.$])[xf](?:it|test|describe)\s*[(.]|this[.]skip\(\)"
            r"|expect\(\s*(?:true|1)\s*\)[.]to(?:Be|Equal|BeTruthy)\("
        ),
        re.compile(r"(?!)"),
    ),
    Language(
        re.compile(r"_test[.]go$"),
        re.compile(r"^func (?P<name>(?:Test|Fuzz|Example|Benchmark)\w*)\("),
        re.compile(r"[.]Skip(?:f|Now)?\("),
        re.compile(r"(?!)"),
    ),
    Language(
        re.compile(r"[.]rs$"),
        re.compile(r"^\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))? )?(?:async )?fn (?P<name>\w+)"),
        re.compile(r"#\[(?:ignore\b|cfg\(any\(\)\)|cfg_attr\([^)]*ignore)|assert!\(\s*true\s*[,)]"),
        marked=r"#\[(?!cfg)[^\]]*test",
    ),
    Language(
        re.compile(r"[.](?:java|kt|kts|groovy|scala)$"),
        re.compile(
            r"^\s*(?:@[\w.]+(?:\([^()]*\))?\s+)*(?:(?:public|private|protected|internal|final|suspend|static) )*"
            r"(?:void|fun|def) (?P<name>`[^`]+`|\w+)"
        ),
        re.compile(
            r"@(?:Disabled|Ignore)\w*\b|\bassume(?:True\(\s*false|False\(\s*true)|\bassertTrue\(\s*true\s*[,)]"
        ),
        marked="@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property)\\b",
    ),
    Language(
        re.compile(r"[.](?:cs|fs|vb)$"),
        re.compile(r"^\s*(?:\[[^\]]*\]\s*)*(?:public|internal|private) (?:async )?\w[\w<>]* (?P<name>\w+)\("),
        re.compile(r"\[[^\]]*\bIgnore\b|\bSkip\s*=|Assert[.](?:Ignore|Inconclusive|Skip)\("),
        marked=r"\[[^\]]*\b(?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod)\b",
    ),
    Language(
        re.compile(r"(?:_spec|_test|(?:^|/)test_[^/]*)[.]rb$"),
        re.compile(
            r"^\s*[xf]?(?:it|specify|describe|context|test|scenario|def)\s*\(?\s*"
            r"(?P<quote>['\"]?)(?P<name>(?:(?<=['\"]).+?(?=['\"]))|test_\w+)(?P=quote)"
        ),
        re.compile(
            r"^\s*(?:x(?:it|describe|context|specify)|f(?:it|describe|context)|skip|pending)\b"
            r"|,\s*(?:skip|pending): "
        ),
        re.compile(r"(?!)"),
        comment="#",
    ),
    Language(
        re.compile(r"Test[.]php$"),
        re.compile(r"^\s*(?:(?:public|final) )*function (?P<name>test\w+)\("),
        re.compile(r"markTest(?:Skipped|Incomplete)\(|@requires|assertTrue\(\s*true\s*[,)]"),
    ),
    Language(
        re.compile(r"(?:Tests?|Spec)[.]swift$"),
        re.compile(r"^\s*(?:override |@\w+ )*func (?P<name>test\w*)\("),
        re.compile(r"throw XCTSkip|XCTSkip(?:If|Unless)?\(|XCTAssert(?:True)?\(\s*true\s*[,)]"),
    ),
    Language(
        re.compile(r"_test[.]exs$"),
        re.compile(r"^\s*(?:test|describe|property) \"(?P<name>.+?)\""),
        re.compile(r"@(?:module)?tag :?skip"),
        re.compile(r"\s*@"),
        comment="#",
    ),
    Language(
        re.compile(r"_test[.]dart$"),
        re.compile(r"(?<!\w)(?:test|testWidgets|group)\(\s*(?P<quote>['\"])(?P<name>.+?)(?P=quote)"),
        re.compile(r"\bskip:\s*(?!false|null)|@Skip\(|markTestSkipped\("),
    ),
    Language(
        re.compile(r"[.](?:cc|cpp|cxx|c|hpp)$"),
        re.compile(
            r"^\s*(?:TYPED_|BOOST_AUTO_)?TEST(?:_F|_P|_CASE|_CASE_METHOD)?\(\s*(?:(?P<owner>\w+)\s*,\s*)?"
            r"(?P<quote>\"?)(?P<name>(?<=\")[^\"]+|(?<!\")\w+)(?P=quote)"
        ),
        re.compile(r"GTEST_SKIP\(|BOOST_TEST_DONT|\[!?(?:mayfail|shouldfail|[.])\]"),
        re.compile(r"(?!)"),
    ),
)
"""The languages whose tests are known; the first whose `path` fits a file holds."""

_CONFIGURED = re.compile(
    r"(?:^|/)(?:[.]?pytest[.](?:ini|toml)|pyproject[.]toml|setup[.]cfg|tox[.]ini|package[.]json|(?:jest|vitest)[.]config[.]\w+)$"
)
_IGNORED = re.compile(
    r"--(?:ignore|ignore-glob|deselect|collect-only|co|setup-plan|setup-only|fixtures|version|help|markers|last-failed"
    r"|lf|override-ini)\b|testPathIgnorePatterns|test(?:Name|Path)Patterns?\b|collect_ignore|norecursedirs"
    r"|(?:addopts.*[\s\"']|^\s+)-(?:k|p[\s\"',]*(?!no:)[\w.]|o\s|c\s)"
    r"|python_(?:functions|classes|files)(?!.*test)"
)


_LONGEST = 500
"""Characters of a line that are looked at."""


def language(path: str) -> Language | None:
    """The language of a file of tests; None where it is none, or of a language that is not known here."""
    return next((one for one in LANGUAGES if one.path.search(path)), None)


def configures(path: str) -> bool:
    """Whether a file may say which tests are run."""
    return _CONFIGURED.search(path) is not None


def switches(text: str) -> tuple[tuple[int, str], ...]:
    """Lines of such a file that leave tests out."""
    lines = enumerate(text.split("\n"), 1)
    return tuple((number, line.strip()) for number, line in lines if _IGNORED.search(line[:_LONGEST]))


def suite(path: str, text: str, known: Language) -> Suite:
    """The tests of a file, each with all lines until the next one."""
    lines = _bare([line[:_LONGEST] for line in text.split("\n")], known)
    begins = [
        (at, _top(lines, at, known), "::".join(filter(None, (match.groupdict().get("owner"), match["name"]))))
        for at, line in enumerate(lines)
        if (match := known.test.search(line))
    ]
    begins = [one for one in begins if not known.marked or _has(lines[one[1] : one[0] + 1], known.marked)]
    found: dict[str, Test] = {}
    for number, (at, top, name) in enumerate(begins):
        end = begins[number + 1][1] if number + 1 < len(begins) else len(lines)
        own = [line.strip() for line in lines[top:end] if line.strip()]
        whole = "\n".join(own)
        key = _unused(name, found)
        off = tuple(line for line in own if known.off.search(line))
        found[key] = Test(path, key, at + 1, whole, Counter(), off, counted=False, source=whole)
    return Suite(found)


def _unused(name: str, found: dict[str, Test]) -> str:
    """The name, with a number where it stands there already."""
    same = sum(one == name or one.startswith(f"{name} (") for one in found)
    return f"{name} ({same + 1})" if same else name


def _bare(lines: Sequence[str], known: Language) -> list[str]:
    """The lines with those emptied that are comments: what is commented out is not there."""
    told: list[str] = []
    inside = False
    for line in lines:
        plain = line.strip()
        opens = not inside and known.comment == "//" and plain.startswith("/*")
        closes = "*/" in plain
        told.append("" if inside or opens or plain.startswith(known.comment) else line)
        inside = (inside or opens) and not closes
    return told


def _top(lines: Sequence[str], at: int, known: Language) -> int:
    """Where what belongs to a test begins: its attributes stand above it, comments between them or not."""
    while True:
        above = next((number for number in range(at - 1, -1, -1) if lines[number]), None)
        if above is None or not known.above.match(lines[above]) or known.test.search(lines[above]):
            return at
        at = above


def _has(lines: Sequence[str], words: str) -> bool:
    return any(re.search(words, line) for line in lines)
