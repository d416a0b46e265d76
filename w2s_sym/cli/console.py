"""Talking to a terminal: lines that survive a closed pipe, live progress, files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn, TextIO

from w2s_sym.store.marks import is_ours

if TYPE_CHECKING:
    from pathlib import Path

    from w2s_sym.papers.ledger import Event


class RefusedError(Exception):
    """Input refused before any work: a line for the user."""


@contextlib.contextmanager
def bad_input() -> Iterator[None]:
    """Turn what the package says of bad input into one line. Imported here, since --help must import nothing."""
    from w2s_sym.claims.claim import ClaimError
    from w2s_sym.forecast.features import FeatureError
    from w2s_sym.formula.domain import DomainError
    from w2s_sym.papers.figures import FigureError
    from w2s_sym.papers.loading import UsageError

    try:
        yield
    except (UsageError, ClaimError, DomainError, FigureError, FeatureError) as problem:
        raise RefusedError(str(problem)) from problem


def say(text: str, stream: TextIO | None = None) -> None:
    """Print; a reader that has gone away (``| head``) is no error, a standard output that is full is one."""
    stream = stream if stream is not None else sys.stdout
    try:
        print(text, file=stream, flush=True)
    except OSError as problem:
        _lost(stream, problem)


def flush(stream: TextIO) -> None:
    """Flush, with the same errors as :func:`say`."""
    try:
        stream.flush()
    except OSError as problem:
        _lost(stream, problem)
    except ValueError:
        pass  # closed already


def _lost(stream: TextIO, problem: OSError) -> None:
    _silence(stream)
    if not isinstance(problem, BrokenPipeError) and stream is not sys.stderr:
        cause = (problem.strerror or str(problem)).lower()
        raise RefusedError(f"cannot write standard output: {cause}; send it where there is room") from problem


def open_streams() -> None:
    """Make the standard streams fit to print on: any character can be printed, and a closed error stream is silent.

    Raises :class:`RefusedError` when standard output is closed.
    """
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lives
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name with an accent, on a terminal without it
    if sys.stdout is None:
        raise RefusedError("standard output is closed; send it to a file or to /dev/null")


def _silence(stream: TextIO) -> None:
    """Point a broken stream at nothing, so that the interpreter's own flush at exit stays quiet."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def one_line(text: str) -> str:
    """The text in one line, with what is overlong in it (an argument of a thousand letters) cut short."""
    text = re.sub(r"\S{300,}", lambda m: f"{m[0][:100]}...{m[0][-60:]}", " ".join(text.split()))
    return text if len(text) <= 1500 else f"{text[:700]} ... {text[-400:]}"


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80


