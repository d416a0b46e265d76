"""What tests share that ask Coq: whether it is here, and the file of a claim compiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from w2s_sym import Claim
from w2s_sym.coq.development import file_text
from w2s_sym.coq.toolchain import Compiled, compile_file, installed, missing

COQ = installed()
needs_coq = pytest.mark.skipif(COQ is None, reason=missing())


def compiled(place: Path, each: Claim) -> Compiled:
    """What Coq says of the file of a claim, in a folder with the compiled library (the fixture ``place``)."""
    assert COQ is not None
    (place / f"{each.name}.v").write_text(file_text(each), encoding="utf-8")
    return compile_file(COQ, place, f"{each.name}.v")
