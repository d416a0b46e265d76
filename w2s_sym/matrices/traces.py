"""Random matrices as words: quantities of an experiment, kept exact before anything is averaged.

SymPy's matrix expressions do not know that tr(ABC) = tr(BCA), and have no random matrices. Here a matrix
expression is a linear combination of words; a word is a tuple of letters, a letter an atom or its transpose. A
trace expression maps multisets of trace words to SymPy coefficients. Words are brought to one form by

- the defining relations of atoms: (X'X)(X'X)^{-1} = I, U'U = I for orthonormal columns, A' = A;
- cyclicity and transposition of the trace, and tr(u v') = v'u wherever a word passes through dimension one.

Projectors need no atom of their own: with P = X (X'X)^{-1} X', P P = P and tr P = rank follow from these. Order is
never lost: nothing here commutes unless it is a scalar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import sympy as sp

from w2s_sym.formula.exact_values import exact_value
from w2s_sym.formula.notation import latex, plain_parentheses, superscript
from w2s_sym.formula.typed import typed
from w2s_sym.matrices.history import Written
from w2s_sym.matrices.words import Atom, Factor, Mat, TraceError, Word, _word_key, close_word, identity

Monomial = tuple[Word, ...]


# Sums are made of sums, so that most coefficients have been looked at before.
@lru_cache(maxsize=10_000)
def _coefficient(given: sp.Expr) -> sp.Expr | None:
    """The coefficient with common parts taken out of its terms; None where it is zero."""
    if given.is_Rational or given.is_Symbol:
        return None if given == 0 else given
    return sp.factor_terms(given) if _other_than_zero(given) or sp.cancel(given) != 0 else None


def _other_than_zero(given: sp.Expr) -> bool:
    """Whether the coefficient has a value other than zero at one point: then no algebra makes it zero."""
    letters = sorted(given.free_symbols, key=str)
    return bool(exact_value(given, {s: sp.Rational(101 + 7 * i, 97) for i, s in enumerate(letters)}))


@dataclass(frozen=True)
class TraceSum:
    """A polynomial in trace words: multisets of canonical words with SymPy coefficients, and how it was ``written``."""

    terms: tuple[tuple[Monomial, sp.Expr], ...]
    written: Written = field(default=Written("traces"), compare=False, repr=False)

    @staticmethod
    def build(terms: Iterable[tuple[Monomial, sp.Expr]], written: Written | None = None) -> TraceSum:
        """The sum with equal monomials collected, vanishing ones left out, in one order.

        ``written`` is how it was made; without it, the terms as they are given.
        """
        collected: dict[Monomial, sp.Expr] = {}
        given = tuple(terms)
        for monomial, coefficient in given:
            ordered = tuple(sorted(monomial, key=_word_key))
            collected[ordered] = collected.get(ordered, sp.Integer(0)) + coefficient
        kept = [(m, factored) for m, c in collected.items() if (factored := _coefficient(c)) is not None]
        history = written or Written("traces", terms=given)
        return TraceSum(tuple(sorted(kept, key=lambda t: [_word_key(w) for w in t[0]])), history)

    @staticmethod
    def scalar(value: sp.Expr | int) -> TraceSum:
        """A number or formula as a sum of traces: the empty monomial times it."""
        return TraceSum.build([((), sp.sympify(value, strict=True))])

    def __add__(self, other: TraceSum | sp.Expr | int) -> TraceSum:
        if isinstance(other, Mat):
            return NotImplemented
        right = other if isinstance(other, TraceSum) else TraceSum.scalar(other)
        return TraceSum.build((*self.terms, *right.terms), Written("plus", (self.written, right.written)))

    __radd__ = __add__

    def __mul__(self, other: TraceSum | sp.Expr | int) -> TraceSum:
        if isinstance(other, Mat):
            return NotImplemented
        right = other if isinstance(other, TraceSum) else TraceSum.scalar(other)
        products = ((m + k, c * e) for m, c in self.terms for k, e in right.terms)
        return TraceSum.build(products, Written("times", (self.written, right.written)))

    def settled(self) -> TraceSum:
        """The same sum without how it came about: written as its terms are."""
        return TraceSum(self.terms, Written("traces", terms=self.terms))

    __rmul__ = __mul__

    def __neg__(self) -> TraceSum:
        return self * -1

    def __sub__(self, other: TraceSum | sp.Expr | int) -> TraceSum:
        if isinstance(other, Mat):
            return NotImplemented
        return self + -(other if isinstance(other, TraceSum) else TraceSum.scalar(other))

    def __rsub__(self, other: sp.Expr | int) -> TraceSum:
        return TraceSum.scalar(other) - self

    @property
    def letters(self) -> tuple[Factor, ...]:
        """All factors that occur in it, each once."""
        found = {letter.key: letter for m, _ in self.terms for w in m for letter in w}
        return tuple(found[k] for k in sorted(found))

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """All matrices that occur in it, each once."""
        found = {letter.atom.name: letter.atom for letter in self.letters}
        return tuple(found[k] for k in sorted(found))

    @property
    def as_scalar(self) -> sp.Expr | None:
        """The value when no matrix is left, else None."""
        if not self.terms:
            return sp.Integer(0)
        return self.terms[0][1] if len(self.terms) == 1 and self.terms[0][0] == () else None

    def map_words(self, rewrite: Callable[[Word], TraceSum]) -> TraceSum:
        """Each trace word replaced by ``rewrite(word)``."""
        total: list[tuple[Monomial, sp.Expr]] = []
        for monomial, coefficient in self.terms:
            product = TraceSum.scalar(coefficient)
            for word in monomial:
                product = product * rewrite(word)
            total.extend(product.terms)
        return TraceSum.build(total)

    def substitute(self, replacement: Mapping[str, Mat]) -> TraceSum:
        """Plain atoms replaced by matrix expressions of the same shape."""

        def rewrite(word: Word) -> TraceSum:
            product = identity(word[0].rows)
            for letter in word:
                image = replacement.get(letter.atom.name)
                single = Mat.build(letter.rows, letter.cols, [((letter,), sp.Integer(1))])
                product = product @ (single if image is None else image.T if letter.transposed else image)
            return tr(product)

        for atom in self.atoms:
            image = replacement.get(atom.name)
            if image is not None and (image.rows, image.cols) != (atom.rows, atom.cols):
                raise TraceError(
                    f"cannot replace {atom.name}, {atom.rows} x {atom.cols}, by a matrix of shape "
                    f"{image.rows} x {image.cols}"
                )
        clash = [a.name for a in self.atoms if a.form != "plain" and a.of in replacement]
        if clash:
            raise TraceError(f"{clash[0]} is a function of a block that is to be replaced; replace another block")
        return self.map_words(rewrite)

    def __str__(self) -> str:
        pieces = []
        for monomial, coefficient in self.terms:
            words = " ".join("tr(" + " ".join(map(str, w)) + ")" for w in monomial)
            scalar = str(coefficient) if not words else "" if coefficient == 1 else f"({coefficient}) "
            pieces.append(scalar + words)
        return " + ".join(pieces) or "0"

    def latex(self) -> str:
        """The sum as LaTeX, what is added before what is subtracted."""
        pieces = sorted(map(_latex_term, self.terms), key=lambda piece: piece.startswith("- "))
        return (
            "".join(
                piece if position == 0 else f" {piece}" if piece.startswith("- ") else f" + {piece}"
                for position, piece in enumerate(pieces)
            )
            or "0"
        )


def _latex_term(term: tuple[Monomial, sp.Expr]) -> str:
    """One term of a sum; a subtracted one starts with a minus and a space."""
    monomial, coefficient = term
    if not monomial:
        return latex(coefficient)
    factors = [_latex_word(word) for word in dict.fromkeys(monomial)]
    counts = [monomial.count(word) for word in dict.fromkeys(monomial)]
    words = r" \, ".join(
        factor if count == 1 else superscript(factor if factor.startswith("\\op") else f"({factor})", str(count))
        for factor, count in zip(factors, counts, strict=True)
    )
    sign = "- " if coefficient.could_extract_minus_sign() else ""
    size = -coefficient if sign else coefficient
    if size == 1:
        return sign + words
    shown = latex(size)
    if size.is_Add:
        shown = plain_parentheses(rf"\left({shown}\right)")
    return rf"{sign}{shown} \, {words}"


def _latex_word(word: Word) -> str:
    """A trace; where the word passes through dimension one it is cut there and is the number itself."""
    cut = next((i for i, letter in enumerate(word) if letter.rows == 1), None)
    letters = word if cut is None else word[cut:] + word[:cut]
    body = " ".join(letter.latex() for letter in letters)
    return body if cut is not None else rf"\operatorname{{tr}}({body})"


def expectation_latex(value: TraceSum) -> str:
    """LaTeX of the mean of a trace expression."""
    return rf"\mathbb{{E}}\left[{value.latex()}\right]"


@typed
def tr(matrix: Mat) -> TraceSum:
    """The trace of a square matrix expression."""
    if matrix.rows != matrix.cols:
        raise TraceError(f"trace of a {matrix.rows} x {matrix.cols} matrix: needs a square one")
    total: list[tuple[Monomial, sp.Expr]] = []
    for word, coefficient in matrix.terms:
        if word:
            scalar, words = close_word(word)
            total.append((words, coefficient * scalar))
        else:
            total.append(((), coefficient * matrix.rows))
    return TraceSum.build(total, Written("trace", (matrix.written,)))
