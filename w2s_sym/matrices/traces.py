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

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp
from sympy.polys.rings import ring

from w2s_sym.formula.domain import exact_number
from w2s_sym.formula.notation import latex, plain_parentheses, superscript
from w2s_sym.report.html import markup


class TraceError(ValueError):
    """An ill-formed word or a rule used where its hypothesis fails."""


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
        return self.print_as or latex(sp.Symbol(self.name))


@dataclass(frozen=True)
class Letter:
    atom: Atom
    transposed: bool = False

    @property
    def rows(self) -> sp.Expr:
        return self.atom.cols if self.transposed else self.atom.rows

    @property
    def cols(self) -> sp.Expr:
        return self.atom.rows if self.transposed else self.atom.cols

    @cached_property
    def T(self) -> Letter:
        return self if self.atom.symmetric else Letter(self.atom, not self.transposed)

    @cached_property
    def key(self) -> tuple[str, bool]:
        return (self.atom.name, self.transposed)

    def __str__(self) -> str:
        return self.atom.name + ("'" if self.transposed else "")

    def latex(self) -> str:
        return superscript(self.atom.latex(), r"\top") if self.transposed else self.atom.latex()


Word = tuple[Letter, ...]


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


# -- expressions ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mat:
    """A linear combination of words of one shape."""

    rows: sp.Expr
    cols: sp.Expr
    terms: tuple[tuple[Word, sp.Expr], ...]

    @staticmethod
    def build(rows: sp.Expr, cols: sp.Expr, terms: Iterable[tuple[Word, sp.Expr]]) -> Mat:
        collected: dict[Word, sp.Expr] = {}
        for word, coefficient in terms:
            reduced = reduce_word(word)
            collected[reduced] = collected.get(reduced, sp.Integer(0)) + coefficient
        kept = [(w, sp.sympify(c)) for w, c in collected.items() if sp.expand(c) != 0]
        return Mat(sp.sympify(rows), sp.sympify(cols), tuple(sorted(kept, key=lambda t: _word_key(t[0]))))

    def __add__(self, other: Mat) -> Mat:
        if not isinstance(other, Mat):
            return NotImplemented
        if (self.rows, self.cols) != (other.rows, other.cols):
            raise TraceError(f"cannot add shapes {self.rows} x {self.cols} and {other.rows} x {other.cols}")
        return Mat.build(self.rows, self.cols, (*self.terms, *other.terms))

    def __mul__(self, factor: sp.Expr | int) -> Mat:
        if isinstance(factor, (Mat, TraceSum)):
            return NotImplemented
        number = sp.sympify(factor, strict=True)
        return Mat.build(self.rows, self.cols, ((w, c * number) for w, c in self.terms))

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
        return Mat.build(self.rows, other.cols, products)

    @property
    def T(self) -> Mat:
        return Mat.build(self.cols, self.rows, ((transpose_word(w), c) for w, c in self.terms))

    @property
    def is_zero(self) -> bool:
        return not self.terms

    @property
    def is_identity(self) -> bool:
        return self.rows == self.cols and self.terms == (((), sp.Integer(1)),)

    @property
    def atom(self) -> Atom:
        """The single atom that this expression is; an error for anything longer."""
        if len(self.terms) == 1 and len(self.terms[0][0]) == 1 and self.terms[0][1] == 1:
            letter = self.terms[0][0][0]
            if not letter.transposed:
                return letter.atom
        raise TraceError("needs a single matrix here, not a sum or a product")


def identity(size: sp.Expr) -> Mat:
    return Mat.build(size, size, [((), sp.Integer(1))])


def _letter(atom: Atom) -> Mat:
    return Mat.build(atom.rows, atom.cols, [((Letter(atom),), sp.Integer(1))])


def fixed(
    name: str,
    rows: sp.Expr | int,
    cols: sp.Expr | int,
    print_as: str = "",
    *,
    symmetric: bool = False,
    orthonormal: bool = False,
) -> Mat:
    """A deterministic matrix, maybe ``symmetric``, maybe with ``orthonormal`` columns."""
    height, width = sp.sympify(rows), sp.sympify(cols)
    if symmetric and height != width:
        raise TraceError(f"{name} is {height} x {width}: only a square matrix is symmetric; drop the flag")
    return _letter(Atom(name, height, width, symmetric=symmetric, orthonormal=orthonormal, print_as=print_as))


