"""What several tests share: a store of their own, toy claims, and the command line run in this process or another."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

TOYS = (ROOT / "tests" / "toys.py").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line of a refusal; asserts that it is one line, that nothing else was said and no traceback."""
        assert self.code == 2, (self.code, self.out, self.err)
        assert self.out == ""
        assert "Traceback" not in self.err
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("w2s-sym: error: ")
        return lines[0]


@pytest.fixture(autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of this test's own: a test reads no finding that it did not make."""
    root = tmp_path_factory.mktemp("store")
    monkeypatch.setenv("W2S_SYM_STORE", str(root))
    return root


@pytest.fixture(autouse=True)
def _same_path() -> Iterator[None]:
    """Loading a user's file adds its folder to the import path, and its neighbours to the loaded modules."""
    before, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = before
    for name in set(sys.modules) - modules:
        origin = getattr(sys.modules[name], "__file__", None)
        if origin and "/pytest-" in origin:
            del sys.modules[name]


@pytest.fixture
def claims_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a claims file made of the toys and the given text; return its path."""

    def write(text: str, name: str = "my_claims.py") -> Path:
        path = tmp_path / name
        path.write_text(TOYS + "\n" + text + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def w2s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run the command line in this process, from an empty folder."""
    from w2s_sym.cli.command_line import main

    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Ran:
        capfd.readouterr()
        code = main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the command line in a process of its own; ``package`` is the folder that holds w2s_sym."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object, package: Path = ROOT, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "w2s_sym", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(package), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell starts what it runs in the background with Ctrl-C ignored, which children inherit.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        with process:  # closes its pipes and waits
            pass


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    """The record of a certificate of several boxes, in two variables, some of them by series."""
    from certified import several_boxes

    return several_boxes()


@pytest.fixture(scope="session")
def _library_of_proofs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library of our proofs, compiled once; skips where there is no Coq."""
    from w2s_sym.coq.development import LIBRARY, write_library
    from w2s_sym.coq.toolchain import compile_file, installed, missing

    coq = installed()
    if coq is None:
        pytest.skip(missing())
    folder = tmp_path_factory.mktemp("library")
    write_library(folder)
    for name in LIBRARY:
        assert compile_file(coq, folder, f"{name}.v").problem == ""
    return folder


@pytest.fixture(scope="module")
def place(_library_of_proofs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the test file's own in which files of Coq find the compiled library."""
    return shutil.copytree(_library_of_proofs, tmp_path_factory.mktemp("coq") / "place")
