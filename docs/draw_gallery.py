"""Draws docs/gallery and writes docs/gallery.md: ``make gallery``. What is simulated is kept in the store."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from w2s_sym.papers.loading import load, paper_names

HERE = Path(__file__).resolve().parent
WIDTH, COLOURS = 1000, 32
INTRODUCTION = """# Gallery

Figures that the package makes, each from the formulas of its claims and from simulation. Solid lines are exact theory,
dashed lines are printed bounds, markers are simulated means with bars of two standard errors to each side. They are
drawn by `make gallery`.

```sh
w2s-sym figure                                         # lists them
w2s-sym figure dong2025/synthetic_risk -o risk.pdf     # .png, .pdf or .svg; --data FILE for the numbers
```
"""


def draw(name: str, path: Path) -> None:
    """Draw a figure as a small file: at most so wide, in so many colours."""
    subprocess.run([sys.executable, "-m", "w2s_sym", "figure", name, "-o", str(path)], check=True)
    picture = Image.open(path).convert("RGB")
    if picture.width > WIDTH:
        picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def sections() -> Iterator[str]:
    """The Markdown of each figure, drawn on the way; a title for each paper."""
    for paper in (load(name) for name in paper_names()):
        if paper.figures:
            yield f"## `{paper.name}`\n"
        for figure in paper.figures:
            path = HERE / "gallery" / f"{paper.name}-{figure.name}.png"
            path.unlink(missing_ok=True)
            draw(f"{paper.name}/{figure.name}", path)
            lines = textwrap.fill(figure.caption, 118, break_long_words=False, break_on_hyphens=False)
            title = f"### {figure.title}\n\n![{figure.title}](gallery/{path.name})\n"
            yield f"{title}\n{lines}\n\n`w2s-sym figure {paper.name}/{figure.name} -o FILE`\n"


if __name__ == "__main__":
    (HERE / "gallery").mkdir(exist_ok=True)
    (HERE / "gallery.md").write_text("\n".join([INTRODUCTION, *sections()]), encoding="utf-8")
