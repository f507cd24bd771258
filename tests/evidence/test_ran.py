"""What ran, joined with the criteria that tests name: every way to name one, every writer's report."""

from pathlib import Path

import pytest

from bmad.core.evidence.joining import Joined, join, outcome_of
from bmad.core.evidence.naming import Names
from bmad.core.evidence.sources import Source, read
from bmad.errors import UsageError
from bmad.model.verification import Outcome, TestCase
from bmad.store.junit import parse
from tests.program import git, inside
from tests.specs import write, write_small

ONE, TWO = "STORY-3t8vnp/AC-1", "STORY-3t8vnp/AC-2"
NAMES = Names([ONE, TWO, "US-3/AC-1"])

PYTHON = '''"""Tests of versions."""
import pytest


def test_story_3t8vnp_ac_1_orders():
    assert order("1", "2") == -1


def test_docs():
    """Orders (STORY-3t8vnp/AC-1)."""


# STORY-3t8vnp/AC-2
@pytest.mark.slow
def test_comment_above(): ...


def test_comment_inside():
    assert 1 + 1 == two()  # STORY-3t8vnp/AC-2


@pytest.mark.criterion("US-3/AC-1")
def test_marker(): ...


class TestAll:
    """STORY-3t8vnp/AC-1"""

    def test_within(self): ...


@pytest.mark.parametrize("text", ["STORY-3t8vnp/AC-1", "STORY-0000zz/AC-9"])
def test_of_data(text): ...


def test_value():
    assert trail == "STORY-3t8vnp/AC-1"
'''


def named(source: Source) -> dict[str, tuple[str, ...]]:
    return {one.name: one.criteria for one in source.tests if one.criteria}


def test_python_names_criteria_by_name_docstring_comment_and_marker_and_never_by_data() -> None:
    source = read("tests/test_order.py", PYTHON, NAMES)
    assert named(source) == {
        "test_story_3t8vnp_ac_1_orders": (ONE,),
        "test_docs": (ONE,),
        "test_comment_above": (TWO,),
        "test_comment_inside": (TWO,),
        "test_marker": ("US-3/AC-1",),
        "TestAll::test_within": (ONE,),
    }
    assert not source.unknown


@pytest.mark.parametrize(
    ("path", "text", "names"),
    [
        (
            "src/order.test.ts",
            "// STORY-3t8vnp/AC-1\nit('orders', () => {\n  expect(a).toBe(b)\n})\n",
            {"orders": (ONE,)},
        ),
        ("src/order.test.ts", "it('STORY-3t8vnp/AC-2 orders', () => {})\n", {"STORY-3t8vnp/AC-2 orders": (TWO,)}),
        ("order_test.go", "// STORY-3t8vnp/AC-1\nfunc TestOrder(t *testing.T) {\n}\n", {"TestOrder": (ONE,)}),
        ("order_test.go", "func Test_story_3t8vnp_ac_2(t *testing.T) {}\n", {"Test_story_3t8vnp_ac_2": (TWO,)}),
        ("src/lib.rs", "/// STORY-3t8vnp/AC-1\n#[test]\nfn orders() {\n}\n", {"orders": (ONE,)}),
        ("OrderTest.java", '@Tag("STORY-3t8vnp/AC-1")\n@Test\nvoid orders() {\n}\n', {"orders": (ONE,)}),
        ("order_spec.rb", "# STORY-3t8vnp/AC-1\nit 'orders' do\nend\n", {"orders": (ONE,)}),
        ("src/lib.rs", "#[test] fn orders() {} // STORY-3t8vnp/AC-1\nfn latest() {}\n", {"orders": (ONE,)}),
        ("OrderTest.java", "// STORY-3t8vnp/AC-1\n@Test public void orders() {}\n", {"orders": (ONE,)}),
        ("OrderTest.cs", "// STORY-3t8vnp/AC-1\n[Fact] public void Orders() {}\n", {"Orders": (ONE,)}),
        ("t/order.cc", '// STORY-3t8vnp/AC-1\nTEST_CASE("orders", "[x]") {}\n', {"orders": (ONE,)}),
        ("src/lib.rs", "#[test] fn a() {} // STORY-3t8vnp/AC-1\n#[test] fn b() {}\n", {"a": (ONE,)}),
        ("ATest.java", '@Tag("STORY-3t8vnp/AC-2") @Test void a() {}\n@Test void b() {}\n', {"a": (TWO,)}),
        ("ATest.java", '@Test void a() { f("STORY-3t8vnp/AC-2"); }\n', {}),
        ("src/lib.rs", "#[test]\n// STORY-3t8vnp/AC-1\nfn orders() {}\n", {"orders": (ONE,)}),
        ("src/main.rs", "// STORY-3t8vnp/AC-1\nfn latest() {}\n", {}),
        ("src/Main.java", "class Main {}\n", {}),
        ("empty_test.go", "", {}),
    ],
)
def test_other_languages_name_criteria_too(path: str, text: str, names: dict[str, tuple[str, ...]]) -> None:
    assert named(read(path, text, NAMES)) == names


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/test_a.py", "def test_a():\n    '''STORY-3t8vnp/AC-7'''\n"),
        ("tests/test_a.py", "def test_story_000zzz_ac_1(): ...\n"),
        ("tests/test_a.py", "def test_a(): ...  # US-3/AC-9\n"),
        ("a_test.go", "func TestA(t *testing.T) {}  // STORY-000zzz/AC-1\n"),
    ],
)
def test_an_id_that_names_nothing_is_told_with_its_line(path: str, text: str) -> None:
    assert [one.line for one in read(path, text, NAMES).unknown]


