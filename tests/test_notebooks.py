"""Every notebook runs from its top in a clean kernel, and what is committed is what comes out."""

from __future__ import annotations

import ast
import gc
import os
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
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
        fresh, timeout=600, kernel_manager_class=_Kernel, resources={"metadata": {"path": str(folder)}}
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


def problems(committed: Any, fresh: Any) -> list[str]:
    """In which cells the committed outputs are not the fresh ones, or say something that no output should."""
    found = []
    for number, (old, new) in enumerate(zip(committed.cells, fresh.cells, strict=True)):
        if old.cell_type != "code":
            continue
        shown = texts(old)
        if shown != texts(new):
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
