"""`docs/rules.md`: the rules of `bmad validate` with examples, as Markdown."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from bmad.model.findings import Severity
from bmad.model.rulebook import Examined, Rule
from bmad.render.findings import finding_text

_HEAD = """\
# The rules of `bmad validate`

Written by `python -m bmad.cli.rulebook` from the rules themselves; each example below is run by the tests. What
the examples change is a small sound specification (`bmad/core/rulebook/sample.py`).

An **error** is never sound: `bmad map` brings none, and the exit code of `bmad validate` is 1. A **warning**
fails with `--strict`, as in CI; it is kept for what each reader would send back. A **note** (`info`) never fails:
it is a matter of taste, or of how a team works. Notes are switched off by their codes in `bmad.yaml`; errors and
warnings cannot be:

```yaml
spec:
  silent: [V22, V25]
```

The words of V20-V27 stand in `bmad/core/wording/languages/`, one file a language: English, German, French,
Spanish, Portuguese, Russian, Japanese, Chinese. A text is judged by the words of the language it is in; code,
quotes, addresses and comments are not judged. A criterion that only repeats a sentence of a requirement is not
judged again. Where words have no blanks between them (Japanese, Chinese), phrases are found wherever they stand.
Sentences in the passive voice are not marked: of 25 that were read in other people's requirements, 20 were plain
as they stood, since who acts is the product.
"""

_NAMES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def page(examined: Iterable[Examined]) -> str:
    """The whole page: a table of all rules, then each with its examples."""
    by_rule = [(rule, list(examples)) for rule, examples in groupby(examined, key=lambda one: one.rule)]
    rows = [f"| [{rule.code}](#{_anchor(rule)}) | {rule.name} | {_severities(rule)} |" for rule, _ in by_rule]
    parts = [_HEAD, "\n".join(["| code | rule | severity |", "| --- | --- | --- |", *rows]) + "\n"]
    for rule, examples in by_rule:
        parts.append(f"## {rule.code}: {rule.name}\n\n{_severities(rule).capitalize()}. {rule.checks}\n")
        parts += [part for one in examples for part in _example(one)]
    return "\n".join(parts)


def _severities(rule: Rule) -> str:
    return ", ".join(dict.fromkeys(_NAMES[example.severity] for example in rule.examples))


def _anchor(rule: Rule) -> str:
    kept = (char for char in f"{rule.code}: {rule.name}".lower() if char.isalnum() or char in " -")
    return "".join(kept).replace(" ", "-")


def _example(one: Examined) -> Iterator[str]:
    change = one.example.fails
    for beside in one.example.beside:
        yield f"With this in `{beside.path}`:\n\n{_fenced(beside.written)}"
    if one.example.tracked:
        yield f"With {', '.join(f'`{path}`' for path in one.example.tracked)} in git:\n"
    if one.example.retired:
        yield f"With `{one.example.retired}` retired:\n"
    yield f"In `{change.path}` this fails:\n\n{_fenced(change.written)}"
    yield _fenced("\n".join(finding_text(finding) for finding in one.found), "console")
    yield f"and is mended so:\n\n{_fenced(one.example.mended)}"


def _fenced(text: str, language: str = "markdown") -> str:
    return f"```{language}\n{text.rstrip()}\n```\n"
