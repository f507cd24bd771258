"""The page of `bmad report --format html`: whole in itself, inert, a way from sentences to lines and back."""

import os
import re
import shutil
import subprocess
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bmad.git.read.history import open_history
from bmad.model.exploring import ChangedFile, Exploration
from bmad.model.record import Evidence
from bmad.pipeline.trace.html_report import explore
from bmad.pipeline.trace.report import ReportRequest
from bmad.render.gate import markdown as gate_markdown
from bmad.render.pages.report import html, says
from bmad.render.report import markdown
from bmad.store.formats import TextFormats
from tests.gate.records import REVIEWED, add, record, reviewed
from tests.gate.repo import FIND, STORE, At, Repo, story
from tests.gate.test_attested import signing
from tests.signing import signed_record

NASTY = "</pre><script>alert(1)</script><img src=https://example.org/x onerror=alert(1)>\u202e\x1b[31m\n"


class Read(HTMLParser):
    """Ids, links and elements of a page, and its text by id of the list item or block that it stands in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.elements.append((tag, own))
        self.ids += [own["id"] or ""] if "id" in own else []
        self.links += [own["href"] or ""] if "href" in own else []

    def handle_data(self, data: str) -> None:
        self.text += data

    def flags(self, name: str) -> list[str]:
        [found] = [own for _, own in self.elements if own.get("id") == name]
        return (found["data-flags"] or "").split()


def explored(repo: Repo, head: str = "main", base: str = "") -> Exploration:
    request = ReportRequest(base or repo.base, repo.tip(head))
    return explore(
        open_history(repo.root, os.environ), TextFormats(), At(datetime(2026, 1, 1, tzinfo=UTC)), request
    )


@pytest.fixture
def worked(repo: Repo) -> Exploration:
    repo.commit("main", story(FIND), {"src/find.py": f"def find():\n    return 1\n{NASTY}", "src/new.py": "1\n"})
    repo.commit("main", "No story\n", {"src/other.py": "OTHER = 1\nMORE = 2\n"})
    return explored(repo)


def test_each_link_leads_somewhere_on_the_page_and_each_id_stands_once(worked: Exploration) -> None:
    read = Read(html(worked))
    assert len(set(read.ids)) == len(read.ids)
    assert {link.removeprefix("#") for link in read.links} <= set(read.ids)
    assert all(link.startswith("#") for link in read.links)


def test_from_a_sentence_to_its_lines_and_back(worked: Exploration) -> None:
    page = html(worked)
    read = Read(page)
    [up] = [own["data-up"] for _, own in read.elements if own.get("id") == "f0-2"]
    assert up == FIND
    assert 'href="#f0-2"><code>src/find.py:2-' in page
    assert read.flags(FIND) == ["changed"]
    assert read.flags("INT-goal01") == ["changed"]
    assert read.flags(STORE) == ["gap"], "no commit built it"
    assert "changed" not in read.flags("INT-req002")


def test_what_is_of_no_story_is_said_to_be(worked: Exploration) -> None:
    [file] = [file for file in worked.files if file.path == "src/other.py"]
    assert [line.text for line in file.lines] == ["MORE = 2"]
    text = Read(html(worked)).text
    assert "for no story" in text
    assert "The gate refuses it" in text


def test_words_of_any_script_stand_in_their_own_order_and_a_refused_path_stands_once(repo: Repo) -> None:
    repo.commit("main", story(FIND), {"docs.py": "1\n"})
    page = html(explored(repo))
    assert page.count("docs.py lies outside the territory") == 1
    assert "<code>docs.py</code>)" not in page, "the message names it"
    read = Read(page)
    assert all(own.get("dir") == "auto" for tag, own in read.elements if tag == "blockquote")
    assert f'class="id">{FIND}</a> <bdi>' in page


def test_a_path_that_a_message_does_not_name_stands_beside_it() -> None:
    told = "src/data.py lies outside the territory."
    assert [says(told, path) for path in ("src/data.py", "a.py", "data.py", "src/data", "s")] == [
        True,
        *[False] * 4,
    ]


def test_what_cannot_be_judged_is_not_said_to_be_refused(repo: Repo) -> None:
    """Not where a level was reached, and a single commit is what cannot be judged."""
    repo.commit("main", story(FIND), {"src/find.py": "1\n"})
    repo.commit("main", b"A message in \xff no encoding\n", {"src/find.py": "2\n"})
    broken = explored(repo)
    assert broken.report.level is not None
    for told in (Read(html(broken)).text, markdown(broken.report)):
        assert "which is never a pass." in told
        assert "Why it cannot be judged" in told
        assert "refuses it" not in told
        assert "level" not in told.partition("which is never a pass.")[0]
    assert "### ⚠️ What this change is for" in markdown(broken.report)
    assert 'class="verdict unjudged"' in html(broken)


def test_where_no_commit_was_judged_none_is_said_to_be_untraced_or_refused(repo: Repo) -> None:
    base = repo.commit("main", "Break the policy\n\nPolicy: x\n", {"bmad.yaml": "version: 1\nnope: 1\n"})
    repo.commit("main", story(FIND), {"src/find.py": "1\n"})
    found = explored(repo, base=base)
    assert [(one.kind, one.verdict) for one in found.report.commits] == [("unjudged", "unjudged")]
    assert found.report.untraced == ()
    text = " ".join(Read(html(found)).text.split())
    assert "Untraced commits" not in text
    assert "of the base cannot be read" in text
    assert "unjudged" in text
    assert "Untraced" not in markdown(found.report)


def test_a_verdict_says_whether_it_passes_and_at_which_level(worked: Exploration) -> None:
    """A pass that proves nothing is marked as none, by the gate's own comment, too."""
    refused = worked.report
    passes = {"ok": True, "refusals": ()}
    told = {
        "### ❌": (refused, f"The gate refuses it at level {refused.level}."),
        "### ✅": (refused.model_copy(update=passes), f"The gate passes it at level {refused.level}."),
        "### ℹ️": (refused.model_copy(update=passes | {"level": None}), "no policy judged it."),
        "### ℹ️ What": (refused.model_copy(update=passes | {"commits": ()}), "The gate judged nothing"),
    }
    for mark, (report, words) in told.items():
        page = html(worked.model_copy(update={"report": report}))
        assert words in Read(page).text
        assert ('class="verdict pass"' in page) == ("✅" in mark)
        assert words in markdown(report)
        assert mark in markdown(report)


