"""The real data that ships inside the package and needs no network.

``demo_open_chromatin_cells`` holds 200 bp of open chromatin (hg38) from four human cell
lines. It is not one of the Genomic Benchmarks datasets. Source: the PyPI package
``dnadiffusion`` (MIT licence; DaSilva et al., doi:10.1101/2024.02.01.578352), which took the
sites from the index of DNase I hypersensitive sites of Meuleman et al. 2020
(doi:10.1038/s41586-020-2559-3). ``scripts/build_demo.py`` packs it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from . import sequence
from .cards import card
from .dataset import Dataset
from .errors import UnknownNameError
from .paths import DATA
from .sequence_set import LOCUS, SequenceSet

OPEN_CHROMATIN = DATA / "demo_open_chromatin_cells.npz"
SITE_LENGTH = 200
SPLIT_OF_PUBLISHED = {"training": "train", "validation": "valid", "test": "test"}
_LINE = 60  # letters a line in Ensembl's FASTA files


def load_open_chromatin() -> Dataset:
    """Unpack ``demo_open_chromatin_cells``.

    Returns
    -------
    Dataset
        47,872 sequences of 200 bp in four classes, with loci; chromosome 2 is the validation
        split, chromosome 1 the test split.

    Examples
    --------
    >>> load_open_chromatin().classes
    ('GM12878', 'HepG2', 'K562', 'hESCT0')
    """
    with np.load(OPEN_CHROMATIN, allow_pickle=False) as stored:
        columns = dict(stored)
    n = len(columns["labels"])
    loci = np.zeros(n, LOCUS)
    loci["region"] = columns["chromosomes"][columns["regions"]]
    loci["start"] = columns["starts"]
    loci["end"] = loci["start"] + SITE_LENGTH
    loci["strand"] = "+"
    sites = SequenceSet(
        codes=sequence.unpack(columns["bases"], np.array([], np.int64), n * SITE_LENGTH),
        offsets=np.arange(n + 1, dtype=np.int64) * SITE_LENGTH,
        labels=columns["labels"].astype(np.int64),
        ids=np.array([f"{region}:{a}-{b}" for region, a, b, _ in loci.tolist()]),
        classes=tuple(columns["cells"].tolist()),
        loci=loci,
    )
    splits = {
        split: sites[columns["splits"] == number]
        for number, split in enumerate(SPLIT_OF_PUBLISHED.values())
    }
    return Dataset(OPEN_CHROMATIN.stem, card=card(OPEN_CHROMATIN.stem), **splits)


def write_reference(path: str | Path, region: str = "chr21") -> Path:
    """Write one chromosome as a FASTA file, known where the embedded sites lie, N elsewhere.

    The record is named as in Ensembl's files, without ``chr``, and positions are those of the
    genome, so that intervals of hg38 can be read from it. It ends with its last known base.

    Parameters
    ----------
    path : path
        File to write; about one byte a base.
    region : str
        Chromosome, with ``chr``.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    UnknownNameError
        If no site lies on ``region``.

    Examples
    --------
    >>> import tempfile
    >>> written = write_reference(Path(tempfile.mkdtemp()) / "chr21.fa", "chr21")
    >>> written.read_text()[:25]
    '>21 GRCh38, known where a'
    """
    letters = known_letters(load_open_chromatin(), region)
    about = "GRCh38, known where an embedded site lies"
    return write_record(path, f"{region.removeprefix('chr')} {about}", letters)


def known_letters(sites: Dataset, region: str) -> np.ndarray:
    """A chromosome up to its last known base: uint8 codes, 4 (unknown) between the sites.

    Raises
    ------
    UnknownNameError
        If no site lies on ``region``.
    """
    splits = list(sites.splits.values())
    loci = np.concatenate([split.loci for split in splits if split.loci is not None])
    here = loci["region"] == region
    if not here.any():
        raise UnknownNameError("chromosome", region, sorted(set(loci["region"].tolist())))
    starts = loci["start"][here]
    known = np.concatenate([split.padded() for split in splits])[here]
    letters = np.full(starts.max() + SITE_LENGTH, sequence.UNKNOWN, np.uint8)
    letters[starts[:, None] + np.arange(SITE_LENGTH)] = known
    return letters


def write_record(path: str | Path, header: str, letters: np.ndarray) -> Path:
    """Write codes as a FASTA file of one record, with lines as in Ensembl's files."""
    text = sequence.decode(letters)
    path = Path(path)
    with path.open("w") as fasta:
        fasta.write(f">{header}\n")
        fasta.writelines(text[i : i + _LINE] + "\n" for i in range(0, len(text), _LINE))
    return path
