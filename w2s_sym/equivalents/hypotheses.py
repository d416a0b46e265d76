"""What the theorem behind an equivalent needs, and whether it follows from the domain of a claim."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.equivalents.claim_points import Reading
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.expressions import Design, Fixed, Inverse, Matrix, MatrixSum, subexpressions
from w2s_sym.equivalents.inputs import given_name
from w2s_sym.equivalents.positivity import definite, semidefinite
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain, at_level
from w2s_sym.formula.signs import follows
from w2s_sym.formula.totals import SpectrumSymbol, letters_along, total


def missing_hypotheses(claim: Claim, derived: Derived, reading: Reading) -> tuple[str, ...]:
    """What does not follow from the claim's domain, in words; empty where everything does.

    Sizes must be apart where no ridge is, covariances positive semidefinite (of full rank where no ridge is), those of
    blocks of one sample jointly so, numbers
    that are taken to be positive so, and strictly where they stand in an inverse. Raises :class:`EngineError` for an
    inverse of what is not visibly positive definite.
    """
    _require_visible(derived)
    found: list[str] = []
    for less, more in derived.needs:
        small, large = (_in_claim(e, claim, reading) for e in (less, more))
        if small is None or large is None or not _follows(Condition(small, "<", large), claim, None):
            found.append(f"{less} < {more}" if small is None or large is None else f"{small} < {large}")
    found += [f"{n.name} grows" for n in derived.book.numbers if n.kind == "size" and reading.number(n.name).is_number]
    inside = {s for t in derived.terms for s in _in_inverses(t.expression)}
    for number in derived.book.numbers:
        if number.given is not None and number.kind != "size" and number.given.is_positive:
            meant = _in_claim(number.given, claim, reading)
            relation = ">" if number.given in inside else ">="
            if meant is None or not _follows(Condition(meant, relation, 0), claim, None):
                found.append(f"{number.name} {relation} 0" if meant is None else f"{meant} {relation} 0")
    found += _matrices(claim, derived, reading)
    found += _joint(claim, derived, reading)
    return tuple(dict.fromkeys(found))


def _matrices(claim: Claim, derived: Derived, reading: Reading) -> Iterator[str]:
    """The covariances that are not shown to be semidefinite, or of full rank where that is needed."""
    expressions = [m for t in derived.terms for m in subexpressions(t.expression)]
    drawn = {
        s.covariance[a, b] for m in expressions if isinstance(m, Design) for s in (m.sample,) for a, b in s.covariance
    }
    inverted = [m for m in expressions if isinstance(m, Inverse) and m.needs]
    inside = {m.name for i in inverted for m in subexpressions(i) if isinstance(m, Fixed)}
    full = inside | {m.name for m in drawn if isinstance(m, Fixed)} if derived.needs else set()
    spectra = [held for s in claim.domain.symbols if (held := letters_along(s)) is not None]
    for letter in derived.book.letters:
        said = reading.matrices.get(given_name(letter.name))
        truth = given_name(letter.name) != letter.name
        if letter.definition is not None or said is None or truth or not (letter.symmetric or letter.name in full):
            continue
        if isinstance(said, Matrix):
            if letter.symmetric and not (definite(said) if letter.definite else semidefinite(said)):
                yield f"{letter.name} positive {'' if letter.definite else 'semi'}definite"
            continue
        strict = letter.definite or letter.name in full
        relation = "!=" if not letter.symmetric else ">" if strict else ">="
        condition = Condition(sp.sympify(said), relation, 0)
        held = next((s for s in spectra if condition.free_symbols & set(s.symbols)), None)
        if not _follows(condition, claim, held):
            yield str(condition)


def _joint(claim: Claim, derived: Derived, reading: Reading) -> Iterator[str]:
    """The samples whose blocks are not shown to have a joint covariance on each level: all minors are nonnegative."""
    expressions = [m for t in derived.terms for m in subexpressions(t.expression)]
    samples = {id(m.sample): m.sample for m in expressions if isinstance(m, Design)}
    spectra = [held for s in claim.domain.symbols if (held := letters_along(s)) is not None]

    def said(a: str, b: str) -> sp.Expr:
        m = sample.between(a, b)
        if m is None:
            return sp.S.Zero
        return sp.sympify(reading.matrices[m.name]) if isinstance(m, Fixed) else sp.S.One

    for sample in samples.values():
        blocks = [a for a, b in sample.covariance if a == b]
        named = {m.name for m in sample.covariance.values() if isinstance(m, Fixed)}
        if reading.traces or not named <= reading.matrices.keys():
            continue  # with traces it is looked at where the simulation draws; a block that is not used has no value
        for count in range(2, len(blocks) + 1):
            for some in combinations(blocks, count):
                minor = sp.Matrix([[said(a, b) for b in some] for a in some]).det()
                condition = Condition(sp.cancel(minor), ">=", 0)
                held = next((s for s in spectra if condition.free_symbols & set(s.symbols)), None)
                if not _follows(condition, claim, held):
                    yield f"a joint covariance of {', '.join(some)}: {condition}"


def _follows(condition: Condition, claim: Claim, along: SpectrumSymbol | None) -> bool:
    domain: Domain = claim.domain if along is None else at_level(claim.domain, along)
    return condition.free_symbols <= set(domain.symbols) and follows(condition, domain)


def _in_claim(e: sp.Expr, claim: Claim, reading: Reading) -> sp.Expr | None:
    """A size or number of the estimator as the claim has it; None where the claim does not say."""
    known = {s.name: s for s in (*claim.domain.symbols, *(g.unknown for g in claim.given))}
    by_levels = _by_levels(claim, reading)
    found = {}
    for s in e.free_symbols:
        meant = reading.number(s.name)
        named = {t: known.get(t.name) for t in meant.free_symbols}
        if None not in named.values():
            found[s] = meant.xreplace(named)
        elif s.name in by_levels:
            found[s] = by_levels[s.name]
        else:
            return None
    return sp.sympify(e.xreplace(found))


def _by_levels(claim: Claim, reading: Reading) -> dict[str, sp.Expr]:
    """The sizes that are the number of eigenvalues of a spectrum."""
    spectra = [held for s in claim.domain.symbols if (held := letters_along(s)) is not None]
    if reading.traces or len(spectra) != 1:
        return {}
    return {name: total(1, spectra[0]) for _, name in reading.sizes()}


def _in_inverses(m: Matrix) -> Iterator[sp.Symbol]:
    """The symbols of coefficients inside of inverses."""
    for part in subexpressions(m):
        if isinstance(part, Inverse):
            for inner in subexpressions(part.of):
                if isinstance(inner, MatrixSum):
                    yield from (s for c, _ in inner.terms for s in c.free_symbols)


def _require_visible(derived: Derived) -> None:
    for t in derived.terms:
        for m in subexpressions(t.expression):
            if isinstance(m, Inverse) and not m.needs and not definite(m.of):
                raise EngineError(f"{m.of} is not visibly positive definite: make inverses by inverse()")
