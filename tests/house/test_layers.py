"""Imports go one way: from a package to those that its row allows, never back, and never from wing to wing.

All imports are read with ``ast``, those inside functions and under TYPE_CHECKING included, and so are modules named in
``import_module("...")``. Inside a package the modules import each other without a circle. The second half of this file
plants violations and requires that each is caught.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "w2s_sym"

# One row for each package, from the ground up: what it may import of ours. A row names rows before it only.
ROWS: Mapping[str, frozenset[str]] = {
    name: frozenset(allowed.split())
    for name, allowed in (
        ("kernel", ""),
        ("formula", ""),
        ("spectra", "formula"),
        ("matrices", "formula"),
        ("claims", "formula"),
        ("evidence", "kernel formula matrices claims"),
        ("equivalents", "formula spectra matrices claims evidence"),
        ("store", "claims"),
        ("executors", "claims"),
        ("coq", "formula claims evidence store"),
        ("papers", "formula claims store executors coq"),
        ("rows", "formula spectra"),
        ("forecast", "formula spectra claims rows store executors papers"),
        ("sweeps", "formula spectra matrices claims evidence equivalents store executors papers"),
        ("report", "formula matrices claims store papers forecast"),
        ("cli", "formula spectra claims equivalents store executors coq papers forecast sweeps report"),
    )
}
# Modules at the top of the package, by what they may import: the command line and the plugin stand on all packages.
TOP = {"__main__": frozenset(ROWS), "pytest_plugin": frozenset(ROWS)}
# The kinds of evidence are independent readings of one statement: none may lean on another's parts.
WINGS = ("derivation", "precision", "certificate", "simulation")
# The one door by which what stands below shows itself: it loads the views when a notebook asks.
DOOR = ("w2s_sym.formula.display", "w2s_sym.report.html")

# What some modules must not know, beyond the order: a derivation has no numbers to fall back on, a sampler no formulas.
STRANGERS: Mapping[str, frozenset[str]] = {
    name: frozenset(strangers.split())
    for name, strangers in (
        ("w2s_sym.kernel", "sympy numpy mpmath scipy"),
        ("w2s_sym.formula.signs", "numpy mpmath flint scipy"),
        ("w2s_sym.formula.definedness", "numpy mpmath flint scipy"),
        ("w2s_sym.formula.convergence", "numpy mpmath flint scipy"),
        ("w2s_sym.matrices.gaussian_rules", "numpy mpmath flint scipy"),
        ("w2s_sym.matrices.samplers", "sympy mpmath flint"),
        ("w2s_sym.evidence.derivation.calculus", "numpy mpmath flint scipy"),
        ("w2s_sym.evidence.derivation", "mpmath flint scipy"),
        ("w2s_sym.evidence.precision.precision", "random"),
        ("w2s_sym.evidence.simulation.simulation", "mpmath flint"),
        ("w2s_sym.spectra.ridge_in_floats", "sympy mpmath flint"),
        ("w2s_sym.spectra.sums_in_balls", "sympy mpmath scipy"),
        ("w2s_sym.spectra.ridge_in_balls", "sympy mpmath scipy"),
    )
}


def imports(module: str, source: str, at_run_time: bool = False) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import in the source of a module; ``from a import b`` gives ``a.b``.

    With ``at_run_time`` those under TYPE_CHECKING are left out.
    """
    tree = ast.parse(source)
    skipped: set[int] = set()
    if at_run_time:
        blocks = (n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test))
        skipped = {id(inner) for block in blocks for statement in block.body for inner in ast.walk(statement)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")[: -node.level]
                base = ".".join([*parents, base] if base else parents)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "import_module",
            "__import__",
        ):
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield node.lineno, argument.value


def package_of(dotted: str) -> str | None:
    """The package of ours that a dotted name belongs to, ``the door`` for a public name; None for what is not ours."""
    parts = dotted.split(".")
    if parts[0] != "w2s_sym" or parts[1:] in ([], ["__version__"]):
        return None
    return parts[1] if parts[1] in ROWS or (PACKAGE / f"{parts[1]}.py").exists() else "the door"


def violations(module: str, source: str) -> list[str]:
    """What the imports of a module (a dotted name) break, one line each."""
    home = module.split(".")[1]
    allowed = TOP.get(home) or ROWS[home] | {home}
    found = []
    for line, name in imports(module, source):
        here = f"{module}:{line} imports {name}"
        top = name.split(".")[0]
        if any(module.startswith(prefix) and top in banned for prefix, banned in STRANGERS.items()):
            found.append(f"{here}, which it must not know")
        if top == "derivations":
            found.append(f"{here}, a paper; the package knows no paper")
        package = package_of(name)
        if package is None or (module == DOOR[0] and name.startswith(DOOR[1])):
            continue
        if package not in allowed:
            found.append(f"{here}, which the row of {home} does not allow")
        elif home == "evidence" and package == "evidence" and not same_wing(module, name):
            found.append(f"{here}, a part of another kind of evidence")
    return found


def same_wing(module: str, name: str) -> bool:
    """Whether two dotted names of the package ``evidence`` are in the same wing."""
    mine, other = module.split(".")[2:3], name.split(".")[2:3]
    return mine == other and mine[0] in WINGS


def circles(sources: Mapping[str, str]) -> list[str]:
    """Modules that import each other in a circle at run time, one line for each circle that is found."""
    edges = {
        module: {
            target
            for _, name in imports(module, source, at_run_time=True)
            if not (module == DOOR[0] and name.startswith(DOOR[1]))
            for target in (name, name.rpartition(".")[0])
            if target in sources and target != module
        }
        for module, source in sources.items()
    }
    found, done = [], set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        if module in path:
            found.append(" -> ".join((*path[path.index(module) :], module)))
            return
        if module not in done:
            for target in sorted(edges[module]):
                visit(target, (*path, module))
            done.add(module)

    for module in sorted(sources):
        visit(module, ())
    return found


