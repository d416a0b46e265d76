"""``w2s-sym solve`` prints proven digits and nothing else; bad input is one line and exit code 2."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
from conftest import ROOT, Ran

Run = Callable[..., Ran]


def unit(written: str) -> Fraction:
    """One unit of the last digit of a decimal."""
    digits, _, power = written.partition("e")
    return Fraction(10) ** (int(power or 0) - len(digits.partition(".")[2]))


def test_the_reference_spectrum(w2s: Run) -> None:
    ran = w2s("solve", "--spectrum", "power:alpha=2,p=500", "--n", 200)
    assert ran.code == 0
    assert ran.err == ""
    lines = [line.split() for line in ran.out.splitlines()]
    assert ran.out.startswith("lam_i = i^-2, i = 1..500; n = 200\n")
    numbers = {line[0]: line[1] for line in lines[1:]}
    assert list(numbers) == ["tau", "Omega", "df1", "df2", "effective"]
    assert f"{float(numbers['tau']):.6g}" == "3.97337e-05"
    assert f"{float(numbers['Omega']):.6g}" == "0.612985"
    assert numbers["df1"] == "200"
    assert lines[3][2] == "exact"


@pytest.mark.parametrize("digits", [None, 50])
def test_json_holds_proven_digits(w2s: Run, digits: int | None) -> None:
    """Of a quadratic: lam 1 (x100) and 1/8 (x900), n = 250."""
    more = [] if digits is None else ["--digits", digits]
    ran = w2s("solve", "--spectrum", "levels:1x100,0.125x900", "--n", 250, "--json", *more)
    found = json.loads(ran.out)
    with mpmath.workdps(80):
        b, c = mpmath.mpf(250) * 9 / 8 - 100 - mpmath.mpf(900) / 8, mpmath.mpf(250 - 1000) / 8
        tau = (-b + mpmath.sqrt(b * b - 4 * 250 * c)) / 500
        u, v = 1 / (1 + tau), 1 / (1 + 8 * tau)
        df2 = 100 * u**2 + 900 * v**2
        true = {"tau": tau, "df2": df2, "Omega": df2 / 250, "effective": 250 - df2}
        for name, number in true.items():
            assert isinstance(found[name], str)
            gap = abs(mpmath.mpf(found[name]) - number)
            assert gap <= mpmath.mpf(found["radii"][name])
            last = unit(found[name])
            assert gap < mpmath.mpf(last.numerator) / last.denominator
            length = len(found[name].split("e")[0].replace(".", "").lstrip("0"))
            assert length == digits if digits else length > 12
    assert found["df1"] == "250"
    assert found["radius"] == found["radii"]["tau"]
    assert found["warning"] is None


def test_a_ridge_gives_kappa(w2s: Run) -> None:
    ran = w2s("solve", "--spectrum", "isotropic:p=300,lam=2", "--n", 700, "--ridge", "0.3", "--json", "--digits", 30)
    found = json.loads(ran.out)
    assert "tau" not in found
    kappa = float(found["kappa"])
    assert kappa - kappa / 700 * 300 * 2 / (2 + kappa) == pytest.approx(0.3, rel=1e-14)
    assert found["ridge"] == "3/10"


def test_infinitely_many_and_a_large_n(w2s: Run) -> None:
    """For alpha = 2 tau is (pi/(2 n + 1))^2 up to terms that are exponentially small in n."""
    ran = w2s("solve", "--spectrum", "power:alpha=2,p=inf", "--n", 10**12, "--json", "--digits", 60)
    with mpmath.workdps(70):
        expected = (mpmath.pi / (2 * 10**12 + 1)) ** 2
        assert abs(mpmath.mpf(json.loads(ran.out)["tau"]) / expected - 1) < mpmath.mpf(10) ** -59


def test_typed_decimals_are_exact(w2s: Run) -> None:
    one = w2s("solve", "--spectrum", "power:alpha=1.7,p=inf", "--n", "12.5", "--digits", 40).out.splitlines()
    other = w2s("solve", "--spectrum", "power:alpha=17/10,p=inf", "--n", "25/2", "--digits", 40).out.splitlines()
    assert one[1:] == other[1:]


def test_files(w2s: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "lam.npy", np.exp(-np.arange(1.0, 201.0)))
    (tmp_path / "lam.csv").write_text("\n".join(repr(math.exp(-k)) for k in range(1, 201)), encoding="utf-8")
    by_array = w2s("solve", "--spectrum", "file:lam.npy", "--n", 100)
    by_text = w2s("solve", "--spectrum", "file:lam.csv", "--n", 100)
    assert by_array.out.splitlines()[1].startswith("tau        2.2563401359170")
    assert by_text.out.splitlines()[1][:24] == by_array.out.splitlines()[1][:24]


def test_a_small_effective_number_is_warned_of(w2s: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "lam.npy", np.exp(-np.arange(1.0, 41.0)))
    ran = w2s("solve", "--spectrum", "file:lam.npy", "--n", 10, "--json")
    assert ran.code == 0
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith("w2s-sym: warning: n (1 - Omega) = 1 is below 10: the equation for tau holds")
    assert json.loads(ran.out)["warning"] in ran.err
    assert w2s("solve", "--spectrum", "isotropic:p=100", "--n", 50).err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--spectrum", "isotropic:p=500", "--n", "500"], "n=500 >= rank=500"),
        (["--spectrum", "levels:1x3,0x9", "--n", "3"], "n=3 >= rank=3"),
        (["--spectrum", "isotropic:p=500", "--n", "0"], "n=0"),
        (["--spectrum", "isotropic:p=500", "--n", "-3"], "n=-3"),
        (["--spectrum", "isotropic:p=500", "--n", "ten"], "n=ten"),
        (["--spectrum", "isotropic:p=500", "--n", "5", "--ridge", "-1"], "ridge=-1"),
        (["--spectrum", "isotropic:p=500", "--n", "5", "--ridge", "nan"], "ridge=nan"),
        (["--spectrum", "isotropic:p=500", "--n", "5", "--digits", "0"], "digits=0"),
        (["--spectrum", "isotropic:p=500", "--n", "5", "--digits", "1e3"], "'1e3'"),
        (["--spectrum", "isotropic:p=500", "--n", "5", "--digits", "99999999"], "'99999999'"),
        (["--spectrum", "isotropic:p=500"], "--n"),
        (["--spectrum", "power:alpha=1,p=inf", "--n", "5"], "alpha > 1"),
        (["--spectrum", "power:alpha=100,p=10000", "--n", "5"], "ask for --digits 30"),
        (["--spectrum", "file:absent.npy", "--n", "5"], "absent.npy"),
        (["--spectrum", "levels:1e-300x1,1e308x1", "--n", "1", "--ridge", "1e-400"], "ask for --digits 30"),
        (["--spectrum", "__import__('os').system('true')", "--n", "5"], "no known form"),
    ],
)
def test_bad_input_is_one_line(w2s: Run, arguments: list[str], said: str) -> None:
    assert said in w2s("solve", *arguments).error


def test_help_states_the_convention_and_imports_nothing_heavy(w2s: Run) -> None:
    text = w2s("solve", "--help").out
    assert "kappa - (kappa/n) sum_i lam_i/(lam_i + kappa) = R" in text
    code = (
        "import sys, w2s_sym.cli.command_line as c\ntry: c.main(['solve', '--help'])\nexcept SystemExit: pass\n"
        "assert not {'numpy', 'sympy', 'flint', 'mpmath'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def test_the_example_in_the_guide_is_as_printed(w2s: Run) -> None:
    text = (ROOT / "docs" / "guide" / "solve.md").read_text(encoding="utf-8")
    command, shown = re.findall(r"```sh\nw2s-sym (solve .*?)\n```\n\n```text\n(.*?)```", text, flags=re.DOTALL)[0]
    assert w2s(*command.split()).out == shown
