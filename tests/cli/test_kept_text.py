"""Pages of installed papers come back without loading a paper, and only while nothing has changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from w2s_sym.cli import kept_text as module
from w2s_sym.cli.kept_text import kept_text


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("W2S_SYM_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


def counted() -> tuple[list[int], Callable[[], str]]:
    made: list[int] = []

    def make() -> str:
        made.append(1)
        return f"text {len(made)} ≤"

    return made, make


def test_a_text_is_made_once(store: Path) -> None:
    made, make = counted()
    assert [kept_text(("show", "a"), make) for _ in range(3)] == ["text 1 ≤"] * 3
    assert kept_text(("show", "b"), make) == "text 2 ≤"
    assert len(made) == 2


def test_a_changed_source_makes_it_again(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source.py"
    source.write_text("1")
    monkeypatch.setattr(module, "_sources", lambda top: iter([source]))
    made, make = counted()
    kept_text(("list",), make)
    source.write_text("2")
    kept_text(("list",), make)
    monkeypatch.setattr("importlib.metadata.version", lambda name: "another")
    kept_text(("list",), make)
    assert len(made) == 3


def test_a_users_file_is_never_kept(store: Path) -> None:
    made, make = counted()
    kept_text(("show", "mine.py::a"), make)
    kept_text(("show", "mine.py::a"), make)
    assert len(made) == 2
    assert not store.exists()


def test_a_store_that_cannot_be_written_costs_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("W2S_SYM_STORE", str(tmp_path / "file"))
    assert kept_text(("list",), lambda: "text") == "text"
    assert (tmp_path / "file").read_text() == "mine"


def test_list_and_show_load_no_paper_the_second_time(w2s: Callable[..., Any], store: Path) -> None:
    for arguments in (("list", "gaussian"), ("show", "gaussian/right_quadratic_average")):
        first = w2s(*arguments)
        program = (
            "import sys; from w2s_sym.cli.command_line import main;"
            f"code = main({list(arguments)!r});"
            "sys.exit(code or any(name in sys.modules for name in ('sympy', 'numpy', 'derivations.classics')))"
        )
        again = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert (first.code, again.returncode) == (0, 0), again.stderr
        assert again.stdout == first.out


def test_what_is_refused_is_not_kept(w2s: Callable[..., Any], store: Path) -> None:
    assert w2s("show", "dong2025/absent").code == 2
    assert not store.exists()
