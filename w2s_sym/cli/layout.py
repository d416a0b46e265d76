"""Text that fits a width: words stay whole, and formulas break at operators, outside parentheses where they can.

A line of text is one paragraph. A tab in it is not printed: it marks where later rows of the paragraph begin. Without
one they begin where the first row does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# What may stand alone between two terms; a row ends before it, not after it.
_RELATIONS = frozenset(("=", "<", "<=", ">", ">=", "!="))
_OPERATORS = _RELATIONS | {"+", "-", "<=>", "->", "~", "*", "/"}
# A break before a relation is as good as one in half a parenthesis: n = 111 in a sentence stays together.
_HALF = 0.5
# Less room than this for text makes rows of a word or two: the text then begins on a row of its own.
LEAST_ROOM = 30
# A row may end early to break outside parentheses, but no earlier than at this part of it.
_EARLIEST = 0.5
# A gap this wide sets off a remark, which has a row of its own where the line is too long.
_GAP = re.compile(r" {4,}")


def fitted(text: str, width: int) -> str:
    """The text in rows of at most ``width`` characters; only a word that is longer makes a longer row."""
    return "\n".join(row for line in text.split("\n") for row in _rows(line, width))


def _rows(line: str, width: int) -> Iterator[str]:
    head, mark, body = line.partition("\t")
    blank = " " * (len(head) - len(head.lstrip()))
    if not mark:
        head, body = blank, line[len(blank) :]
    if len(head) + len(body) <= width:
        yield (head + body).rstrip()
        return
    hang = " " * len(head)
    room = width - len(head)
    if mark and (room < LEAST_ROOM or any(len(w) > room and not any(_inside(w)) for w in body.split())):
        if head.strip():
            yield head.rstrip()
        head = hang = " " * (min(len(blank), 2) + 4)
    for part in _GAP.split(body):
        for row in _broken(part, max(width - len(hang), 1)):
            yield (head + row).rstrip()
            head = hang


def _broken(text: str, room: int) -> Iterator[str]:
    """The text in rows of at most ``room`` characters, where it has places to break."""
    places = _places(text, room)
    start = 0
    while len(text) - start > room:
        here = [(p, depth) for p, depth in places if start < p <= start + room + (text[p - 1] == " ")]
        if not here:
            here = [(p, depth) for p, depth in places if p > start][:1]
            if not here:
                break
        late = [(p, depth) for p, depth in here if p - start >= _EARLIEST * room] or here[-1:]
        least = min(depth for _, depth in late)
        end = max(p for p, depth in late if depth == least)
        yield text[start:end].rstrip()
        start = end
    yield text[start:]


def _places(text: str, room: int) -> list[tuple[int, float]]:
    """Where a row may begin, each with the number of parentheses that are open there."""
    found: list[tuple[int, float]] = []
    depth, before = 0, ""
    for match in re.finditer(r"(\S+)(\s*)", text):
        word, at = match[1], match.start()
        if at and before not in _OPERATORS:
            found.append((at, depth + _HALF * (word in _RELATIONS)))
        inside = set(_inside(word)) if len(word) > room else set()
        for offset, letter in enumerate(word):
            if offset in inside:
                found.append((at + offset, depth))
            depth += (letter in "([{") - (letter in ")]}")
        before = word
    return found


def _inside(word: str) -> Iterator[int]:
    """Where a word that is a formula may be broken: before a product or a quotient, after a comma."""
    ratio = re.fullmatch(r"-?\d+(/)\d+[,.;)]*", word)
    if ratio:
        yield ratio.start(1)
        return
    if not re.search(r"[*(\\]", word):
        return
    for match in re.finditer(r"(?<![*])\*(?!\*)|(?<=\))[/+-]|[/+-](?=\()|(?<=,)(?=.)|(?<=[)}])(?=\\)", word):
        if match.start():
            yield match.start()
