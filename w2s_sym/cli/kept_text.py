"""Text of installed papers that was printed before: it comes back without loading a paper.

The key is a hash of all sources that the text can depend on: this package, the packages of the installed papers, and
the versions of Python and of what computes. The text of a user's file is not kept, for it may import anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PAPERS = "w2s_sym.papers"
_COMPUTES = ("sympy", "mpmath", "numpy", "python-flint")


def kept_text(words: Sequence[str], make: Callable[[], str]) -> str:
    """The text for these words of a command, from an earlier time where nothing has changed, else made and kept.

    Where it cannot be kept, it is made.
    """
    # Imported here, since --help must load little.
    import os
    import secrets

    if any(".py" in word for word in words):
        return make()
    file = _file(words)
    try:
        if file is not None:
            return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        pass
    text = make()
    try:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            staged = file.with_name(f".{file.name}.{os.getpid()}-{secrets.token_hex(4)}")
            staged.write_text(text, encoding="utf-8")
            staged.replace(file)
    except (OSError, UnicodeError):
        pass  # a store that cannot be written costs time, never the page
    return text


def _file(words: Sequence[str]) -> Path | None:
    """Where the text is kept; None where it cannot be."""
    from importlib import metadata

    from w2s_sym.store.root import store_root

    try:
        return store_root() / "pages" / f"{_key(words)}.txt"
    except (OSError, ValueError, RuntimeError, metadata.PackageNotFoundError):
        return None


def _key(words: Sequence[str]) -> str:
    """Raises ``ValueError`` where a source is not found."""
    import hashlib
    import platform
    from importlib import metadata

    versions = [platform.python_version(), *(metadata.version(name) for name in _COMPUTES)]
    points = sorted((p.name, p.value) for p in metadata.entry_points(group=PAPERS))
    found = hashlib.sha256(repr((list(words), versions, points)).encode())
    tops = {"w2s_sym", *(value.partition(":")[0].partition(".")[0] for _, value in points)}
    for top in sorted(tops):
        for file in _sources(top):
            found.update(str(file).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def _sources(top: str) -> Iterator[Path]:
    import importlib.util
    from pathlib import Path

    spec = importlib.util.find_spec(top)
    if spec is None or (spec.submodule_search_locations is None and spec.origin is None):
        raise ValueError(f"no source of {top}")
    if spec.submodule_search_locations is None:
        yield Path(str(spec.origin))
        return
    for folder in spec.submodule_search_locations:
        yield from sorted(Path(folder).rglob("*.py"))
