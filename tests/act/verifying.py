"""A stage whose policy asks for evidence, and whose tests report what ran."""

import json
import sys
from pathlib import Path

from tests.act.stage import Play, Stage

RUNNER = """\
import html, os, sys, unittest

def q(text):  # as xml.sax.saxutils has it, which takes longer to load than all else here
    return '"' + html.escape(text).translate({9: "&#9;", 10: "&#10;", 13: "&#13;"}) + '"'

class Told(unittest.TextTestResult):
    def __init__(self, *a):
        super().__init__(*a)
        self.rows = {}
    def say(self, test, tag="", words=""):
        self.rows[test.id()] = (tag, words)
    def addSuccess(self, test):
        super().addSuccess(test); self.say(test)
    def addFailure(self, test, err):
        super().addFailure(test, err); self.say(test, "failure", f"{err[0].__name__}: {err[1]}")
    def addError(self, test, err):
        super().addError(test, err); self.say(test, "error", f"{err[0].__name__}: {err[1]}")
    def addSkip(self, test, why):
        super().addSkip(test, why); self.say(test, "skipped", why)

suite = unittest.TestSuite(
    unittest.TestLoader().discover(one, top_level_dir=".") for one in ("tests", "truth") if os.path.isdir(one)
)
ran = unittest.TextTestRunner(resultclass=Told).run(suite)
with open("report.xml", "w") as out:
    out.write("<testsuite>")
    for name, (tag, words) in ran.rows.items():
        inside = f"<{tag} message={q(words)}/>" if tag else ""
        head, _, last = name.rpartition(".")
        out.write(f"<testcase classname={q(head)} name={q(last)}>{inside}</testcase>")
    out.write("</testsuite>")
sys.exit(not ran.wasSuccessful())
"""
RUN = [sys.executable, "-S", "-B", "-c", RUNNER]
OLD = "def old(n):\n    return n + 1\n"
"""What stood before."""


class Evidence(Stage):
    """Its first story has one file, the tests of its own name, and two criteria."""

    def __init__(self, folder: Path, more: str = "", **act: object) -> None:
        super().__init__(folder, None, **{"rounds": 4, **act})
        verify = json.dumps([{"name": "tests", "run": RUN, "junit": "report.xml"}])
        lines = [f"verify: {verify}" if one.startswith("verify:") else one for one in self.settings.split("\n")]
        text = "\n".join(lines).replace("gate: {level: reviewed}", "gate: {level: verified}")
        files = {"bmad.yaml": text + more}
        self.commit(files, "Ask for evidence\n\nPolicy: tests")
        self.commit({"src/__init__.py": "", "tests/__init__.py": "", "src/old.py": OLD}, "Before\n\nPolicy: x")
        self.territory(self.first, self.file_of(self.first), "src/old.py")
        self.criteria = [f"{self.first}/AC-{number}" for number in (1, 2)]

    def does(self, code: str, *bodies: str, **files: str | None) -> Play:
        """Work with this code, and a test a criterion with these bodies."""
        tests = "".join(
            f"    def test_{number}(self):\n        '''{name}'''\n        {body}\n\n"
            for number, (name, body) in enumerate(zip(self.criteria, bodies, strict=False), 1)
        )
        module = self.name(self.first)
        head = f"import unittest\n\nfrom src import old\nfrom src.{module} import double\n\n\n"
        text = f"{head}class Test(unittest.TestCase):\n{tests}"
        return {"files": {"src/NAME.py": code, "tests/test_NAME.py": text, **files}, "answer": {}}

    def failed(self) -> list[str]:
        """The checks that failed in the first look at the work."""
        seen = next(one for one in self.events(self.first) if one["event"] in ("passed", "checks-failed"))
        return [one["name"] for one in seen["content"]["checks"] if not one["ok"]]
