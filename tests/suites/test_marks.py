"""Tests of other languages by the words that they are written in."""

import pytest

from bmad.core.suites.weakened import Version, compared

JS = "describe('double', () => {\n  it('doubles three', () => {\n    expect(double(3)).toBe(6);\n  });\n});\n"
GO = "package a\n\nfunc TestDouble(t *testing.T) {\n\tif double(3) != 6 {\n\t\tt.Fatal()\n\t}\n}\n"
RUST = "fn double(n: u32) -> u32 { 2 * n }\n\n#[test]\nfn doubles() {\n    assert_eq!(double(3), 6);\n}\n"
JAVA = "class DoubleTest {\n    @Test\n    void doubles() {\n        assertEquals(6, Double.of(3));\n    }\n}\n"
RUBY = "RSpec.describe Double do\n  it 'doubles' do\n    expect(double(3)).to eq(6)\n  end\nend\n"
PHP = (
    "class DoubleTest {\n    public function testDoubles(): void {\n"
    "        $this->assertSame(6, double(3));\n    }\n}\n"
)
SWIFT = "class DoubleTests {\n    func testDoubles() {\n        XCTAssertEqual(double(3), 6)\n    }\n}\n"
SHARP = (
    "class DoubleTest {\n    [Fact]\n    public void Doubles() {\n        Assert.Equal(6, Double(3));\n    }\n}\n"
)
EX = 'defmodule DoubleTest do\n  test "doubles" do\n    assert double(3) == 6\n  end\nend\n'
DART = "void main() {\n  test('doubles', () {\n    expect(twice(3), 6);\n  });\n}\n"
CPP = "TEST(Double, Doubles) {\n  EXPECT_EQ(6, twice(3));\n}\n"

FILES = {
    "src/double.test.ts": (JS, "doubles three", "it('doubles", "it.skip('doubles"),
    "tests/double.js": (JS, "doubles three", "it('doubles", "it.only('doubles"),
    "e2e/double.spec.tsx": (JS, "doubles three", "it('doubles", "xit('doubles"),
    "src/__tests__/double.mjs": (JS, "doubles three", "expect(double(3)).toBe(6)", "expect(true).toBe(true)"),
    "double_test.go": (GO, "TestDouble", "\tif double", '\tt.Skip("later")\n\tif double'),
    "src/lib.rs": (RUST, "doubles", "#[test]", "#[test]\n#[ignore]"),
    "src/test/java/DoubleTest.java": (JAVA, "doubles", "@Test", '@Disabled("later")\n    @Test'),
    "spec/double_spec.rb": (RUBY, "doubles", "it 'doubles'", "xit 'doubles'"),
    "tests/DoubleTest.php": (
        PHP,
        "testDoubles",
        "$this->assert",
        "$this->markTestSkipped();\n        $this->assert",
    ),
    "Tests/DoubleTests.swift": (SWIFT, "testDoubles", "        XCT", "        throw XCTSkip()\n        XCT"),
    "DoubleTest.cs": (SHARP, "Doubles", "[Fact]", '[Fact(Skip = "later")]'),
    "test/double_test.exs": (EX, "doubles", '  test "', '  @tag :skip\n  test "'),
    "test/double_test.dart": (DART, "doubles", "  });\n}", "  }, skip: true);\n}"),
    "tests/double.cc": (CPP, "Double::Doubles", "  EXPECT", "  GTEST_SKIP();\n  EXPECT"),
}


@pytest.mark.parametrize("path", FILES)
def test_a_test_that_is_switched_off_or_deleted_is_told(path: str) -> None:
    text, name, old, new = FILES[path]
    assert old in text
    [loss] = compared([Version(path, text, text.replace(old, new))]).losses
    assert (loss.name, loss.words.partition(":")[0]) == (name, "is switched off")
    gone = compared([Version(path, text, None)])
    assert (name, "is deleted") in [(one.name, one.words) for one in gone.losses]
    assert gone.unjudged == (f"what the tests of {path} assert",)


@pytest.mark.parametrize("path", FILES)
def test_a_test_that_moves_or_changes_in_its_body_is_kept(path: str) -> None:
    text = FILES[path][0]
    folder, slash, name = path.rpartition("/")
    moved = f"{folder}{slash}other{name}" if not name.startswith("Double") else f"{folder}{slash}More{name}"
    assert compared([Version(path, text, None), Version(moved, None, text)]).losses == ()
    assert compared([Version(path, text, text.replace("6", "7").replace("(3)", "(4)"))]).losses == ()


@pytest.mark.parametrize(("mark", "plain"), [("//", "double_test.go"), ("#", "spec/double_spec.rb")])
def test_what_is_commented_out_is_gone(mark: str, plain: str) -> None:
    text = FILES[plain][0]
    after = "\n".join(f"{mark} {line}" for line in text.split("\n"))
    assert compared([Version(plain, text, after)]).losses
    block = f"/*\n{FILES['src/double.test.ts'][0]}*/\n"
    assert compared([Version("a.test.ts", FILES["src/double.test.ts"][0], block)]).losses


def test_a_new_test_may_be_skipped_and_code_that_is_no_test_may_go() -> None:
    more = f"{GO}\nfunc TestLong(t *testing.T) {{\n\tif testing.Short() {{\n\t\tt.Skip()\n\t}}\n}}\n"
    assert compared([Version("double_test.go", GO, more)]).losses == ()
    assert compared([Version("src/lib.rs", RUST, RUST.replace("fn double", "fn twice"))]).losses == ()
    assert compared([Version("Main.java", "class Main {\n    void run() {}\n}\n", None)]).losses == ()
