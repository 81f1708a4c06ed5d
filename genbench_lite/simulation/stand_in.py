"""A chromosome to practise on, for want of the real one: true at the embedded sites only.

A genome does not fit into the package. What lies between the embedded sites is drawn here, by a
Markov chain that has learned from these sites how often a letter follows others. The chain changes
its GC content every thousand bases, since stretches of a real chromosome differ in it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .. import sequence
from ..dataset import Dataset
from ..demo import known_letters, load_open_chromatin, write_record
from .backgrounds import stream

REGION = "chr22"
LENGTH = 50_818_468  # of chr22 in hg38, in bp
# Nobody has read the short arm up to here, or the very end: N in hg38 (there are smaller gaps).
UNREAD = ((0, 10_510_000), (50_808_468, LENGTH))
# Mean and spread of the GC content of stretches of 1,000 bp, about as in the real chr22.
GC_MEAN, GC_SPREAD = 0.47, 0.075
STRETCH = 1000  # bases of one GC content
ORDER = 3  # letters that the next one depends on
_LEVELS = np.linspace(0.30, 0.70, 9)  # of GC: a chain for each
_WARM_UP = 20  # letters until a chain has forgotten how it began


def write_stand_in(path: str | Path, seed: int = 0) -> Path:
    """Write a chromosome 22 that is real where the embedded sites lie, and simulated elsewhere.

    It is as long as chr22 of hg38, and unknown (N) at both of its ends as that is. Sites lie at
    their true coordinates, so that a BED file of hg38 can be used with it. All other letters are
    drawn by chains of third order, one for each of nine levels of GC content, which have
    learned from all embedded sites, both strands. So they hold no genes, no repeats, and motifs
    only as often as chance makes them. The record is named as in Ensembl's files.

    Parameters
    ----------
    path : path
        File to write; about one byte a base.
    seed : int
        The same seed gives the same letters.

    Returns
    -------
    pathlib.Path
        The file written.

    Examples
    --------
    >>> import tempfile
    >>> path = write_stand_in(Path(tempfile.mkdtemp()) / "chr22.fa")
    >>> path.open().readline()[:24]
    '>22 stand-in for GRCh38,'
    """
    rng = stream(seed, "write_stand_in")
    sites = load_open_chromatin()
    letters = _draw(_chains(sites), LENGTH, rng)
    for start, end in UNREAD:
        letters[start:end] = sequence.UNKNOWN
    real = known_letters(sites, REGION)
    known = np.flatnonzero(real != sequence.UNKNOWN)
    letters[known] = real[known]
    about = "stand-in for GRCh38, real at the embedded sites, simulated elsewhere"
    return write_record(path, f"{REGION.removeprefix('chr')} {about}", letters)


def _chains(sites: Dataset) -> np.ndarray:
    """Cumulated chances of the next letter, float32, shape (levels, contexts, 3)."""
    counts = np.ones((len(_LEVELS), 4**ORDER, 4))  # one, so that nothing is impossible
    for split in sites.splits.values():
        codes = split.padded()
        share = np.isin(codes, (1, 2)).mean(axis=1)
        level = np.abs(share[:, None] - _LEVELS).argmin(axis=1).astype(np.int32)
        for strand in (codes, 3 - codes[:, ::-1]):
            words = np.broadcast_to(level[:, None], (len(codes), codes.shape[1] - ORDER)).copy()
            for place in range(ORDER + 1):
                words = 4 * words + strand[:, place : place + words.shape[1]]
            counts += np.bincount(words.ravel(), minlength=counts.size).reshape(counts.shape)
    chances = np.cumsum(counts, axis=2) / counts.sum(axis=2, keepdims=True)
    return chances[..., :3].astype(np.float32)


def _draw(chains: np.ndarray, length: int, rng: np.random.Generator) -> np.ndarray:
    """uint8 codes, shape (length,): stretches side by side, all of them a letter at a time."""
    n = -(-length // STRETCH)
    share = rng.normal(GC_MEAN, GC_SPREAD, n)
    level = np.abs(share[:, None] - _LEVELS).argmin(axis=1)
    context = rng.integers(0, 4**ORDER, n)
    letters = np.empty((STRETCH, n), np.uint8)
    for step in range(-_WARM_UP, STRETCH):
        chances = chains[level, context]
        letter = (rng.random((n, 1), np.float32) >= chances).sum(axis=1, dtype=np.uint8)
        context = (4 * context + letter) % 4**ORDER
        letters[step] = letter  # those of the warm-up are written over
    return letters.T.ravel()[:length]