def test_an_empty_range_is_no_pass_to_be_glad_of(repo: Repo) -> None:
    assert "### ℹ️ bmad gate: pass" in gate_markdown(repo.gate(repo.base))
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    assert "### ✅ bmad gate: pass" in gate_markdown(repo.gate())


def test_the_page_says_whose_work_a_revert_takes_back(repo: Repo) -> None:
    repo.branch("main", repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"}))
    back = f"Revert it\n\nThis reverts commit {repo.tip('main')}.\n"
    repo.commit("work", back, {"src/find.py": "def find():\n    return []\n"})
    found = explored(repo, "work", repo.tip("main"))
    text = " ".join(Read(html(found)).text.split())
    title = found.report.titles[FIND]
    assert f"Takes back what landed {repo.tip('work')[:12]} Revert it: work of {FIND} {title}" in text
    assert "Nothing of this kind" not in text
    assert (
        f"**Takes back what landed**\n\n- `{repo.tip('work')[:12]}` Revert it: work of {FIND} ({title})"
        in markdown(found.report)
    )


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("`a` and ``b ` c``.", "<code>a</code> and <code>b ` c</code>."),
        ("Alone ` it is a sign, and so is ``.", "Alone ` it is a sign, and so is ``."),
        ("`</code><b>` & `\u202e`", "<code>&lt;/code&gt;&lt;b&gt;</code> &amp; <code>\\u202e</code>"),
    ],
)
def test_code_in_a_sentence_is_set_as_code(worked: Exploration, words: str, shown: str) -> None:
    nodes = [node.model_copy(update={"quote": words}) for node in worked.graph.nodes]
    graph = worked.graph.model_copy(update={"nodes": nodes})
    assert f"{shown}</blockquote>" in html(worked.model_copy(update={"graph": graph}))


