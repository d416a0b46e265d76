"""A sum of means of traces, derived term by term: data, and the functions that make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from w2s_sym.equivalents.book import Book, Words, add_words, multiply_words
from w2s_sym.equivalents.circuit import Circuit, Columns, one
from w2s_sym.equivalents.expressions import Inverse, Matrix, shape, subexpressions
from w2s_sym.equivalents.gates import Equivalence
from w2s_sym.equivalents.polynomials import Laurent
from w2s_sym.equivalents.scalars import EngineError


@dataclass(frozen=True)
class RiskTerm:
    """E tr(moment expression) as it is written, the circuit with what was found of it, and its value."""

    name: str
    moment: Matrix
    expression: Matrix
    output: Columns
    equivalence: Equivalence
    input: int
    value: Laurent


@dataclass(frozen=True, eq=False)
class Derived:
    """What the gate rule makes of a sum of terms, with one list of lines.

    ``needs`` are pairs of sizes (less, more): the first must be below the second. ``squares``: each term is the mean of
    a square, and not negative.
    """

    terms: tuple[RiskTerm, ...]
    book: Book
    needs: tuple[tuple[sp.Expr, sp.Expr], ...]
    squares: bool = False


def derive_terms(terms: Mapping[str, tuple[Matrix, Matrix]], *, squares: bool = False) -> Derived:
    """The equivalent of a sum of E tr(moment expression), each term by its name; ``squares``: none is negative.

    Raises :class:`EngineError` for sides that do not fit and for what the engine cannot say.
    """
    book = Book()
    made: list[RiskTerm] = []
    cores: dict[object, tuple[tuple[int, Laurent], ...]] = {}
    needs: dict[tuple[sp.Expr, sp.Expr], None] = {}
    if not isinstance(terms, Mapping) or not terms:
        raise EngineError("terms are given by name: {'trace': (moment, expression)}")
    for name, pair in terms.items():
        if not (isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(m, Matrix) for m in pair)):
            raise EngineError(f"the term {name} is no pair of matrices, (moment, expression)")
        moment, expression = pair
        if (moment.rows, moment.cols) != (expression.cols, expression.rows) or len(moment.rows) != 1:
            raise EngineError(f"{moment} is {shape(moment)}, and {expression} is {shape(expression)}: no trace")
        needs |= {pair: None for m in subexpressions(expression) if isinstance(m, Inverse) for pair in m.needs}
        circuit = Circuit(book)
        start = circuit.input(book.side(moment.rows[0]))
        output = circuit.apply(expression, ({start: one()},))
        circuit.share()
        found = Equivalence(circuit, cores=cores)
        found.derive()
        value = value_of(found, output, start, moment)
        made.append(RiskTerm(name, moment, expression, output=output, equivalence=found, input=start, value=value))
    _require_own_names(book)
    return Derived(tuple(made), book, tuple(needs), squares)


def _require_own_names(book: Book) -> None:
    """Matrices, truths, sizes and numbers have different names: values are given by them."""
    kinds: dict[str, str] = {}
    for letter in book.letters:
        if letter.definition is None:
            name, _, moment = letter.name.partition(" ")
            _require_new(kinds, name, "truth" if moment else "matrix")
    for number in book.numbers:
        if number.given is not None:
            _require_new(kinds, number.name, "size" if number.kind == "size" else "number")


def _require_new(kinds: dict[str, str], name: str, kind: str) -> None:
    if name in kinds:
        raise EngineError(f"{name} is both a {kinds[name]} and a {kind}: give each a name of its own")
    kinds[name] = kind


def value_of(found: Equivalence, output: Columns, start: int, moment: Matrix) -> Laurent:
    """tr(moment times the answer of the output to the input)."""
    answer: Words = {}
    for b, words in output[0].items():
        if (b, start) in found.answers:
            answer = add_words(answer, multiply_words(words, found.answers[b, start]))
    product_ = multiply_words(fixed_words(found.book, moment), answer)
    return found.book.trace(product_, found.book.side(moment.rows[0]))


def fixed_words(book: Book, moment: Matrix) -> Words:
    """A second moment as words."""
    circuit = Circuit(book)
    start = circuit.input(book.side(moment.cols[0]))
    (row,) = circuit.apply(moment, ({start: one()},))
    if set(row) - {start}:
        raise EngineError(f"{moment} is random: a second moment is a fixed matrix")
    return row[start]
