"""Processes that a user's functions make: copies do not go on with the work, and what is started ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from w2s_sym.claims import confined
from w2s_sym.claims.results import verify
from w2s_sym.papers.ledger import verify_all
from w2s_sym.papers.loading import resolve

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not confined.CAN_COPY, reason="reads /proc, and evidence is confined on Linux only")

# The first call alone forks, however many processes call. It waits until its copy has ended, so that all which the copy
# does is written before anything else, on a machine of any speed.
FORKS_ONCE = """
import os
import sympy as sp
from w2s_sym import Claim, Compare, Domain, Mean, Simulation, Source, symbol

a = symbol("a", "a number", positive=True)
HERE = os.path.dirname(os.path.abspath(__file__))

def experiment(rng, point, draws):
    try:
        os.close(os.open(os.path.join(HERE, "forked"), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        pass
    else:
        copy = os.fork()
        if copy:
            os.waitpid(copy, 0)
            with open(os.path.join(HERE, "copies"), "a") as copies:
                copies.write(f"{copy}\\n")
    with open(os.path.join(HERE, "calls"), "a") as calls:
        calls.write(f"{os.getpid()}\\n")
    return float(point["a"]) * rng.exponential(size=draws)

CLAIMS = (Claim("mean", "A mean.", Compare(Mean(symbol("M", "the mean", real=True), "a mean"), "=", a), Domain((a,)),
    Source("toy", "A", "T", 2026), (Simulation(experiment),), rivals=(2 * a,)),)
"""

STARTS = """
import os, subprocess
HERE = os.path.dirname(os.path.abspath(__file__))

def starts():
    started = subprocess.Popen(["sleep", "600"])
    with open(os.path.join(HERE, "started"), "a") as file:
        file.write(f"{started.pid}\\n")

def starts_and_dies():
    starts()
    os._exit(3)
"""


def gone(number: int) -> bool:
    """Whether a process ends within ten seconds; one that has ended and that nobody asked for counts."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.1)
    os.kill(number, 9)
    return False


def numbers(file: Path) -> list[int]:
    return [int(line) for line in file.read_text(encoding="ascii").split()]


@pytest.mark.parametrize("jobs", [None, 1], ids=["python", "workers"])
def test_a_copy_that_an_experiment_makes_of_its_process_does_not_go_on(tmp_path: Path, jobs: int | None) -> None:
    file = tmp_path / "forking_claims.py"
    file.write_text(FORKS_ONCE, encoding="utf-8")
    entries = resolve([str(file)])
    result = verify(entries[0].claim) if jobs is None else verify_all(entries, jobs=jobs).results[0]
    assert result.holds, result.why()
    (copy,) = numbers(tmp_path / "copies")
    calls = numbers(tmp_path / "calls")
    assert calls.count(copy) == 1
    assert len(set(calls)) == 2
    assert len(calls) > 2


@pytest.mark.parametrize("does", ["starts", "starts_and_dies"])
@pytest.mark.parametrize("jobs", [None, 1], ids=["python", "workers"])
def test_what_a_job_starts_ends_with_its_worker(
    claims_file: Callable[..., Path], tmp_path: Path, does: str, jobs: int | None
) -> None:
    entries = resolve([str(claims_file(f"{STARTS}\nCLAIMS = (claim('a', Fake(failure={does})),)"))])
    if jobs is not None:
        verify_all(entries, jobs=jobs)
    elif does == "starts":
        verify(entries[0].claim)
    else:
        with pytest.raises(ChildProcessError, match=r"ended \(exit code 3\)"):
            verify(entries[0].claim)
    (number,) = numbers(tmp_path / "started")
    assert gone(number)


@pytest.mark.parametrize("how", ["verify(entries[0].claim)", "verify_all(entries, jobs=1)"], ids=["python", "workers"])
def test_what_a_job_starts_ends_when_its_program_is_killed(
    claims_file: Callable[..., Path], tmp_path: Path, how: str
) -> None:
    waits = f"{STARTS}\nimport time\nCLAIMS = (claim('a', Fake(failure=lambda: (starts(), time.sleep(300)))),)"
    text = "from w2s_sym.claims.results import verify\nfrom w2s_sym.papers.ledger import verify_all\n"
    text += f"from w2s_sym.papers.loading import resolve\nentries = resolve([{str(claims_file(waits))!r}])\n{how}\n"
    program = subprocess.Popen([sys.executable, "-c", text], env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        while not (tmp_path / "started").exists() or not numbers(tmp_path / "started"):
            assert program.poll() is None
            time.sleep(0.1)
    finally:
        program.kill()
        program.wait()
    (number,) = numbers(tmp_path / "started")
    assert gone(number)
