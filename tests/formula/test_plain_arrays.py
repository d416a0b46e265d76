"""Arrays of others: the same numbers as a plain array, or refused with what they are."""

from __future__ import annotations

import numpy as np
import pytest

from w2s_sym import Signal, Spectrum, overlap, plan, risk
from w2s_sym.forecast.features import FeatureError
from w2s_sym.formula.plain_arrays import ArrayError, plain_array, require_floats
from w2s_sym.spectra.arguments import SpectrumError

NUMBERS = np.random.default_rng(0).standard_normal((60, 3))


class Metres(np.ndarray):
    """A subclass whose numbers mean something else."""


class Foreign:
    """An object that numpy asks for its numbers, and that has none."""

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise RuntimeError("Can't call numpy() on a tensor\nthat requires grad")


def masked(hidden: bool) -> np.ma.MaskedArray:
    mask = np.zeros(NUMBERS.shape, dtype=bool)
    mask[:5, 0] = hidden
    return np.ma.masked_array(NUMBERS, mask=mask)


REFUSED = [
    (masked(True), "5 masked entries; fill them"),
    (NUMBERS.view(Metres), "is a Metres, whose meaning a plain array loses"),
    (np.rec.fromarrays([NUMBERS[:, 0], NUMBERS[:, 1]], names="a,b"), "records with the fields a, b; give one of them"),
    (NUMBERS.astype(object), "holds Python objects; give numbers"),
    (np.zeros((60, 3), dtype="V2"), "entries of 2 bytes whose type numpy does not know, such as bfloat16"),
    (NUMBERS.astype(complex), "holds complex128; needs real numbers"),
    (NUMBERS.astype(str), "needs real numbers"),
    (np.zeros((60, 3), dtype="M8[s]"), "needs real numbers"),
    (Foreign(), "is a Foreign of which numpy makes no array (Can't call numpy() on a tensor that requires grad)"),
    ([[1.0, 2.0], [3.0]], "of which numpy makes no array"),
    (b"features.npy", "is b'features.npy'; give an array of numbers"),
    (None, "is None"),
]


@pytest.mark.parametrize(("values", "told"), REFUSED)
def test_what_is_no_array_of_real_numbers_is_refused_everywhere(values: object, told: str) -> None:
    with pytest.raises(ArrayError) as found:
        plain_array(values)
    assert told in str(found.value)
    for call in (lambda: overlap(values, NUMBERS), lambda: overlap(NUMBERS, values)):
        with pytest.raises(FeatureError) as refused:
            call()
        assert told in str(refused.value)
    if values is not None:
        with pytest.raises(FeatureError) as refused:
            plan(NUMBERS, NUMBERS, values, n=20)
        assert told in str(refused.value)


@pytest.mark.parametrize(
    "values",
    [masked(False), NUMBERS.view(np.matrix), NUMBERS.tolist(), np.asfortranarray(NUMBERS), NUMBERS[::-1][::-1]],
    ids=["nothing masked", "matrix", "lists", "Fortran", "view"],
)
def test_the_same_numbers_are_taken_from_what_is_plain_underneath(values: object) -> None:
    found = plain_array(values)
    assert type(found) is np.ndarray
    assert (found == NUMBERS).all()


def test_integers_are_taken_when_a_float_holds_them() -> None:
    for number in (0, 2**53, -(2**53), 2**62, -(2**63), 2**53 + 2):
        require_floats(np.array([[1, number]], dtype=np.int64))
    require_floats(np.array([2**64 - 2**11], dtype=np.uint64))
    for number, kind in ((2**53 + 1, np.int64), (-(2**53) - 1, np.int64), (2**64 - 1, np.uint64)):
        late = np.zeros((9000, 2), dtype=kind)
        late[8999, 1] = number
        with pytest.raises(ArrayError, match=f"has the integer {number}, which no float64 holds; subtract"):
            require_floats(late)


@pytest.mark.parametrize("values", [masked(True)[:, 0], NUMBERS[:, 0].view(Metres), np.array(["1", "2"])])
def test_spectra_and_signals_take_none_of_them(values: np.ndarray) -> None:
    spectrum = Spectrum.isotropic(len(values))
    for call in (
        lambda: Spectrum.explicit(values),
        lambda: Spectrum.of_covariance(np.ma.masked_array(np.eye(2), mask=np.eye(2, dtype=bool))),
        lambda: Signal.of(values),
    ):
        with pytest.raises(SpectrumError):
            call()
    with pytest.raises(ValueError, match="n: needs finite numbers"):
        risk(spectrum, Signal.of(np.ones(len(values))), values)
