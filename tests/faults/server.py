"""A copy of the checkout, and a server that runs tests and claims in it without importing what is slow each time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What a copy holds; a name that is absent is left out.
PARTS = ("w2s_sym", "derivations", "docs", "tests", "pyproject.toml", "README.md", "Makefile")
# No result depends on the clock: this guards against a command that hangs, on the slowest of machines.
HOUR = 3600
LATE = -1000
# Hypothesis is loaded before pytest could rewrite its assertions.
REWRITE = "ignore::pytest.PytestAssertRewriteWarning"

# The server imports what is slow and knows nothing of this package, then forks one child for each run.
SERVER = """
import json, os, signal, sys, traceback
sys.path.insert(0, os.getcwd())
import hypothesis, mpmath, numpy, pytest, flint, scipy.stats, sympy, sympy.polys.rings, threadpoolctl
for line in sys.stdin:
    program, arguments, seconds, log = json.loads(line)
    child = os.fork()
    if child == 0:
        os.setsid()
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0), os.dup2(out, 1), os.dup2(out, 2)
        code = 70
        try:
            if program == "pytest":
                main = pytest.main
            else:
                from w2s_sym.cli.command_line import main
            code = int(main(arguments))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            os._exit(code)
    def late(*_):
        raise TimeoutError
    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except TimeoutError:
        code = -1000
    signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    if code == -1000:
        os.waitpid(child, 0)
    print(json.dumps(code), flush=True)
"""


def copy_checkout(into: Path) -> Path:
    """A copy of what the package and its tests need, without version control and environments."""
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, into / name)
        elif source.exists():
            shutil.copy2(source, into / name)
    return into


class Server:
    """A copy of the checkout under ``folder`` and a process that runs tests and claims in it, one after another."""

    def __init__(self, folder: Path) -> None:
        self.tree = copy_checkout(folder / "tree")
        self.log = folder / "log.txt"
        self.store = folder / "store"
        self.scratch = folder / "tmp"
        self.scratch.mkdir()
        # What pytest tells the processes of its own run is not for those of ours.
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        environment = {
            **inherited,
            "PYTHONPATH": str(self.tree),
            "W2S_SYM_STORE": str(self.store),
            "TMPDIR": str(self.scratch),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            cwd=self.tree,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tests(self, names: Iterable[str], seconds: float = HOUR) -> tuple[int, str, float]:
        """(pytest's exit code or LATE, what it said, seconds) of tests, which stop at the first that fails."""
        return self._run("pytest", ["-x", "-q", "-n0", "-p", "no:cacheprovider", "-W", REWRITE, *names], seconds)

    def claims(self, names: Iterable[str], seconds: float = HOUR) -> tuple[int, str, float]:
        """The same of claims, which are verified at quick effort."""
        return self._run("w2s-sym", ["verify", *names, "--effort", "quick", "--fresh", "--jobs", "1"], seconds)

    def _run(self, program: str, arguments: list[str], seconds: float) -> tuple[int, str, float]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        start = time.perf_counter()
        print(json.dumps([program, arguments, seconds, str(self.log)]), file=self.process.stdin, flush=True)
        code = int(json.loads(self.process.stdout.readline()))
        said = self.log.read_text(errors="replace") if self.log.exists() else ""
        for leftover in self.scratch.iterdir():
            shutil.rmtree(leftover, ignore_errors=True)
        return code, said, time.perf_counter() - start

    def write(self, file: str, text: str) -> None:
        """Write a source file of the copy, and forget what Python has compiled of it."""
        path = self.tree / file
        path.write_text(text, encoding="utf-8")
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            compiled.unlink()

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)
        self.process.stdout.close()
