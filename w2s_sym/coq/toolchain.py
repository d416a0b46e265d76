"""Coq as it is found on this machine: its version, and files compiled within a limit of time and memory."""

from __future__ import annotations

import functools
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("Coquelicot", "Interval")
HOW = "on Debian: apt-get install coq libcoq-coquelicot libcoq-interval"
# For one file: no shipped proof takes a quarter of either. Coq answers an interrupted file with an error like another.
# The seconds are those of a processor: what is accepted does not depend on what else a machine does. Only a file that
# waits, and does nothing, meets the other limit.
SECONDS = 120
WAITING = 20 * SECONDS
MEGABYTES = 4000


@dataclass(frozen=True)
class Coq:
    """An installed Coq with the libraries that proofs use."""

    compiler: str
    version: str

    @property
    def name(self) -> str:
        """Its name and version, as findings give it."""
        return f"Coq {self.version}"


@functools.cache
def installed() -> Coq | None:
    """The Coq of this machine; None where it, Coquelicot or Interval is missing: :func:`missing` says which."""
    return None if missing() else Coq(str(shutil.which("coqc")), _version())


@functools.cache
def missing() -> str:
    """What is missing for proofs to be checked, and how to get it; empty when nothing is."""
    if shutil.which("coqc") is None:
        return f"coqc is not found; {HOW}"
    where = Path(_told("coqc", "-where"))
    absent = [p for p in PACKAGES if not (where / "user-contrib" / p).is_dir()]
    return f"Coq has no {' and no '.join(absent)}; {HOW}" if absent else ""


def _version() -> str:
    found = re.search(r"version (\S+)", _told("coqc", "--version"))
    return found.group(1) if found else "of an unknown version"


def _told(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout.strip()


@dataclass(frozen=True)
class Compiled:
    """What Coq says of a file: ``problem`` against it, empty when it is accepted, and what it printed."""

    problem: str
    printed: str


def compile_file(coq: Coq, directory: Path, file: str, seconds: int = SECONDS, waiting: float = WAITING) -> Compiled:
    """Compile one file of a development whose directory is bound to the name W2S.

    A file that takes more processor time or memory than allowed is not accepted.
    """
    command = [coq.compiler, "-q", "-w", "none", "-R", ".", "W2S", file]
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            capture_output=True,
            text=True,
            timeout=waiting,
            check=False,
            preexec_fn=functools.partial(_limited, seconds),
        )
    except subprocess.TimeoutExpired:
        return Compiled(f"no answer within {waiting:g} s", "")
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return Compiled(f"no answer within {seconds} s of a processor", "")
    problem = "" if done.returncode == 0 else " ".join((done.stderr or done.stdout).split()) or "Coq failed"
    return Compiled(problem, done.stdout)


def _limited(seconds: int) -> None:
    import resource  # only where processes have such limits

    size = MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