def gaussian(name: str, rows: sp.Expr | int, cols: sp.Expr | int, print_as: str = "") -> Mat:
    """A block of a Gaussian sample; its law is declared by the :class:`Sample` that lists it."""
    return _letter(Atom(name, sp.sympify(rows), sp.sympify(cols), print_as=print_as))


def gram_inverse(block: Mat) -> Mat:
    """(X'X)^{-1} of one block."""
    x = block.atom
    if x.form != "plain":
        raise TraceError(f"{x.name} is a function of {x.of}; the inverse of X'X needs a block itself")
    name = f"inv({x.name}'{x.name})"
    turned = superscript(x.latex(), r"\top")
    shown = rf"({turned} {x.latex()})^{{-1}}"
    return _letter(Atom(name, x.cols, x.cols, "gram_inverse", x.name, symmetric=True, print_as=shown))


def pinv(block: Mat) -> Mat:
    """(X'X)^{-1}X', the least-squares operator of a block of full column rank."""
    return gram_inverse(block) @ block.T


def projector(block: Mat) -> Mat:
    """X(X'X)^{-1}X'."""
    return block @ pinv(block)


def power(block: Mat, exponent: int) -> Mat:
    """The entrywise power of a block; exponent 0 is the all-ones matrix."""
    x = block.atom
    if x.form != "plain":
        raise TraceError(f"{x.name} is a function of {x.of}; take an entrywise power of a block itself")
    if not isinstance(exponent, int) or exponent < 0:
        raise TraceError(f"entrywise power {exponent} of {x.name}: needs a whole number, 0 or more")
    if exponent == 1:
        return block
    name = f"{x.name}^{exponent}"
    shown = superscript(x.latex(), rf"\circ {exponent}")
    return _letter(Atom(name, x.rows, x.cols, "power", x.name, exponent, print_as=shown))


Monomial = tuple[Word, ...]


@dataclass(frozen=True)
class TraceSum:
    """A polynomial in trace words: multisets of canonical words with SymPy coefficients."""

    terms: tuple[tuple[Monomial, sp.Expr], ...]

    @staticmethod
    def build(terms: Iterable[tuple[Monomial, sp.Expr]]) -> TraceSum:
        collected: dict[Monomial, sp.Expr] = {}
        for monomial, coefficient in terms:
            ordered = tuple(sorted(monomial, key=_word_key))
            collected[ordered] = collected.get(ordered, sp.Integer(0)) + coefficient
        kept = [(m, sp.factor_terms(c)) for m, c in collected.items() if sp.cancel(c) != 0]
        return TraceSum(tuple(sorted(kept, key=lambda t: [_word_key(w) for w in t[0]])))

    @staticmethod
    def scalar(value: sp.Expr | int) -> TraceSum:
        return TraceSum.build([((), sp.sympify(value, strict=True))])

    def __add__(self, other: TraceSum | sp.Expr | int) -> TraceSum:
        if isinstance(other, Mat):
            return NotImplemented
        right = other if isinstance(other, TraceSum) else TraceSum.scalar(other)
        return TraceSum.build((*self.terms, *right.terms))

    __radd__ = __add__

    def __mul__(self, other: TraceSum | sp.Expr | int) -> TraceSum:
        if isinstance(other, Mat):
            return NotImplemented
        right = other if isinstance(other, TraceSum) else TraceSum.scalar(other)
        return TraceSum.build(((m + k, c * e) for m, c in self.terms for k, e in right.terms))

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
    def letters(self) -> tuple[Letter, ...]:
        found = {letter.key: letter for m, _ in self.terms for w in m for letter in w}
        return tuple(found[k] for k in sorted(found))

    @property
    def atoms(self) -> tuple[Atom, ...]:
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
    return TraceSum.build(total)


