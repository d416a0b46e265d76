"""What w2s-sym wrote is known again, kind by kind; what it did not write is never replaced."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from w2s_sym.store import marks

DRAWN = (
    "from w2s_sym import Figure\n"
    "def numbers(run): return {'x': [1.0, 2.0]}\n"
    "def draw(found, canvas): canvas.subplots().plot(found['x'])\n"
    "FIGURES = (Figure('line', 'A line', 'seen', numbers, draw),)\n"
    "CLAIMS = (claim('a'),)"
)
# Each output: the command that writes it, and where. FILE is the claims file.
OUTPUTS = [
    (("verify", "FILE", "--jobs", "1", "--json", "out.json"), "out.json"),
    (("verify", "FILE", "--jobs", "1", "--json", "out.json"), "out.timings.json"),
    (("verify", "FILE", "--jobs", "1", "--table", "out.md"), "out.md"),
    (("verify", "FILE", "--jobs", "1", "--report", "page"), "page/index.html"),
    (("export", "FILE", "--jobs", "1", "-o", "tex"), "tex/my_claims.tex"),
    (("export", "FILE", "--jobs", "1", "-o", "tex"), "tex/my_claims_macros.tex"),
    (("figure", "FILE::line", "--data", "out.json"), "out.json"),
    (("figure", "FILE::line", "-o", "out.png"), "out.png"),
    (("figure", "FILE::line", "-o", "out.pdf"), "out.pdf"),
    (("figure", "FILE::line", "-o", "out.svg"), "out.svg"),
    (("plan", "w.npy", "s.npy", "--json", "out.json"), "out.json"),
    (("plan", "w.npy", "s.npy", "-o", "out.png"), "out.png"),
]


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and "__pycache__" not in p.parts and p.name != "count"
    }


def foreign(name: str) -> bytes:
    """A file of that kind that another program wrote, and that speaks of w2s-sym."""
    kind = Path(name).suffix
    if kind in (".png", ".pdf", ".svg"):
        from matplotlib.figure import Figure

        target = io.BytesIO()
        canvas = Figure()
        canvas.text(0.5, 0.5, "/Creator (w2s-sym) Software w2s-sym")
        canvas.savefig(target, format=kind[1:])
        return target.getvalue()
    return {
        ".json": b'{"tool": "w2s-sym", "inner": {"made_by": "w2s-sym"}, "ok": true, "claims": []}',
        ".md": b"# The ledger\n\nMade with w2s-sym 1.0 and love.\n\nAnd my notes.\n",
        ".html": b"<!DOCTYPE html>\n<html><head><title>The ledger of w2s-sym</title></head></html>\n",
        ".tex": b"% my notes on w2s-sym\n\\documentclass{article}\n",
    }[kind]


@pytest.mark.parametrize(("arguments", "name"), OUTPUTS)
def test_an_output_replaces_itself_and_nothing_else(w2s, claims_file, tmp_path, arguments, name) -> None:
    path = str(claims_file(DRAWN))
    rng = np.random.default_rng(0)
    for stem, columns in (("w", 3), ("s", 5)):
        np.save(tmp_path / f"{stem}.npy", rng.standard_normal((200, columns)))
    command = [a.replace("FILE", path) for a in arguments]
    target = tmp_path / name

    target.parent.mkdir(exist_ok=True)
    target.write_bytes(foreign(name))
    before = everything(tmp_path)
    error = w2s(*command).error
    assert "it exists, and w2s-sym did not write it; choose another name, or remove it first" in error
    assert name in error
    assert everything(tmp_path) == before
    assert not (tmp_path / "count").exists()  # refused before any work

    target.write_bytes(b"")
    assert w2s(*command).code == 0
    first = target.read_bytes()
    assert first
    assert w2s(*command).code == 0  # over its own output
    if not name.endswith(".timings.json"):
        assert target.read_bytes() == first


def test_a_file_that_comes_during_the_work_is_kept(w2s, claims_file, tmp_path) -> None:
    path = claims_file(
        "@dataclass(frozen=True)\nclass Slow(Fake):\n"
        "    def check(self, claim, run):\n"
        "        Path('out.json').write_text('mine')\n"
        "        return super().check(claim, run)\n"
        "from pathlib import Path\nCLAIMS = (claim('a', Slow()),)"
    )
    ran = w2s("verify", path, "--jobs", 1, "--json", "out.json", "--table", "t.md")
    assert (ran.code, ran.out) == (2, "")
    assert "did not write it" in ran.err
    assert (tmp_path / "out.json").read_text() == "mine"
    assert not (tmp_path / "t.md").exists()


def test_a_paper_that_includes_our_picture_is_not_ours(tmp_path: Path) -> None:
    """pdfTeX copies the included picture's metadata; the mark there is not the paper's."""
    own = b"%PDF-1.4\n3 0 obj\n<< /Creator (w2s-sym) >>\nendobj\n4 0 obj\n<< /Creator (TeX) >>\nendobj\n"
    path = tmp_path / "paper.pdf"
    for number, ours in ((3, True), (4, False)):
        path.write_bytes(own + b"trailer\n<< /Size 5 /Root 1 0 R /Info %d 0 R >>\nstartxref\n0\n%%%%EOF\n" % number)
        assert marks.is_ours(path) is ours
