"""The gate against the second judge, and the plain history against git. The long comparison is `compare.py`."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from bmad.model.gate import GateReport
from bmad.pipeline.gate.gate import GateRequest
from tests.oracle.alphabet import make
from tests.oracle.compare import Case, Judges, both, differences
from tests.oracle.held import by_git, same
from tests.oracle.judge import first_parents, together
from tests.oracle.words import attested, branching, exhaustive, keyed, rand, shown, spoken


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Judges:
    return Judges(tmp_path_factory.mktemp("oracle"))


def told(judges: Judges, cases: Iterator[Case]) -> list[str]:
    return [f"{shown(one.case.word)} {one.kind}" for one in differences(judges, cases)]


def test_every_history_of_one_commit_is_judged_alike(judges: Judges) -> None:
    assert told(judges, both(exhaustive(1))) == []


def test_histories_at_random_are_judged_alike(judges: Judges) -> None:
    assert told(judges, both(rand(20261128, 150))) == []


def test_a_record_of_a_story_that_stands_nowhere_is_judged_alike(judges: Judges) -> None:
    """Nobody knows which criteria the story had, so nothing is said of those (G02 is)."""
    word = "reviewed;-1;-1:retired as locked/prose;0,-2:a1/A;1:record b proven/A"
    found = judges.judge(Case(spoken(word), since=True))
    assert found.gate == found.oracle
    assert "G02" in found.gate.codes
    assert "G08" not in found.gate.codes


def test_a_merge_that_settles_a_governed_file_has_to_say_why_by_both(judges: Judges) -> None:
    word = "traced;-1;-1:nothing/plain;-2:scoped/policy;1:record n/N;-1,2:as start/AB;3,0:record a/A"
    found = judges.judge(Case(spoken(word), since=False))
    assert found.gate == found.oracle
    assert "G06" in found.gate.codes


def test_what_a_branch_takes_back_is_looked_for_on_its_own_line_by_both(judges: Judges) -> None:
    """The head's line passes the base by: what was exempt stays so, however the branch comes home."""
    row = "-1:x1/bot;0:revert 0/plain;1:revert 1/revert 1;2:reverts 0 1/reverts 0 1"
    home = "3,2:nothing/plain;0,4:nothing/plain;5:revert 0/plain"
    for word in (f"reviewed;2;{row}", f"reviewed;2;{row};{home}"):
        found = judges.judge(Case(spoken(word), since=False))
        assert found.gate == found.oracle, word
        assert found.gate.exit == 0, word


def test_records_beside_a_landing_that_is_taken_back_are_carried_over_no_base_by_both(judges: Judges) -> None:
    """A record of story a speaks of a file of story n; the base has moved since, and a revert takes both back."""
    carried = "-1:minted+x1/N;0:end1/N;1:record a/A;2:back/plain;3:record n/N"
    found = judges.judge(Case(spoken(f"reviewed;0;{carried}"), since=False))
    assert found.gate == found.oracle
    assert set(found.gate.codes) == {"G15"}


def test_what_a_robot_takes_back_is_no_claim_of_the_story_by_both(judges: Judges) -> None:
    word = (
        "reviewed;1;-1:unlocked/plain;0:unminted/plain;1:end1/N;2:back/plain;3:unlocked/plain;2,-1:minted/plain;"
        "5,4:record n/N;6:end1/bot;7:a1+record/A"
    )
    found = judges.judge(Case(spoken(word), since=False))
    assert found.gate == found.oracle
    assert set(found.gate.codes) == {"G08"}


MIXED = "{};{};-1:x1/bot;0:{};-1,1:nothing/plain;2:revert 2/revert 2;3:revert 3/revert 3"
"""A robot's work and a story's, merged, taken back and brought again."""


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        (MIXED.format("scoped", 3, "a1/A"), set()),
        (MIXED.format("scoped", -1, "a1/A"), set()),
        (MIXED.format("reviewed", 3, "a1+record/A"), set()),
        (MIXED.format("scoped", 3, "ax/A").replace("x1/bot", "end1/bot"), {"G04"}),
        (MIXED.format("scoped", 4, "a1/A").replace("3:revert 3/", "3:unexempt/policy;4:revert 3/"), {"G04"}),
        (MIXED.format("scoped", 3, "a1/A").replace("x1/bot", "b1/tiny"), set()),
        (
            MIXED.format("scoped", 4, "a1/A")
            .replace("x1/bot", "b1/tiny")
            .replace("3:rev", "3:unlaned/policy;4:rev"),
            {"G04"},
        ),
    ],
)
def test_f_a_robots_and_a_storys_work_comes_again_by_both(judges: Judges, word: str, codes: set[str]) -> None:
    found = judges.judge(Case(spoken(word), since=False))
    assert found.gate == found.oracle
    assert set(found.gate.codes) == codes


