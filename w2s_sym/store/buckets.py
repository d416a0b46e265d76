"""Findings in object storage: an address such as ``s3://bucket/w2s`` in the place of a directory.

fsspec reads and writes it; it is an extra, as is what it needs for each kind of storage. An object is written whole or
not at all, so that several hosts may write at once: two that write one key write the same finding.
"""

from __future__ import annotations

import importlib
from typing import Any


class Bucket:
    """Texts by name below one address.

    Raises ``OSError`` when fsspec, what it needs for this kind of address, or the address is missing.
    """

    def __init__(self, address: str) -> None:
        try:
            fsspec: Any = importlib.import_module("fsspec")
            self._files, self._root = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError) as problem:
            raise OSError(f"it needs fsspec ({problem}); pip install 'w2s-sym[cluster]'") from problem
        if "file" in self._files.protocol:
            raise OSError("it is a directory; give its path without file://")

    def read(self, name: str) -> str:
        """The text under a name. Raises ``OSError`` when there is none."""
        content: bytes = self._files.cat_file(f"{self._root}/{name}")
        return content.decode()

    def write(self, name: str, text: str) -> None:
        """Keep a text under a name, whole or not at all. Raises ``OSError``."""
        self._files.pipe_file(f"{self._root}/{name}", text.encode())
