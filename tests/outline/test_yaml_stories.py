"""User stories in a fence of YAML are the stories that they are; other YAML is code."""

import pytest

from bmad.core.outline.judge import reasons
from tests.outline.drafted import left, mapped, priorities, under

STORIES = """\
# Orders of these weeks
stories:
  - id: US-1
    title: Reset the password
    as_a: registered customer
    i_want: to reset my password by mail
    so_that: I can log in again
    acceptance:
      - A mail arrives within one minute.
      - "The link: works once."
  - id: US-2
    title: 'See my orders'
    priority: could
    asA: customer
    iWant: >-
      to see
      my orders
    depends_on: [US-1]
    acceptance_criteria:
      - given: I am logged in
        when: I open the orders
        then: I see the last ten
    notes: From the workshop
  - title: Print them
    depends_on: US-2
    priority: should
    story: As a customer, I want to print my orders.
    acceptance: All are printed.
"""
GERMAN = """\
- id: US-1
  titel: Passwort zurücksetzen
  als: Kundin
  möchte ich: mein Passwort zurücksetzen
  akzeptanzkriterien:
    - Eine Mail kommt an.
"""


@pytest.mark.parametrize(("end", "indent"), [("\n", ""), ("\r\n", ""), ("\n", "   ")])
def test_stories_in_yaml_keep_ids_titles_wishes_and_criteria(end: str, indent: str) -> None:
    fence = "".join(f"{indent}{line}\n" for line in f"```yaml\n{STORIES}```".splitlines())
    text = under("User stories", f"Those:\n\n{fence}").replace("\n", end)
    one, two, three = mapped(text).stories
    assert (one.source, one.title, one.narrative) == (
        "US-1",
        "Reset the password",
        "as_a: registered customer, i_want: to reset my password by mail, so_that: I can log in again",
    )
    assert one.criteria == ("A mail arrives within one minute.", "The link: works once.")
    assert (two.source, two.title, two.narrative) == (
        "US-2",
        "See my orders",
        "asA: customer, iWant: to see my orders",
    )
    assert two.criteria == ("given: I am logged in when: I open the orders then: I see the last ten",)
    assert [one.value for one in priorities(text)][-3:] == ["must", "could", "should"]
    assert (three.title, three.criteria) == ("Print them", ("All are printed.",))
    assert three.narrative == "depends_on: US-2, As a customer, I want to print my orders."
    assert [[mapped(text).stories[at].source for at in story.depends_on] for story in (two, three)] == [
        ["US-1"],
        ["US-2"],
    ]
    assert left(text)["notes: From the workshop"] == reasons.ABOUT


def test_the_fields_are_known_in_other_languages() -> None:
    [one] = mapped(f"# Laden\n\n## Anforderungen\n\n```yml\n{GERMAN}```\n").stories
    assert (one.source, one.title) == ("US-1", "Passwort zurücksetzen")
    assert (one.narrative, one.criteria) == (
        "als: Kundin, möchte ich: mein Passwort zurücksetzen",
        ("Eine Mail kommt an.",),
    )


@pytest.mark.parametrize(
    "code",
    [
        "steps:\n  - id: build\n    name: Build it\n    run: make\n",
        "- id: US-1\n  title: *nowhere\n  acceptance: [a]\n",
        "- id: US-1\n  title: One\n  acceptance: [It works.]\n- 5\n",
        "- &a\n  id: US-1\n  title: One\n  parts: [*a]\n",
        f"- id: {'[' * 3000}\n",
    ],
)
def test_other_yaml_is_code(code: str) -> None:
    text = under("User stories", f"```yaml\n{code}```\n\n- It must print.\n")
    assert [one.title for one in mapped(text).stories] == ["It must print"]