class Progress:
    """Live progress on standard error: one line that changes on a terminal, one line per finding elsewhere."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self.shown = 0

    def __call__(self, event: Event) -> None:
        what = f"[{event.done}/{event.total}] {event.claim} {event.kind}"
        if event.finding is not None:
            source = "from the store" if event.recalled else f"{event.seconds:.1f} s"
            what += f" {event.finding.verdict} ({source})"
        elif event.message:
            what += f": {one_line(event.message)}"
        if self.live:
            width = max(20, _columns() - 1)
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("\r" + what[:width].ljust(min(self.shown, width)))
                sys.stderr.flush()
            self.shown = len(what)
        elif event.finding is not None and not event.recalled:
            say(what, sys.stderr)

    def close(self) -> None:
        if self.live and self.shown:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("\r" + " " * min(self.shown, _columns() - 1) + "\r")
        self.shown = 0


class Output:
    """A file that is written at the end, whole or not at all, and refused at the start when it cannot be."""

    def __init__(self, path: str | None, option: str, folder: str | None = None) -> None:
        """``folder``, when given, is where ``path`` goes; it is made with the file when it is missing."""
        self.path, self.option, self.folder, self.special = path, option, folder, False
        if folder is not None:
            self.path = path = os.path.join(folder, str(path))
            if not self._has_folder(folder):
                return
        # Devices and pipes are written in place: replacing /dev/null by a file would be a poor joke.
        self.special = path is not None and os.path.exists(path) and not os.path.isfile(path)
        if path is None or path == "-":
            return
        target = os.path.realpath(path)
        folder = os.path.dirname(target)
        if not path or os.path.isdir(target):
            self._refuse("is a directory" if path else "is empty")
        if not os.path.isdir(folder):
            self._refuse(f"has no directory {folder}; create it")
        if os.path.exists(target) and not os.access(target, os.W_OK):
            self._refuse("is not writable")
        try:
            os.lstat(target)
        except FileNotFoundError:
            pass
        except OSError as problem:  # a name that is too long
            self._refuse((problem.strerror or str(problem)).lower())
        if not self.special:
            probe = os.path.join(folder, f".{os.path.basename(target)[:64]}.{os.getpid()}.probe")
            try:
                with open(probe, "x"):
                    pass
                os.unlink(probe)
            except OSError as problem:
                self._refuse((problem.strerror or str(problem)).lower())

    def _has_folder(self, folder: str) -> bool:
        """Whether the folder is there; refuses one that cannot be made."""
        if not folder or (os.path.exists(folder) and not os.path.isdir(folder)):
            self._refuse("is no folder" if folder else "is empty", folder)
        if os.path.isdir(folder):
            return True
        parent = os.path.realpath(folder)
        try:
            os.lstat(parent)
        except (FileNotFoundError, NotADirectoryError):
            pass  # the loop below says what is in the way
        except OSError as problem:  # a name that is too long
            self._refuse((problem.strerror or str(problem)).lower(), folder)
        while not os.path.exists(parent):
            parent = os.path.dirname(parent)
        if not os.path.isdir(parent) or not os.access(parent, os.W_OK | os.X_OK):
            self._refuse(f"{parent} is no folder that can be written", folder)
        return False

    def keep_others(self) -> None:
        """Refuse a file that is there and that w2s-sym did not write; an empty one may be replaced."""
        target = self.file
        if target is None or not os.path.exists(target):
            return
        try:
            ours = is_ours(target)
        except OSError as problem:
            self._refuse((problem.strerror or str(problem)).lower())
        if not ours:
            raise RefusedError(
                f"cannot write {self.option} {self.path}: it exists, and w2s-sym did not write it; "
                "choose another name, or remove it first"
            )

    def beside(self, suffix: str) -> Output:
        """The output of the same name with another suffix; nothing for what is no regular file."""
        if self.path in (None, "-") or self.special:
            return Output(None, self.option)
        return Output(os.path.splitext(str(self.path))[0] + suffix, self.option)

    @property
    def file(self) -> str | None:
        """The regular file that this writes, links resolved; None for a stream, a device or nothing."""
        return None if self.path in (None, "-") or self.special else os.path.realpath(str(self.path))

    def clash(self, files: Iterable[str | Path]) -> bool:
        """Whether this would be written over one of the files."""
        mine = self.file
        return mine is not None and any(_same_file(mine, os.path.realpath(f)) for f in files)

    def stage(self, text: str | bytes) -> Path | None:
        """Write a regular file under another name, to be renamed by :func:`write_all`; None for anything else."""
        from pathlib import Path

        from w2s_sym.store.disk import stage

        self.keep_others()  # it may have come since the start
        try:
            if self.folder is not None:
                os.makedirs(self.folder, exist_ok=True)
            return None if self.file is None else stage(Path(self.file), text)
        except OSError as problem:
            self._refuse((problem.strerror or str(problem)).lower())

    def stream(self, text: str | bytes) -> None:
        """Write at once what is no regular file; only text goes to standard output."""
        if self.path == "-" and isinstance(text, str):
            say(text.rstrip("\n"))
        elif self.special:
            try:
                with open(str(self.path), "wb") as target:
                    target.write(text.encode() if isinstance(text, str) else text)
            except OSError as problem:
                self._refuse((problem.strerror or str(problem)).lower())

    def accept(self, staged: Path) -> None:
        """Give a staged file its name."""
        try:
            os.replace(staged, str(self.file))
        except OSError as problem:
            self._refuse((problem.strerror or str(problem)).lower())

    def _refuse(self, cause: str, folder: str | None = None) -> NoReturn:
        what, path = ("file", self.path) if folder is None else ("folder", folder)
        raise RefusedError(f"cannot write {self.option} {path}: {cause}; choose a {what} that can be written")


def _same_file(one: str, other: str) -> bool:
    try:
        return one == other or os.path.samefile(one, other)
    except OSError:
        return False


def refuse_clashes(outputs: Sequence[Output], inputs: Iterable[str | Path]) -> None:
    """Refuse outputs that would be written over an input, over one another or over a file of somebody else."""
    inputs = list(inputs)
    for position, output in enumerate(outputs):
        if output.clash(inputs):
            raise RefusedError(f"{output.option} {output.path} is a file that is read; choose another file")
        for other in outputs[:position]:
            twice = output.path == other.path == "-" or (other.file is not None and output.clash([other.file]))
            if twice:
                raise RefusedError(
                    f"{other.option} {other.path} and {output.option} {output.path} are one file; choose two"
                )
    for output in outputs:
        output.keep_others()


def write_all(texts: Sequence[tuple[Output, str | bytes]], then: Callable[[], None]) -> None:
    """Write all files or none.

    Files are first written under other names; then comes what cannot be taken back, the streams and devices and
    ``then``; only when all that went well do the files get their names.
    """
    staged: list[tuple[Output, Path]] = []
    try:
        for output, text in texts:
            path = output.stage(text)
            if path is not None:
                staged.append((output, path))
        for output, text in texts:
            output.stream(text)
        then()
        for output, path in staged:
            output.accept(path)
    finally:
        for _, path in staged:
            path.unlink(missing_ok=True)