# -- experiments ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Sample:
    """Independent, identically distributed, centred, jointly Gaussian rows, split into blocks.

    ``covariance`` gives E[row_a' row_b] for pairs of blocks; a missing pair is zero, a missing diagonal the
    identity. Different samples are independent of each other.
    """

    rows: sp.Expr
    blocks: tuple[Atom, ...]
    covariance: Mapping[tuple[str, str], Mat] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = self.names()
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise TraceError(f"{', '.join(twice)} is listed twice in one sample; give each block its own name")
        for (a, b), value in self.covariance.items():
            if a != b and (b, a) in self.covariance:
                raise TraceError(f"the covariance of {a} and {b} is given in both orders; give it once")
            if a == b and value != value.T:
                raise TraceError(f"the covariance of {a} with itself is not symmetric; declare its matrix symmetric")

    @staticmethod
    def of(
        rows: sp.Expr | int, blocks: Iterable[Mat], covariance: Mapping[tuple[Mat, Mat], Mat] | None = None
    ) -> Sample:
        atoms = tuple(b.atom for b in blocks)
        size = sp.sympify(rows)
        for atom in atoms:
            if atom.rows != size:
                raise TraceError(f"{atom.name} has {atom.rows} rows in a sample of {size}")
        pairs = {(a.atom.name, b.atom.name): value for (a, b), value in (covariance or {}).items()}
        shapes = {a.name: a.cols for a in atoms}
        for (a, b), value in pairs.items():
            if a not in shapes or b not in shapes:
                raise TraceError(f"covariance of {a} and {b}: both must be blocks of the sample")
            if (value.rows, value.cols) != (shapes[a], shapes[b]):
                raise TraceError(
                    f"covariance of {a} and {b} is {value.rows} x {value.cols}, not {shapes[a]} x {shapes[b]}"
                )
        return Sample(size, atoms, pairs)

    def names(self) -> tuple[str, ...]:
        return tuple(b.name for b in self.blocks)

    def block(self, name: str) -> Atom:
        return next(b for b in self.blocks if b.name == name)

    def cov(self, a: str, b: str) -> Mat:
        """E[row_a' row_b]."""
        if (a, b) in self.covariance:
            return self.covariance[a, b]
        if (b, a) in self.covariance:
            return self.covariance[b, a].T
        if a == b:
            return identity(self.block(a).cols)
        return Mat.build(self.block(a).cols, self.block(b).cols, [])


@dataclass(frozen=True, eq=False)
class Setting:
    """An experiment: its samples, the scalars that summarise its fixed matrices, and how to make an instance.

    Parameters
    ----------
    samples
        Independent samples; their blocks are all the random matrices there are.
    names
        Scalars by definition: pairs (symbol, trace expression in fixed matrices). Results are stated in these.
    realise
        ``realise(point, rng)`` returns numpy arrays for the fixed matrices (by name) and values for scalar
        parameters (by symbol name) at the sizes in ``point``; it honours scalars that the point already names.
        What it returns is checked against ``names``, never trusted.
    rounded
        Whether ``realise`` makes floating-point matrices, fit for sampling but not for exact moments.
    """

    samples: tuple[Sample, ...]
    names: tuple[tuple[sp.Symbol, TraceSum], ...] = ()
    realise: Callable[[Mapping[str, Any], np.random.Generator], Mapping[str, Any]] | None = None
    rounded: bool = False

    def __post_init__(self) -> None:
        blocks = [name for sample in self.samples for name in sample.names()]
        twice = sorted({name for name in blocks if blocks.count(name) > 1})
        if twice:
            raise TraceError(f"{', '.join(twice)} is in two samples; different samples share no block")
        laws = [(f"the covariance of {a} and {b}", m) for s in self.samples for (a, b), m in s.covariance.items()]
        fixed_words = [(what, [letter.atom for w, _ in m.terms for letter in w]) for what, m in laws]
        fixed_words += [(f"the definition of {s}", list(definition.atoms)) for s, definition in self.names]
        for what, atoms in fixed_words:
            for atom in atoms:
                if atom.base in blocks or atom.form != "plain":
                    raise TraceError(f"{what} uses {atom.name}, which is random; it may use fixed matrices only")

    def sample_of(self, block: str) -> Sample | None:
        return next((s for s in self.samples if block in s.names()), None)