def test_a_thing_is_retired_as_what_it_was_by_both(judges: Judges) -> None:
    word = "scoped;-1;-1:minted/plain;-1:mislocked/prose;1,0:retired as locked/bot"
    found = judges.judge(Case(spoken(word), since=False))
    assert found.gate == found.oracle
    assert set(found.gate.codes) == {"G13"}


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("scoped;0;-1:mended/plain;0:lost/plain;1:confirmed/plain", {"G13"}),
        ("scoped;0;-1:mended/plain;0:nothing/plain;1:confirmed/plain", set()),
        ("scoped;0;-1:unpoliced/policy;-1:badpolicy/policy", {"G12"}),
        ("scoped;-1;-1:twinned/plain;0:untwinned/plain", set()),
        ("scoped;-1;-1:reopened/plain;0:respelled/plain;1:untwinned back/plain", {"G13"}),
        ("scoped;-1;-1:foreseen twins/plain;0:untwinned/plain", {"G13"}),
        ("scoped;-1;-1:foreseen twins/plain;0:unforeseen/plain", set()),
        ("scoped;0;-1:unsaid/plain;0:a1/A", {"G03"}),
        ("scoped;0;-1:unsaid/plain;0:b1/B", set()),
        ("scoped;0;-1:unsaid/plain;0:said/plain;1:a1/A", set()),
        ("scoped;-1;-2:unsaid/plain;-1,0:nothing/plain", {"G12"}),
        ("reviewed;1;-1:b1/tiny A;0:record a/A;1:as start/plain", set()),
        ("reviewed;1;-1:b1/tiny;0:record a/A;1:as start/plain", {"G14"}),
        ("scoped;-2;-1:link owners/policy", {"G12"}),
        ("scoped;-2;-1:owners/policy", set()),
        (
            "traced;1;-1:page 2/tiny;0:twinned/plain;-2,1:revert 1/revert 1 by A;2:revert 2/revert 2",
            {"G06", "G13"},
        ),
    ],
)
def test_what_the_second_judge_did_not_know(judges: Judges, word: str, codes: set[str]) -> None:
    """Who confirmed a link is never lost; a policy that cannot be read comes before a conflict with none; of two
    spellings of a line one holds; a statement whose words the intent lost holds no story; what says that it is of
    no story, and names one, is no tiny change; a link is no part of an adoption; a revert whose code is all exempt
    brings no story back.
    """
    found = judges.judge(Case(spoken(word), since=False))
    assert found.gate == found.oracle
    assert set(found.gate.codes) == codes


def test_histories_that_have_to_be_signed_are_judged_alike(judges: Judges) -> None:
    """Some pass, so the signatures hold; and one without is refused."""
    assert told(judges, both(attested(20261129, 100))) == []
    for word, codes in SIGNED.items():
        found = judges.judge(Case(spoken(word), since=False))
        assert found.gate == found.oracle
        assert set(found.gate.codes) == codes, word


LEFT = ";0:moved/plain by ada;1:revert 0/plain by ada"
"""The intent moves to a page that stands, which goes then: the result's register names what is not there."""
SIGNED: dict[str, set[str]] = {
    "reviewed signed;-1;-1:a1/A;0:record a/A": set(),
    "reviewed signed;-1;-1:a1/A;0:record a unsigned/A": {"G10"},
    "reviewed signed;-1;-1:a1/A;0:record a changed/A": {"G10"},
    "scoped signed;-1;-1:minted/plain by ada": set(),
    "scoped signed;-1;-1:minted/plain": {"G10"},
    "scoped signed;-1;-1:traced/policy by ada": set(),
    "scoped signed;-1;-1:traced/policy": {"G06"},
    "scoped signed;0;-1:unsaid b/plain;-1:moved/plain by ada": {"G10", "G13"},
    "scoped signed;0;-1:nothing/plain;-1:moved/plain by ada": set(),
    f"scoped signed;-1;-1:copied/A{LEFT}": {"G01", "G03", "G10", "G13"},
    f"scoped signed;-1;-1:copied/A by ada{LEFT}": {"G01", "G03", "G13"},
}


