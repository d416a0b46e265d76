"""The work of the site on workers: the same bytes for any number, nothing made twice, nothing lost with another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from w2s_sym.executors.forked import in_copies
from w2s_sym.executors.running import Local
from w2s_sym.papers.ledger import verify_all
from w2s_sym.papers.loading import resolve
from w2s_sym.store.disk import Store

PAPER = """
import os
from w2s_sym import Figure, Line

@dataclass(frozen=True)
class Told(Fake):
    def lines(self, claim, proved=False):
        note(f"lines of {claim.name}, {'proved' if proved else 'open'}")
        return (Line.of(x, "", "the start"), Line.of(x + 1, "<", "one more than it"))

@dataclass(frozen=True)
class Lost(Fake):
    def lines(self, claim, proved=False):
        raise ValueError("no way back")

def numbers(run):
    note(f"numbers {run.effort} {run.seed}")
    return {"x": [1.0, float(run.seed)]}

def fail(run):
    raise ArithmeticError("no number")

def draw(found, canvas):
    canvas.subplots().plot(found["x"])

CLAIMS = (
    claim("proved", Told("derivation", verdict=Verdict.PROVED)),
    claim("open", Told("derivation", verdict=Verdict.AGREES)),
    claim("lost", Lost("derivation", verdict=Verdict.AGREES)),
    *(claim(f"more_{k}") for k in range(30)),
)
FIGURES = (
    Figure("first", "First", "seen", numbers, draw),
    Figure("fails", "Fails", "unseen", fail, draw),
    Figure("last", "Last", "seen", numbers, draw),
)
"""
DIES = PAPER.replace('raise ArithmeticError("no number")', "os._exit(3)")


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_any_number_of_workers_and_any_hashes_make_the_same_bytes(command, claims_file, tmp_path) -> None:
    path, found = claims_file(PAPER), []
    for jobs, seed in ((1, "1"), (3, "2")):
        store = tmp_path / f"store{jobs}"
        process = command(
            "report", path, "--jobs", jobs, "-o", f"out{jobs}", W2S_SYM_STORE=str(store), PYTHONHASHSEED=seed
        )
        said = process.communicate(timeout=240)
        assert process.returncode == 0, said
        found.append(files(tmp_path / f"out{jobs}"))
    assert found[0] == found[1]
    assert len([name for name in found[0] if name.startswith("claims/")]) == 33
    assert {"figures/my_claims-first.svg", "figures/my_claims-last.svg"} <= set(found[0])


def test_what_is_stored_is_not_made_again_and_what_is_not_is(w2s, claims_file, tmp_path, store) -> None:
    path, notes = claims_file(PAPER), tmp_path / "count"
    assert w2s("verify", path, "--jobs", 1).code == 0
    assert "lines of" not in notes.read_text()  # nobody asked for pages
    assert w2s("report", path, "--jobs", 1, "-o", "one").code == 0
    told = notes.read_text()
    assert told.count("lines of proved, proved") == told.count("lines of open, open") == 1
    assert w2s("report", path, "--jobs", 2, "-o", "two").code == 0
    assert notes.read_text() == told
    assert files(tmp_path / "one") == files(tmp_path / "two")
    page = (tmp_path / "one/claims/toy/proved.html").read_text(encoding="utf-8")
    assert "one more than" in page
    assert "no way back" in (tmp_path / "one/claims/toy/lost.html").read_text(encoding="utf-8")


def test_a_figure_of_another_seed_is_another_figure(w2s, claims_file, tmp_path) -> None:
    path = claims_file(PAPER)
    drawn = []
    for seed in (1, 2):
        assert w2s("report", path, "--jobs", 1, "--seed", seed, "-o", "out").code == 0
        drawn.append(files(tmp_path / "out")["figures/my_claims-first.svg"])
    assert drawn[0] != drawn[1]


@pytest.mark.skipif(os.name != "posix", reason="elsewhere figures are drawn in this process")
def test_a_figure_that_takes_its_process_with_it_takes_no_other_figure(w2s, claims_file, tmp_path) -> None:
    ran = w2s("report", claims_file(DIES), "--jobs", 2, "-o", "out")
    assert ran.code == 0
    made = files(tmp_path / "out")
    assert {"figures/my_claims-first.svg", "figures/my_claims-last.svg"} <= set(made)
    assert "no figure: the worker process died (exit code 3)" in made["papers/toy.html"].decode()
    assert "lost with their process, drawn one by one" in ran.err


def test_a_pipe_is_told_of_figures_and_pages(w2s, claims_file) -> None:
    said = w2s("report", claims_file(PAPER), "--jobs", 1, "-o", "out").err
    assert "my_claims.py figures: 2 drawn, 1 not" in said
    assert "the site: 37 pages are written" in said


# -- copies of a process --------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_pieces_come_in_their_order_whoever_made_them(workers: int) -> None:
    told: list[int] = []
    held = {"not sent": lambda k: k * k}  # what cannot be pickled is there in a copy

    def piece(number: int) -> tuple[int, int]:
        return held["not sent"](number), os.getpid()

    found = in_copies(piece, 5, workers, told.append)
    assert [square for square, _ in found] == [0, 1, 4, 9, 16]
    assert told == [1, 2, 3, 4, 5]
    assert (os.getpid() in {who for _, who in found}) == (workers == 1)


def test_what_a_copy_could_not_do_is_done_here(tmp_path: Path) -> None:
    here = os.getpid()

    def piece(number: int) -> int:
        if number == 1 and os.getpid() != here:
            os._exit(1)
        return number

    assert in_copies(piece, 3, 2, lambda done: None) == [0, 1, 2]


def test_an_exception_of_a_piece_is_raised() -> None:
    def piece(number: int) -> float:
        return 1 / (number - 2)

    with pytest.raises(ZeroDivisionError):
        in_copies(piece, 3, 2, lambda done: None)


def test_workers_that_load_the_paper_themselves_draw_the_same(claims_file, tmp_path) -> None:
    entries, found = resolve([str(claims_file(PAPER))]), []
    for method in ("fork", "spawn"):
        memory = Store(tmp_path / method)
        run = verify_all(entries, pages=True, memory=memory, executor=Local(1, method))
        found.append((run.drawings, {name: [c.to_record() for c in chains] for name, chains in run.chains.items()}))
    assert found[0] == found[1]
    assert [bool(d.svg) for d in found[0][0]] == [True, False, True]