@dataclass(frozen=True, eq=False)
class Quantity:
    """The expectation of a trace expression in an experiment: a number with a name.

    ``literal``, when given, is the same experiment written by hand on drawn arrays (no words):
    ``literal(arrays, scalars) -> float`` for one draw. It is the independent reading of ``value``.
    """

    symbol: sp.Symbol
    meaning: str
    value: TraceSum
    setting: Setting
    literal: Callable[[Mapping[str, np.ndarray], Mapping[str, float]], float] | None = None

    def __post_init__(self) -> None:
        random = {b for s in self.setting.samples for b in s.names()}
        for atom in self.value.atoms:
            if atom.form != "plain" and atom.of not in random:
                raise TraceError(f"{atom.name}: {atom.of} is no block of a sample of the setting")
        # Words are told apart by the names of their letters, so that one name must be one matrix.
        known: dict[str, Atom] = {}
        for atom in self._every_atom():
            if known.setdefault(atom.name, atom) != atom:
                raise TraceError(
                    f"two different matrices are called {atom.name}: {known[atom.name].rows} x "
                    f"{known[atom.name].cols} and {atom.rows} x {atom.cols}; rename one"
                )

    def _every_atom(self) -> Iterator[Atom]:
        for sample in self.setting.samples:
            yield from sample.blocks
            for matrix in sample.covariance.values():
                yield from (letter.atom for word, _ in matrix.terms for letter in word)
        for value in (self.value, *(definition for _, definition in self.setting.names)):
            yield from (letter.atom for monomial, _ in value.terms for word in monomial for letter in word)

    def latex(self) -> str:
        return latex(self.symbol)

    def definition(self) -> str:
        return f"E[{self.value}]"

    def definition_latex(self) -> str:
        return expectation_latex(self.value)

    def html(self) -> str:
        """A fragment: the name, the expectation that it stands for, and its meaning in words."""
        formula = markup.math(f"{self.latex()} = {self.definition_latex()}", display=True)
        return formula + markup.soft(self.meaning)

    def _repr_html_(self) -> str:
        return markup.shown(self.html, self.definition)

    def exact(self, rng: np.random.Generator) -> tuple[dict[sp.Symbol, sp.Expr], sp.Expr] | None:
        """The expectation at small random integer sizes by brute force over matrix entries, or None.

        No rule of averaging is used: entries are polynomials in independent Gaussians, E x^(2k) = (2k-1)!!. Only
        for quantities without inverses, whose setting can make integer matrices.
        """
        if (
            self.setting.realise is None
            or self.setting.rounded
            or any(a.form == "gram_inverse" for a in self.value.atoms)
        ):
            return None
        sizes = {
            s for smp in self.setting.samples for b in smp.blocks for d in (b.rows, b.cols) for s in d.free_symbols
        }
        sizes |= {s for a in self.value.atoms for d in (a.rows, a.cols) for s in d.free_symbols}
        point: dict[sp.Symbol, sp.Expr] = {
            s: sp.Integer(int(rng.integers(1, 4))) for s in sorted(sizes, key=lambda s: s.name)
        }
        made = self.setting.realise({s.name: int(v) for s, v in point.items()}, rng)
        arrays = {k: _integers(v) for k, v in made.items() if isinstance(v, np.ndarray)}
        scalars = {k: exact_number(v, k) for k, v in made.items() if not isinstance(v, np.ndarray)}
        random = {b for s in self.setting.samples for b in s.names()}
        for atom in self._every_atom():
            if atom.base not in random:
                _require_shape(atom, arrays, point)
        expectation = _entrywise(self, arrays, point, scalars)
        for s, definition in self.setting.names:
            inner = evaluate(definition, arrays, {**{k.name: v for k, v in point.items()}, **scalars})
            point[s] = sp.sympify(inner)
        by_name = {s.name: s for _, c in self.value.terms for s in c.free_symbols}
        point.update({by_name[k]: v for k, v in scalars.items() if k in by_name})
        return point, expectation


