"""The models of the course: each in a module of its own, short enough to read in one sitting.

A network takes one-hot DNA, float32 (n, 4, length), in which unknown letters and padding are all
zero, and gives logits (n, n_classes). One whose output is something else says how to read it, by
the methods ``loss(output, labels)`` and ``probability(output)``.
"""

from .networks.kmer_baseline import KmerBaseline
from .networks.lite_cnn import LiteCNN
from .networks.paper_cnn import PaperCNN

__all__ = ["KmerBaseline", "LiteCNN", "PaperCNN"]
