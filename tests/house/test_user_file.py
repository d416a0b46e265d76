"""A user's own file, with the real evidence: the right formula holds, a wrong one exits 1 and says by how much."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FILE = """
from dataclasses import replace
from derivations.dong2025 import CLAIMS as PUBLISHED
from w2s_sym import Claim, Compare, Condition, Domain, Precision, Source, symbol
from w2s_sym.formula.letters import d_w, n, sigma2

published = {{c.name: c for c in PUBLISHED}}["weak_teacher_variance"]
mine = replace(published, name="mine", source=Source("mine", "Me", "Notes", 2026), rivals=(),
               statement=Compare(published.statement.lhs, "=", {formula}), evidence={evidence})
x = symbol("x", "a number", positive=True)
identity = Claim("identity", "A square of a sum.", Compare((x + 1)**2, "=", x**2 + {two}*x + 1), Domain((x,)),
                 Source("mine", "Me", "Notes", 2026), (Precision(digits=50),))
CLAIMS = (mine, identity)
"""

RIGHT = "sigma2*d_w/(n - d_w - 1)"
WRONG = {
    "factor": "2*sigma2*d_w/(n - d_w - 1)",
    "sign": "sigma2*d_w/(n + d_w - 1)",
    "one degree of freedom": "sigma2*d_w/(n - d_w)",
    "finite size ignored": "sigma2*d_w/n",
}


@pytest.fixture
def user_file(tmp_path: Path) -> Callable[..., Path]:
    def write(formula: str, evidence: str = "published.evidence", two: int = 2) -> Path:
        path = tmp_path / "user_claims.py"
        path.write_text(FILE.format(formula=formula, evidence=evidence, two=two))
        return path

    return write


def test_the_right_formula_holds(w2s, user_file, tmp_path) -> None:
    assert w2s("verify", user_file(RIGHT), "--json", "out.json").code == 0
    first, second = json.loads((tmp_path / "out.json").read_text())["claims"]
    assert [(e["kind"], e["verdict"]) for e in first["evidence"]] == [
        ("derivation", "PROVED"),
        ("precision", "AGREES"),
        ("simulation", "AGREES"),
    ]
    assert second["holds"]


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_formula_exits_1_by_every_kind_of_evidence(w2s, user_file, tmp_path, fault) -> None:
    assert w2s("verify", user_file(WRONG[fault]), "--json", "out.json").code == 1
    found = json.loads((tmp_path / "out.json").read_text())
    assert not found["ok"]
    assert {e["verdict"] for e in found["claims"][0]["evidence"]} == {"REFUTED"}
    assert found["claims"][1]["holds"]


@pytest.mark.parametrize("index", [0, 2])
def test_one_kind_of_evidence_is_enough(w2s, user_file, index) -> None:
    evidence = f"published.evidence[{index}:{index + 1}]"
    assert w2s("verify", user_file(RIGHT, evidence)).code == 0
    assert w2s("verify", user_file(WRONG["one degree of freedom"], evidence)).code == 1


def test_a_wrong_identity_is_refuted_by_precision(w2s, user_file) -> None:
    ran = w2s("verify", f"{user_file(RIGHT, two=3)}::identity")
    assert ran.code == 1
    assert "REFUTED" in ran.out


def test_pytest_says_the_same(user_file, tmp_path) -> None:
    path = user_file(WRONG["factor"], two=2)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", path.name],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "mine/mine is REFUTED by simulation" in ran.stdout
    assert "4 failed, 2 passed" in ran.stdout


def test_the_store_serves_real_evidence_too(w2s, user_file) -> None:
    path = user_file(RIGHT)
    w2s("verify", path)
    assert "7 of 7 findings came from the store" in w2s("verify", path).err
    assert "3 of 7 findings came from the store" in w2s("verify", user_file(WRONG["factor"])).err