def _require_shape(atom: Atom, arrays: Mapping[str, np.ndarray], point: Mapping[sp.Symbol, sp.Expr]) -> None:
    wanted = (int(atom.rows.xreplace(dict(point))), int(atom.cols.xreplace(dict(point))))
    if atom.name not in arrays:
        raise TraceError(f"realise returns no matrix {atom.name}; it should be {wanted[0]} x {wanted[1]}")
    array = arrays[atom.name]
    if array.shape != wanted:
        raise TraceError(f"realise returns {atom.name} of shape {array.shape}, not {wanted}")
    if atom.symmetric and not np.array_equal(array, array.T):
        raise TraceError(f"realise returns a matrix {atom.name} that is not symmetric, as it is declared to be")
    if atom.orthonormal and not np.array_equal(array.T @ array, np.eye(wanted[1], dtype=int)):
        raise TraceError(f"realise returns {atom.name} without the orthonormal columns that it is declared to have")


def _integers(array: np.ndarray) -> np.ndarray:
    """The array with exact entries; it must hold integers."""
    if not np.array_equal(array, np.round(array)):
        raise TraceError("exact moments need a setting that makes integer matrices")
    out = np.empty(array.shape, dtype=object)
    for index, value in np.ndenumerate(array):
        out[index] = sp.Integer(int(value))
    return out


