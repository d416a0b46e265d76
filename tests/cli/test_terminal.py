"""Text that fits the terminal: rows, words, colours, progress, and what a shell offers for TAB."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2s_sym.cli.layout import fitted
from w2s_sym.cli.progress import Progress
from w2s_sym.cli.terminal import PIPED, coloured, columns, tell
from w2s_sym.papers.board import Event
from w2s_sym.papers.loading import resolve
from w2s_sym.report import plain_text

ROOT = Path(__file__).resolve().parents[2]
ESCAPES = re.compile(r"\x1b\[[\d;]*m")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


# -- layout ---------------------------------------------------------------------------------------------------


def test_words_stay_whole_and_formulas_break_before_operators() -> None:
    assert fitted("one two three four", 9) == "one two\nthree\nfour"
    assert fitted("a_long_word_of_26_letters_x b", 10) == "a_long_word_of_26_letters_x\nb"
    assert fitted("aaaa = bbbb + cccc", 13) == "aaaa = bbbb\n+ cccc"
    assert fitted("of three letters, n = 111", 22) == "of three letters,\nn = 111"
    assert fitted("aaaa*(bbbb+cccc)*(dddd-eeee)", 20) == "aaaa*(bbbb+cccc)\n*(dddd-eeee)"


def test_a_formula_breaks_outside_parentheses_where_it_can() -> None:
    text = "aaaa + bbbb*(c + d + e + f + g)"
    assert fitted(text, 24) == "aaaa + bbbb*(c + d + e\n+ f + g)"  # too early to break at the first sum
    assert fitted("aaaaaaaa + bbbb*(c + d + e)", 18) == "aaaaaaaa\n+ bbbb*(c + d + e)"


def test_a_tab_marks_where_later_rows_begin() -> None:
    text = "  Head  \tone two three four five six seven eight"
    assert fitted(text, 40) == "  Head  one two three four five six\n        seven eight"
    assert fitted(text, 30) == "  Head\n      one two three four five\n      six seven eight"
    assert fitted(text, 100) == text.replace("\t", "")


def test_a_remark_after_a_gap_has_a_row_of_its_own() -> None:
    assert fitted("   1  =  \tx + y    [a reason]", 80) == "   1  =  x + y    [a reason]"
    long = "   1  =  \t" + " + ".join("abcdefgh") + "    [a reason of some length]"
    assert fitted(long, 45) == f"   1  =  {' + '.join('abcdefgh')}\n         [a reason of some length]"


@given(st.text("ab()+*/-=,_ \t", max_size=120), st.integers(1, 60))
def test_nothing_is_lost(text: str, width: int) -> None:
    assert "".join(fitted(text, width).split()) == "".join(text.split())


@given(st.text("ab_,   ", max_size=120).map(str.strip), st.integers(1, 60))
def test_no_row_is_too_long_but_for_a_word(text: str, width: int) -> None:
    assert all(len(row) <= width or len(row.split()) == 1 for row in fitted(text, width).split("\n"))


@pytest.mark.parametrize("width", [60, 80, 118])
def test_every_claim_of_the_ledger_fits(width: int) -> None:
    for entry in resolve([]):
        text = plain_text.page(entry.claim, ())
        laid_out = fitted(text, width)
        words = set(text.split())
        for row in laid_out.split("\n"):
            # Only an id or an integer that is wider than a row makes one longer.
            assert len(row) <= width or max(map(len, row.split())) > width - 16, row
            for word in row.split():
                # A word is whole, unless it is a formula that is wider than a row.
                assert word in words or any(word in w and len(w) > width - 14 for w in words), word


# -- the terminal ---------------------------------------------------------------------------------------------


def test_a_pipe_has_no_columns_and_a_terminal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert columns(io.StringIO()) is None
    assert columns(Terminal()) == 50
    for nonsense in ("", "0", "wide", "-3", "9" * 9, "\N{SUPERSCRIPT TWO}"):
        monkeypatch.setenv("COLUMNS", nonsense)
        assert columns(Terminal()) == 80
    monkeypatch.setenv("COLUMNS", "1")
    assert columns(Terminal()) == 30


def test_colour_is_for_terminals_and_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "toy/a: holds\n  derivation  PROVED\n  simulation  REFUTED, INCONCLUSIVE"
    for name in ("NO_COLOR", "TERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def said(stream: io.StringIO) -> str:
        tell(text, stream)
        return stream.getvalue()

    assert said(io.StringIO()) == text + "\n"
    bright = said(Terminal())
    assert ESCAPES.sub("", bright) == text + "\n"
    for word in ("toy/a", "holds", "PROVED", "REFUTED", "INCONCLUSIVE"):
        assert re.search(rf"\x1b\[[\d;]+m{word}\x1b\[0m", bright), word
    monkeypatch.setenv("NO_COLOR", "1")
    assert said(Terminal()) == text + "\n"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert said(Terminal()) == text + "\n"


def test_a_text_that_would_steer_the_terminal_does_not() -> None:
    stream = Terminal()
    tell("toy/a \x1b[2J", stream)
    assert "\x1b[2J" not in stream.getvalue()


def test_colour_takes_no_word_inside_another() -> None:
    assert coloured("it holds for all; UNPROVED; a/b/c.txt: no") == "it holds for all; UNPROVED; " + "a/b/c.txt: no"


def test_piped_text_is_the_same_in_every_terminal(w2s: Callable[..., Any], claims_file, monkeypatch) -> None:
    path = claims_file("CLAIMS = (claim('a', remark='word ' * 60),)")
    texts = []
    for wide in ("40", "200"):
        monkeypatch.setenv("COLUMNS", wide)
        texts.append(w2s("show", path).out)
    assert texts[0] == texts[1]
    assert max(map(len, texts[0].splitlines())) in range(70, PIPED + 1)


def test_a_narrow_terminal_has_a_block_for_each_claim(w2s: Callable[..., Any], claims_file, monkeypatch) -> None:
    path = claims_file(
        "CLAIMS = (claim('a', Fake('derivation', Verdict.PROVED), Fake('simulation', refuted=(0,)), rivals=(x**2,)),\n"
        "          claim('b', Fake(verdict=Verdict.REFUTED)))"
    )
    terminal = Terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    for wide, first in (
        (60, "toy/a: holds\n    derivation PROVED; simulation AGREES\n    simulation: drew 0."),
        (120, "claim  derivation  precision  simulation  holds  telling number\n"),
    ):
        monkeypatch.setattr(sys, "stdout", terminal := Terminal())
        monkeypatch.setenv("COLUMNS", str(wide))
        assert w2s("verify", path).code == 1
        said = terminal.getvalue()
        assert said.startswith(first)
        assert all(len(row) <= wide for row in said.splitlines())
        assert "precision refutes it: drew" in said
        assert ("toy/b: DOES NOT HOLD" in said) == (wide == 60)


def test_help_and_errors_fit(w2s: Callable[..., Any], monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    from w2s_sym.cli.command_line import COMMANDS

    names = [add.__name__.removeprefix("add_") for add in COMMANDS]
    for wide in (60, 80, 140):
        monkeypatch.setenv("COLUMNS", str(wide))
        for words in ([], *([name] for name in names)):
            monkeypatch.setattr(sys, "stdout", terminal := Terminal())
            assert w2s(*words, "--help").code == 0
            assert max(map(len, terminal.getvalue().splitlines())) <= wide, words
        monkeypatch.setattr(sys, "stderr", terminal := Terminal())
        assert w2s("show", "no_such_paper/" + "x" * 20).code == 2
        assert max(map(len, terminal.getvalue().splitlines())) <= wide


# -- progress -------------------------------------------------------------------------------------------------


def test_the_bar_says_how_long_the_rest_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", "100")
    now = iter([0.0, 1.0, 29.0, 60.0])
    progress = Progress(lambda: next(now))
    progress(Event(1, 5, "toy/a", "precision", recalled=True))
    progress(Event(2, 5, "toy/b", "precision"))
    progress(Event(4, 5, "toy/c", "precision"))
    rows = terminal.getvalue().split("\r")[1:]
    assert rows[0].startswith("###............. [1/5] toy/a precision")  # what came from the store tells no time
    assert rows[1].startswith("######.......... 87 s left")  # 1 made in 29 s, 3 are left
    assert rows[2].startswith("############.... 20 s left [4/5] toy/c precision")  # 3 made in 60 s, 1 is left
    assert all(len(row) < 100 for row in rows)


# -- completion -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["sh"], ["show"]),
        (["complet"], ["completion"]),
        (["show", "gaussian/steins"], ["gaussian/steins_identity", "gaussian/steins_identity_of_inverses"]),
        (["list", "dong"], ["dong2025"]),
        (["verify", "dong2025", "--ef"], ["--effort"]),
        (["verify", "--effort", ""], ["deep", "quick", "standard"]),
        (["completion", "z"], ["zsh"]),
        (["no_such_command", ""], []),
        (["show", "--effort=", "no_such"], []),
    ],
)
def test_what_tab_offers(w2s: Callable[..., Any], words: list[str], found: list[str]) -> None:
    ran = w2s("complete", "--", *words)
    assert (ran.code, ran.out.split(), ran.err) == (0, found, "")


def test_tab_loads_no_paper_the_second_time(w2s: Callable[..., Any]) -> None:
    assert w2s("complete", "--", "show", "").code == 0
    program = (
        "import sys; from w2s_sym.cli.command_line import main;"
        "code = main(['complete', '--', 'show', 'dong2025/weak']);"
        "sys.exit(code or any(name in sys.modules for name in ('sympy', 'numpy', 'derivations.classics')))"
    )
    again = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert "dong2025/weak_teacher_variance" in again.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_read_its_script(w2s: Callable[..., Any], shell: str, tmp_path: Path) -> None:
    script = w2s("completion", shell).out
    assert "w2s-sym complete -- " in script
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "script").write_text(script)
    subprocess.run([program, "-n", str(tmp_path / "script")], check=True)


def test_bash_completes_with_it(w2s: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "w2s-sym").write_text(f'#!/bin/sh\nexec {sys.executable} -m w2s_sym "$@"\n')
    (tmp_path / "w2s-sym").chmod(0o755)
    (tmp_path / "script").write_text(w2s("completion", "bash").out)
    asked = "COMP_WORDS=(w2s-sym verify --effort q); COMP_CWORD=3; _w2s_sym; echo ${COMPREPLY[@]}"
    done = subprocess.run(
        ["bash", "-c", f"PATH={tmp_path}:$PATH; source {tmp_path}/script; {asked}"],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert done.stdout.split() == ["quick"]
