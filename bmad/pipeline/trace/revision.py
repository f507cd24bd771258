"""A repository at one revision, as trace, report and all that ask for a why read it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.lines.own import Owner
from bmad.core.paths import Classifier
from bmad.core.territory import holds
from bmad.core.trace import WORK, Claim, Explainer, by_story, kind_of
from bmad.errors import UndecidableError, UsageError
from bmad.model.commits import Change, Commit
from bmad.model.layout import POLICY, Layout
from bmad.model.quoting import quoted, unquoted
from bmad.model.settings import Level, Settings
from bmad.model.spec import Story
from bmad.model.trace import CommitClass, TraceChain
from bmad.pipeline.gate.evidence import Specs
from bmad.pipeline.trace.code_commits import changes_of, worked
from bmad.pipeline.trace.commit_claims import claimed
from bmad.pipeline.trace.former_intents import FormerIntents
from bmad.ports.files import Formats
from bmad.ports.history import Objects


class Reading(NamedTuple):
    """A repository at one revision: its specification, and how to explain commits with it."""

    objects: Objects
    formats: Formats
    head: Commit
    explainer: Explainer
    classify: Classifier
    since: str | None
    """The adoption that the policy names, else where the branch left its line. What it reaches is older."""
    layout: Layout
    former: FormerIntents
    settings: Settings | None = None
    """Its policy, where it has one."""

    def kind(self, claim: Claim, changes: Sequence[Change]) -> CommitClass:
        """What kind of commit it is; what was an intent then is none of its code."""
        known = kind_of(claim, changes, self.classify)
        if known != "untraced":
            return known
        work = [one for one in changes if self.classify.of(one).klass in WORK]
        if not self.former.hold(claim.commit, [one.path for one in work]):
            return known
        rest = [one for one in changes if one not in work]
        return kind_of(claim, rest, self.classify) if rest else "spec"

    @property
    def level(self) -> Level | None:
        """What its policy asks of a change."""
        return self.settings.gate.level if self.settings is not None else None

    def claimed(
        self, commits: Iterable[Commit], changes: Mapping[str, Sequence[Change]] | None = None
    ) -> list[Claim]:
        """Commits with the stories that they name, or their records; `changes` where all of theirs are known."""
        return claimed(self.objects, self.formats, commits, self.layout, changes)

    def changes(self, commits: Sequence[Commit]) -> dict[str, tuple[Change, ...]]:
        """What each commit changes against its first parent, by id."""
        return changes_of(self.objects, commits)

    def worked(self, found: Iterable[Claim]) -> dict[str, list[str]]:
        """Those of the commits that built something, by story."""
        return by_story(worked(self.objects, found, self.classify))

    def unheld(self, lines: Iterable[tuple[Owner, Claim | None]]) -> Iterator[str]:
        """How many lines records alone tell of, where the policy holds none; each line with its commit."""
        if self.level is None or self.level.rank >= Level.REVIEWED.rank:
            return
        told = sum(1 for owner, claim in lines if _by_record(owner, claim))
        if told:
            yield (
                f"{told} of these lines {'is' if told == 1 else 'are'} told by records alone, and at level "
                f"{self.level} of the policy nobody holds a record against what landed"
            )

    def unadopted(self, *, bare: bool) -> Iterator[str]:
        """Why nothing is called older, where something is of no story; an adoption counts once it is committed."""
        if bare and self.settings is None:
            at = self.head.id[:12]
            yield f"{at} holds no {POLICY}, so nothing is called older: commit the adoption (bmad adopt makes one)"

    def kinds(self, found: Sequence[Claim]) -> list[TraceChain]:
        """A chain for every story of every commit; one without story for a commit that names none."""
        changes = self.changes([claim.commit for claim in found])
        bare = [claim.commit.id for claim in found if not claim.stories]
        older = self.objects.reached(bare, self.since) if self.since and bare else frozenset[str]()
        chains: list[TraceChain] = []
        for claim in found:
            known = self.kind(claim, changes[claim.commit.id])
            kind: CommitClass = "before-adoption" if claim.commit.id in older else known
            own = changes[claim.commit.id]
            stories = claim.stories or (None,)
            chains += [self.explainer.explain(claim, one, kind, files_of(claim, one, own)) for one in stories]
        return chains


def _by_record(owner: Owner, claim: Claim | None) -> bool:
    """Whether no trailer of its commit says the same of a line as the record that tells of it."""
    if claim is None or owner.sure != "exact":
        return owner.sure == "record"
    return bool(claim.recorded) or not set(owner.stories) <= set(claim.stories)


def files_of(claim: Claim, story: str | None, changes: Iterable[Change]) -> tuple[str, ...]:
    """The paths that a commit changes; of one that a record tells of, those that the story's record speaks of."""
    own = [one for one in changes if not claim.recorded or story in claim.recorded.get(one.path, ())]
    return tuple(paths(own))


def paths(changes: Iterable[Change]) -> list[str]:
    """The changed paths as documents spell them (`model.quoting`), each once."""
    return list(dict.fromkeys(quoted(change.path) for change in changes))


def read_at(objects: Objects, formats: Formats, rev: str | None, specs: Specs | None = None) -> Reading:
    """The repository at a revision, by default HEAD; `specs` are specifications of it that were read already.

    Raises: UsageError where its specification does not parse.
    """
    name = "HEAD" if rev is None else rev
    head = objects.commits([objects.tips(name, name).head]).popitem()[1]
    state = (specs or Specs(objects, formats)).state(head.tree)
    if state.faults:
        path, fault = state.faults[0]
        raise UsageError(f"{path} at {head.id[:12]}: {fault}. See: bmad validate")
    settings = state.settings
    base = _adopted(objects, head.id, settings.gate.since if settings else None)
    classify = Classifier(state.layout, settings.gate.governed if settings else ())
    explainer = Explainer(state.spec(), state.graph)
    former = FormerIntents(objects, formats, head, state.layout)
    return Reading(objects, formats, head, explainer, classify, base, state.layout, former, settings)


def _adopted(objects: Objects, head: str, since: str | None) -> str | None:
    """The commit that all older ones end with: the adoption, or of a branch that left before it, where it left.

    None where nothing is older, or where no single commit ends what both reach.
    """
    if since is None or since == "root" or objects.commit(since) is None:
        return None
    if objects.follows(head, since):
        return since
    try:
        beyond = {commit.id: commit for commit in objects.walk(since, head)}
    except UndecidableError:
        return None
    ends = {name for commit in beyond.values() for name in commit.parents if name not in beyond}
    left: str | None = since
    while left in beyond:
        left = next(iter(beyond[left].parents), None)
    return left if left is not None and objects.reached(sorted(ends), left) == ends else None


def typed(path: str) -> str:
    """A path as it was typed, out of git's quotes where it stands in them."""
    try:
        return unquoted(path).decode("utf-8", "surrogateescape")
    except ValueError:
        return path


def lies_in(reading: Reading, story: str, path: str) -> bool:
    """Whether a path lies in the territory of a story, as that stands at the revision."""
    node = reading.explainer.graph.nodes.get(story)
    item = node.item if node is not None else None
    return isinstance(item, Story) and holds(tuple(ref.text for ref in item.territory), path)