def _entrywise(
    quantity: Quantity, arrays: Mapping[str, np.ndarray], point: Mapping[sp.Symbol, sp.Expr], scalars: Mapping[str, Any]
) -> sp.Expr:
    numbers = {**{k.name: v for k, v in point.items()}, **scalars}
    everything = dict(arrays)
    variables: list[sp.Expr] = []
    plan: list[tuple[Sample, np.ndarray, list[sp.Expr], int]] = []
    for sample in quantity.setting.samples:
        rows = int(sample.rows.xreplace(dict(point)))
        matrix = covariance_matrix(sample, arrays, numbers, exact=True)
        lower, pivots = _ldl(matrix)
        plan.append((sample, lower, pivots, rows))
        variables.extend(pivots * rows)
    domain = ring([f"g{i}" for i in range(max(1, len(variables)))], sp.QQ)
    generators = domain[1:]
    used = 0
    for sample, lower, pivots, rows in plan:
        size = len(pivots)
        grid = np.empty((rows, size), dtype=object)
        for i in range(rows):
            for j in range(size):
                grid[i, j] = generators[used]
                used += 1
        rooted = grid @ lower.T
        start = 0
        for block in sample.blocks:
            width = int(block.cols.xreplace(dict(point)))
            everything[block.name] = rooted[:, start : start + width]
            start += width
    polynomial = evaluate(quantity.value, everything, numbers)
    if not hasattr(polynomial, "terms"):
        return sp.sympify(polynomial)
    total: sp.Expr = sp.Integer(0)
    for exponents, coefficient in polynomial.terms():
        moment = sp.Rational(int(coefficient.numerator), int(coefficient.denominator))
        for exponent, variance in zip(exponents, variables, strict=False):
            if exponent % 2:
                moment = sp.Integer(0)
                break
            moment *= sp.factorial2(exponent - 1) * variance ** (exponent // 2)
        total += moment
    return total


def _ldl(matrix: np.ndarray) -> tuple[np.ndarray, list[sp.Expr]]:
    """Exact L and pivots with L diag(pivots) L' = matrix, for a positive semi-definite matrix of rationals.

    Raises :class:`TraceError` for a matrix that is no covariance: not symmetric, or not positive semi-definite.
    """
    size = matrix.shape[0]
    lower = np.full((size, size), sp.Integer(0), dtype=object)
    pivots: list[sp.Expr] = []
    rest = matrix.copy()
    for k in range(size):
        pivot = rest[k, k]
        if not np.array_equal(matrix[k], matrix[:, k]) or pivot < 0 or (pivot == 0 and any(rest[k + 1 :, k])):
            raise TraceError(
                f"the declared covariance is not that of any row (pivot {pivot} at column {k + 1}); "
                "let realise make a symmetric positive semi-definite one"
            )
        pivots.append(pivot)
        lower[k, k] = sp.Integer(1)
        if pivot != 0:
            for i in range(k + 1, size):
                lower[i, k] = rest[i, k] / pivot
            for i in range(k + 1, size):
                for j in range(k + 1, size):
                    rest[i, j] = rest[i, j] - lower[i, k] * pivot * lower[j, k]
    return np.vectorize(lambda v: sp.QQ(int(v.p), int(v.q)), otypes=[object])(lower), pivots


# -- numbers --------------------------------------------------------------------------------------------------


def covariance_matrix(
    sample: Sample, arrays: Mapping[str, np.ndarray], numbers: Mapping[str, Any], exact: bool = False
) -> np.ndarray:
    """The full covariance of one row of a sample, from arrays for its fixed matrices."""
    rows = []
    for a in sample.blocks:
        rows.append([evaluate_matrix(sample.cov(a.name, b.name), arrays, numbers, exact) for b in sample.blocks])
    return np.concatenate([np.concatenate(r, axis=1) for r in rows], axis=0)


def _number(expression: sp.Expr, numbers: Mapping[str, Any], exact: bool) -> Any:
    """The value of a coefficient or a size: an exact SymPy number, or a float that leaves float arrays float."""
    if expression.is_Integer:
        return int(expression)
    missing = sorted(s.name for s in expression.free_symbols if s.name not in numbers)
    if missing:
        raise TraceError(f"no value for {', '.join(missing)} in {expression}; give a number for each symbol")
    values = {s: sp.sympify(numbers[s.name]) for s in expression.free_symbols}
    number = sp.sympify(expression.xreplace(values))
    return number if exact else float(number)


def evaluate_matrix(
    matrix: Mat, arrays: Mapping[str, np.ndarray], numbers: Mapping[str, Any], exact: bool = False
) -> np.ndarray:
    """A matrix expression in fixed matrices as an array."""
    shape = (int(_number(matrix.rows, numbers, True)), int(_number(matrix.cols, numbers, True)))
    total: np.ndarray = np.full(shape, sp.Integer(0), dtype=object) if exact else np.zeros(shape)
    for word, coefficient in matrix.terms:
        factor = _number(coefficient, numbers, exact)
        if word:
            product = letter_array(word[0], arrays)
            for letter in word[1:]:
                product = product @ letter_array(letter, arrays)
        else:
            product = (
                np.vectorize(sp.Integer, otypes=[object])(np.eye(shape[0], dtype=int)) if exact else np.eye(shape[0])
            )
        total = total + product * factor
    return total


def letter_array(letter: Letter, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """The array (or stack of arrays) of one letter, from the arrays of plain atoms."""
    atom = letter.atom
    base = arrays[atom.base]
    if atom.form == "gram_inverse":
        return np.asarray(np.linalg.inv(np.swapaxes(base, -1, -2) @ base))
    value = base if atom.form == "plain" else base**atom.exponent
    return np.swapaxes(value, -1, -2) if letter.transposed else value


def evaluate(value: TraceSum, arrays: Mapping[str, np.ndarray], numbers: Mapping[str, Any]) -> Any:
    """The trace expression on arrays (or on stacks of them: then one value per draw).

    On arrays of exact entries (of dtype object) the value is exact; on float arrays everything is float.
    """
    exact = all(a.dtype == object for a in arrays.values())
    cache: dict[tuple[str, bool], np.ndarray] = {}

    def array(letter: Letter) -> np.ndarray:
        if letter.key not in cache:
            cache[letter.key] = letter_array(letter, arrays)
        return cache[letter.key]

    total: Any = 0
    words: dict[Word, Any] = {}
    for monomial, coefficient in value.terms:
        product = _number(coefficient, numbers, exact)
        for word in monomial:
            if word not in words:
                words[word] = _trace_of([array(letter) for letter in word])
            product = product * words[word]
        total = total + product
    return total


def _trace_of(factors: list[np.ndarray]) -> Any:
    """The trace of a product, cut open where it is narrowest so that vectors stay vectors."""
    narrow = min(range(len(factors)), key=lambda i: factors[i].shape[-2])
    turned = factors[narrow:] + factors[:narrow]
    product = turned[0]
    for factor in turned[1:]:
        product = product @ factor
    return sum(product[..., i, i] for i in range(product.shape[-1]))
