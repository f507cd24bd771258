"""Whether two territories may hold a path in common: never missed, sometimes seen where there is none.

A glob holds what it names and all that is below (`core.territory`). Two of them share a path where their parts can
be laid over each other until one of them ends. Parts with brackets or backslashes are taken to fit any other.
"""

from functools import lru_cache

from bmad.core.territory import within


def overlap(one: tuple[str, ...], other: tuple[str, ...], hubs: tuple[str, ...] = ()) -> bool:
    """Whether some path may be in both; `hubs` are globs of files that any number may append to."""
    return any(_share(first, second) for first in _without(one, hubs) for second in _without(other, hubs))


@lru_cache(maxsize=1 << 12)
def _without(globs: tuple[str, ...], hubs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(glob for glob in globs if not (hubs and within(hubs, glob)))


@lru_cache(maxsize=1 << 16)
def _share(one: str, other: str) -> bool:
    return _fit(_parts(one), _parts(other))


def _parts(glob: str) -> tuple[str, ...]:
    """Its parts, without the `**` or slash at the end that a folder may have."""
    parts = glob.split("/")
    while parts and parts[-1] in ("", "**"):
        parts.pop()
    return tuple(parts)


@lru_cache(maxsize=1 << 14)
def _fit(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not one or not other:
        return True
    if one[0] == "**":
        return _fit(one[1:], other) or _fit(one, other[1:])
    if other[0] == "**":
        return _fit(one, other[1:]) or _fit(one[1:], other)
    return _alike(one[0], other[0]) and _fit(one[1:], other[1:])


@lru_cache(maxsize=1 << 14)
def _alike(one: str, other: str) -> bool:
    """Whether some name fits both parts: `row[at]` says it of what was read of one and `at` signs of the other."""
    if any(sign in "[\\" for sign in one + other):
        return True
    row = [not other[:at].strip("*") for at in range(len(other) + 1)]
    for sign in one:
        before, row = row, [sign == "*" and row[0]]
        for at, its in enumerate(other, 1):
            if "*" in (sign, its):
                row.append((sign == "*" and (before[at] or row[-1])) or (its == "*" and (row[-1] or before[at])))
            else:
                row.append(before[at - 1] and (sign == its or "?" in (sign, its)))
    return row[-1]