def test_words_that_only_look_like_ids_are_none() -> None:
    text = "def test_docs_ac_1(): ...  # see docs/AC-1, and https://host/US-3/AC-1\n"
    source = read("tests/test_a.py", text, NAMES)
    assert (named(source), source.unknown) == ({}, ())


def case(name: str, suite: str = "", file: str = "", outcome: Outcome = Outcome.PASSED) -> TestCase:
    return TestCase(name=name, suite=suite, file=file, outcome=outcome)


def joined(*cases: TestCase, path: str = "tests/test_order.py", text: str = PYTHON) -> Joined:
    return join(cases, read(path, text, NAMES).tests, NAMES)


def test_not_run_is_not_covered_and_one_that_failed_decides() -> None:
    suite = "tests.test_order"
    ran = joined(case("test_docs", suite), case("test_comment_above", suite, outcome=Outcome.FAILED)).tests
    assert outcome_of(ran[ONE]) == "passed"
    assert {one.outcome for one in ran[ONE]} == {"passed", "not-run"}
    assert outcome_of(ran[TWO]) == "failed"
    assert outcome_of(ran["US-3/AC-1"]) == "not-run"
    skipped = joined(case("test_marker", suite, outcome=Outcome.SKIPPED)).tests
    assert outcome_of(skipped["US-3/AC-1"]) == "skipped"


@pytest.mark.parametrize(
    ("told", "criterion"),
    [
        (case("test_docs", "tests.test_order"), ONE),
        (case("test_comment_above[1-2]", "test_order"), TWO),
        (case("test_within", "tests.test_order.TestAll"), ONE),
        (case("test_docs", file="tests/test_order.py"), ONE),
        (case("orders [STORY-3t8vnp/AC-2]", "anything"), TWO),
    ],
)
def test_a_case_is_found_in_its_source(told: TestCase, criterion: str) -> None:
    assert any(one.outcome == "passed" for one in joined(told).tests[criterion])


@pytest.mark.parametrize(
    ("told", "path", "text"),
    [
        (case("order orders it", "order orders it"), "a.test.ts", "// STORY-3t8vnp/AC-1\nit('orders it', f)\n"),
        (
            case("order > orders it", "src/a.test.ts"),
            "src/a.test.ts",
            "// STORY-3t8vnp/AC-1\nit('orders it', f)\n",
        ),
        (case("TestA/one", "host/pkg"), "a_test.go", "// STORY-3t8vnp/AC-1\nfunc TestA(t *testing.T) {}\n"),
        (case("tests::orders", "crate"), "src/lib.rs", "/// STORY-3t8vnp/AC-1\n#[test]\nfn orders() {}\n"),
        (case("orders()", "x.OrderTest"), "OrderTest.java", "// STORY-3t8vnp/AC-1\n@Test\nvoid orders() {}\n"),
        (
            case("orders(int)[1]", "x.OrderTest"),
            "OrderTest.java",
            "// STORY-3t8vnp/AC-1\n@ParameterizedTest\nvoid orders(int n) {}\n",
        ),
        (
            case('testOrders with data set "a b"', "OrderTest"),
            "OrderTest.php",
            "// STORY-3t8vnp/AC-1\npublic function testOrders(): void {}\n",
        ),
        (case("adds (2)", "a.test.ts"), "a.test.ts", "// STORY-3t8vnp/AC-1\nit('adds (2)', f)\n"),
        (case("orders", "a.test.ts"), "a.test.ts", "it('orders', () => {\n  // STORY-3t8vnp/AC-1\n  f()\n})\n"),
        (
            case("orders", "OrderTest"),
            "OrderTest.java",
            "    @Test\n    void orders()\n    {\n        // STORY-3t8vnp/AC-1\n    }\n",
        ),
        (
            case("orders", "Version"),
            "order_test.cc",
            "TEST(Other, orders) {}\n// STORY-3t8vnp/AC-1\nTEST(Version, orders) {}\n",
        ),
        (
            case("Version.orders", "Version.orders"),
            "order_test.cc",
            "TEST(Other, orders) {}\n// STORY-3t8vnp/AC-1\nTEST_F(Version, orders) {}\n",
        ),
        (
            case("orders/0", "All/Version"),
            "order_test.cc",
            "TEST(Other, orders) {}\n// STORY-3t8vnp/AC-1\nTEST_P(Version, orders) {}\n",
        ),
        (case("orders", "version"), "order_test.cc", '// STORY-3t8vnp/AC-1\nTEST_CASE("orders") {}\n'),
    ],
)
def test_a_case_of_any_language_is_found(told: TestCase, path: str, text: str) -> None:
    assert outcome_of(joined(told, path=path, text=text).tests[ONE]) == "passed"


