"""The command ``w2s-sym derive``: the equations, the risk and the numbers of an estimator in a file."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, Any

from w2s_sym.cli.arguments import HelpShape
from w2s_sym.cli.outputs import Output, refuse_clashes, write_all
from w2s_sym.cli.streams import RefusedError, bad_input
from w2s_sym.cli.terminal import tell
from w2s_sym.store.marks import LATEX, marked_json

if TYPE_CHECKING:
    from w2s_sym.cli.arguments import Parsers
    from w2s_sym.equivalents.equivalent import Equivalent

DERIVE_HELP = """\
Derive the risk of an estimator, as sizes grow together: fixed-point equations, each source's part, and numbers.

FILE is run as Python. It holds one or more risks at its top, such as

  from w2s_sym import equivalents as eq
  n, p = eq.sizes("n p")
  Sigma = eq.covariance("Sigma", p)
  X, beta = eq.design("X", n, Sigma), eq.truth("beta", p)
  fit = eq.ridge(X, X @ beta + eq.noise("sigma2", n), "lam")
  RISK = eq.excess_risk(fit, beta, under=Sigma)

VALUES is an .npz file of arrays by name: matrices, the truth as a vector, sizes and numbers. With it the risk is
computed, and simulated from the same expression at growing sizes."""

EXIT = "exit codes: 0 derived; 1 an exact check of the derivation fails; 2 bad input"
LONGEST_DIGITS = 1000
TEX_NOTE = "% \\input this in a document that loads amsmath; \\allowdisplaybreaks lets a long formula cross pages."


def add_derive(parsers: Parsers) -> None:
    """Add the command to the command line."""
    parser = parsers.add_parser(
        "derive",
        help="the risk of an estimator in a file: equations, formula, numbers and a simulation",
        description=DERIVE_HELP,
        epilog=EXIT,
        formatter_class=HelpShape,
    )
    parser.add_argument(
        "target", metavar="FILE[::NAME]", help="a .py file, run as Python, and the name of a risk in it"
    )
    parser.add_argument("--at", metavar="VALUES.npz", help="arrays by name; nothing in them is evaluated")
    parser.add_argument("--digits", type=_digits, metavar="D", help="prove D digits by ball arithmetic")
    parser.add_argument(
        "--draws", type=_draws, default=100, metavar="K", help="draws per size; 0 for none (default: 100)"
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write lines, values and simulation as JSON (- for standard output)"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE.tex", help="write the equations and the formula in LaTeX, for \\input"
    )
    parser.set_defaults(command=derive_risk, keeps=False)


def _digits(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= LONGEST_DIGITS and len(text) <= 6):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of digits from 1 to {LONGEST_DIGITS}")
    return int(text)


def _draws(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6) or text == "1":
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of draws; give 0, or 2 or more")
    return int(text)


def derive_risk(options: argparse.Namespace) -> int:
    """Derive and print. Returns the exit code; raises :class:`RefusedError` for input that is refused."""
    if options.digits is not None and options.at is None:
        raise RefusedError("--digits needs numbers: add --at VALUES.npz")
    outputs = (Output(options.json, "--json"), Output(options.output, "-o"))
    refuse_clashes(outputs, [f for f in (options.target.partition("::")[0], options.at) if f])
    with bad_input():
        from w2s_sym.equivalents.scalars import EngineError

        risks, names = _risks(options.target)
        try:
            records = {name: _told(risk, options, names) for name, risk in risks.items()}
        except EngineError as problem:
            raise RefusedError(str(problem)) from problem
    texts = {name: "\n".join(record["text"]) for name, record in records.items()}
    printed = "\n\n".join(text if len(texts) == 1 else f"{name}\n{text}" for name, text in texts.items())
    plain = {name: {k: v for k, v in record.items() if k != "text"} for name, record in records.items()}
    latex = "\n\n".join((f"{LATEX}\n{TEX_NOTE}", *(f"% {name}\n{risk.latex()}" for name, risk in risks.items()))) + "\n"
    contents = (marked_json(plain, indent=1), latex)
    write_all(
        [(o, text) for o, text in zip(outputs, contents, strict=True) if o.path is not None],
        lambda: tell(printed, sys.stderr if options.json == "-" else sys.stdout),
    )
    return 0 if all(c["holds"] for record in plain.values() for c in record["checks"]) else 1


def _risks(target: str) -> tuple[dict[str, Equivalent], frozenset[str]]:
    """The risks of a file, or the one that is named; and the names of matrices and numbers of all risks of the file."""
    from w2s_sym.equivalents.equivalent import Equivalent
    from w2s_sym.papers.loading import run_file

    path, colons, wanted = target.partition("::")
    found = {k: v for k, v in vars(run_file(path, "a risk")).items() if isinstance(v, Equivalent)}
    if not found:
        raise RefusedError(f"{path} holds no risk at its top: write RISK = excess_risk(...) in it")
    if colons and wanted not in found:
        raise RefusedError(f"{path} has no risk {wanted}; it has {', '.join(found)}")
    names = frozenset(name for risk in found.values() for name in risk.names)
    return {wanted: found[wanted]} if colons else found, names


def _told(risk: Equivalent, options: argparse.Namespace, names: frozenset[str]) -> dict[str, Any]:
    """What is said of a risk: lines of text, and plain values. ``names`` are those of all risks of its file."""
    lines = risk.lines()
    checks = [{"term": c.term, "check": c.check, "comparisons": c.comparisons, "holds": c.holds} for c in risk.check()]
    number = sum(int(str(c["comparisons"])) for c in checks)
    ill = [f"{c['check']} of {c['term']}" for c in checks if not c["holds"]]
    text = [
        *map(_hanging, lines),
        f"exact checks modulo a prime: {number} equalities, " + (f"WRONG: {', '.join(ill)}" if ill else "all hold"),
    ]
    record: dict[str, Any] = {"lines": lines, "checks": checks}
    if options.at is not None:
        values = _values(options.at, risk, names)
        found = _numbers(risk, values, options.digits)
        parts = {name: _written(v) for name, v in {**found.parts, "total": found.total}.items()}
        text += [f"{name} = {value}" for name, value in parts.items()]
        record |= {"values": parts, "radius": found.radius}
        if options.draws:
            simulated = risk.simulate(values, draws=options.draws)
            text += str(simulated).splitlines()
            rows = [
                {"copies": r.copies, "mean": r.mean, "error": r.error, "equivalent": r.equivalent}
                for r in simulated.rows
            ]
            record |= {"simulation": rows, "worst_z": simulated.worst}
    return {**record, "text": text}


def _hanging(line: str) -> str:
    """An equation or a term with the mark after its left side: on a terminal its later rows begin there."""
    return re.sub(r"(?<= = )|(?<=: )", "\t", line, count=1)


def _numbers(risk: Equivalent, values: dict[str, Any], digits: int | None) -> Any:
    from w2s_sym.equivalents.enclosures import enclosed_at
    from w2s_sym.equivalents.numbers_at import numbers_at

    if digits is not None:
        return enclosed_at(risk.derived, values, digits, joint=False)
    return numbers_at(risk.derived, values, joint=False)


def _written(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _values(path: str, risk: Equivalent, names: frozenset[str]) -> dict[str, Any]:
    """The arrays of a file without those of other risks (``names``); what is none of real numbers is refused."""
    from w2s_sym.formula.plain_arrays import ArrayError
    from w2s_sym.spectra.array_files import open_npz

    try:
        found = open_npz(path)
    except ArrayError as problem:
        raise RefusedError(f"{path} {problem}") from problem
    kinds = risk.names
    found = {name: value for name, value in found.items() if name in kinds or name not in names}
    for name, value in found.items():
        if kinds.get(name) in ("size", "number") and value.size != 1:
            raise RefusedError(f"{name} in {path} has {value.size} numbers: one is needed here; curves are for Python")
    return {name: value.item() if kinds.get(name) in ("size", "number") else value for name, value in found.items()}
