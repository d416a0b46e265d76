"""The command ``w2s-sym solve``: the effective ridge of a spectrum, with the digits that are proven."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from w2s_sym.cli.arguments import HelpShape
from w2s_sym.cli.streams import RefusedError, one_line, say
from w2s_sym.cli.terminal import tell

if TYPE_CHECKING:
    from w2s_sym.cli.arguments import Parsers
    from w2s_sym.spectra.enclosure import FixedPoint

SOLVE_HELP = """\
Solve for the effective ridge of a covariance with eigenvalues lam_i.

  without --ridge:  the tau > 0 with  sum_i lam_i/(lam_i + tau) = n;  n < rank
  with --ridge R:   the kappa > 0 with
                    kappa - (kappa/n) sum_i lam_i/(lam_i + kappa) = R;  any n

R is added to X'X/n, and kappa = R/mu with mu = 1/(1 + (1/n) tr Sigma (mu Sigma + R)^-1). With t = tau or kappa,
df1 = sum_i lam_i/(lam_i + t), df2 = sum_i (lam_i/(lam_i + t))^2, Omega = df2/n, effective = n (1 - Omega)."""

SPECTRUM_HELP = """\
A SPECTRUM is one of
  isotropic:p=500           p equal eigenvalues; isotropic:p=500,lam=2
  power:alpha=2,p=500       lam_i = i^-alpha, i = 1..p
  power:alpha=1.5,p=inf     the same for all i >= 1; needs alpha > 1
  levels:1x100,0.125x900    eigenvalue x multiplicity
  file:PATH                 eigenvalues in a .npy or .csv file
Decimals are exact: 1.7 is 17/10. Nothing that you type is evaluated.

Only digits that are proven are printed: each number is within less than one unit of its last digit, and within the
radius beside it. exit codes: 0 solved; 2 bad input."""


def add_solve(parsers: Parsers) -> None:
    """Add the command to the command line."""
    parser = parsers.add_parser(
        "solve",
        help="the effective ridge tau or kappa of a spectrum, to any number of certified digits",
        description=SOLVE_HELP,
        epilog=SPECTRUM_HELP,
        formatter_class=HelpShape,
    )
    parser.add_argument("--spectrum", required=True, metavar="SPECTRUM", help="the eigenvalues, see below")
    parser.add_argument("--n", required=True, metavar="N", help="number of samples, a positive number")
    parser.add_argument("--ridge", default="0", metavar="R", help="ridge added to X'X/n (default: none)")
    parser.add_argument(
        "--digits", type=_digits, metavar="D", help="prove D digits by ball arithmetic (default: what floats prove)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON: each number a decimal string of proven digits")
    parser.set_defaults(command=solve_ridge)


def _digits(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 6):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of digits; give one such as 50")
    return int(text)


def solve_ridge(options: argparse.Namespace) -> int:
    """Solve and print. Returns the exit code; raises :class:`RefusedError` for input that is refused."""
    from w2s_sym.spectra.arguments import SpectrumError
    from w2s_sym.spectra.effective_ridge import solve
    from w2s_sym.spectra.spectrum import Spectrum

    try:
        spectrum = Spectrum.parse(options.spectrum)
        found = solve(spectrum, options.n, options.ridge, digits=options.digits)
        numbers = proven_digits(found, options.digits)
    except SpectrumError as problem:
        raise RefusedError(str(problem).replace("ask for digits", "ask for --digits 30")) from problem
    except (OSError, MemoryError) as problem:
        raise RefusedError(f"cannot solve: {one_line(str(problem)) or 'out of memory'}") from problem
    caution = _caution(found)
    if options.json:
        record: dict[str, Any] = {"spectrum": spectrum.describe(), "n": str(found.n), "ridge": str(found.ridge)}
        record |= {name: number for name, (number, _) in numbers.items()}
        record["radius"] = numbers[found.name][1]
        record["radii"] = {name: radius for name, (_, radius) in numbers.items()}
        record["warning"] = caution
        say(json.dumps(record, indent=2))
    else:
        wide = max(len(number) for number, _ in numbers.values())
        ridge = f", ridge = {options.ridge}" if found.ridge else ""
        tell(f"{spectrum.describe()}; n = {options.n}{ridge}")
        for name, (number, radius) in numbers.items():
            tell(f"{name:<10} \t{number:<{wide}}  {'exact' if radius == '0' else '+- ' + radius}")
    if caution is not None:
        tell(f"w2s-sym: warning: {caution}", sys.stderr)
    return 0


def proven_digits(found: FixedPoint, digits: int | None) -> dict[str, tuple[str, str]]:
    """Each number of a solution by name, as (its proven digits, at most ``digits`` of them; how far off they can be).

    Raises :class:`w2s_sym.spectra.arguments.SpectrumError` when floats prove no digit of a number.
    """
    from w2s_sym.spectra.arguments import SpectrumError

    numbers = {}
    for name, value in (
        (found.name, found.t),
        ("Omega", found.Omega),
        ("df1", found.df1),
        ("df2", found.df2),
        ("effective", found.effective),
    ):
        number = value.decimal() if digits is None else value.decimal(digits)
        if not number:
            raise SpectrumError(f"floats prove no digit of {name}; ask for --digits 15")
        numbers[name] = (number, value.error(number))
    return numbers


def _caution(found: FixedPoint) -> str | None:
    """What to say when n (1 - Omega) is small: the root is right, the equivalent of the risk need not be."""
    from w2s_sym.spectra.risks import LEAST_EFFECTIVE

    if found.effective.lower >= LEAST_EFFECTIVE:
        return None
    return (
        f"n (1 - Omega) = {float(found.effective):.3g} is below {LEAST_EFFECTIVE:g}: the equation for {found.name} "
        "holds, but the deterministic equivalent of the risk need not "
        "(for lam_i = exp(-i), n = 10 it gives 9.0, simulated 14.2)"
    )
