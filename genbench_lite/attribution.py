"""Explain a model: which letters of a sequence decide its answer, and which motifs it has learned.

Everything here takes any model that reads one-hot DNA, and explains a contrast between classes
in units of the logit. Attributions are float32 of shape (n, 4, length), rows A, C, G, T: padded
to the longest sequence, zero at padding and at unknown letters.

=============================  =====================================================
which letters matter           :func:`saliency`, :func:`integrated_gradients`,
                               :func:`deeplift`, :func:`mutagenesis`
of four values, the letter's   :func:`letter_scores`
do they add up                 :func:`completeness`
which motifs it has learned    :func:`filter_motifs`, :func:`attribution_motifs`,
                               :func:`name_motifs`
what a motif does              :func:`marginalize`, :func:`spacing`
what a variant does            :func:`variant_effect`, :func:`find_locus`
is an explanation right        :func:`score_attributions`, :func:`random_network`,
                               :func:`shuffle_labels`
=============================  =====================================================
"""

from __future__ import annotations

from .explanations.attribution_scores import (
    PlantedScore,
    random_network,
    score_attributions,
    shuffle_labels,
)
from .explanations.baselines import completeness
from .explanations.filters import filter_motifs, name_motifs
from .explanations.gradients import deeplift, integrated_gradients, saliency
from .explanations.insertions import marginalize, spacing
from .explanations.mutations import letter_scores, mutagenesis
from .explanations.seqlets import attribution_motifs, find_seqlets
from .explanations.variants import find_locus, variant_effect

__all__ = [
    "PlantedScore",
    "attribution_motifs",
    "completeness",
    "deeplift",
    "filter_motifs",
    "find_locus",
    "find_seqlets",
    "integrated_gradients",
    "letter_scores",
    "marginalize",
    "mutagenesis",
    "name_motifs",
    "random_network",
    "saliency",
    "score_attributions",
    "shuffle_labels",
    "spacing",
    "variant_effect",
]
