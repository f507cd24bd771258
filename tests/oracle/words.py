"""Words of the alphabet: every short one, and long ones at random."""

import random
from collections.abc import Iterator, Sequence
from itertools import product

from tests.oracle import texts
from tests.oracle.alphabet import BY_ADA, CHANGES, MESSAGES, OLD, SIGNED, START, Node, Word
from tests.oracle.moved import PATHS
from tests.oracle.texts import KEYS

LEVELS = ("traced", "scoped", "reviewed")


def shown(word: Word) -> str:
    """`scoped;-1:S:a1/A;...`: level, base, and each commit as parents, change and message."""
    nodes = (f"{','.join(map(str, one.parents))}:{one.change}/{one.message}" for one in word.nodes)
    return ";".join((word.level, str(word.base), *nodes))


def spoken(text: str) -> Word:
    """A word as it is shown, with the way that a difference is told with before it.

    Raises: ValueError where it begins with no level, for that would be another history.
    """
    level, base, *nodes = text.removeprefix("--since ").removeprefix("--base ").lstrip().split(";")
    name, *keys = level.split(" ")
    if name not in texts.LEVELS or not {*keys} <= {*KEYS, SIGNED.strip(), PATHS}:
        message = f"no level begins this word: {level}"
        raise ValueError(message)
    found = []
    for node in nodes:
        parents, _, rest = node.partition(":")
        change, _, message = rest.partition("/")
        found.append(Node(tuple(map(int, parents.split(","))), change, message))
    return Word(level, tuple(found), int(base))


def _numbers(name: str) -> set[int]:
    """The commits that a change or message reverts."""
    reverts = name.startswith(("revert ", "reverts ", "as "))
    return _named(name) if reverts else set()


def _named(name: str) -> set[int]:
    """The commits that a change or message names by number."""
    numbered = name.startswith(("revert ", "reverts ", "as ", "grandfather "))
    return {int(one) for one in name.split(" ") if one.isdecimal()} if numbered else set()


def _fits(one: str, at: int) -> bool:
    return all(number < at for number in _named(one))


def sensible(word: Word) -> bool:
    """Whether each names older commits alone, and reverts such as it comes from: `git revert` knows no others."""
    above: list[set[int]] = []
    for at, node in enumerate(word.nodes):
        if not (_fits(node.change, at) and _fits(node.message, at)):
            return False
        near = {one for one in node.parents if one >= 0}
        above.append(near.union(*(above[one] for one in near)))
        if not _numbers(node.change) | _numbers(node.message) <= above[-1]:
            return False
    return True


FULL = tuple(product(CHANGES, ("plain", "A", "policy"))) + tuple(
    product(("a1", "ax", "x1", "ab", "minted+x1", "a1+record", "page+a1"), MESSAGES)
)
"""Change and message: every change under three messages, some under all."""

REVERTS = (
    *((f"revert {number}", f"revert {number}") for number in range(4)),
    *((pair, pair) for pair in ("reverts 0 1", "reverts 0 2", "reverts 1 2")),
    *((change, "plain") for change in ("reverts 0 1", "reverts 1 2", "as start", "as 0", "revert 1")),
    *((f"revert {number}", f"revert {number} by A") for number in range(2)),
)
WHOLE = tuple(dict.fromkeys((*FULL, *REVERTS)))
"""The whole alphabet."""

PAIRS = (
    ("a1", "A"),
    ("a1", "plain"),
    ("a2", "squashed"),
    ("ax", "A"),
    ("ab", "AB"),
    ("gone", "A"),
    ("mode", "body"),
    ("x1", "N"),
    ("end1", "N"),
    ("a1", "tiny"),
    ("b1", "tiny"),
    ("page", "plain"),
    ("conf", "plain"),
    ("ratchet", "policy"),
    ("x1", "bot"),
    ("x1", "bot and B"),
    ("ax", "bot A"),
    ("owners", "bot"),
    ("unexempt", "policy"),
    ("back", "A"),
    ("wide", "plain"),
    ("unset", "plain"),
    ("reworded", "plain"),
    ("suspect", "plain"),
    ("mended", "plain"),
    ("minted", "plain"),
    ("minted+x1", "N"),
    ("unlocked", "plain"),
    ("retired", "plain"),
    ("lost", "plain"),
    ("broken", "plain"),
    ("reopened", "plain"),
    ("twinned", "plain"),
    ("untwinned", "plain"),
    ("unsaid", "plain"),
    ("traced", "policy"),
    ("reviewed", "policy"),
    ("reviewed", "plain"),
    ("since", "policy"),
    ("specfirst", "policy"),
    ("unpoliced", "policy"),
    ("owners+a1", "policy"),
    ("record a", "A"),
    ("record a", "plain"),
    ("record a self", "A"),
    ("record a spec", "A"),
    ("record a 2", "A"),
    ("record n", "N"),
    ("junk", "A"),
    ("unrecorded", "A"),
    ("a1+record", "A"),
    ("a1+record", "plain"),
    ("ours", "plain"),
    ("theirs", "A"),
    ("nothing", "plain"),
    ("revert 0", "revert 0"),
    ("revert 0", "revert 0 by A"),
    ("as start", "plain"),
)
"""Of each kind of change and of message one: all pairs of these are judged."""