def test_histories_with_other_settings_are_judged_alike(judges: Judges) -> None:
    """Truth, reviews by who wrote it, no change of governed files, what is not judged: two and three at once."""
    assert told(judges, both(keyed(20261130, 50))) == []
    for word, codes in KEYED.items():
        found = judges.judge(Case(spoken(word), since=False))
        assert found.gate == found.oracle, word
        assert set(found.gate.codes) == codes, word


BROUGHT = "-1:page/plain;0:b1/tiny;0,1:nothing/plain;2:revert 2/revert 2"
"""A merge of a tiny change, and its revert."""
KEYED: dict[str, set[str]] = {
    "scoped oracle;-1;-1:b1/tiny": {"G01"},
    "scoped refuse;-1;-1:b1/tiny": set(),
    "scoped refuse;-1;-1:owners/policy": {"G06", "G07"},
    "reviewed;-1;-1:a1/A;0:record a mine/A": {"G08"},
    "reviewed self_review;-1;-1:a1/A;0:record a mine/A": set(),
    "reviewed;-1;-1:a1/A;0:record a own/A": {"G08"},
    "reviewed;-1;-1:a1/A;0:record a hers/A": set(),
    "verified oracle;-1;-1:b1/B;0:record b proven/B": {"G09"},
    "verified refuse;-1;-1:b1/B;0:record b proven/B": set(),
    "scoped oracle;2;-1:a1+record/A;0:record a changed/plain;0:grandfather 1/policy;1,2:nothing/plain": {"G14"},
    "scoped oracle;2;-1:a1+record/A;0:x1/plain;0:grandfather 1/policy;1,2:nothing/plain": set(),
    f"scoped;-1;{BROUGHT}": set(),
    f"scoped;4;{BROUGHT};-1:grandfather 1/policy;4,3:nothing/plain": {"G01"},
    "traced;-1;-1:link x/A": {"G04"},
    "traced;-1;-1:link a/A": set(),
    "scoped;-1;-1:link x/bot": {"G01", "G07"},
    "scoped refuse;-1;-1:x1/bot": set(),
    "scoped;-1;-1:know a/B": {"G04"},
    "scoped;-1;-1:know a/A": set(),
}
"""Words of such settings, each beside an honest twin."""


def test_histories_at_level_verified_are_judged_alike(judges: Judges) -> None:
    words = [one._replace(level="verified") for one in islice(rand(20261129, 1000), 60)]
    words += map(spoken, PROVEN)
    assert told(judges, both(words)) == []
    found = [judges.judge(Case(spoken(word), since=False)).gate for word in PROVEN]
    assert [set(one.codes) for one in found] == list(PROVEN.values())


PROVEN: dict[str, set[str]] = {
    "verified;-1;-1:a1/A;0:record a proven/A": set(),
    "verified;-1;-1:a1/A;0:record a/A": {"G09"},
    "verified;-1;-1:a1+proven/plain": set(),
    "reviewed;-1;-1:a1/A;0:record a/A": set(),
}
"""What a record without evidence, and its honest twin, come to."""


def test_a_plain_history_is_judged_as_git_has_it(judges: Judges, tmp_path: Path) -> None:
    """Refused and passed ones, merges and conflicts among them."""
    words = [
        *islice(rand(7, 1000), 4),
        spoken("reviewed;-1;-1:a1/A;-1:b1/B;0,1:nothing/plain;2:record a/A"),
        spoken("scoped;0;-1:a1/A;-1:a2/A;1,0:ours/A"),
        spoken("traced;0;-1:minted/plain;-1:confirmed/plain;1,0:nothing/plain;2:x1/N"),
    ]
    for number, case in enumerate(both(words)):
        real = by_git(judges, case, tmp_path / f"{number}.git")
        assert same(real, judges.report(case)), (shown(case.word), case.since, real.every_finding)


