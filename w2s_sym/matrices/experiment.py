"""An experiment: samples with declared laws, a setting, and a named quantity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.formula import display
from w2s_sym.formula.conditions import exact_number
from w2s_sym.formula.notation import latex
from w2s_sym.formula.statable import unstatable
from w2s_sym.formula.tex import SentenceError, sentence_pieces
from w2s_sym.formula.typed import typed
from w2s_sym.formula.user_code import in_this_process
from w2s_sym.matrices.evaluation import _entrywise, _integers, evaluate_words
from w2s_sym.matrices.history import Written
from w2s_sym.matrices.traces import TraceSum, expectation_latex
from w2s_sym.matrices.words import Atom, Mat, TraceError, identity

# Sizes at which moments are exact go up to this one: the entries are multiplied out.
LARGEST_EXACT_SIZE = 3


@typed
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
        """A sample of so many rows; blocks without a given covariance are whitened and independent."""
        atoms = tuple(b.atom for b in blocks)
        size = sp.sympify(rows, strict=True)
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
        """The names of its blocks, in order."""
        return tuple(b.name for b in self.blocks)

    def block(self, name: str) -> Atom:
        """The block of that name."""
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


@typed
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
        fixed_words = [(what, m.written.atoms()) for what, m in laws]
        fixed_words += [(f"the definition of {s}", definition.written.atoms()) for s, definition in self.names]
        for what, atoms in fixed_words:
            for atom in atoms:
                if atom.base in blocks or atom.form != "plain":
                    raise TraceError(f"{what} uses {atom.name}, which is random; it may use fixed matrices only")
        self._require_one_definition_each()

    def _require_one_definition_each(self) -> None:
        """Every scalar is defined once, in terms of what is no scalar of the setting: then names add no assumption."""
        scalars = [s.name for s, _ in self.names]
        twice = sorted({name for name in scalars if scalars.count(name) > 1})
        if twice:
            raise TraceError(f"{', '.join(twice)} is defined twice; give each scalar one definition")
        for s, definition in self.names:
            used = {v.name for _, c in definition.terms for v in sp.sympify(c, strict=True).free_symbols}
            circular = sorted(used & set(scalars))
            if circular:
                raise TraceError(
                    f"the definition of {s} uses {circular[0]}, a scalar of the setting; write out what it is"
                )

    def realised(
        self, point: Mapping[str, Any], rng: np.random.Generator
    ) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """What ``realise`` makes at the sizes in ``point``: its matrices, and its scalars, by name.

        Both are empty without a ``realise``. Nothing is checked: what a caller takes on trust is its own affair.
        """
        with in_this_process():
            made = {} if self.realise is None else dict(self.realise(dict(point), rng))
        matrices = {name: np.asanyarray(value) for name, value in made.items() if np.ndim(value) > 0}
        return matrices, {name: value for name, value in made.items() if name not in matrices}

    def sample_of(self, block: str) -> Sample | None:
        """The sample that has the block of that name; None for a fixed matrix."""
        return next((s for s in self.samples if block in s.names()), None)


@typed
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
        for atom in self.value.written.atoms():
            if atom.form != "plain" and atom.of not in random:
                raise TraceError(f"{atom.name}: {atom.of} is no block of a sample of the setting")
        # Words are told apart by the names of their letters, so that one name must be one matrix.
        known: dict[str, Atom] = {}
        for atom in (*self._every_atom(), *(a for written in self.written() for a in written.atoms())):
            if known.setdefault(atom.name, atom) != atom:
                raise TraceError(
                    f"two different matrices are called {atom.name}: {known[atom.name].rows} x "
                    f"{known[atom.name].cols} and {atom.rows} x {atom.cols}; rename one"
                )
        self._require_one_meaning_each()
        try:
            sentence_pieces(self.meaning)
        except SentenceError as problem:
            raise TraceError(f"meaning of {self.symbol}: {problem}") from None

    def _require_one_meaning_each(self) -> None:
        """The quantity's symbol, the scalars, the sizes and the parameters of the experiment are different letters."""
        scalars, sizes = {s.name for s, _ in self.setting.names}, {s.name for s in self.size_symbols}
        both = sorted(scalars & sizes)
        if both:
            raise TraceError(f"{both[0]} is a size of a matrix and a scalar of the setting; use another letter")
        numbers = [c for sample in self.setting.samples for m in sample.covariance.values() for _, c in m.terms]
        numbers += [c for t in (self.value, *(t for _, t in self.setting.names)) for _, c in t.terms]
        for number in (*numbers, *self.sizes):
            reason = unstatable(sp.sympify(number, strict=True))
            if reason is not None:
                raise TraceError(f"{self.symbol}: {reason}")
        parameters = {v.name for c in numbers for v in sp.sympify(c, strict=True).free_symbols}
        if self.symbol.name in scalars | sizes | parameters:
            raise TraceError(f"{self.symbol} names the quantity and is a number of its experiment; use another letter")

    def written(self) -> tuple[Written, ...]:
        """How everything in it was written: the value, the covariances, the definitions of scalars."""
        laws = [matrix for sample in self.setting.samples for matrix in sample.covariance.values()]
        values = [self.value, *(definition for _, definition in self.setting.names)]
        return (*(value.written for value in values), *(matrix.written for matrix in laws))

    def _every_atom(self) -> Iterator[Atom]:
        for sample in self.setting.samples:
            yield from sample.blocks
            for matrix in sample.covariance.values():
                yield from (letter.atom for word, _ in matrix.terms for letter in word)
        for value in (self.value, *(definition for _, definition in self.setting.names)):
            yield from (letter.atom for monomial, _ in value.terms for word in monomial for letter in word)

    @property
    def fixed_atoms(self) -> tuple[Atom, ...]:
        """The matrices that are no random block, in the value, the covariances and the names; sorted by name."""
        random = {name for sample in self.setting.samples for name in sample.names()}
        found = {atom.name: atom for atom in self._every_atom() if atom.base not in random and atom.form == "plain"}
        return tuple(found[name] for name in sorted(found))

    @property
    def size_symbols(self) -> tuple[sp.Symbol, ...]:
        """The symbols in the shapes of the experiment's matrices, random or fixed, sorted by name."""
        return tuple(sorted({s for e in self.sizes for s in e.free_symbols}, key=lambda s: str(s.name)))

    @property
    def sizes(self) -> tuple[sp.Expr, ...]:
        """The rows and columns of the experiment's matrices, random or fixed."""
        shapes = [e for a in (*self.value.atoms, *self.fixed_atoms) for e in (a.rows, a.cols)]
        for sample in self.setting.samples:
            shapes += [sample.rows, *(b.cols for b in sample.blocks)]
        return tuple(dict.fromkeys(shapes))

    def latex(self) -> str:
        """Its symbol as LaTeX."""
        return latex(self.symbol)

    def definition(self) -> str:
        """The expectation that it stands for, as text."""
        return f"E[{self.value}]"

    def definition_latex(self) -> str:
        """The expectation that it stands for, as LaTeX."""
        return expectation_latex(self.value)

    def _repr_html_(self) -> str:
        return display.html("quantity", self, Quantity.definition)

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
        point: dict[sp.Symbol, sp.Expr] = {
            s: sp.Integer(int(rng.integers(1, LARGEST_EXACT_SIZE + 1))) for s in self.size_symbols
        }
        matrices, numbers = self.setting.realised({s.name: int(v) for s, v in point.items()}, rng)
        arrays = {name: _integers(matrix) for name, matrix in matrices.items()}
        scalars = {name: exact_number(number, name) for name, number in numbers.items()}
        random = {b for s in self.setting.samples for b in s.names()}
        for atom in self._every_atom():
            if atom.base not in random:
                _require_shape(atom, arrays, point)
        expectation = _entrywise(self, arrays, point, scalars)
        for s, definition in self.setting.names:
            inner = evaluate_words(definition, arrays, {**{k.name: v for k, v in point.items()}, **scalars})
            point[s] = sp.sympify(inner, strict=True)
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