def test_nothing_of_a_repository_is_markup_and_what_cannot_be_seen_is_spelt_out(worked: Exploration) -> None:
    page = html(worked)
    read = Read(page)
    assert [tag for tag, _ in read.elements if tag in ("script", "img", "iframe", "object", "link")] == ["script"]
    assert not [name for _, own in read.elements for name in own if name.startswith("on") or name == "style"]
    assert "alert(1)" in read.text
    assert not {"\u202e", "\x1b"} & set(page)
    assert r"\u202e" in read.text


def test_a_policy_allows_no_network_and_no_other_script_or_style(worked: Exploration) -> None:
    page = html(worked)
    [policy] = re.findall(r'content="(default-src[^"]*)"', page)
    for tag in ("style", "script"):
        [text] = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        mark = b64encode(sha256(text.encode()).digest()).decode()
        assert f"{tag}-src &#39;sha256-{mark}&#39;" in policy or f"{tag}-src 'sha256-{mark}'" in policy
    assert policy.startswith("default-src 'none';")
    assert not [own for _, own in Read(page).elements if "src" in own]
    assert "url(" not in page


def test_a_record_tells_its_review_and_a_criterion_without_a_check_is_not_proven(repo: Repo) -> None:
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": "1\n"})
    text = Read(html(explored(repo, "work"))).text
    assert "Review, as its record declares (nobody whose signature counts signed it)" in text
    assert "No record of this story comes with the change" not in text
    assert "not proven" in text


def test_lines_beyond_the_most_are_counted(worked: Exploration) -> None:
    cut = ChangedFile(path="src/find.py", lines=(), note="7 more lines are not shown: a page has at most 0")
    assert "7 more lines are not shown" in Read(html(worked.model_copy(update={"files": (cut,)}))).text


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_a_browser_runs_its_script_under_its_policy(worked: Exploration, tmp_path: Path) -> None:
    at = tmp_path / "page.html"
    at.write_text(html(worked), encoding="utf-8")
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run(
        ["chromium", *options, "--dump-dom", at.as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    read = Read(done.stdout)
    classes = [(own.get("class") or "").split() for _, own in read.elements]
    items = [own for own in classes if "item" in own]
    away = sum("away" in own for own in items)
    assert f"{len(items) - away} of {len(items)} shown" in read.text
    assert away > 0, "what this change does not touch is not shown at first"
    for part, kind in (("Requirements", "FR-"), ("Stories", "STORY-")):
        own = [one for _, one in read.elements if "item" in (one.get("class") or "").split()]
        own = [one for one in own if (one.get("id") or "").startswith(kind)]
        shown = [one for one in own if "away" not in (one.get("class") or "").split()]
        assert len(shown) < len(own)
        assert f"{part} {len(shown)} of {len(own)}" in read.text, "a heading counts what is shown below it"


def test_a_signed_record_is_said_to_be(repo: Repo) -> None:
    signing(repo)
    before = repo.tip("work")
    head = repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    add(repo, "work", signed_record(record(repo, FIND, before, head)))
    found = explored(repo, "work", repo.tip("main"))
    assert "says, signed by ada@example.org" in Read(html(found)).text
    assert "(signed by ada@example.org in" in markdown(found.report).replace("\u200b", "")


STATED: dict[str, dict[str, object]] = {
    "passes now: test_find": {"tests": ("test_find",), "failed_before": True, "passed_after": True},
    "passed before the change, too": {"tests": ("test_find",), "failed_before": False, "passed_after": True},
    "looked at by Ada: it is so": {"by": "Ada", "why": "it is so"},
    "not proven; of the story as a whole passed: tests": {"checks": ("tests",)},
}


@pytest.mark.parametrize("words", STATED)
def test_a_criterion_is_proven_by_a_test_that_failed_before_and_by_nothing_less(repo: Repo, words: str) -> None:
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    row = Evidence.model_validate({"criterion": f"{FIND}/AC-1", **STATED[words]})
    reviewed(repo, FIND, {"src/find.py": "1\n"}, evidence=(row,))
    page = html(explored(repo, "work"))
    assert words in " ".join(Read(page).text.split())
    assert ('class="proven"' in page) is words.startswith("passes now")
