"""What a column names, found: a claim of a paper or of a file, an estimator of a file, or the object itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare
from w2s_sym.equivalents.equivalent import Equivalent
from w2s_sym.evidence.simulation.trials import Places
from w2s_sym.formula.domain import Domain
from w2s_sym.matrices.experiment import Quantity
from w2s_sym.papers.checking import whereabouts
from w2s_sym.papers.loading import Entry, Paper, UsageError, load, resolve, run_file
from w2s_sym.store.fingerprints import source_digest
from w2s_sym.sweeps.cells import ColumnSource
from w2s_sym.sweeps.claim_draws_in_cells import ClaimDraws, digest_of, sampler_of
from w2s_sym.sweeps.estimators import RiskDraws, RiskSource
from w2s_sym.sweeps.formulas import FormulaSource, formula_of_claim, formula_source
from w2s_sym.sweeps.numbers_given import SweepError

_CLAIM = re.compile(r"[A-Za-z0-9_]+/[A-Za-z0-9_]+\Z")
_MEMBER = re.compile(r"(.+\.py)::([A-Za-z_][A-Za-z0-9_]*)\Z", re.DOTALL)
_SHAPES = "a claim id such as dong2025/weak_teacher_variance, or FILE.py::NAME"


@dataclass
class Lookup:
    """Finds what columns name. A file is run once; one with a relative path lies in ``folder``."""

    folder: Path
    modules: dict[str, ModuleType] = field(default_factory=dict)

    def formula(self, given: Any, defined: str, where: str) -> FormulaSource:
        """The formula of a claim, or an expression of SymPy. Raises :class:`SweepError`."""
        if isinstance(given, Claim):
            return formula_of_claim(given, defined, where)
        if isinstance(given, sp.Expr):
            symbols = tuple(sorted(given.free_symbols, key=lambda s: str(s.name)))
            return formula_source(given, Domain(symbols), str(given), str(given), where)
        return formula_of_claim(self._entry(given, where).claim, defined, where)

    def equivalent(self, given: Any, part: str, where: str, name: str) -> RiskSource:
        """The equivalent of an estimator. Raises :class:`SweepError`."""
        risk, label, sources = self._risk(given, where, name)
        parts = [term.name for term in risk.derived.terms]
        if part and part not in parts:
            raise SweepError(f"{where}: {label} has no part {part[:60]!r}; it has {', '.join(parts)}")
        return RiskSource(risk, label, sources, part)

    def simulation(self, given: Any, draws: int, where: str, name: str) -> ColumnSource:
        """Draws of a claim's left side, or of an estimator. Raises :class:`SweepError`."""
        if isinstance(given, Equivalent) or (isinstance(given, str) and self._member(given, where) is not None):
            return RiskDraws(*self._risk(given, where, name), draws)
        entry = _entry_of_object(given) if isinstance(given, Claim) else self._entry(given, where)
        try:
            return _claim_draws(entry, draws)
        except ClaimError as problem:
            raise SweepError(f"{where}: {problem}") from problem

    def _risk(self, given: Any, where: str, name: str) -> tuple[Equivalent, str, str]:
        """An estimator's risk, its label, and the hash of its file."""
        if isinstance(given, Equivalent):
            return given, name, ""
        found = self._member(given, where)
        if found is None:
            raise SweepError(f"{where}: {given!r:.80} holds no risk; write RISK = excess_risk(...) and FILE.py::RISK")
        module = self.modules[str(given).rpartition("::")[0]]
        return found, str(given), source_digest(module.__name__, Path(str(module.__file__)))

    def _member(self, given: Any, where: str) -> Equivalent | None:
        """The risk that FILE.py::NAME names; None where NAME is none, or the text is of another form."""
        match = _MEMBER.match(given) if isinstance(given, str) else None
        if match is None:
            return None
        path, member = match.groups()
        if path not in self.modules:
            try:
                self.modules[path] = run_file(str(self.folder / path), "a risk or CLAIMS")
            except UsageError as problem:
                raise SweepError(f"{where}: {problem}") from problem
        found = vars(self.modules[path]).get(member)
        return found if isinstance(found, Equivalent) else None

    def _entry(self, given: Any, where: str) -> Entry:
        if not isinstance(given, str):
            raise SweepError(f"{where}: is {given!r:.60}; give {_SHAPES}")
        file = _MEMBER.match(given)
        if file is None and not _CLAIM.match(given):
            raise SweepError(
                f"{where}: {given[:60]!r} names no claim, and what is typed is not evaluated; give {_SHAPES}, or a "
                "SymPy expression from Python"
            )
        target = given if file is None else f"{self.folder / file[1]}::{file[2]}"
        try:
            entries = resolve([target])
        except UsageError as problem:
            predicted = None if file is not None else _predicted(given)
            if predicted is None:
                raise SweepError(f"{where}: {problem}") from problem
            return predicted
        return entries[0]


def _predicted(given: str) -> Entry | None:
    """The claim that a paper lists under a name in its PREDICTIONS; None when there is none."""
    paper_name, _, name = given.partition("/")
    try:
        paper = load(paper_name)
    except UsageError:
        return None
    claim = paper.predictions.get(name)
    return None if claim is None else Entry(paper, claim)


def _entry_of_object(claim: Claim) -> Entry:
    """The entry of a claim from Python: of its paper where that lists this very object, else of none."""
    try:
        for entry in resolve([claim.id]):
            if entry.claim is claim:
                return entry
    except UsageError:
        pass
    return Entry(Paper("a claim of this process", (claim,), "", None), claim)


def _claim_draws(entry: Entry, draws: int) -> ClaimDraws:
    claim = entry.claim
    plan = sampler_of(claim)
    if not isinstance(claim.statement, Compare | Asymptotic):
        raise ClaimError(f"{claim.id} is an equivalence of conditions; name a claim whose left side is a mean")
    left = claim.statement.lhs
    places = Places(claim, left if plan.experiment is None and isinstance(left, Quantity) else None)
    size = ""
    if plan.sizes:
        size = claim.statement.in_.name if isinstance(claim.statement, Asymptotic) else "size"
    return ClaimDraws(
        whereabouts(entry),
        claim.id,
        tuple(s.name for s in places.names),
        tuple(s.name for s in places.sizes),
        text=claim.words,
        latex=claim.latex(),
        draws=draws,
        size=size,
        described=digest_of(claim),
        here=entry,
    )
