"""Imports point one way: from a row of the house to the rows before it, never to a sibling, never back.

All imports are read with ``ast``, those inside functions and under TYPE_CHECKING included, and so are modules named
in ``import_module("...")``. The second half of this file plants violations and requires that each is caught.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import w2s_sym

ROOT = Path(__file__).resolve().parents[2]

ROWS = """
notation | replay
totals
algebra | integrals | models | tally | mathml | style | marks | spectrum | enclosure | compressed
markup | numeric | series | roots | tails | coordinates | balls | powers
exact
domain | rivals | features | digits | risks | powersums
correlation | labels | refits | statement | stages | fixedpoint
cards | diagnosis
claim | signs | traces
slopes | rules | checking | orders | existence | calculus | inequality | filters
derivation | boundary | sampling | extrapolation | boxes
planning
batches
judging | limits
precision | certificate | simulation | store | fingerprint | formulas | breaking | prose
figures
controls
derivations
papers | macros
workers
ledger
report | console | pages | export | template | forecast
commands | solving
cli | pytest_plugin
"""

LAYER = {name.strip(): row for row, line in enumerate(ROWS.strip().splitlines()) for name in line.split("|")}

# The three kinds of evidence are independent readings of one statement: none may lean on another's parts.
FAMILIES = (
    {"calculus", "derivation"},
    {"balls", "orders", "checking", "boundary", "precision", "extrapolation"},
    {"models", "tally", "sampling", "planning", "batches", "judging", "limits", "simulation"},
)
FAMILY = {name: number for number, family in enumerate(FAMILIES) for name in family}

# What some modules must not know, beyond the order: a derivation cannot fall back on numbers, nor a model on formulas.
STRANGERS = {
    "derivation": {"mpmath", "flint", "scipy"},
    "calculus": {"numpy", "mpmath", "flint", "scipy"},
    "rules": {"numpy", "mpmath", "flint", "scipy"},
    "signs": {"numpy", "mpmath", "flint", "scipy"},
    "models": {"sympy", "mpmath", "flint"},
    "simulation": {"mpmath", "flint"},
    "precision": {"random"},
    "numeric": {"sympy", "mpmath", "flint"},
    "series": {"sympy", "mpmath", "scipy"},
    "digits": {"sympy", "mpmath", "scipy"},
    "replay": {"sympy", "numpy", "mpmath", "scipy"},
}


def imports(name: str, source: str) -> Iterator[tuple[int, str]]:
    """(line, dotted module) of every import in the source of module ``name`` of the package w2s_sym."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "w2s_sym" + (f".{node.module}" if node.module else "") if node.level else node.module or ""
            if base == "w2s_sym":
                # Either a module or one of the lazy public names, which stands for the module it lives in.
                for alias in node.names:
                    yield node.lineno, w2s_sym._WHERE.get(alias.name, f"w2s_sym.{alias.name}")
            else:
                yield node.lineno, base
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "import_module",
            "__import__",
        ):
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield node.lineno, argument.value


def layer_of(module: str) -> str | None:
    """The name in the table that a dotted module belongs to; None for what is not ours or is no module."""
    parts = module.split(".")
    if parts[0] == "derivations":
        return "derivations"
    if parts[0] != "w2s_sym" or len(parts) < 2:
        return None
    return parts[1] if parts[1] != "__version__" else None


def violations(name: str, source: str) -> list[str]:
    found = []
    for line, module in imports(name, source):
        top = module.split(".")[0]
        if top in STRANGERS.get(name, ()):
            found.append(f"{name}:{line} imports {module}, which it must not know")
        other = layer_of(module)
        if other is None or (name, other) == ("derivations", "derivations"):
            continue  # a paper may cite another paper's claims
        if other not in LAYER:
            found.append(f"{name}:{line} imports {module}, which has no place in the table")
        elif LAYER[other] >= LAYER[name]:
            found.append(f"{name}:{line} imports {other}, which is no row before its own")
        elif name in FAMILY and other in FAMILY and FAMILY[name] != FAMILY[other]:
            found.append(f"{name}:{line} imports {other}, a part of another kind of evidence")
        elif other == "derivations":
            found.append(f"{name}:{line} imports a paper; the package knows no paper")
    return found


