"""The experiments of three papers, asked again of real images and texts.

The question. The papers train large networks on data that cannot be had here. What do their statements look like on
Fashion-MNIST and on sentences, with networks and features that a laptop trains in minutes? Where does a student beat
true labels, how well are PGR and OPR foretold, where does a student lag behind, and where is none of it so?

Every claim is an observation: a mean over random draws in one setting, with the number of runs, a seed, and the hashes
of the data. Nothing is proved. Without the data or a library a claim is skipped, with the reason; docs/real_networks.md
says how to bring them.
"""

from __future__ import annotations

from derivations.real_networks import foretold, lagging, surrogate_labels
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    ("Labels of a weak surrogate: networks", surrogate_labels.NETWORKS),
    ("Labels of the optimal surrogate: frozen features", surrogate_labels.FROZEN),
    ("PGR and OPR, foretold and measured", foretold.CLAIMS),
    ("Students that lag behind", lagging.CLAIMS),
)
CLAIMS = tuple(claim for _, claims in SECTIONS for claim in claims)
HEADLINES = (surrogate_labels.NETWORKS[2], surrogate_labels.NETWORKS[3], surrogate_labels.FROZEN[2], foretold.CLAIMS[0])