TRIPLES = (
    ("a1", "A"),
    ("x1", "plain"),
    ("minted+x1", "N"),
    ("wide", "plain"),
    ("traced", "policy"),
    ("a1+record", "A"),
    ("ours", "plain"),
    ("revert 0", "revert 0"),
)
"""Work in and out of its territory and without a story, a story and its policy, a record, merges, reverts."""


def exhaustive(size: int) -> Iterator[Word]:
    """At every level: every commit of the whole alphabet, every two of `PAIRS`, every three of `TRIPLES`.

    In every shape (`_parents`) and with every base; as far as `size` goes.
    """
    for length, letters in list(enumerate((WHOLE, PAIRS, TRIPLES), start=1))[:size]:
        for level in LEVELS:
            yield from _shaped(level, length, letters)


def lines() -> Iterator[Word]:
    """At every level, every two commits of the whole alphabet in a row, judged from the start."""
    for level, chosen in product(LEVELS, product(WHOLE, repeat=2)):
        word = Word(level, tuple(Node((at - 1,), *letter) for at, letter in enumerate(chosen)), START)
        if sensible(word):
            yield word


def _shaped(level: str, length: int, letters: Sequence[tuple[str, str]]) -> Iterator[Word]:
    shapes = [
        (shape, base)
        for shape in product(*map(_parents, range(length)))
        for base in range(START, length - 1)
        if len(_reached(shape, {length - 1, base})) == length
    ]
    for chosen, (shape, base) in product(product(letters, repeat=length), shapes):
        nodes = tuple(Node(parents, *letter) for parents, letter in zip(shape, chosen, strict=True))
        word = Word(level, nodes, base)
        if sensible(word):
            yield word


def _reached(shape: Sequence[tuple[int, ...]], tips: set[int]) -> set[int]:
    """The commits of a shape that some tip comes from; those that none does would tell nothing."""
    found, waiting = set[int](), [*tips]
    while waiting:
        at = waiting.pop()
        if at >= 0 and at not in found:
            found.add(at)
            waiting += shape[at]
    return found


def _parents(at: int) -> list[tuple[int, ...]]:
    """Which parents a commit may have: the last two before it, the start, or two of these either way round."""
    near = sorted({START, *range(max(0, at - 2), at)})
    return [*((one,) for one in near), *((one, two) for one in near for two in near if one != two)]


def rand(seed: int, count: int) -> Iterator[Word]:
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    while count:
        word = _one(chance)
        if sensible(word):
            count -= 1
            yield word


def attested(seed: int, count: int) -> Iterator[Word]:
    """Words at random, whose base asks for signatures and whose commits often bear one."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    for word in rand(seed, count):
        nodes = (one._replace(message=one.message + BY_ADA * (chance.random() < 0.7)) for one in word.nodes)
        yield word._replace(level=word.level + SIGNED, nodes=tuple(nodes))


def keyed(seed: int, count: int) -> Iterator[Word]:
    """Words at random whose base has some more settings, at any level; of some it names an older commit."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    while count:
        word = _with_keys(chance, _one(chance))
        if sensible(word):
            count -= 1
            yield word


def _with_keys(chance: random.Random, word: Word) -> Word:
    keys = chance.sample((*KEYS, SIGNED.strip()), chance.choice((1, 2, 2, 3)))
    if SIGNED.strip() not in keys and chance.random() < 0.4:  # a signed record names commits as they are
        keys.append(PATHS)
    nodes = tuple(Node(one.parents, *_of_keys(chance, one, at)) for at, one in enumerate(word.nodes))
    if SIGNED.strip() in keys:
        nodes = tuple(one._replace(message=one.message + BY_ADA * (chance.random() < 0.7)) for one in nodes)
    level, base = " ".join((chance.choice((*LEVELS, "verified")), *sorted(keys))), word.base
    if chance.random() < 0.4:
        number, last = chance.randrange(min(3, len(nodes))), len(nodes)
        policy = Node((base if base < number else START,), f"grandfather {number}", "policy")
        home = Node(tuple(chance.sample((last - 1, last), 2)), "nothing", "plain")
        nodes, base = (*nodes, policy, home), last
    return Word(level, nodes, base)