def steps_by_base(judges: Judges, case: Case) -> Iterator[GateReport]:
    """Each step of an audit, judged by `--base` as it was before it landed."""
    ids = make(judges.world, case.word).ids
    line = first_parents(judges.world, ids[case.word.base], ids[len(case.word.nodes) - 1])
    for step in together(judges.world, line or []):
        refs = {"main": step.base or "", "work": step.head}
        yield judges.history.gate(refs, GateRequest(step.base, step.head))


WRONG_ON_THE_WAY = {"G13"}
"""Of the specification as a whole what stands at the end of an audit counts: a later step may have mended it."""


def test_a_no_history_passes_since_where_a_step_by_base_would_not(judges: Judges) -> None:
    """Forks, merges the wrong way round, rewritten tips, policies lowered and raised."""
    passed = 0
    for word in branching(20261128, 500):
        case = Case(word, since=True)
        report = judges.report(case)
        if report.exit or not report.commits:
            continue
        passed += 1
        for step in steps_by_base(judges, case):
            codes = {one.code for one in step.every_finding} - WRONG_ON_THE_WAY
            assert not codes, (shown(word), step.every_finding)
    assert passed > 25


@pytest.mark.parametrize(
    ("word", "level", "codes"),
    [
        ("scoped;0;-1:a1/A;-2:ax/plain;0,1:nothing/plain", "scoped", {"G01", "G07"}),
        ("scoped;0;-1:a1/A;-2:ax/plain;1,0:nothing/plain", None, {"G12"}),
        ("scoped;-1;-1:x1/plain;0:since/policy;1:nothing/plain", "scoped", {"G01", "G07"}),
        ("scoped;-1;-1:since/policy;0:a1/A;1:nothing/plain", "scoped", set()),
        ("scoped;-1;-1:traced/policy;0:x1/A;1:scoped/policy;2:nothing/plain", "traced", set()),
        ("scoped;-1;-1:scoped/policy;0:a1/A;1:scoped/policy;2:nothing/plain", "scoped", set()),
        ("scoped;-1;-1:unlocked/plain;0:nothing/plain", "scoped", {"G13"}),
        ("scoped;-1;-1:minted/plain;0:nothing/plain", "scoped", set()),
    ],
)
def test_a_the_holes_of_audits(judges: Judges, word: str, level: str | None, codes: set[str]) -> None:
    """A line merged the wrong way round, `gate.since` moved, a level lowered and raised, items without lock."""
    found = judges.judge(Case(spoken(word), since=True))
    assert found.gate == found.oracle
    assert (set(found.gate.codes), found.gate.level) == (codes, level)


FREE = "scoped;-1;-1:x1/bot;0:as start/plain;1:a2/A;2:as 0/plain"
"""The last commit takes back a story's work, and a revert of what a robot did."""


def test_f_what_is_exempt_is_brought_back_for_no_story(judges: Judges) -> None:
    found = judges.judge(Case(spoken(FREE), since=False))
    assert found.gate == found.oracle
    assert not found.gate.codes


ROW = "reviewed;-1;-1:a1+record/A;0:a1+record/A;1:revert 0/revert 0 by A;2:reverts 1 2/reverts 1 2;3:end1/N"


def test_a_a_landing_that_is_taken_back_and_brought_back_in_a_row_was_in_it_before(judges: Judges) -> None:
    found = judges.judge(Case(spoken(ROW), since=True))
    assert found.gate == found.oracle
    assert "G11" not in found.gate.codes


BOTH = "scoped;{};-1:b1/B;0:a1/A;1:revert 0/revert 0;2:reverts 1 2/reverts 1 2;3:{}/plain;4:revert 3/revert 3"
"""One commit takes back a story's work and a revert of another's, and the last one takes that back."""
MERGED = "traced;4;-1:b1/B;0:a1/A;1:revert 0/plain;0,2:nothing/plain;3:{}/plain;4:revert 3/revert 3"
"""A merge brought a story's work and in silence a revert of another's, and the last one takes the merge back."""
SILENT = "reviewed;{};-1:a1/plain;0:record a/A;1:x1/bot;2:as start/plain"
"""What a robot did, a record and the code that it is of, which names no story: all taken back without a word."""


