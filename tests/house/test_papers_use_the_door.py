"""Papers, README, the guide, essays and the file of ``w2s-sym new`` import what ``w2s_sym`` offers, as a user does."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import w2s_sym
import w2s_sym.equivalents
from w2s_sym.cli import template

ROOT = Path(__file__).resolve().parents[2]


def _cells(path: Path) -> Iterator[str]:
    """The code of a notebook, cell by cell, without lines for IPython alone."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            yield "".join(line for line in cell["source"] if not line.startswith(("%", "!")))


def _sources() -> Iterator[tuple[str, str]]:
    """Everything that a user reads in order to write a file of their own: (what, Python source)."""
    for path in sorted((ROOT / "derivations").rglob("*.py")):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        yield str(path.relative_to(ROOT)), "\n".join(_cells(path))
    for path in (ROOT / "README.md", ROOT / "docs" / "quickstart.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))):
        page = path.read_text(encoding="utf-8")
        for number, code in enumerate(re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)):
            yield f"{path.relative_to(ROOT)}[{number}]", code
    yield "w2s-sym new", template.claims_file("my_paper.py")


SOURCES = dict(_sources())
# The package itself, and the language of estimators, which has a list of names of its own.
DOORS = {"w2s_sym": w2s_sym, "w2s_sym.equivalents": w2s_sym.equivalents}


def inner(source: str) -> list[str]:
    """What a source imports from inside of the package, or from it without its offering the name; one line each."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [f"{node.lineno}: {a.name}" for a in node.names if a.name.startswith("w2s_sym.")]
        elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
            if node.module in DOORS:
                names = DOORS[node.module].__all__
                found += [f"{node.lineno}: {node.module}.{a.name}" for a in node.names if a.name not in names]
            elif node.module.startswith("w2s_sym."):
                found.append(f"{node.lineno}: {node.module}")
        elif isinstance(node, ast.Call) and any(
            isinstance(a, ast.Constant) and str(a.value).startswith("w2s_sym.") for a in node.args[:1]
        ):
            found.append(f"{node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize("what", SOURCES)
def test_it_uses_the_door(what: str) -> None:
    assert inner(SOURCES[what]) == []


def test_all_places_are_read() -> None:
    named = [what.partition("/")[0].partition("[")[0] for what in SOURCES]
    assert set(named) == {"derivations", "docs", "notebooks", "README.md", "w2s-sym new"}
    assert named.count("derivations") == len(list((ROOT / "derivations").rglob("*.py")))
    assert named.count("notebooks") == 6
    assert sum("w2s_sym" in source for source in SOURCES.values()) > 60


@pytest.mark.parametrize(
    "planted",
    [
        "from w2s_sym.claims.claim import Claim",
        "import w2s_sym.claims.claim",
        "import math, w2s_sym.claims.claim as c",
        "from w2s_sym.formula import letters",
        "from w2s_sym import utils",
        "from w2s_sym import claims",
        "def f():\n    from w2s_sym.papers.figures import BLUE",
        "if TYPE_CHECKING:\n    from w2s_sym.claims.claim import Claim",
        "m = import_module('w2s_sym.claims.claim')",
    ],
)
def test_a_planted_violation_is_caught(planted: str) -> None:
    assert len(inner(f"import numpy as np\n{planted}\n")) == 1


@pytest.mark.parametrize(
    "harmless",
    [
        "from w2s_sym import Claim, Compare, figures, filters, letters, samplers",
        "import w2s_sym",
        "from derivations.dong2025.setting import n",
        "from .setting import n",
    ],
)
def test_what_is_allowed_is_not_caught(harmless: str) -> None:
    assert inner(harmless) == []