def modules() -> dict[str, str]:
    """All modules of the package by dotted name, with their source; the lists of names are left out."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if path.name != "__init__.py":
            found[dotted] = path.read_text(encoding="utf-8")
    return found


MODULES = modules()


def test_a_row_names_rows_before_it_only() -> None:
    names = list(ROWS)
    assert all(set(allowed) <= set(names[:place]) for place, allowed in enumerate(ROWS.values()))


def test_every_package_has_its_row_and_every_row_its_package() -> None:
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == set(ROWS)
    assert {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"} == set(TOP)
    assert {path.name for path in (PACKAGE / "evidence").iterdir() if (path / "__init__.py").exists()} == set(WINGS)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module: str) -> None:
    assert violations(module, MODULES[module]) == []


def test_there_is_no_circle() -> None:
    assert circles(MODULES) == []


def test_what_a_module_must_not_know_is_of_a_module_that_exists() -> None:
    assert all(any(m.startswith(name) for m in MODULES) for name in STRANGERS)


def test_the_package_knows_no_paper() -> None:
    """Not by an import, nor by name in a string that is imported."""
    papers = {p.stem for p in (ROOT / "derivations").glob("*")} - {"__init__", "__pycache__"}
    for module, source in MODULES.items():
        named = {part for _, name in imports(module, source) for part in name.split(".") if not name.startswith("w2s")}
        assert not named & (papers | {"derivations"}), module


# -- the test's own test --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "planted"),
    [
        ("formula.notation", "from w2s_sym.claims.claim import Claim"),
        ("formula.notation", "import w2s_sym.claims.claim"),
        ("formula.notation", "import sympy, w2s_sym.claims.claim as c"),
        ("formula.notation", "from w2s_sym import claims"),
        ("formula.notation", "from w2s_sym import Claim"),
        ("formula.notation", "from .. import claims"),
        ("formula.notation", "from ..claims.claim import Claim"),
        ("formula.notation", "def f():\n    from w2s_sym.claims.claim import Claim"),
        ("formula.notation", "class A:\n    def f(self):\n        import w2s_sym.claims.claim"),
        ("formula.notation", "if TYPE_CHECKING:\n    from w2s_sym.claims.claim import Claim"),
        ("formula.notation", "m = import_module('w2s_sym.claims.claim')"),
        ("formula.notation", "m = importlib.import_module('w2s_sym.report.html.views')"),
        ("formula.notation", "m = __import__('w2s_sym.claims.claim')"),
        ("formula.display", "m = import_module('w2s_sym.report.plain_text')"),
        ("claims.claim", "from w2s_sym.spectra.spectrum import Spectrum"),  # beside it
        ("claims.claim", "from w2s_sym.evidence.precision.precision import Precision"),
        ("claims.claim", "from w2s_sym import utils"),
        ("evidence.precision.precision", "from w2s_sym.evidence.simulation.simulation import Simulation"),
        ("evidence.simulation.simulation", "from w2s_sym.evidence.precision.precision import Precision"),
        ("evidence.derivation.derivation", "from w2s_sym.evidence.precision.precision import Precision"),
        ("evidence.certificate.certificate", "from w2s_sym.evidence.derivation.derivation import Derivation"),
        ("evidence.precision.precision", "from w2s_sym import evidence"),
        ("evidence.derivation.derivation", "def f():\n    import mpmath"),
        ("matrices.gaussian_rules", "from mpmath import mp"),
        ("matrices.samplers", "import sympy"),
        ("kernel.boxes", "import sympy"),
        ("kernel.boxes", "from w2s_sym.formula.notation import symbol"),
        ("report.plain_text", "from w2s_sym.cli.command_line import main"),
        ("store.disk", "from derivations.dong2025 import CLAIMS"),
        ("store.disk", "from w2s_sym.papers.figures import Figure"),
        ("cli.command_line", "from derivations import dong2025"),
        ("cli.command_line", "def f():\n    m = import_module('derivations.dong2025')"),
        ("pytest_plugin", "from derivations import dong2025"),
    ],
)
def test_a_planted_violation_is_caught(module: str, planted: str) -> None:
    assert len(violations(f"w2s_sym.{module}", f"import math\n{planted}\n")) == 1


@pytest.mark.parametrize(
    ("module", "harmless"),
    [
        ("claims.claim", "from w2s_sym.formula.domain import Domain"),
        ("claims.claim", "from w2s_sym.formula import notation"),
        ("claims.claim", "from .statement import Compare"),
        ("cli.command_line", "from w2s_sym import __version__"),
        ("cli.command_line", "from w2s_sym.report import plain_text"),
        ("formula.display", "m = import_module('w2s_sym.report.html.views')"),
        ("evidence.precision.precision", "import flint, mpmath, numpy"),
        ("evidence.precision.precision", "from w2s_sym.evidence.precision.orders import order"),
        ("pytest_plugin", "from w2s_sym.report import plain_text"),
    ],
)
def test_what_is_allowed_is_not_caught(module: str, harmless: str) -> None:
    assert violations(f"w2s_sym.{module}", harmless) == []


def test_a_planted_circle_is_caught() -> None:
    one, other = "w2s_sym.claims.one", "w2s_sym.claims.other"
    back = f"def f():\n    from {one} import a\n"
    assert circles({one: f"from {other} import b\n", other: back}) == [f"{one} -> {other} -> {one}"]
    assert circles({one: f"from {other} import b\n", other: f"if TYPE_CHECKING:\n    from {one} import a\n"}) == []
