"""Words of the alphabet: every short one, and long ones at random."""

import random
from collections.abc import Iterator, Sequence
from itertools import product

from tests.oracle.alphabet import CHANGES, MESSAGES, OLD, START, Node, Word

LEVELS = ("traced", "scoped", "reviewed")


def shown(word: Word) -> str:
    """`scoped;-1:S:a1/A;...`: level, base, and each commit as parents, change and message."""
    nodes = (f"{','.join(map(str, one.parents))}:{one.change}/{one.message}" for one in word.nodes)
    return ";".join((word.level, str(word.base), *nodes))


def spoken(text: str) -> Word:
    level, base, *nodes = text.split(";")
    found = []
    for node in nodes:
        parents, _, rest = node.partition(":")
        change, _, message = rest.partition("/")
        found.append(Node(tuple(map(int, parents.split(","))), change, message))
    return Word(level, tuple(found), int(base))


def _number(name: str) -> int:
    """The commit that a change or message reverts; -1 where it reverts none."""
    return int(name[-1]) if name.startswith("revert ") else -1


def _fits(one: str, at: int) -> bool:
    return _number(one) < at


def sensible(word: Word) -> bool:
    """Whether each revert is of a commit that it comes from: `git revert` knows no others."""
    above: list[set[int]] = []
    for node in word.nodes:
        near = {one for one in node.parents if one >= 0}
        above.append(near.union(*(above[one] for one in near)))
        if not {_number(node.change), _number(node.message)} - {-1} <= above[-1]:
            return False
    return True


FULL = tuple(product(CHANGES, ("plain", "A", "policy"))) + tuple(
    product(("a1", "ax", "x1", "ab", "minted+x1", "a1+record"), MESSAGES)
)
"""Change and message: every change under three messages, some under all."""

REVERTS = tuple((f"revert {number}", f"revert {number}") for number in range(4))
SMALL = (
    ("a1", "A"),
    ("a2", "plain"),
    ("x1", "A"),
    ("wide", "plain"),
    ("suspect", "plain"),
    ("minted", "plain"),
    ("x1", "N"),
    ("traced", "policy"),
    ("since", "policy"),
    ("record a", "A"),
    ("ours", "plain"),
    ("nothing", "plain"),
    *REVERTS[:2],
)


def exhaustive(size: int) -> Iterator[Word]:
    """Every line of up to two commits over the whole alphabet; every shape of up to `size` over the small one."""
    letters = [*dict.fromkeys((*FULL, *REVERTS))]
    for level in LEVELS:
        for length in range(1, min(size, 2) + 1):
            for chosen in product(letters, repeat=length):
                nodes = tuple(Node((at - 1,), *letter) for at, letter in enumerate(chosen))
                if all(_fits(word, at) for at, letter in enumerate(chosen) for word in letter):
                    yield Word(level, nodes, START)
        for length in range(2, size + 1):
            yield from _shaped(level, length)


def _shaped(level: str, length: int) -> Iterator[Word]:
    for chosen in product(SMALL, repeat=length):
        if not all(_fits(word, at) for at, letter in enumerate(chosen) for word in letter):
            continue
        for shape in product(*(_parents(at) for at in range(length))):
            nodes = tuple(Node(parents, *letter) for parents, letter in zip(shape, chosen, strict=True))
            for base in range(START, length - 1):
                word = Word(level, nodes, base)
                if sensible(word):
                    yield word


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
    return chance.choice(((other,), (last, other), (other, last), (last, other)))


def _letter(chance: random.Random, at: int) -> tuple[str, str]:
    honest: Sequence[tuple[str, str]] = (
        ("a1", "A"),
        ("a2", "A"),
        ("b1", "B"),
        ("ab", "AB"),
        ("minted", "plain"),
        ("x1", "N"),
        ("wide", "plain"),
        ("record a", "A"),
        ("record b", "B"),
        ("record a 2", "A"),
        ("reopened", "plain"),
        ("confirmed", "plain"),
        ("owners", "policy"),
        ("scoped", "policy"),
        ("nothing", "plain"),
        ("a1+record", "A"),
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
