"""The governed names: files that CI, hooks, editors and coding agents run or obey, by who reads them.

Each name is a path from the repository's root, or `**/` and a name that its reader finds in any folder; a `*`
stands for any signs but a slash. A name covers what it names and all that is below it, so a symlink, a submodule
or a plain file that is put in the place of a folder is governed as the folder is.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from bmad.model.layout import OWN_FOLDER


class Reader(NamedTuple):
    """Who runs or obeys some names, as the end of the sentence `it is governed, since …`."""

    why: str
    names: tuple[str, ...]


def _reader(why: str, names: str) -> Reader:
    return Reader(why, tuple(names.split()))


_KEPT = 1 << 12
_OBEYED = "coding agents obey it, or run what it says"

READERS = (
    _reader("bmad takes its policy from it", "bmad.yaml"),
    _reader(
        "GitHub runs it, or applies it to requests",
        """
        .github/workflows .github/actions .github/scripts .github/hooks .github/skills .github/rulesets
        .github/instructions .github/agents .github/prompts .github/chatmodes .github/codeql .github/*.yml
        .github/*.yaml .github/*.json .github/*.json5 .github/*.toml .github/copilot-instructions.md
        """,
    ),
    _reader(
        "GitLab, Gitea or Forgejo runs it, or applies it to requests",
        """
        .gitlab-ci.yml .gitlab-ci.yaml .gitlab-ci **/*.gitlab-ci.yml **/*.gitlab-ci.yaml .gitlab/ci
        .gitlab/agents .gitlab/duo .gitlab/scripts .gitlab/*.yml .gitlab/*.yaml .gitlab/*.json
        .forgejo/workflows .forgejo/actions .forgejo/scripts .gitea/workflows .gitea/actions .gitea/scripts
        """,
    ),
    _reader(
        "a CI system runs it",
        """
        .circleci .buildkite .woodpecker .semaphore .teamcity .tekton .builds .travis .appveyor .azure-pipelines
        .azuredevops .pipelines .codebuild .codecatalyst .harness .codefresh .bitrise .buddy .prow .evergreen
        .zuul.d zuul.d .cirrus .drone .ci .dagger ci_scripts taskcluster .travis.y*ml travis.y*ml .appveyor.y*ml
        appveyor.y*ml .drone.y*ml drone.y*ml .drone.star .drone.jsonnet .woodpecker.y*ml woodpecker.y*ml
        .cirrus.y*ml cirrus.y*ml .cirrus.star .build.y*ml build.y*ml .vsts-ci.y*ml **/azure-pipelines*.y*ml
        **/bitbucket-pipelines.y*ml .bitbucket **/cloudbuild*.y*ml **/cloudbuild*.json **/buildspec*.y*ml
        **/appspec.y*ml amplify.yml **/Jenkinsfile **/Jenkinsfile.* **/Jenkinsfile-* **/*.Jenkinsfile
        **/*.jenkinsfile .zuul.* zuul.y*ml codefresh.y*ml .codefresh.y*ml bitrise.y*ml .bitrise.y*ml
        codemagic.yaml wercker.y*ml shippable.y*ml .shippable.y*ml buddy.y*ml screwdriver.yaml .prow.yaml
        .ci-operator.yaml .evergreen.y*ml evergreen.y*ml .taskcluster.y*ml .onedev-buildspec.yml dagger.json
        Earthfile .earthfile **/*.gocd.y*ml **/*.gocd.json .builds.yml .mint .rwx .scrutinizer.yml .ghci.yml
        .gocd netlify.toml vercel.json .readthedocs.y*ml readthedocs.y*ml render.yaml azure-pipelines .vela.y*ml
        codeship-steps.y*ml codeship-steps.json codeship-services.y*ml .depot **/.eas Dangerfile* dangerfile.*
        """,
    ),
    _reader(
        "it decides who must review, or what merges by itself",
        """
        CODEOWNERS docs/CODEOWNERS .github/CODEOWNERS .gitlab/CODEOWNERS .gitea/CODEOWNERS .forgejo/CODEOWNERS
        **/OWNERS **/OWNERS_ALIASES .mergify .mergify.y*ml bors.toml .bors.toml .kodiak.toml .bulldozer.y*ml
        .policy.yml .rultor.yml .coderabbit.y*ml .pr_agent.toml .gitreview .mergequeue .trunk .aviator
        renovate.json renovate.json5 .renovaterc .renovaterc.json .renovaterc.json5 .dependabot .pyup.yml .snyk
        .gitguardian.y*ml .gitleaks.toml .gitleaksignore codecov.y*ml .codecov.y*ml greptile.json .greptile
        ellipsis.y*ml .ellipsis
        """,
    ),
    _reader(
        "git obeys it",
        "**/.gitattributes .gitmodules .lfsconfig .mailmap .git-blame-ignore-revs .gitconfig .worktreeinclude",
    ),
    _reader(
        "a manager of git hooks runs it",
        """
        **/.pre-commit-config.y*ml .pre-commit-hooks.y*ml **/prek.toml **/lefthook.y*ml **/lefthook.toml
        **/lefthook.json* **/.lefthook.y*ml **/.lefthook.toml **/.lefthook.json* **/lefthook-local.y*ml
        **/lefthook-local.toml **/lefthook-local.json* **/.lefthook-local.* .config/lefthook.*
        .config/lefthook-local.* **/.lefthook **/.lefthook-local **/.husky **/.huskyrc **/.huskyrc.*
        **/husky.config.* .githooks .git-hooks .git_hooks .hooks githooks git-hooks .overcommit.yml
        .overcommit.yaml .overcommit .cargo-husky .rusty-hook.toml hk.pkl .hk **/.lintstagedrc
        **/.lintstagedrc.* **/lint-staged.config.* **/.nano-staged.* **/nano-staged.* **/.simple-git-hooks.*
        **/simple-git-hooks.* **/commitlint.config.* **/.commitlintrc **/.commitlintrc.* captainhook.json
        grumphp.yml grumphp.yml.dist grumphp.dist.yml
        """,
    ),
    _reader(
        "an editor or a development environment runs it",
        """
        **/.vscode/tasks.json **/.vscode/mcp.json **/.vscode/launch.json **/.vscode/settings.json
        **/*.code-workspace **/.zed **/.idea/runConfigurations **/.idea/tools **/.idea/watcherTasks.xml **/.run
        **/.fleet **/.dir-locals.el **/.dir-locals-2.el **/.exrc **/.nvimrc **/.nvim.lua **/.vimrc **/.lvimrc
        **/*.sublime-project **/.envrc **/mise.toml **/.mise.toml **/mise.*.toml **/.mise.*.toml **/.mise
        .config/mise .config/mise.toml **/.devcontainer **/.devcontainer.json .gitpod.yml .gitpod.Dockerfile
        .ona .idx .replit replit.nix .codesandbox .stackblitzrc .project.el devbox.json
        """,
    ),
    _reader(
        _OBEYED,
        """
        **/AGENTS.md **/AGENTS.override.md **/AGENTS.local.md **/AGENT.md **/CLAUDE.md **/CLAUDE.local.md
        **/GEMINI.md **/QWEN.md **/CRUSH.md **/WARP.md **/IFLOW.md **/CODEBUDDY.md **/DROID.md **/replit.md
        **/.claude **/.claude-plugin **/.codex **/.codex-plugin **/.gemini **/.cursor **/.cursor-plugin
        **/.opencode **/.roo **/.junie **/.kiro **/.amazonq **/.continue **/.continuerc.json **/.clinerules
        **/.continuerules **/.cline **/.windsurf **/.codeium **/.agents **/.agent **/.kilocode **/.qwen
        **/.factory **/.trae **/.augment **/.augment-guidelines **/.crush **/.goose **/.openhands
        **/.openhands_instructions **/.devin **/.cognition **/.amp **/.antigravity **/.rovodev **/.tabnine
        **/.cody **/.sourcegraph **/.void **/.pearai **/.iflow **/.codebuddy **/.copilot **/.warp **/.jules
        **/.plandex **/.qoder **/.lingma **/.firebender **/.firebender.json **/firebender.json **/.ruler
        **/.specify **/.bob **/.mux **/.letta **/.serena **/.aider.* **/.aiderignore **/.aiassistant **/.pi
        **/.forge **/.neovate **/.swe-agent **/.gptme **/.deepagents **/.vibe **/.zencoder **/.cursorrules
        **/.cursorignore **/.cursorindexingignore **/.windsurfrules **/.roorules **/.roorules-* **/.roomodes
        **/.rooignore **/.kilocoderules **/.kilocodemodes **/.kilocodeignore **/.traerules **/.goosehints
        **/.builderrules .rules **/.codeiumignore **/.geminiignore **/.clineignore **/.augmentignore
        **/.mcp.json mcp.json .mcp **/opencode.json **/opencode.jsonc **/crush.json **/.crush.json
        **/gemini-extension.json **/.goose.yaml
        """,
    ),
)
"""Which names are governed, and why. A team adds its own by `gate.governed`."""


class _Pattern(NamedTuple):
    """What a part of a path has to be; compiled where it is asked for, since most of hundreds never are."""

    pattern: str
    text: str | None = None
    """It alone, where the pattern holds nothing else."""

    def fullmatch(self, part: str) -> bool:
        return part == self.text if self.text is not None else bool(re.fullmatch(self.pattern, part, re.DOTALL))


class _Name(NamedTuple):
    """A governed name, part by part; `anywhere` means in any folder."""

    parts: tuple[_Pattern, ...]
    anywhere: bool
    why: str

    def reaches(self, parts: list[str], at: int, *, link: bool) -> bool:
        """Whether a path leads to the name from its part `at` on.

        A link stands for all that may be below it, where tools of a work tree look there: in folders with a dot.
        """
        rest = parts[at : at + len(self.parts)]
        enough = len(rest) == len(self.parts) or (link and rest[0].startswith("."))
        return enough and all(one.fullmatch(part) for one, part in zip(self.parts, rest, strict=False))


Reads = Callable[[str], _Pattern]
"""How a part of a name is read: as what a part of a path has to be."""


class Names:
    """Governed names by their first part, so that a path costs a look-up a part."""

    def __init__(self, readers: Iterable[Reader], *, folded: bool, reads: Reads | None = None) -> None:
        self._reads = reads or _part
        self._named: dict[str, list[_Name]] = {}
        self._wild: list[_Name] = []
        for why, names in readers:
            for name in names:
                self._add(name.lower() if folded else name, why)
        first = "|".join(dict.fromkeys(one.parts[0].pattern for one in self._wild))
        self._any_wild = lru_cache(_KEPT)(re.compile(first or r"(?!)", re.DOTALL).fullmatch)
        """Most parts of paths are folders of many."""

    def _add(self, name: str, why: str) -> None:
        parts = name.removeprefix("**/").split("/")
        one = _Name(tuple(map(self._reads, parts)), name.startswith("**/"), why)
        if "*" in parts[0] or self._reads is not _part:
            self._wild.append(one)
        else:
            self._named.setdefault(parts[0], []).append(one)

    def why(self, path: str, *, link: bool = False) -> str:
        """Why a path is governed; empty where it is not."""
        parts = path.split("/")
        for at, part in enumerate(parts):
            found: Sequence[_Name] = self._named.get(part, ())
            if self._any_wild(part):
                found = [*found, *self._wild]
            for one in found:
                if (at == 0 or one.anywhere) and one.reaches(parts, at, link=link):
                    return one.why
        return ""


def page() -> str:
    """The names as a page of the documentation."""
    rows = [f"| {one.why} | {' '.join(f'`{name}`' for name in one.names)} |" for one in READERS]
    return "\n".join([*_PAGE, *rows, ""])


_PAGE = (
    "# Governed names",
    "",
    "Written by `python -m bmad.core.governed`. `bmad gate --explain` prints the same list, which of the paths of",
    "a repository it holds, and what `gate.governed` of its policy adds.",
    "",
    "A name is a path from the root, or `**/` and a name that counts in any folder; `*` stands for any signs but",
    "a slash. A name covers what it names, whatever its mode, and all that is below it. A symlink or submodule in",
    "the place of a folder with a dot that holds a governed name is governed, too, and so is one in the place of",
    "a folder that a glob of `gate.governed` goes through (`deploy/prod` of `deploy/*/run.sh`). What differs from",
    "a name in case or Unicode form alone is refused (a page as `docs/agents.md` below the root is governed",
    "instead), and so is a short name that NTFS may have for one (`CLAUDE~1`).",
    "",
    "A symlink may stand where a governed file does (`CLAUDE.md` that is `AGENTS.md`) if it leads, within the",
    "tree, to what is governed itself, by folders whose replacement by a link is governed as well. So it may in",
    "the adoption. `bmad.yaml` may not be one.",
    "",
    "Where `gate.governed` of the policy names a document or a record, the rules of those hold as well: the whole",
    "has to be valid, and a record comes with a commit of its story and is never changed.",
    "",
    "| it is governed, since | names |",
    "| --- | --- |",
)


@cache
def _part(part: str) -> _Pattern:
    """Each star takes as little as lets the next words follow, and never gives back: no name takes its square."""
    first, *words = map(re.escape, part.split("*"))
    if not words:
        return _Pattern(first, part)
    middle = "".join(f"(?>[^/]*?{word})" for word in words[:-1])
    return _Pattern(f"{first}{middle}[^/]*{words[-1]}")


_ODD = re.compile(r"[^0-9a-z*!#$%&'()@^_`{}~-]")
"""What the short name of NTFS for a name leaves out, or puts a `_` for; all in lower case."""


@cache
def _short(part: str) -> _Pattern:
    """A part of a name, or what NTFS may call it: `CLAUDE~1` for `.claude`, `BM3F2A~1.YAM` for `bmad.yaml`."""
    base, dot, end = part.strip(".").rpartition(".")
    stem = _ODD.sub("", base if dot else end)
    ends = re.escape("." + end[:3]) if dot and "*" not in end[:3] else r"(?:\.[^/]*)?" if "*" in part else ""
    stems = f"(?:{_begun(stem, 6)}|{_begun(stem, 2)}[0-9a-f]{{4}})"
    return _Pattern(f"{_part(part).pattern}|{stems}~[0-9]{{1,6}}{ends}")


def _begun(stem: str, most: int) -> str:
    """How a name may begin that is cut to so many signs; a `*` before may stand for any."""
    known, star, _ = stem[:most].partition("*")
    return re.escape(known) + ("[^/]*" if star else "")


@cache
def short_names() -> Names:
    """The governed names, and bmad's own folder, as an NTFS may find them: by short names that no listing shows.

    Where `.claude` stands in a work tree there, a change that brings `CLAUDE~1/settings.json` writes into it. What
    begins with a `*` could be called anything.
    """
    own = Reader("bmad keeps there what is one machine's own", (OWN_FOLDER,))
    told = (one._replace(names=tuple(filter(_has_a_beginning, one.names))) for one in (*READERS, own))
    return Names(told, folded=True, reads=_short)


def _has_a_beginning(name: str) -> bool:
    return not name.removeprefix("**/").startswith("*")


@cache
def names(*, folded: bool) -> Names:
    """The names as their readers spell them, or in lower case."""
    return Names(READERS, folded=folded)


def is_obeyed(path: str) -> bool:
    """Whether coding agents take it for instructions or settings, where it lies where they work."""
    return names(folded=True).why(path.casefold()) == _OBEYED


if __name__ == "__main__":
    Path("docs/governed.md").write_text(page(), encoding="utf-8")
