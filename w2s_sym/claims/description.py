"""A claim as one text: equal texts for equal claims, in every process, and another text when any field differs.

Two claims are *the same* when their texts are: an id is a name, and a name proves nothing.
"""

from __future__ import annotations

import functools
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.formula.totals import SpectrumSymbol

# Objects already described, by identity. They are held, for else a freed one's identity could return as another's.
Seen = dict[int, tuple[int, object]]


class IndescribableError(TypeError):
    """A value that has no stable description; findings that depend on it are not kept."""


def same_claim(one: Claim, other: Claim) -> bool:
    """Whether two claims agree in every field, and their evidence is of the same classes.

    A claim that has no description is the same as itself only.
    """
    if one is other:
        return True
    try:
        kinds = [[type(item) for item in claim.evidence] for claim in (one, other)]
        return kinds[0] == kinds[1] and claim_digest(one) == claim_digest(other)
    except (IndescribableError, RecursionError):  # the latter for a circle of claims, which is refused in words later
        return False


def differing_fields(one: Claim, other: Claim) -> tuple[str, ...]:
    """The names of the fields in which two claims differ; a field that has no description differs."""
    return tuple(f.name for f in fields(one) if not _same_text(getattr(one, f.name), getattr(other, f.name)))


def _same_text(one: object, other: object) -> bool:
    try:
        return one is other or stable_text(one) == stable_text(other)
    except (IndescribableError, RecursionError):
        return False


@functools.lru_cache(maxsize=4096)
def claim_digest(claim: Claim) -> str:
    """A hash of all fields of a claim, those of its evidence and of the claims it rests on included.

    Raises :class:`IndescribableError` when a field has no stable description.
    """
    seen: Seen = {id(claim): (0, claim)}
    return sha256_of(
        claim.source.key + "".join(f"|{f.name}={_text(getattr(claim, f.name), seen)}" for f in fields(claim))
    )


def stable_text(value: object) -> str:
    """A text that is the same in every process for equal values, and differs when a field does."""
    return _text(value, {})


ATOMS = (type(None), bool, int, float, complex, str, bytes, Fraction)


def _text(value: object, seen: Seen) -> str:
    if isinstance(value, ATOMS):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, sp.Basic):
        return _formula_text(_Same(value))
    if isinstance(value, sp.MatrixBase):
        return _printed(value)
    if isinstance(value, type):
        return f"class {value.__module__}.{value.__qualname__}"
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    if id(value) in seen:
        return f"<{seen[id(value)][0]}>"
    seen[id(value)] = (len(seen), value)
    if isinstance(value, Claim):
        return f"claim {claim_digest(value)}"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}[{','.join(_text(v, seen) for v in value)}]"
    if isinstance(value, (set, frozenset)):
        return f"set{{{','.join(sorted(_member(v, seen) for v in value))}}}"
    if isinstance(value, Mapping):
        pairs = sorted(f"{_member(k, seen)}:{_member(v, seen)}" for k, v in value.items())
        return f"map{{{','.join(pairs)}}}"
    if isinstance(value, Enum):
        return f"{type(value).__qualname__}.{value.name}"
    return _object(value, seen)


def _member(value: object, seen: Seen) -> str:
    """The text of what stands in no order: it does not count for its neighbours as seen."""
    before = len(seen)
    text = _text(value, seen)
    while len(seen) > before:
        seen.popitem()
    return text


class _Same:
    """A formula as a key that is equal to itself only: formulas that SymPy calls equal may have other texts."""

    def __init__(self, value: sp.Basic) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value


@functools.lru_cache(maxsize=16384)
def _formula_text(formula: _Same) -> str:
    """The text of a formula; most symbols stand in many claims."""
    return _printed(formula.value)


def _printed(value: sp.Basic | sp.MatrixBase) -> str:
    # Dummies are numbered by their order of creation in the process.
    return re.sub(r"dummy_index=\d+", "dummy", sp.srepr(value)) + _letters(value)


def _letters(value: Any) -> str:
    """What varies along the spectra of a formula, and how: SymPy prints their names only."""
    spectra = sorted(value.atoms(SpectrumSymbol), key=lambda s: s.name)
    # SymPy may put an equal spectrum in place of this one, so that identities say nothing here.
    return "".join(f" {s.name} of {_text(s.symbols, {})} with {_text(s.conditions, {})}" for s in spectra)


def _object(value: Any, seen: Seen) -> str:
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, np.generic):
        return f"{name}:{value!r}"
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufcSU":
        return f"array {value.dtype} {value.shape} {sha256_of(value.tobytes().hex())}"
    if isinstance(value, FunctionType):
        cells = [c.cell_contents for c in value.__closure__ or ()]
        parts = (_code(value.__code__), value.__defaults__, value.__kwdefaults__, cells)
        return f"function {value.__module__}.{value.__qualname__}({','.join(_text(p, seen) for p in parts)})"
    if isinstance(value, MethodType):
        return f"method({_text(value.__self__, seen)},{_text(value.__func__, seen)})"
    if isinstance(value, functools.partial):
        return f"partial({','.join(_text(p, seen) for p in (value.func, value.args, value.keywords))})"
    if callable(value) and hasattr(value, "__self__") and hasattr(value, "__qualname__"):
        owner = value.__self__  # a builtin: its module, or the object it is bound to
        return f"builtin {value.__qualname__} {'' if owner is None else _text(owner, seen)}"
    if isinstance(value, np.ufunc):
        return f"ufunc {value.__name__}"
    if isinstance(value, io.IOBase):
        raise IndescribableError(f"{name} is an open file; its content has no stable description")
    # What is nested hundreds of times deep describes itself in one list.
    flat = getattr(type(value), "flat_description", None)
    if flat is not None:
        return f"{name} {_text(flat(value), seen)}"
    if is_dataclass(value):
        content = {f.name: getattr(value, f.name) for f in fields(value)}
    elif hasattr(value, "__dict__"):
        content = dict(vars(value))
    else:
        raise IndescribableError(f"{name} has no stable description")
    return f"{name}({','.join(f'{k}={_text(v, seen)}' for k, v in sorted(content.items()))})"


def _code(code: CodeType) -> tuple[object, ...]:
    constants = tuple(_code(c) if isinstance(c, CodeType) else c for c in code.co_consts)
    return (code.co_code, code.co_names, constants)


def sha256_of(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