def sources() -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / "w2s_sym").rglob("*.py")):
        name = path.relative_to(ROOT / "w2s_sym").parts[0].removesuffix(".py")
        if name != "__init__":  # the lazy public list
            yield name, path
    for path in sorted((ROOT / "derivations").rglob("*.py")):
        yield "derivations", path


def test_every_module_has_its_place_and_every_place_its_module() -> None:
    assert {name for name, _ in sources()} == set(LAYER)


@pytest.mark.parametrize(("name", "path"), [pytest.param(n, p, id=str(p.relative_to(ROOT))) for n, p in sources()])
def test_imports_point_one_way(name: str, path: Path) -> None:
    assert violations(name, path.read_text(encoding="utf-8")) == []


def test_the_package_knows_no_paper() -> None:
    """Not by an import, nor by name in a string."""
    papers = {p.stem for p in (ROOT / "derivations").glob("*.py")} - {"__init__"}
    for _, path in sources():
        if path.parent.name != "derivations":
            named = {m for _, m in imports("", path.read_text(encoding="utf-8"))}
            assert not {m for m in named if m.split(".")[0] == "derivations" or m in papers}, path


# -- the test's own test --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "planted"),
    [
        ("notation", "from w2s_sym.claims.claim import Claim"),
        ("notation", "import w2s_sym.claims.claim"),
        ("notation", "import sympy, w2s_sym.claims.claim as c"),
        ("notation", "from w2s_sym import claim"),
        ("notation", "from w2s_sym import Claim"),
        ("notation", "from . import claim"),
        ("notation", "from .claim import Claim"),
        ("notation", "from . import Claim as C"),
        ("notation", "def f():\n    from w2s_sym.claims.claim import Claim"),
        ("notation", "class A:\n    def f(self):\n        import w2s_sym.claims.claim"),
        ("notation", "if TYPE_CHECKING:\n    from w2s_sym.claims.claim import Claim"),
        ("notation", "m = import_module('w2s_sym.claims.claim')"),
        ("notation", "m = importlib.import_module('w2s_sym.claims.claim')"),
        ("notation", "m = __import__('w2s_sym.claims.claim')"),
        ("notation", "from w2s_sym import models"),  # a sibling
        ("claim", "from w2s_sym.claims.claim import Claim"),  # itself
        ("precision", "from w2s_sym.evidence.simulation.simulation import Simulation"),
        ("simulation", "from w2s_sym.evidence.precision.precision import Precision"),
        ("derivation", "from w2s_sym.evidence.precision.precision import Precision"),
        ("precision", "from w2s_sym.matrices.samplers import bartlett"),
        ("simulation", "from w2s_sym.formula.balls import ball"),
        ("planning", "from w2s_sym.evidence.precision.session import at"),
        ("derivation", "from w2s_sym.evidence.simulation.sampling import draw"),
        ("derivation", "def f():\n    import mpmath"),
        ("rules", "from mpmath import mp"),
        ("models", "import sympy"),
        ("replay", "import sympy"),
        ("replay", "from w2s_sym.formula.notation import symbol"),
        ("report", "from w2s_sym.cli.command_line import main"),
        ("store", "from derivations.dong2025 import CLAIMS"),
        ("cli", "from derivations import dong2025"),
        ("cli", "def f():\n    m = import_module('derivations.dong2025')"),
        ("derivations", "from w2s_sym.papers.ledger import verify_all"),
        ("derivations", "from w2s_sym import report"),
        ("figures", "from derivations.dong2025 import FIGURES"),
        ("store", "from w2s_sym.papers.figures import Figure"),
        ("claim", "from w2s_sym import utils"),
    ],
)
def test_a_planted_violation_is_caught(name: str, planted: str) -> None:
    assert len(violations(name, f"import math\n{planted}\n")) == 1


@pytest.mark.parametrize(
    ("name", "harmless"),
    [
        ("claim", "from w2s_sym.formula.domain import Domain"),
        ("claim", "from w2s_sym import notation"),
        ("cli", "from w2s_sym import __version__, report"),
        ("derivations", "from w2s_sym import Claim, Derivation, Precision, Simulation"),
        ("derivations", "from derivations.classics.gaussian import CLAIMS"),
        ("derivations", "import numpy as np"),
        ("precision", "import flint, mpmath, numpy"),
    ],
)
def test_what_is_allowed_is_not_caught(name: str, harmless: str) -> None:
    assert violations(name, harmless) == []