@pytest.mark.parametrize(
    ("word", "since", "codes"),
    [
        (BOTH.format(4, "suspect"), False, {"G03"}),
        (BOTH.format(4, "nothing"), False, set()),
        (BOTH.format(-1, "suspect"), True, {"G03"}),
        (MERGED.format("suspect"), False, {"G03"}),
        (MERGED.format("nothing"), False, set()),
        (SILENT.format(2), False, {"G01", "G07", "G14", "G15"}),
        (SILENT.format(-1), True, {"G01", "G07", "G14", "G15"}),
        (SILENT.format(-1).replace("a1/plain", "a1/A"), True, set()),
        ("scoped;2;-1:b1/B;0:a1/A;1:reverts 0 1/reverts 0 1;2:reverts 1 2/reverts 1 2", False, set()),
    ],
)
def test_f_a_revert_of_reverts_is_of_what_its_base_knows(
    judges: Judges, word: str, codes: set[str], *, since: bool
) -> None:
    """What it brings back is held against the stories, and an audit knows no more of what landed than its base."""
    found = judges.judge(Case(spoken(word), since=since))
    assert found.gate == found.oracle
    assert found.gate.codes == codes


@pytest.mark.parametrize(("base", "since"), [(3, False), (-1, True)])
def test_a_what_a_merge_brought_earlier_an_audit_sees_no_more_of_than_a_range(
    judges: Judges, base: int, *, since: bool
) -> None:
    """In silence a robot took a story's work back on a branch; once that is merged, its revert names no story."""
    word = f"scoped;{base};-1:nothing/plain;0:a1/A;1:revert 1/bot;0,2:nothing/plain;3:revert 2/revert 2"
    found = judges.judge(Case(spoken(word), since=since))
    assert found.gate == found.oracle
    assert found.gate.codes == {"G01"}


def test_a_what_went_before_the_base_is_owed_no_more_by_both(judges: Judges) -> None:
    """The baseline's day has passed: a file that a merge took away is not there, one that it left is owed."""
    row = "-1:b1/B;0:ratchet/policy;-2:{}/plain;1,2:nothing/plain;3:end1/N"
    for change, codes in (("gone", {"G02"}), ("a1", {"G01", "G02"})):
        found = judges.judge(Case(spoken(f"scoped;3;{row.format(change)}"), since=False))
        assert found.gate == found.oracle
        assert found.gate.codes == codes


def test_a_word_is_spoken_as_a_difference_is_told_and_as_nothing_else() -> None:
    word = "reviewed refuse self_review;-1;-1:a1/A"
    assert spoken(f"--since {word}") == spoken(f"--base  {word}") == spoken(word)
    for other in (f"--before {word}", f"review{word}", "reviewed refused;-1;-1:a1/A"):
        with pytest.raises(ValueError, match="no level begins"):
            spoken(other)


