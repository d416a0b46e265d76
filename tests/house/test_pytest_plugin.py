"""``pytest my_claims.py``: what is collected, what passes, and what a failure says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import toys

from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.papers.ledger import verify_all
from w2s_sym.papers.loading import resolve

# Loaded here and now: runs inside this process forget what they import, and numpy cannot be loaded twice.
from w2s_sym.report import plain_text

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
TOYS = (ROOT / "tests" / "toys.py").read_text(encoding="utf-8")

MIXED = """
CLAIMS = (
    claim("fine", Fake("derivation"), Fake("simulation"), Fake("simulation", refuted=(0,)), rivals=(x,)),
    claim("wrong", Fake("precision", Verdict.REFUTED), Fake("simulation")),
    claim("unsure", Fake("simulation", Verdict.INCONCLUSIVE)),
    claim("rivalled", Fake("precision"), rivals=(x**2,)),
)
"""


@pytest.fixture
def claims(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    # Another plugin, of no use here and slow to load again and again.
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest -p no:cacheprovider")

    def write(text: str, name: str = "my_claims") -> Path:
        return pytester.makepyfile(**{name: TOYS + text})

    return write


def test_each_piece_of_evidence_is_an_item(pytester: pytest.Pytester, claims) -> None:
    claims(MIXED)
    ran = pytester.runpytest("my_claims.py", "-v", "-rs")
    ran.assert_outcomes(passed=6, failed=4, skipped=1)
    ran.stdout.fnmatch_lines(
        [
            "my_claims.py::fine::derivation PASSED*",
            "my_claims.py::fine::simulation-1 PASSED*",
            "my_claims.py::fine::simulation-2 PASSED*",
            "my_claims.py::fine::verdict PASSED*",
            "my_claims.py::wrong::precision FAILED*",
            "my_claims.py::wrong::simulation PASSED*",
            "my_claims.py::wrong::verdict FAILED*",
            "my_claims.py::unsure::simulation SKIPPED*",
            "my_claims.py::unsure::verdict FAILED*",
            "my_claims.py::rivalled::precision PASSED*",
            "my_claims.py::rivalled::verdict FAILED*",
        ]
    )
    ran.stdout.fnmatch_lines(["toy/wrong is REFUTED by precision", "*claimed: (x + 1)?*2 = *", "*found:   drew 0.*"])
    ran.stdout.fnmatch_lines(["toy/unsure does not hold: nothing supports it: simulation: drew 0.*"])
    ran.stdout.fnmatch_lines(["toy/rivalled does not hold: no evidence refutes the rival x?*2"])
    ran.stdout.fnmatch_lines(["SKIPPED*INCONCLUSIVE: drew 0.*"])
    ran.stdout.no_fnmatch_line("*Traceback*")
    ran.stdout.no_fnmatch_line("*def runtest*")


def test_one_claim_or_one_piece_can_be_named(pytester: pytest.Pytester, claims) -> None:
    claims(MIXED)
    pytester.runpytest("my_claims.py::fine").assert_outcomes(passed=4)
    pytester.runpytest("my_claims.py::wrong::simulation").assert_outcomes(passed=1)
    pytester.runpytest("my_claims.py::wrong::verdict").assert_outcomes(failed=1)
    pytester.runpytest("my_claims.py", "-k", "derivation").assert_outcomes(passed=1, deselected=10)


def test_each_piece_is_checked_once(pytester: pytest.Pytester, claims) -> None:
    path = claims("CLAIMS = (claim('a', Fake(), Fake('simulation')), claim('b'))")
    pytester.runpytest("my_claims.py").assert_outcomes(passed=5)
    assert len((path.parent / "count").read_text().splitlines()) == 3


def test_collected_are_claims_files_and_files_named(pytester: pytest.Pytester, claims) -> None:
    one = "CLAIMS = (claim('a'),)"
    claims(one, "my_claims")
    claims(one, "other")
    claims(one, "test_some_claims")  # a test module by its name: pytest's own
    claims("raise RuntimeError('not meant')", "unrelated_claims")  # defines no CLAIMS: not even imported
    pytester.runpytest().assert_outcomes(passed=2)
    pytester.runpytest("other.py").assert_outcomes(passed=2)
    pytester.runpytest("my_claims.py", "other.py").assert_outcomes(passed=4)


def test_of_a_test_file_that_is_named_it_is_said_that_its_claims_were_not_checked(
    pytester: pytest.Pytester, claims
) -> None:
    claims("CLAIMS = (claim('wrong', Fake('precision', Verdict.REFUTED)),)\ndef test_one(): pass", "test_mine")
    claims("def test_two(): pass\nclass Held:\n    CLAIMS = ()", "test_without")
    ran = pytester.runpytest("test_mine.py", "test_without.py")
    ran.assert_outcomes(passed=2)
    ran.stdout.fnmatch_lines(["*the CLAIMS of test_mine.py were not checked*call it mine_claims.py*"])
    ran.stdout.no_fnmatch_line("*CLAIMS of test_without*")
    pytester.runpytest().stdout.no_fnmatch_line("*were not checked*")  # nobody named it


def test_two_files_of_one_name_are_both_checked(pytester: pytest.Pytester, claims) -> None:
    path = claims("CLAIMS = (claim('fine', Fake('precision')),)", "mine")
    for folder, verdict in (("a", "AGREES"), ("b", "REFUTED")):
        (path.parent / folder).mkdir()
        text = f"CLAIMS = (claim('{folder}', Fake('precision', Verdict.{verdict})),)"
        (path.parent / folder / "mine.py").write_text(path.read_text().partition("CLAIMS = ")[0] + text)
    pytester.runpytest("a/mine.py", "b/mine.py").assert_outcomes(passed=2, failed=2)


def test_a_file_is_imported_once_and_its_own_tests_still_run(pytester: pytest.Pytester, claims) -> None:
    path = claims("note('imported')\nCLAIMS = (claim('a'),)\ndef test_me(): assert x.is_positive")
    pytester.runpytest("my_claims.py", "-v").assert_outcomes(passed=3)
    assert (path.parent / "count").read_text().splitlines().count("imported") == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CLAIMS = ()", "*my_claims.py defines no claims: write CLAIMS = (Claim(...),)*"),
        ("CLAIMS = (3,)", "*CLAIMS?0? is a int*"),
        ("CLAIMS = (claim('a'), claim('a'))", "*two claims are called a*"),
        ("CLAIMS = (Claim('a', 'S.', Compare(x + 1, '=', x), Domain((x,)), TOY, ()),)", "*ClaimError*no evidence*"),
    ],
)
def test_a_file_that_is_no_paper_is_a_collection_error(pytester: pytest.Pytester, claims, text, message) -> None:
    claims(text)
    ran = pytester.runpytest("my_claims.py")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines([message])


def test_bad_input_is_one_line_and_a_crash_has_its_traceback(pytester: pytest.Pytester, claims) -> None:
    claims(
        "CLAIMS = (claim('far', Fake(failure=DomainError('x=300: needs x < 100; choose a smaller x'))),"
        " claim('broken', Fake(failure=KeyError('k'))))"
    )
    ran = pytester.runpytest("my_claims.py")
    ran.assert_outcomes(failed=4)
    ran.stdout.fnmatch_lines(["toy/far: x=300: needs x < 100; choose a smaller x", "*raise self.failure*"])


def test_effort_and_seed_are_options(pytester: pytest.Pytester, claims) -> None:
    claims(
        "class Odd(Fake):\n    def check(self, claim, run):\n"
        "        good = (run.effort, run.seed) == ('deep', 7)\n"
        "        return Finding('precision', Verdict.AGREES if good else Verdict.REFUTED, 'as asked')\n"
        "CLAIMS = (claim('a', Odd()),)"
    )
    pytester.runpytest("my_claims.py").assert_outcomes(failed=2)
    pytester.runpytest("my_claims.py", "--w2s-effort", "deep", "--w2s-seed", "7").assert_outcomes(passed=2)
    refused = pytester.runpytest("my_claims.py", "--w2s-seed", "-7")
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    refused.stderr.fnmatch_lines(["*--w2s-seed -7 is negative; give 0 or more"])


def test_findings_have_the_digits_of_the_command_line(pytester: pytest.Pytester, claims) -> None:
    path = claims("CLAIMS = (claim('a', Fake(verdict=Verdict.REFUTED)),)")
    ran = pytester.runpytest("my_claims.py")
    (checked,) = verify_all(resolve([str(path)])).results
    ran.stdout.fnmatch_lines([f"  found:   {checked.findings[0].summary}"])


def test_the_plugin_loads_nothing_heavy() -> None:
    program = "import sys, w2s_sym.pytest_plugin; print([m for m in ('sympy', 'numpy', 'mpmath') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"


def test_numbers_of_a_failure_have_the_digits_that_mean_something() -> None:
    detail = {"mean": 0.1315628581108464, "points": [{"N": 9, "z": -12.013664879858657721}]}
    said = plain_text.failure(toys.claim("squares"), Finding("simulation", Verdict.REFUTED, "it differs", detail))
    assert "mean: 0.131563\n" in said
    assert "points: [N=9, z=-12.0137]" in said