def test_a_case_of_another_file_or_class_counts_for_nothing() -> None:
    for other in (case("test_docs", "tests.test_other"), case("test_docs", file="tests/test_other.py")):
        assert outcome_of(joined(other).tests[ONE]) == "not-run"


BLOCKS = """\
describe('one', () => {
  // STORY-3t8vnp/AC-1
  it('orders', f)
})
describe('two', () => {
  it('orders', f)
})
"""


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (case("orders", "src/other.test.ts"), "// STORY-3t8vnp/AC-1\nit('orders', f)\n"),
        (case("orders", file="other.test.ts"), "// STORY-3t8vnp/AC-1\nit('orders', f)\n"),
        (case("two orders", "a.test.ts"), BLOCKS),
        (case("orders", "a.test.ts"), BLOCKS),
        (case("other", "a.test.ts"), "// it('STORY-3t8vnp/AC-1 orders', f)\nit('other', f)\n"),
        (case("other", "a.test.ts"), "it('other', () => { expect(of('STORY-3t8vnp/AC-1')).toBe(1) })\n"),
        (case("other", "a.test.ts"), "it('other', () => {\n  f()\n})\n\n// STORY-3t8vnp/AC-1: not yet\n"),
    ],
)
def test_a_test_of_another_file_or_block_and_words_beside_one_cover_nothing(told: TestCase, text: str) -> None:
    found = joined(told, path="a.test.ts", text=text).tests
    assert outcome_of(found.get(ONE, ())) != "passed"
    assert (
        outcome_of(joined(case("one orders", "a.test.ts"), path="a.test.ts", text=BLOCKS).tests[ONE]) == "passed"
    )


def test_a_case_that_may_be_one_of_two_counts_for_neither() -> None:
    text = "// STORY-3t8vnp/AC-1\nit('orders', f)\n"
    other = text.replace("AC-1", "AC-2")
    sources = [*read("a.test.ts", text, NAMES).tests, *read("b.test.ts", other, NAMES).tests]
    told = join([case("orders")], sources, NAMES)
    assert told.ambiguous == ("orders",)
    assert {outcome_of(each) for each in told.tests.values()} == {"not-run"}


REPORT = """<?xml version="1.0"?>
<testsuites><testsuite name="pytest"><testcase classname="tests.test_a" name="test_one" time="0.1"/>
<testcase classname="tests.test_a" name="test_two"><failure message="AssertionError: assert 1 == 2">trace</failure>
</testcase><testcase classname="tests.test_a" name="test_three"><skipped message="later"/></testcase>
<testcase classname="" name="tests.test_b"><error message="collection failure">ImportError: no</error></testcase>
<testcase name="four" classname="c"><properties><property name="criterion" value="STORY-3t8vnp/AC-1"/></properties>
</testcase><testcase name="five" status="notrun"/></testsuite></testsuites>"""


def test_a_report_is_read_as_runners_write_it() -> None:
    cases = parse(REPORT.encode(), "j.xml")
    outcomes = [one.outcome.value for one in cases]
    assert outcomes == ["passed", "failed", "skipped", "failed", "passed", "skipped"]
    assert cases[1].words == "AssertionError: assert 1 == 2"
    assert NAMES.within(cases[4].told).criteria == (ONE,)


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ('status="run" result="completed"', "passed"),
        ('status="passed"', "passed"),
        ('result="Success"', "passed"),
        ('status="failed"', "failed"),
        ('status="ERROR"', "failed"),
        ('result="timedout"', "failed"),
        ('status="untested"', "skipped"),
        ('status="run" result="suppressed"', "skipped"),
        ('status="of its own"', "skipped"),
    ],
)
def test_a_word_that_is_no_pass_is_none(told: str, outcome: str) -> None:
    """Some writers have a word on the test instead of an element in it; an element decides."""
    report = f'<testsuite><testcase name="a" {told}/><testcase name="b" {told}><failure/></testcase></testsuite>'
    assert [one.outcome.value for one in parse(report.encode(), "j.xml")] == [outcome, "failed"]


