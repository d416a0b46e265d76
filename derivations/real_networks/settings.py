"""All settings that are looked at, those where nothing was found included."""

from __future__ import annotations

from collections.abc import Mapping

from derivations.nagarajan2023.statistics import CLEAN, INTERPOLATING, NETWORK, NETWORK_NOISY, NOISY, WARM
from derivations.real_networks.convolutional import Convolution
from derivations.real_networks.evidence import Experiment
from derivations.real_networks.frozen import Interpolation
from derivations.real_networks.lag import DATA, Distillation
from derivations.real_networks.networks import LONG, SHORT, Labels
from derivations.real_networks.planned import Sizes

NOISE = 0.4
SAME, SAME_NOISY, SAME_SHORT = Labels(step=LONG), Labels(NOISE, step=LONG), Labels(step=SHORT)
OTHER, OTHER_NOISY, SHORT_NOISY = Labels(0.0, True, LONG), Labels(NOISE, True, LONG), Labels(NOISE, step=SHORT)
PAIRS = (
    "fashion: 49 blocks to gradients",
    "fashion: gradients to random filters",
    "fashion: random filters, 24 to 240",
    "tweets: GloVe to MiniLM layer 6",
    "amazon: MiniLM layer 2 to 6",
    "movies: GloVe to MiniLM layer 4",
)
PLANNED = ((200, 800), (400, 800))

SETTINGS: Mapping[str, tuple[Experiment, ...]] = {
    "networks": (SAME_SHORT, SHORT_NOISY, SAME, SAME_NOISY, OTHER, OTHER_NOISY),
    "convolutional": (Convolution(SAME_NOISY), Convolution(OTHER_NOISY)),
    "frozen": tuple(Interpolation(n, noise) for n in (50, 100, 200, 380) for noise in (0.0, NOISE)),
    "lag": tuple(
        Distillation(data, s) for data in DATA for s in (CLEAN, NOISY, WARM, NETWORK, NETWORK_NOISY, INTERPOLATING)
    ),
    "planned": tuple(Sizes(pair, n, N) for pair in PAIRS for n, N in PLANNED),
}
