"""A built wheel in an empty environment, beside a toy paper that is a distribution of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROJECT = """
[build-system]
requires = ["setuptools>=68"]
build-backend = "setuptools.build_meta"

[project]
name = "toy-paper"
version = "1.0"
dependencies = ["w2s-sym"]

[project.entry-points."w2s_sym.papers"]
toy2024 = "toy_paper"

[tool.setuptools]
py-modules = ["toy_paper"]
"""

PAPER = '''
"""A paper of its own."""
from w2s_sym import Claim, Compare, Condition, Domain, Precision, Source, symbol

x = symbol("x", "a number", positive=True)
TOY = Source("toy2024", "Ann Author", "A toy paper", 2024)

CLAIMS = (
    Claim("square_of_a_sum", "The square of x + 1 has three terms.",
          Compare((x + 1) ** 2, "=", x**2 + 2 * x + 1), Domain((x,)), TOY, (Precision(digits=50),),
          rivals=(x**2 + 1,)),
)
'''


# Import all modules of both packages, but for the one that runs the command line and the one that needs pytest, and
# print their names.
MODULES = """
import importlib, pkgutil
for package in ("derivations", "w2s_sym"):
    folders = importlib.import_module(package).__path__
    names = [package] + [m.name for m in pkgutil.walk_packages(folders, package + ".")]
    for name in sorted(names):
        if name.rpartition(".")[2] not in ("__main__", "pytest_plugin"):
            importlib.import_module(name)
        print(name)
"""


def modules(package: str) -> list[str]:
    """The dotted names of all modules of a package in this checkout, in order."""
    files = (p.relative_to(ROOT).with_suffix("").parts for p in (ROOT / package).rglob("*.py"))
    return sorted(".".join(parts).removesuffix(".__init__") for parts in files)


def run(*command: object, cwd: Path, code: int = 0) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_wheel_runs_anywhere_with_a_second_paper(tmp_path: Path) -> None:
    toy, elsewhere, wheels, home = (tmp_path / name for name in ("toy", "elsewhere", "wheels", "env"))
    for folder in (toy, elsewhere):
        folder.mkdir()
    (toy / "pyproject.toml").write_text(PROJECT)
    (toy / "toy_paper.py").write_text(PAPER)
    # Built from a copy of what git would clone, so that no stale build directory slips into the wheel.
    source = tmp_path / "source"
    names = ("pyproject.toml", "README.md", "LICENSE", "w2s_sym", "derivations")
    source.mkdir()
    run("cp", "-r", *(ROOT / n for n in names), source, cwd=tmp_path)
    python = home / "bin" / "python"
    run(sys.executable, "-m", "venv", home, cwd=tmp_path)
    run(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels, source, toy, cwd=tmp_path)
    # Python compiles what is imported; the rest of SymPy and numpy need not be.
    run(python, "-m", "pip", "install", "--quiet", "--no-compile", *sorted(wheels.glob("*.whl")), cwd=tmp_path)

    w2s = home / "bin" / "w2s-sym"
    place = run(python, "-c", "import w2s_sym; print(w2s_sym.__file__)", cwd=elsewhere)
    assert Path(place.strip()).is_relative_to(home)
    assert (Path(place.strip()).parent / "py.typed").exists()

    # Every module of the checkout is in the wheel, and imports there.
    installed = run(python, "-c", MODULES, cwd=elsewhere).split()
    assert installed == [*modules("derivations"), *modules("w2s_sym")]

    assert "toy2024: 1 claim\n" in run(w2s, "list", cwd=elsewhere)
    assert "toy2024/square_of_a_sum" in run(w2s, "list", "toy2024", cwd=elsewhere)
    assert "1 claim: it holds" in run(w2s, "verify", "toy2024", "--json", "toy.json", cwd=elsewhere)
    found = json.loads((elsewhere / "toy.json").read_text())
    assert found["ok"] is True
    assert found["claims"][0]["rivals"] == [{"latex": "x^{2} + 1", "refuted": True}]
    assert found["commit"] is None  # an installed package is no checkout
    assert "all hold" in run(w2s, "verify", "dong2025", cwd=elsewhere)
