"""An equivalent as people write it: gains eliminated, one line for each pivot and letter that the values use.

A gain of a core is replaced by its right side where it does not stand in it. Each pivot's line 1/m = c is solved for
one trace that is linear in c, and that trace is replaced elsewhere where the result has fewer terms.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.book import Book, Codes, Words, add_words, letters_of
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.polynomials import Laurent

# Gains are not written out where that makes more terms.
MOST_TERMS = 400
# Terms that are made on the way to shorter forms; after that lines stay as they are.
MOST_TRIALS = 200_000


@dataclass
class Reduced:
    """Lines that define each other: ``pivots`` m with c = 1/m, ``linear`` g, ``core`` gains left, ``letters`` Q.

    All are by place in ``book``, in the order in which they should be read; ``values`` are the terms by name.
    """

    book: Book
    pivots: dict[int, Laurent] = field(default_factory=dict)
    linear: dict[int, Laurent] = field(default_factory=dict)
    core: dict[int, Laurent] = field(default_factory=dict)
    letters: dict[int, Words] = field(default_factory=dict)
    values: dict[str, Laurent] = field(default_factory=dict)


@dataclass
class Trials:
    """How many terms were made so far on the way to shorter forms."""

    made: int = 0

    @property
    def over(self) -> bool:
        """Whether no more should be tried."""
        return self.made > MOST_TRIALS

    def replaced(self, u: Laurent, values: dict[int, Laurent]) -> Laurent:
        """The polynomial with others in the place of numbers; as it is where that could make very many terms."""
        sizes = {k: len(v) for k, v in values.items()}
        most = sum(prod(sizes[p] ** (e // 2) for p, e in m if p in sizes and e > 0) for m in u)
        if most > 10 * MOST_TERMS:
            return u
        found = poly.replaced(u, values)
        self.made += most
        return found


def reduced(risk: Derived) -> Reduced:
    """The lines of an equivalent after elimination; they hold at its solution, and define it where its gains do."""
    book = copy.deepcopy(risk.book)
    made = Reduced(book)
    gone = eliminated(book.core)
    made.core = {k: poly.replaced(v, gone) for k, v in book.core.items() if k not in gone}
    _define(made, gone)
    values = {t.name: poly.replaced(t.value, gone) for t in risk.terms}
    same = LetterOrder(made)
    for lines in (made.core, made.pivots, made.linear, values):
        for k, u in lines.items():
            lines[k] = same.ordered(u)  # type: ignore[index]
    for letter, words in made.letters.items():
        made.letters[letter] = {w: same.ordered(c) for w, c in words.items()}
    _simplify(made, values, same)
    _keep_used(made)
    return made


class LetterOrder:
    """Words in one order: a letter Q = (a I + b L)^-1 commutes with L, and b L Q = I - a Q.

    Traces of words that are equal by this get one name.
    """

    def __init__(self, made: Reduced) -> None:
        self.made, self.trials = made, Trials()
        # For the place of Q: the code of L, a and b.
        self.simple: dict[int, tuple[int, Laurent, Laurent]] = {}
        for place, words in made.letters.items():
            others = [w for w in words if w]
            inverts = made.book.letters[place].inverts
            if inverts and len(others) == 1 and len(others[0]) == 1 and poly.is_monomial(words[others[0]]):
                self.simple[place] = (others[0][0], words.get((), {}), words[others[0]])

    def word(self, word: Codes) -> Codes:
        """The word with each Q moved to the right of the letters that it commutes with."""
        codes = list(word)
        moved = True
        while moved:
            moved = False
            for i in range(len(codes) - 1):
                simple = self.simple.get(codes[i] >> 1)
                if simple is not None and simple[0] == codes[i + 1]:
                    codes[i], codes[i + 1] = codes[i + 1], codes[i]
                    moved = True
        return tuple(codes)

    def trace(self, word: Codes) -> Laurent:
        """The name of a trace, the same for all words equal to it by a rotation and by the order of letters."""
        if not word:
            raise ValueError("the trace of an empty word is a size")
        side = self.made.book.letters[word[0] >> 1].side
        ways = {self.word(word[i:] + word[:i]) for i in range(len(word))}
        return self.made.book.trace_of(min(ways, key=lambda w: (self._key(w), w)), side)

    def _key(self, word: Codes) -> tuple[int, ...]:
        book = self.made.book
        return min(tuple(w[i:] + w[:i]) for w in (word, book.turned(word)) for i in range(len(word)))

    def ordered(self, u: Laurent) -> Laurent:
        """The polynomial with its traces so named."""
        numbers = self.made.book.numbers
        named = {p: self.trace(word) for p in poly.places(u) if (word := numbers[p].word) is not None}
        return poly.replaced(u, {p: v for p, v in named.items() if v != poly.power_of(p)})

    def shorter(self, u: Laurent) -> Laurent:
        """The polynomial after uses of b L Q = I - a Q, as long as each leaves fewer terms."""
        while True:
            better = [v for v in self._steps(u) if _size(v) < _size(u)]
            if not better:
                return u
            u = min(better, key=lambda v: (_size(v), poly.freeze(v)))

    def _steps(self, u: Laurent) -> Iterator[Laurent]:
        for place in sorted(poly.places(u)):
            word = self.made.book.numbers[place].word
            if word is None or len(u) > 40 or self.trials.over:
                continue
            for i, code in enumerate(word):
                simple = self.simple.get(code >> 1)
                before = word[i - 1]
                if simple is None or len(word) < 3 or simple[0] != before:
                    continue
                _, a, b = simple
                rest = word[i + 1 :] + word[: i - 1] if i else word[1:-1]
                value = poly.add(self.trace(rest), poly.multiply(a, self.trace((code, *rest))), -1)
                value = poly.multiply(value, poly.reciprocal(b))
                if poly.can_replace(u, place, value):
                    yield self.trials.replaced(u, {place: value})


def eliminated(core: Mapping[int, Laurent]) -> dict[int, Laurent]:
    """The gains of cores that do not stand in their own right sides, by what they are."""
    gone: dict[int, Laurent] = {}
    for k, value in sorted(core.items(), key=lambda item: (len(item[1]), item[0])):
        right = poly.replaced(value, gone)
        if k in poly.places(right) or not all(poly.can_replace(v, k, right) for v in core.values()):
            continue
        gone = {other: poly.replaced(v, {k: right}) for other, v in gone.items()}
        gone[k] = right
    return gone


def _define(made: Reduced, gone: dict[int, Laurent]) -> None:
    """Pivots and letters with the gains eliminated; a pivot of one term is replaced by its value."""
    book = made.book
    inline = dict(gone)
    for place, number in enumerate(book.numbers):
        if number.kind == "pivot" and number.definition is not None:
            c = _closed(dict(number.definition), inline)
            if poly.is_monomial(c):
                inline[place] = poly.reciprocal(c)
            else:
                made.pivots[place] = c
    for place in list(made.pivots):
        made.pivots[place] = _closed(made.pivots[place], inline)
    for place, number in enumerate(book.numbers):
        if number.kind == "linear" and number.definition is not None:
            made.linear[place] = _closed(dict(number.definition), inline)
    for place, letter in enumerate(book.letters):
        if letter.definition is not None:
            words: Words = {}
            for w, frozen in letter.definition:
                words = add_words(words, {w: _closed(dict(frozen), inline)})
            made.letters[place] = {w: c for w, c in words.items() if c}


def _closed(u: Laurent, inline: dict[int, Laurent]) -> Laurent:
    """All replacements, until nothing is left to replace; a gain that is a multiple of itself is replaced once."""
    own = {k for k, v in inline.items() if k in poly.places(v)}
    if own:
        u = poly.replaced(u, {k: inline[k] for k in own & poly.places(u)})
        inline = {k: v for k, v in inline.items() if k not in own}
    for _ in range(len(inline) + 1):
        here = poly.places(u) & inline.keys()
        some = {k: inline[k] for k in sorted(here) if poly.can_replace(u, k, inline[k])}
        if not some:
            break
        u = poly.replaced(u, some)
    return u


def _solved_for_a_trace(made: Reduced, pivot: int, c: Laurent) -> tuple[int, Laurent] | None:
    """A trace that is linear in c, as a polynomial in the pivot and the rest of c."""
    for m in c:
        for place, twice in m:
            if made.book.numbers[place].kind != "trace" or twice != 2:
                continue
            inside = {n: q for n, q in c.items() if any(p == place for p, _ in n)}
            rest = {n: q for n, q in c.items() if n not in inside}
            coefficient = {tuple((p, e) for p, e in n if p != place): q for n, q in inside.items()}
            if len(inside) == 1 and poly.is_monomial(coefficient):
                value = poly.add(poly.power_of(pivot, -1), rest, -1)
                return place, poly.multiply(value, poly.reciprocal(coefficient))
    return None


def _shorter(u: Laurent, relations: list[tuple[int, Laurent]], trials: Trials) -> Laurent:
    """The polynomial with traces replaced as long as that leaves fewer terms; several at once where one does not."""
    best = u
    improved = True
    while improved and not trials.over:
        improved = False
        candidates = [trials.replaced(best, {k: v}) for k, v in relations if _fits(best, k, v)]
        both = _replaced(best, dict(relations), trials)
        for found in (*candidates, both):
            if _size(found) < _size(best):
                best, improved = found, True
    return best


def _fits(u: Laurent, place: int, value: Laurent) -> bool:
    return place in poly.places(u) and poly.can_replace(u, place, value)


def _size(u: Laurent) -> tuple[int, int]:
    return len(u), sum(len(m) for m in u)


def _simplify(made: Reduced, values: dict[str, Laurent], same: LetterOrder) -> None:
    """Give each gain between groups its shortest form; those that differ by a factor of one term become one line."""
    relations = _relations(made)
    inline: dict[int, Laurent] = {}
    known: dict[poly.Frozen, int] = {}
    kept: dict[int, Laurent] = {}
    for place, value in made.linear.items():
        ways = [same.shorter(u) for u in _ways(_closed(value, inline), kept, relations, same.trials)]
        split = [_content(u) for u in ways]
        again = next(((factor, rest) for factor, rest in split if poly.freeze(rest) in known), None)
        factor, rest = again or min(split, key=lambda parts: _size(parts[1]))
        if again is not None:
            inline[place] = poly.multiply(factor, poly.power_of(known[poly.freeze(rest)]))
        elif len(rest) <= 1:
            inline[place] = poly.multiply(factor, rest)
        else:
            known[poly.freeze(rest)] = place
            kept[place] = rest
            inline[place] = poly.multiply(factor, poly.power_of(place))
    made.pivots = {place: _closed(c, inline) for place, c in made.pivots.items()}
    made.linear = kept
    for name, value in values.items():
        named = min(_ways(_once(value, inline), kept, relations, same.trials), key=_size)
        written = _written_out(named, kept, relations, same.trials)
        best = named if written is None or _cost(named, kept) <= _cost(written, kept) else written
        made.values[name] = same.shorter(best)


def _relations(made: Reduced) -> dict[int, Laurent]:
    """For each pivot a trace, as a polynomial in the pivot and other numbers."""
    found: dict[int, Laurent] = {}
    for place, c in made.pivots.items():
        solved = _solved_for_a_trace(made, place, c)
        if solved is not None and solved[0] not in found:
            found[solved[0]] = solved[1]
    return found


def _once(u: Laurent, inline: dict[int, Laurent]) -> Laurent:
    """Gains replaced by multiples of those that are kept, which are not replaced again."""
    return poly.replaced(u, {k: inline[k] for k in sorted(poly.places(u) & inline.keys())})


def _ways(u: Laurent, kept: dict[int, Laurent], relations: dict[int, Laurent], trials: Trials) -> list[Laurent]:
    """Forms of a polynomial: as it is, with traces replaced, with gains written out, and both."""
    if trials.over:
        return [u]
    found = [u, _shorter(u, list(relations.items()), trials), _replaced(u, relations, trials)]
    gains = {k: v for k, v in kept.items() if k in poly.places(u)}
    if gains and len(u) * max(map(len, gains.values())) <= MOST_TERMS:
        out = trials.replaced(u, gains) if all(poly.can_replace(u, k, v) for k, v in gains.items()) else u
        found += [out, _shorter(out, list(relations.items()), trials), _replaced(out, relations, trials)]
    return found


def _replaced(u: Laurent, relations: dict[int, Laurent], trials: Trials) -> Laurent:
    for k, v in relations.items():
        if not trials.over and _fits(u, k, v):
            u = trials.replaced(u, {k: v})
    return u


def _written_out(u: Laurent, kept: dict[int, Laurent], relations: dict[int, Laurent], trials: Trials) -> Laurent | None:
    """All gains written out, last ones first; None where that makes too many terms."""
    for k in sorted(kept, reverse=True):
        if k in poly.places(u):
            if trials.over or len(u) * len(kept[k]) > 10 * MOST_TERMS or not poly.can_replace(u, k, kept[k]):
                return None
            u = _shorter(trials.replaced(u, {k: kept[k]}), list(relations.items()), trials)
    return min((u, _shorter(_replaced(u, relations, trials), list(relations.items()), trials)), key=_size)


def _cost(u: Laurent, kept: dict[int, Laurent]) -> int:
    """How long a value is, with the lines of all gains that it needs."""
    needed: set[int] = set()
    queue = list(poly.places(u) & kept.keys())
    while queue:
        k = queue.pop()
        if k not in needed:
            needed.add(k)
            queue += poly.places(kept[k]) & kept.keys()
    return sum(_size(v)[1] for v in (u, *(kept[k] for k in needed)))


def _content(u: Laurent) -> tuple[Laurent, Laurent]:
    """The largest common factor of one term, with the first coefficient, and what is left."""
    if not u:
        return poly.number(1), u
    exponents = dict(next(iter(u)))
    for m in u:
        here = dict(m)
        exponents = {p: min(e, here.get(p, 0)) for p, e in {**dict.fromkeys(here, 0), **exponents}.items()}
    common = {tuple(sorted((p, e) for p, e in exponents.items() if e)): Fraction(1)}
    rest = poly.multiply(u, poly.reciprocal(common))
    first = poly.number(rest[min(rest)])
    return poly.multiply(common, first), poly.multiply(rest, poly.reciprocal(first))


def _keep_used(made: Reduced) -> None:
    """Leave out the lines that no value needs."""
    numbers: set[int] = set()
    letters: set[int] = set()
    queue = [p for v in made.values.values() for p in poly.places(v)]
    while queue:
        place = queue.pop()
        if place in numbers:
            continue
        numbers.add(place)
        for group in (made.pivots, made.linear, made.core):
            if place in group:
                queue += poly.places(group[place])
        word = made.book.numbers[place].word
        pending = letters_of([word]) if word is not None else set()
        while pending:
            k = pending.pop()
            if k in letters or k not in made.letters:
                continue
            letters.add(k)
            pending |= letters_of(made.letters[k])
            queue += [p for c in made.letters[k].values() for p in poly.places(c)]
    made.pivots = {k: v for k, v in made.pivots.items() if k in numbers}
    made.linear = {k: v for k, v in made.linear.items() if k in numbers}
    made.core = {k: v for k, v in made.core.items() if k in numbers}
    made.letters = {k: v for k, v in made.letters.items() if k in letters}
