"""Every notebook runs from its top in a clean kernel, and what is committed is what comes out.

Words are compared literally, and so are integers. Another processor rounds otherwise, so that a number with a
fraction may be one unit off in its last digit.
"""

from __future__ import annotations

import ast
import gc
import os
import re
import sys
import warnings
from decimal import Decimal
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PATH = re.compile(r"(?<![\w.:/])/(?:home|Users|root|tmp|work|usr|opt|var|mnt|private)/|[A-Z]:\\\\")
LIMIT = 1_500_000


class _ThisPython(KernelSpecManager):
    """The kernel of the interpreter that runs the tests, whatever kernels are installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name=kernel_name,
            language="python",
        )


class _Kernel(AsyncKernelManager):
    def __init__(self, **more: Any) -> None:
        super().__init__(**{**more, "kernel_spec_manager": _ThisPython()})


def execute(notebook: Any, folder: Path) -> Any:
    """A copy of the notebook with fresh outputs; its kernel starts in ``folder`` and imports this checkout."""
    fresh = nbformat.from_dict(notebook)
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        fresh, timeout=3600, kernel_manager_class=_Kernel, resources={"metadata": {"path": str(folder)}}
    )
    paths = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH", "")) if p)
    with warnings.catch_warnings():
        # Of sockets and event loops, now or when they are collected; what the notebook warns of is in its outputs.
        warnings.simplefilter("ignore")
        try:
            client.execute(env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"})
        finally:
            del client
            gc.collect()
    return fresh


def texts(cell: Any) -> list[tuple[str, str]]:
    """What a code cell shows, by kind: text as it is, pictures by their kind alone; one stream in pieces is joined."""
    found: list[tuple[str, str]] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            if found and found[-1][0] == output.name:
                found[-1] = (output.name, found[-1][1] + output.text)
            else:
                found.append((output.name, output.text))
        elif output.output_type == "error":
            found.append(("error", output.ename))
        else:
            for kind, value in sorted(output.data.items()):
                found.append((kind, value if kind.startswith("text/") else ""))
    return found


# A number in a text, without its sign: no part of a word (0.9em, x2) or of a version (1.2.3).
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\.?\w)")
# With fewer digits one unit is no rounding but another number.
ENOUGH = 3


def same_number(one: str, other: str) -> bool:
    """Whether two prints of a number differ by one unit of the last digit of the finer one at most."""
    if one == other or (one.isdigit() and other.isdigit()):
        return one == other
    a, b = Decimal(one), Decimal(other)
    # What counts is how many digits there are from the first to the last of either.
    unit = min(int(x.as_tuple().exponent) for x in (a, b))
    if max(a, b).adjusted() - unit + 1 < ENOUGH:
        return False
    return abs(a - b) <= Decimal((0, (1,), unit))


def same_text(one: str, other: str) -> bool:
    """Whether two texts have the same words, and the same numbers up to their last digits."""
    if NUMBER.sub("0", one) != NUMBER.sub("0", other):
        return False
    return all(map(same_number, NUMBER.findall(one), NUMBER.findall(other)))


def same(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> bool:
    """Whether two cells show the same."""
    return [kind for kind, _ in old] == [kind for kind, _ in new] and all(
        same_text(a, b) for (_, a), (_, b) in zip(old, new, strict=True)
    )


def problems(committed: Any, fresh: Any) -> list[str]:
    """In which cells the committed outputs are not the fresh ones, or say something that no output should."""
    found = []
    for number, (old, new) in enumerate(zip(committed.cells, fresh.cells, strict=True)):
        if old.cell_type != "code":
            continue
        shown = texts(old)
        if not same(shown, texts(new)):
            found.append(f"cell {number}: the committed output is stale; run the notebook and save it")
        if any(PATH.search(text) for _, text in shown):
            found.append(f"cell {number}: its output names a folder of one machine")
        if any(kind in ("stderr", "error") for kind, _ in shown):
            found.append(f"cell {number}: its output is an error or a warning")
        if any(name.split(".")[0] in ("sympy", "mpmath") for name in _imports(old.source)):
            found.append(f"cell {number}: makes formulas of its own; use a claim")
    return found


def _imports(source: str) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_is_small_and_of_no_machine(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert path.stat().st_size < LIMIT
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    counts = [c.execution_count for c in notebook.cells if c.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))  # run from its top, once
    assert not PATH.search("".join(c.source for c in notebook.cells))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_runs_and_shows_what_is_committed(path: Path, tmp_path: Path) -> None:
    committed = nbformat.read(path, as_version=4)
    assert problems(committed, execute(committed, tmp_path)) == []


# -- the test's own test --------------------------------------------------------------------------------------


def written(source: str, output: str | None) -> Any:
    cell = nbformat.v4.new_code_cell(source)
    if output is not None:
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=output)]
    return nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": {"name": "python3", "display_name": "P"}})


@pytest.mark.parametrize(
    ("source", "output", "word"),
    [
        ("print(2)", "2\n", None),
        ("import derivations.dong2025 as d, w2s_sym\nprint(d.__name__)", "derivations.dong2025\n", None),
        ("print(2)", "1\n", "stale"),
        ("print(2)", None, "stale"),
        ("x = 2", "2\n", "stale"),
        ("import sympy\nprint(2)", "2\n", "formulas of its own"),
        ("print('/home/ann/x')", "/home/ann/x\n", "one machine"),
    ],
)
def test_a_planted_fault_is_caught(source: str, output: str | None, word: str | None, tmp_path: Path) -> None:
    notebook = written(source, output)
    found = problems(notebook, execute(notebook, tmp_path))
    assert len(found) == (word is not None)
    assert word is None or word in found[0]


def test_an_error_is_caught(tmp_path: Path) -> None:
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute(written("1 / 0", None), tmp_path)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rho_w = 0.774402, N = 9", "rho_w = 0.774403, N = 9"),
        ("rho_w = 0.77440224194083", "rho_w = 0.77440224194084"),
        ("z 7.34940e-05.", "z 7.34941e-05."),
        ("<dd>0.5</dd>", "<dd>0.499999</dd>"),  # %g leaves zeros out
        ("<dd>1</dd>", "<dd>0.999999</dd>"),
        ("-0.0136649 [1.15, 2.00]", "-0.0136648 [1.16, 1.99]"),
        ("[0.16122985 0.08325096]", "[0.16122986 0.08325095]"),
        ("9.99 %", "10.0 %"),
        ("same 12 words", "same 12 words"),
    ],
)
def test_last_digits_may_be_rounded_otherwise(one: str, other: str) -> None:
    assert same_text(one, other)
    assert same_text(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rho_w = 0.774402", "rho_w = 0.774404"),
        ("rho_w = 0.774402", "rho_w = 0.774412"),
        ("rho_w = 0.774402", "rho_w = 0.674402"),
        ("rho_w = 0.774402", "rho_w = -0.774402"),
        ("rho_w = 0.774402", "rho_s = 0.774402"),
        ("the student wins", "the teacher wins"),
        ("7.34940e-05", "7.34940e-06"),
        ("<dd>0.5</dd>", "<dd>0.499998</dd>"),
        ("2.5 of 3", "2.6 of 3"),  # too few digits for rounding
        ("N = 1000", "N = 1001"),  # integers are counted, not rounded
        ("0.774402", "0.774402 0.1"),
        ("width 0.167em", "width 0.168em"),
        ("version 1.26.4", "version 1.26.5"),
    ],
)
def test_a_changed_number_or_word_is_seen(one: str, other: str) -> None:
    assert not same_text(one, other)
    assert not same_text(other, one)


def test_another_kind_of_output_is_seen() -> None:
    assert same([("stdout", "0.774402")], [("stdout", "0.774403")])
    assert not same([("stdout", "1")], [("text/plain", "1")])
    assert not same([("stdout", "1")], [("stdout", "1"), ("stdout", "")])