BOMB = b'<!DOCTYPE t [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (BOMB, "document type"),
        (b'<!DOCTYPE t SYSTEM "file:///etc/passwd"><testsuite/>', "document type"),
        (b"<testsuite>" * 100, "nested deeper"),
        (b'<testsuite><testcase name="a"><failure/><testcase name="b"/></testcase></testsuite>', "inside of an"),
        (b"<testsuite>", "no XML"),
        (b"<html/>", "no JUnit report"),
        (b"", "no XML"),
        (b"\xff\xfe\x00", "no XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><testsuite/>', "no XML"),
    ],
)
def test_what_is_no_report_ends_in_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse(data, "j.xml")


def _repository(root: Path) -> None:
    write_small(root)
    test = "def test_a():\n    '''STORY-find01/AC-1'''\n\ndef test_b():\n    '''STORY-find01/AC-2'''\n"
    write(root, {"tests/test_a.py": test})
    git("init", "-q", cwd=root)
    git("add", ".", cwd=root)


RAN = '<testsuite><testcase classname="tests.test_a" name="test_a"/></testsuite>'


def test_the_command_says_what_is_covered_and_fails_for_what_is_not(tmp_path: Path) -> None:
    _repository(tmp_path)
    write(
        tmp_path,
        {"one.xml": RAN, "both.xml": RAN.replace("/></", '/><testcase name="tests/test_a.py::test_b"/></')},
    )
    some = inside("verify", "--junit", "one.xml", cwd=tmp_path)
    assert some.code == 1
    assert "passed   STORY-find01/AC-1" in some.out
    assert "not run  STORY-find01/AC-2" in some.out
    assert "1 named by no test" in some.out
    one = inside("verify", "STORY-store1", "--junit", "one.xml", cwd=tmp_path)
    assert "\nno test names it STORY-store1/AC-1" in f"\n{one.out}"
    bare = inside("verify", "STORY-find", "STORY-store1", "--junit", "one.xml", cwd=tmp_path).out
    assert "\npassed           STORY-find01/AC-1" in f"\n{bare}", "states stand in one column"
    both = inside("verify", "STORY-find", "one.xml", "--junit", "both.xml", "--json", cwd=tmp_path)
    assert (both.code, '"ok": true' in both.out) == (0, True), both


def test_the_command_refuses_an_id_that_names_nothing(tmp_path: Path) -> None:
    _repository(tmp_path)
    write(tmp_path, {"j.xml": RAN, "tests/test_a.py": "def test_a():\n    '''STORY-find01/AC-9'''\n"})
    told = inside("verify", "--junit", "j.xml", cwd=tmp_path)
    assert told.code == 1
    assert "tests/test_a.py:2: STORY-find01/AC-9 names no criterion" in told.out


def test_the_command_wants_a_report_that_is_there(tmp_path: Path) -> None:
    _repository(tmp_path)
    assert inside("verify", cwd=tmp_path).code == 2
    assert "does not exist" in inside("verify", "--junit", "none.xml", cwd=tmp_path).err


def test_a_suite_that_counts_failures_and_lists_none_failed_itself() -> None:
    """What it sets up, or its runner, fell: it is no report of which all tests passed."""

    def told(counts: str, inner: str = "") -> list[tuple[str, Outcome]]:
        case = '<testcase name="t" classname="m"/>'
        text = f'<testsuites {counts}><testsuite name="s" {counts}>{case}{inner}</testsuite></testsuites>'
        return [(one.id, one.outcome) for one in parse(text.encode(), "r.xml")]

    passed = ("m::t", Outcome.PASSED)
    for none in ("", 'failures="0" errors="0"', 'failures="many" errors="-1"', 'failures="9999999999"'):
        assert told(none) == [passed]
    for some in ('errors="1"', 'failures="2" errors="0"'):
        assert told(some) == [passed, ("s::the suite itself", Outcome.FAILED)]
    failed = '<testcase name="u" classname="m"><failure/></testcase>'
    assert told('failures="2"', failed) == [passed, ("m::u", Outcome.FAILED)]
