"""Files that a command writes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NoReturn

from w2s_sym.store.marks import is_ours

if TYPE_CHECKING:
    from pathlib import Path

from w2s_sym.cli.streams import RefusedError, say


class Output:
    """A file that is written at the end, whole or not at all, and refused at the start when it cannot be."""

    def __init__(self, path: str | None, option: str, folder: str | None = None) -> None:
        """``folder``, when given, is where ``path`` goes; it is made with the file when it is missing."""
        self.path, self.option, self.folder, self.special = path, option, folder, False
        if folder is not None:
            self.path = path = os.path.join(folder, str(path))
            if not self._has_folder(folder):
                return
        # Devices and pipes are written in place: /dev/null must not be replaced by a file.
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


def picture_format(path: str | None) -> str:
    """The format that the name of a picture asks for, such as ``png``; empty for no picture.

    Raises :class:`RefusedError` for a name that ends otherwise.
    """
    if path is None:
        return ""
    from w2s_sym.papers.figures import FORMATS

    suffix = os.path.splitext(path)[1].removeprefix(".").lower()
    if suffix not in FORMATS:
        raise RefusedError(f"cannot write -o {path}: choose a name that ends in .{', .'.join(FORMATS)}")
    return suffix
