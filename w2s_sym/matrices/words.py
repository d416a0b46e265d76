"""Matrices as words over named blocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import sympy as sp

from w2s_sym.formula.notation import default_form, latex, superscript
from w2s_sym.formula.spelling import require_form
from w2s_sym.formula.typed import typed
from w2s_sym.matrices.history import Written

# The highest entrywise power; moments of higher ones have thousands of digits.
LARGEST_EXPONENT = 500


class TraceError(ValueError):
    """An ill-formed word or a rule used where its hypothesis fails."""


class PoleError(TraceError):
    """A coefficient without a value at the numbers that an experiment drew."""


@dataclass(frozen=True)
class Atom:
    """A named matrix. ``form`` is plain, gram_inverse ((X'X)^{-1} of the atom ``of``) or power (entrywise)."""

    name: str
    rows: sp.Expr
    cols: sp.Expr
    form: str = "plain"
    of: str = ""
    exponent: int = 1
    symmetric: bool = False
    orthonormal: bool = False
    print_as: str = ""

    @property
    def base(self) -> str:
        """The name of the atom that this one is a function of."""
        return self.of or self.name

    def latex(self) -> str:
        """How it is printed."""
        return self.print_as or latex(sp.Symbol(self.name))


@dataclass(frozen=True)
class Factor:
    """A matrix as it stands in a word: itself or its transpose."""

    atom: Atom
    transposed: bool = False

    @property
    def rows(self) -> sp.Expr:
        """Its number of rows."""
        return self.atom.cols if self.transposed else self.atom.rows

    @property
    def cols(self) -> sp.Expr:
        """Its number of columns."""
        return self.atom.rows if self.transposed else self.atom.cols

    @cached_property
    def T(self) -> Factor:
        """Its transpose; itself when symmetric."""
        return self if self.atom.symmetric else Factor(self.atom, not self.transposed)

    @cached_property
    def key(self) -> tuple[str, bool]:
        """What words are sorted by."""
        return (self.atom.name, self.transposed)

    def __str__(self) -> str:
        return self.atom.name + ("'" if self.transposed else "")

    def latex(self) -> str:
        """How it is printed."""
        return superscript(self.atom.latex(), r"\top") if self.transposed else self.atom.latex()


Word = tuple[Factor, ...]


def _cancels(letters: Word) -> int:
    """How many leading letters multiply to an identity: 3 for X'X(X'X)^{-1} and its transpose, 2 for U'U, else 0."""
    if len(letters) >= 2:
        a, b = letters[:2]
        if a.transposed and not b.transposed and a.atom == b.atom and a.atom.orthonormal:
            return 2
    if len(letters) >= 3:
        a, b, c = letters[:3]
        if (
            c.atom.form == "gram_inverse"
            and a.transposed
            and not b.transposed
            and a.atom == b.atom
            and c.atom.of == a.atom.name
        ):
            return 3
        if (
            a.atom.form == "gram_inverse"
            and b.transposed
            and not c.transposed
            and b.atom == c.atom
            and a.atom.of == b.atom.name
        ):
            return 3
    return 0


def reduce_word(word: Word) -> Word:
    """The word with every cancelling run of neighbours removed."""
    letters = word
    start = 0
    while start < len(letters):
        length = _cancels(letters[start:])
        if length:
            letters = letters[:start] + letters[start + length :]
            start = max(0, start - 2)
        else:
            start += 1
    return letters


def transpose_word(word: Word) -> Word:
    """The word of the transpose: the transposed factors in reverse order."""
    return tuple(letter.T for letter in reversed(word))


def _word_key(word: Word) -> tuple[tuple[str, bool], ...]:
    return tuple(letter.key for letter in word)


def close_word(word: Word) -> tuple[sp.Expr, tuple[Word, ...]]:
    """The trace of a non-empty square word as (scalar, canonical trace words)."""
    letters = reduce_word(word)
    size = word[0].rows
    shrinking = True
    while shrinking and letters:
        shrinking = False
        for shift in range(len(letters)):
            rotated = letters[shift:] + letters[:shift]
            length = _cancels(rotated)
            if length:
                # What is left of a word that cancels wholly is the identity on its last boundary.
                size = rotated[0].rows if length == len(rotated) else rotated[length].rows
                letters = rotated[length:]
                shrinking = bool(letters)
                break
    if not letters:
        return size, ()
    cuts = [i for i, letter in enumerate(letters) if letter.rows == 1]
    if len(cuts) < 2:
        return sp.Integer(1), (_canonical(letters),)
    scalar: sp.Expr = sp.Integer(1)
    words: list[Word] = []
    for here, after in zip(cuts, [*cuts[1:], cuts[0] + len(letters)], strict=True):
        piece = tuple(letters[i % len(letters)] for i in range(here, after))
        factor, inner = close_word(piece)
        scalar *= factor
        words.extend(inner)
    return scalar, tuple(sorted(words, key=_word_key))


def _canonical(word: Word) -> Word:
    flipped = transpose_word(word)
    turns = [w[i:] + w[:i] for w in (word, flipped) for i in range(len(w))]
    return min(turns, key=_word_key)


@dataclass(frozen=True)
class Mat:
    """A linear combination of words of one shape, and how it was ``written`` before anything cancelled.

    Words that cancel go out of ``terms`` and stay in what was written, so that nothing loses what it needs to exist.
    """

    rows: sp.Expr
    cols: sp.Expr
    terms: tuple[tuple[Word, sp.Expr], ...]
    written: Written = field(default=Written("words"), compare=False, repr=False)

    @staticmethod
    def build(
        rows: sp.Expr, cols: sp.Expr, terms: Iterable[tuple[Word, sp.Expr]], written: Written | None = None
    ) -> Mat:
        """The matrix of shape (rows, cols) with equal words collected, reduced, in one order.

        ``written`` is how it was made; without it, the terms as they are given.
        """
        collected: dict[Word, sp.Expr] = {}
        given = tuple(terms)
        for word, coefficient in given:
            reduced = reduce_word(word)
            collected[reduced] = collected.get(reduced, sp.Integer(0)) + coefficient
        kept = [(w, sp.sympify(c, strict=True)) for w, c in collected.items() if sp.expand(c) != 0]
        height, width = sp.sympify(rows, strict=True), sp.sympify(cols, strict=True)
        history = written or Written("words", sizes=(height, width), terms=given)
        return Mat(height, width, tuple(sorted(kept, key=lambda t: _word_key(t[0]))), history)

    def __add__(self, other: Mat) -> Mat:
        if not isinstance(other, Mat):
            return NotImplemented
        if (self.rows, self.cols) != (other.rows, other.cols):
            raise TraceError(f"cannot add shapes {self.rows} x {self.cols} and {other.rows} x {other.cols}")
        written = Written("sum", (self.written, other.written))
        return Mat.build(self.rows, self.cols, (*self.terms, *other.terms), written)

    def __mul__(self, factor: sp.Expr | int) -> Mat:
        try:
            number = sp.sympify(factor, strict=True)
        except sp.SympifyError:
            return NotImplemented  # a matrix or a trace, which no number multiplies here
        written = Written("scaled", (self.written,), number=number)
        return Mat.build(self.rows, self.cols, ((w, c * number) for w, c in self.terms), written)

    __rmul__ = __mul__

    def __neg__(self) -> Mat:
        return self * -1

    def __sub__(self, other: Mat) -> Mat:
        return self + (-other)

    def __matmul__(self, other: Mat) -> Mat:
        if not isinstance(other, Mat):
            return NotImplemented
        if self.cols != other.rows:
            raise TraceError(f"cannot multiply {self.rows} x {self.cols} by {other.rows} x {other.cols}")
        products = ((w + v, c * e) for w, c in self.terms for v, e in other.terms)
        return Mat.build(self.rows, other.cols, products, Written("product", (self.written, other.written)))

    @property
    def T(self) -> Mat:
        """The transpose, of shape (cols, rows)."""
        turned = ((transpose_word(w), c) for w, c in self.terms)
        return Mat.build(self.cols, self.rows, turned, Written("transpose", (self.written,)))

    @property
    def is_zero(self) -> bool:
        """Whether no word is left."""
        return not self.terms

    @property
    def is_identity(self) -> bool:
        """Whether it is the identity as a word."""
        return self.rows == self.cols and self.terms == (((), sp.Integer(1)),)

    @property
    def atom(self) -> Atom:
        """The single atom that this expression is; an error for anything longer."""
        if len(self.terms) == 1 and len(self.terms[0][0]) == 1 and self.terms[0][1] == 1:
            letter = self.terms[0][0][0]
            if not letter.transposed:
                return letter.atom
        raise TraceError("needs a single matrix here, not a sum or a product")


@typed
def identity(size: sp.Expr) -> Mat:
    """The identity of shape (size, size)."""
    return Mat.build(size, size, [((), sp.Integer(1))])


def _letter(atom: Atom) -> Mat:
    return Mat.build(atom.rows, atom.cols, [((Factor(atom),), sp.Integer(1))])


@typed
def fixed(
    name: str,
    rows: sp.Expr | int,
    cols: sp.Expr | int,
    print_as: str = "",
    *,
    symmetric: bool = False,
    orthonormal: bool = False,
) -> Mat:
    """A deterministic matrix, maybe ``symmetric``, maybe with ``orthonormal`` columns.

    Raises :class:`TraceError` for a name that is no text and for sizes that are no formulas or integers, and
    ``SymbolError`` for what does not print.
    """
    height, width = _sizes(name, rows, cols, print_as)
    if symmetric and height != width:
        raise TraceError(f"{name} is {height} x {width}: only a square matrix is symmetric; drop the flag")
    return _letter(Atom(name, height, width, symmetric=symmetric, orthonormal=orthonormal, print_as=print_as))


@typed
def gaussian(name: str, rows: sp.Expr | int, cols: sp.Expr | int, print_as: str = "") -> Mat:
    """A block of a Gaussian sample; its law is declared by the :class:`Sample` that lists it.

    Raises :class:`TraceError` for a name that is no text and for sizes that are no formulas or integers, and
    ``SymbolError`` for what does not print.
    """
    height, width = _sizes(name, rows, cols, print_as)
    return _letter(Atom(name, height, width, print_as=print_as))


def _sizes(name: str, rows: object, cols: object, print_as: str) -> tuple[sp.Expr, sp.Expr]:
    """The sizes of a block as formulas, after its name and its LaTeX are found fit to print."""
    if not isinstance(name, str) or not isinstance(print_as, str):
        raise TraceError(f"a matrix is called {name!r:.60} and prints as {print_as!r:.60}; give texts, such as 'X'")
    require_form(name, print_as or default_form(name))
    made = [_size(name, each) for each in (rows, cols)]
    return made[0], made[1]


def _size(name: str, size: object) -> sp.Expr:
    """A size as a formula; :class:`TraceError` for what is none. Text is never read as one."""
    if isinstance(size, sp.Expr) or (isinstance(size, int) and not isinstance(size, bool)):
        return sp.Integer(size) if isinstance(size, int) else size
    raise TraceError(f"{name} has {size!r:.60} rows or columns; give a size such as letters.n, or an integer")


@typed
def gram_inverse(block: Mat) -> Mat:
    """(X'X)^{-1} of one block."""
    x = block.atom
    if x.form != "plain":
        raise TraceError(f"{x.name} is a function of {x.of}; the inverse of X'X needs a block itself")
    name = f"inv({x.name}'{x.name})"
    turned = superscript(x.latex(), r"\top")
    shown = rf"({turned} {x.latex()})^{{-1}}"
    return _letter(Atom(name, x.cols, x.cols, "gram_inverse", x.name, symmetric=True, print_as=shown))


@typed
def pinv(block: Mat) -> Mat:
    """(X'X)^{-1}X', the least-squares operator of a block of full column rank."""
    return gram_inverse(block) @ block.T


@typed
def projector(block: Mat) -> Mat:
    """X(X'X)^{-1}X'."""
    return block @ pinv(block)


@typed
def power(block: Mat, exponent: int) -> Mat:
    """The entrywise power of a block; exponent 0 is the all-ones matrix."""
    x = block.atom
    if x.form != "plain":
        raise TraceError(f"{x.name} is a function of {x.of}; take an entrywise power of a block itself")
    if not isinstance(exponent, int) or exponent < 0:
        raise TraceError(f"entrywise power {exponent} of {x.name}: needs an integer, 0 or more")
    if exponent > LARGEST_EXPONENT:
        raise TraceError(f"entrywise power {exponent} of {x.name}: at most {LARGEST_EXPONENT}")
    if exponent == 1:
        return block
    name = f"{x.name}^{exponent}"
    shown = superscript(x.latex(), rf"\circ {exponent}")
    return _letter(Atom(name, x.rows, x.cols, "power", x.name, exponent, print_as=shown))
