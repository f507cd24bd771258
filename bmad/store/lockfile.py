"""`specs/trace.lock` as text: one sorted line a node, a link, a retired id, a reopened landing and a sorted block.

Fields stand between single blanks; what is free text (who, why) is a JSON string, so a line stays a line.

    block 5f0c1e2a9b3d4c7e requirement ["claude", "it says what is shown"]
    link FR-9x2mdk traces INT-4k7qz9 <64 hex> ["ada", "reworded only"]
    node FR-9x2mdk <64 hex> text=77b1d04e title=1f0c22a9 traces=INT-4k7qz9
    reopened STORY-3t8vnp 1 ["ada", "a reader of old files is missing"]
    retired INT-7hw2cd <64 hex>
"""

import json
import re
from dataclasses import replace

from bmad.errors import UsageError
from bmad.model.bounds import LOCK_PARTS, NODE_PARTS
from bmad.model.lock import LinkKey, LinkLock, Lock, NodeLock, Reopened, Sorted

HEADER = "# bmad trace lock 1: written by bmad map, bmad confirm and bmad fmt"

_STRING = r'"(?:[^"\\\n]++|\\.)*+"'
"""Never tried twice: what is kept for a second try is a hundred times a long string."""
_LINK = re.compile(rf"link (\S+) ([a-z-]+) (\S+) ([0-9a-f]{{64}})(?: (\[{_STRING}, {_STRING}\]))?")
_NODE = re.compile(r"node (\S+) ([0-9a-f]{64})((?: [A-Za-z0-9-]++=[A-Za-z0-9._,-]*+)*+)")
_REOPENED = re.compile(rf"reopened (\S+) ([1-9][0-9]{{0,5}}) (\[{_STRING}, {_STRING}\])")
_BLOCK = re.compile(rf"block ([0-9a-f]{{16}}) ([a-z-]{{1,20}}) (\[{_STRING}, {_STRING}\])")
_RETIRED = re.compile(r"retired (\S+) ([0-9a-f]{64})")
_HALF = re.compile("[\ud800-\udfff]")
"""What JSON can spell by escapes and UTF-8 has not: a lock with it could never be written again."""
_ALL_LINKS = re.compile(f"^{_LINK.pattern}$", re.MULTILINE)
_ALL_NODES = re.compile(f"^{_NODE.pattern}$", re.MULTILINE)
_PARTS = re.compile(r" ([^ =]+)=([^ ]*)")


def parse_lock(text: str) -> Lock:
    """Read the lock; lines that a union merge has doubled are all kept.

    Raises: UsageError naming the line that is not one of the lock's.
    """
    return _sorted_lock(text) or _by_lines(text)


def _sorted_lock(text: str) -> Lock | None:
    """The lock where its links and its nodes stand together, each once, as bmad writes them; read as one.

    Else None, as where a line is none of the lock's: then it is read line by line.
    """
    before, links, between = _rows(text, "link ")
    more, nodes, after = _rows(between, "node ")
    if text.count("=") > LOCK_PARTS or "\r" in links or "\r" in nodes:
        return None
    found, told = _ALL_LINKS.findall(links), _ALL_NODES.findall(nodes)
    if len(found) != _lines(links) or len(told) != _lines(nodes) or any(map(_is_large, told)):
        return None
    known: dict[LinkKey, tuple[LinkLock, ...]]
    live: dict[str, tuple[NodeLock, ...]]
    try:
        rest = _by_lines(f"{before}{more}{after}")
        known = {(source, kind, target): (_link(digest, by),) for source, kind, target, digest, by in found}
    except UsageError:
        return None
    live = {name: (NodeLock(digest, tuple(_PARTS.findall(parts))),) for name, digest, parts in told}
    is_once = len(known) == len(found) and len(live) == len(told) and not rest.links and not rest.nodes
    return replace(rest, links=known, nodes=live) if is_once else None


def _rows(text: str, kind: str) -> tuple[str, str, str]:
    """A text as what stands before the first line of a kind, from there to the last one, and behind it."""
    first = 0 if text.startswith(kind) else text.find(f"\n{kind}") + 1
    if not text.startswith(kind, first):
        return text, "", ""
    end = text.find("\n", max(text.rfind(f"\n{kind}") + 1, first))
    end = len(text) if end < 0 else end
    return text[:first], text[first:end], text[end:]