AGAIN = "reviewed;2;-1:a1/A;0:record a/A;1:revert 0/revert 0;2:a1/A;3:revert 3/plain;4:revert 4/plain"
FOUND = [
    ("reviewed;-1;-1:minted/plain;0:x1/plain;1:unminted/plain;2:minted/plain;3:record n/plain", "", "G03"),
    ("reviewed;-1;-1:minted/plain;0:x1/plain;1:record n/plain", "", ""),
    (AGAIN, "story untraced untraced", "G01 G11 G15"),
    ("reviewed;2;-1:a1/A;0:record a/A;1:revert 0/revert 0;2:revert 2/plain", "revert", ""),
    ("traced;-1;-1:x1/N;0:revert 0/revert 0;1:minted+x1/plain;2:revert 0/revert 0", "", "G01 G07"),
    ("traced;-1;-1:x1/N;0:revert 0/revert 0;1:minted+x1/N;2:revert 0/revert 0", "", ""),
    ("traced;3;-1:a1/A;0:revert 0/plain;1:b1/B;2:a2/A;3:as 0/plain", "revert", ""),
    ("traced;3;-1:a1/A;0:revert 0/plain;1:b1/B;2:a2/A;3:gone/plain", "untraced", "G01"),
    ("traced;1;-1:b1/B;0:revert 0/plain;1:a1/A;1,2:revert 1/revert 1", "story revert", ""),
    ("traced;1;-1:b1/B;0:revert 0/plain;1:a1/A;1,2:revert 1/plain", "story untraced", "G05"),
    (
        "traced;3;-1:a1+record/A;0:revert 0/revert 0;1:ab/AB;2:revert 2/revert 2;3:reverts 1 2/reverts 1 2",
        "revert",
        "",
    ),
    ("reviewed;0;-1:x1/bot;-1:end1/bot", "exempt", ""),
    ("reviewed;0;-1:x1/bot;-1:end1/plain", "untraced", "G01 G07 G15"),
    ("traced;0;-2:wide/plain;-1:nothing/plain", "", "G15"),
    ("traced;0;-2:narrow/plain;-1:nothing/plain", "adoption empty", ""),
    ("traced;0;-1:record b/B;-2:scoped/policy;1,0:scoped/policy", "policy policy", ""),
    ("traced;0;-1:record b/B;-2:scoped/policy;1,0:scoped/plain", "policy policy", "G06"),
    ("scoped;1;-1:a1/A;0:as start/unknown;1:revert 1/revert 1", "untraced", "G01"),
    ("scoped;1;-1:a1/A;0:as start/plain;1:revert 1/revert 1", "revert", ""),
    ("reviewed;0;-1:unpoliced/policy;0:revert 0/plain", "adoption", ""),
    ("reviewed;0;-1:unpoliced/policy;-2,0:nothing/squashed;1:reverts 0 1/plain", "", "G12"),
    ("scoped;0;-2:nothing/plain;0,-1:reopened/plain", "adoption adoption", "G13"),
    ("scoped;0;-2:nothing/plain;0,-1:nothing/plain", "adoption merge", ""),
    ("traced;1;-1:named/B;-2,0:nothing/plain;1:revert 0/plain;2:revert 1/plain", "spec revert", "G02 G06"),
    ("traced;1;-1:nothing/B;-2,0:nothing/plain;1:nothing/plain;2:revert 1/plain", "empty revert", "G06"),
    ("traced;-1;-1:a1/tiny;-1,0:nothing/tiny;1:as start/plain", "trivial merge revert", ""),
    ("traced;1;-1:a1/tiny;-1,0:nothing/tiny;1:as start/plain", "revert", ""),
    ("traced;-1;-1:a1/tiny;-1,0:a2/tiny;1:as start/plain", "trivial untraced untraced", "G01 G05"),
    ("reviewed;-1;-1:a1/A;0:record a/A;1:a2/tiny;2:revert 2/revert 2", "", ""),
    ("reviewed;-1;-1:a1/A;0:record a/A;1:a2/tiny;2:revert 2/revert 2;3:revert 3/revert 3", "", "G15"),
    ("reviewed;0;-1:a1+record/A;0:as start/plain;1:b1/tiny", "revert trivial", ""),
    ("reviewed;0;-1:a1+record/A;0:as start/plain;1:a2/tiny", "revert trivial", "G14 G15"),
    ("reviewed;-1;-1:a1+record/A;0:revert 0/plain;1:revert 1/plain", "story revert revert", ""),
    ("reviewed;-1;-1:a1+record/A;0:revert 0/plain;1:revert 1/plain;2:record a/A;3:revert 1/revert 1", "", "G14"),
    ("scoped;-1;-1:link page/plain;0:moved onto/plain", "spec spec", "G13"),
    ("scoped;-1;-1:page/plain;0:moved onto/plain", "spec spec", ""),
    ("reviewed;-1;-1:copied/plain;0:record a/A;1:named/plain;2:revert 2/plain;3:revert 0/revert 0", "", "G14"),
]
"""Words in which the judges differed, each beside an honest twin: the kinds of commit (where given), the codes."""


@pytest.mark.parametrize(("word", "kinds", "codes"), FOUND)
def test_c_what_the_second_judge_found(judges: Judges, word: str, kinds: str, codes: str) -> None:
    """A minted story that only a record names is held against all of its states; what a commit is depends on none
    that comes after it; a merge leads on from what either side held; an adoption has to merge, too.
    A commit of the base that names a story, be it one that nobody knows, takes nothing back in silence. What the
    base's register has left behind is code, also for a commit that puts the register back before it goes. A merge
    that says it is of no story, as what it brought is, is taken back as it would be from the base. A link is no
    specification, also where an intent is to stand. A revert takes back what a record says of a document, too. A
    tiny change adds to no reviewed work, also where a revert of its revert brings it, nor to a landing taken back.
    A record that a revert brings back is no revert's to change after that.
    """
    found = judges.judge(Case(spoken(word), since=False))
    assert found.gate == found.oracle
    assert found.gate.codes == set(codes.split())
    assert not kinds or list(found.gate.kinds.values()) == kinds.split()