def _of_keys(chance: random.Random, one: Node, at: int) -> tuple[str, str]:
    """A letter as it is, or now and then one that such settings are about."""
    letters = [letter for letter in _KEYED if all(_fits(part, at) for part in letter)]
    return chance.choice(letters) if chance.random() < 0.25 else (one.change, one.message)


_KEYED = (
    ("b1", "B"),
    ("b1", "tiny"),
    ("page", "plain"),
    ("page 2", "tiny"),
    ("owners", "policy"),
    ("owners", "bot"),
    ("record a mine", "A"),
    ("record b mine", "B"),
    ("record a hers", "A"),
    ("record a own", "A"),
    ("b1+record own", "B"),
    ("b1+record own", "plain"),
    ("record a proven", "A"),
    ("record b proven", "B"),
    ("a1+proven", "A"),
    ("link a", "A"),
    ("link x", "bot"),
    ("link x", "N"),
    ("link page", "plain"),
    ("link owners", "policy"),
    ("know a", "A"),
    ("know a+a1", "A"),
    ("know n", "N"),
    ("revert 0", "revert 0"),
    ("as start", "plain"),
)


def _one(chance: random.Random) -> Word:
    length = chance.randint(2, 9)
    nodes: list[Node] = []
    for at in range(length):
        change, message = _letter(chance, at)
        nodes.append(Node(_some_parents(chance, at), change, message))
    return Word(chance.choice(LEVELS), tuple(nodes), chance.choice((START, START, chance.randrange(length))))


def _some_parents(chance: random.Random, at: int) -> tuple[int, ...]:
    last = at - 1
    if chance.random() < 0.6 or at == 0:
        return (last,)
    others = [one for one in (OLD, START, *range(at)) if one != last]
    other = chance.choice(others[-4:] if chance.random() < 0.8 else others)
    if chance.random() < 0.03 and len(others) > 1:
        return (last, *chance.sample(others, 2))
    return chance.choice(((other,), (last, other), (other, last), (last, other)))


def _letter(chance: random.Random, at: int) -> tuple[str, str]:
    honest: Sequence[tuple[str, str]] = (
        ("a1", "A"),
        ("a2", "A"),
        ("b1", "B"),
        ("ab", "AB"),
        ("minted", "plain"),
        ("x1", "N"),
        ("end1", "N"),
        ("x1", "bot"),
        ("owners", "bot"),
        ("record n", "N"),
        ("wide", "plain"),
        ("record a", "A"),
        ("record b", "B"),
        ("record a 2", "A"),
        ("reopened", "plain"),
        ("twinned", "plain"),
        ("untwinned", "plain"),
        ("foreseen twins", "plain"),
        ("unsaid", "plain"),
        ("said", "plain"),
        ("confirmed", "plain"),
        ("owners", "policy"),
        ("scoped", "policy"),
        ("nothing", "plain"),
        ("a1+record", "A"),
        ("a1", "tiny"),
        ("b1", "tiny"),
        ("page", "plain"),
        ("page 2", "tiny"),
        ("ratchet", "policy"),
    )
    reverts = [one for one in REVERTS if _fits(one[0], at)]
    if reverts and chance.random() < 0.1:
        return chance.choice(reverts)
    if chance.random() < 0.6:
        return chance.choice(honest)
    changes = [one for one in CHANGES if _fits(one, at)]
    messages = [one for one in MESSAGES if _fits(one, at)]
    return chance.choice(changes), chance.choice(messages)


def branching(seed: int, count: int) -> Iterator[Word]:
    """Words at random of little but forks, merges either way, and policies; most of them sound by themselves."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    for _ in range(count):
        nodes: list[Node] = []
        for at in range(chance.randint(2, 6)):
            change, message = chance.choice(_SOUND)
            nodes.append(Node(_some_parents(chance, at), change, message))
        yield Word(chance.choice(LEVELS), tuple(nodes), START)


_SOUND = (
    ("a1", "A"),
    ("a2", "A"),
    ("b1", "B"),
    ("x1", "A"),
    ("wide", "plain"),
    ("narrow", "plain"),
    ("minted", "plain"),
    ("unlocked", "plain"),
    ("x1", "N"),
    ("traced", "policy"),
    ("scoped", "policy"),
    ("reviewed", "policy"),
    ("since", "policy"),
    ("specfirst", "policy"),
    ("a1+record", "A"),
    ("nothing", "plain"),
    ("nothing", "plain"),
    ("ours", "plain"),
    ("theirs", "plain"),
)