def _lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0


def _link(digest: str, signature: str) -> LinkLock:
    return LinkLock(digest, *_signature(0, signature)) if signature else LinkLock(digest)


def _is_large(node: tuple[str, str, str]) -> bool:
    return node[2].count("=") > NODE_PARTS


def _by_lines(text: str) -> Lock:
    nodes: dict[str, list[NodeLock]] = {}
    links: dict[LinkKey, list[LinkLock]] = {}
    retired: dict[str, str] = {}
    reopened: dict[tuple[str, int], list[Reopened]] = {}
    blocks: dict[str, list[Sorted]] = {}
    held = 0
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line or line[0] == "#":
            if line.startswith("# bmad trace lock") and line != HEADER:
                raise UsageError(f"line {number}: written by a version that this one does not know.")
            continue
        if line.startswith("link ") and (match := _LINK.fullmatch(line)):
            source, kind, target, digest, signature = match.groups()
            entry = LinkLock(digest, *_signature(number, signature)) if signature else LinkLock(digest)
            links.setdefault((source, kind, target), []).append(entry)
        elif (count := line.count("=")) > NODE_PARTS and line.startswith("node "):
            raise UsageError(f"line {number}: a node of {count} parts, and at most {NODE_PARTS} are read.")
        elif match := _NODE.fullmatch(line):
            held += count
            if held > LOCK_PARTS:
                raise UsageError(
                    f"line {number}: nodes of more than {LOCK_PARTS} parts in all, which are not read."
                )
            nodes.setdefault(match[1], []).append(NodeLock(match[2], tuple(_PARTS.findall(match[3]))))
        elif match := _RETIRED.fullmatch(line):
            retired[match[1]] = max(match[2], retired.get(match[1], ""))
        elif match := _REOPENED.fullmatch(line):
            landing = (match[1], int(match[2]))
            reopened.setdefault(landing, []).append(Reopened(*_signature(number, match[3])))
        elif match := _BLOCK.fullmatch(line):
            blocks.setdefault(match[1], []).append(Sorted(match[2], *_signature(number, match[3])))
        else:
            raise UsageError(
                f"line {number}: `{line[:80]}` is no line of a lock. "
                "Undo the edit (a merge conflict here is settled by keeping the lines of both sides)."
            )
    return Lock(
        nodes={name: tuple(found) for name, found in nodes.items()},
        links={key: tuple(found) for key, found in links.items()},
        retired=retired,
        reopened={landing: tuple(found) for landing, found in reopened.items()},
        blocks={block: tuple(found) for block, found in blocks.items()},
    )


def _signature(number: int, text: str) -> tuple[str, str]:
    try:
        by, why = json.loads(text)
    except (ValueError, TypeError):
        by = None
    if not isinstance(by, str) or not isinstance(why, str):
        raise UsageError(f'line {number}: who and why should stand as ["who", "why"] at its end.')
    if _HALF.search(by + why):
        raise UsageError(f"line {number}: who or why holds half of a character, which no text can hold.")
    return by, why


def render_lock(lock: Lock, over: str = "") -> str:
    """The lock's canonical text, sorted by code point, with the line ends of what it takes the place of."""
    lines = [f"retired {node} {digest}" for node, digest in lock.retired.items()]
    for (story, landing), reopenings in lock.reopened.items():
        lines += [f"reopened {story} {landing} {json.dumps(list(one), ensure_ascii=False)}" for one in reopenings]
    for block, sortings in lock.blocks.items():
        lines += [
            f"block {block} {one.kind} {json.dumps([one.by, one.why], ensure_ascii=False)}" for one in sortings
        ]
    for (source, kind, target), entries in lock.links.items():
        for entry in entries:
            signature = (
                f" {json.dumps([entry.by, entry.why], ensure_ascii=False)}" if entry.by or entry.why else ""
            )
            lines.append(f"link {source} {kind} {target} {entry.fingerprint}{signature}")
    for node, locks in lock.nodes.items():
        for known in locks:
            parts = "".join([f" {name}={digest}" for name, digest in known.derived])
            lines.append(f"node {node} {known.fingerprint}{parts}")
    lines.sort()
    return ("\r\n" if "\r\n" in over else "\n").join([HEADER, *dict.fromkeys(lines), ""])
