"""The motifs of JASPAR: matrices of many proteins, by name, identifier and family.

JASPAR 2026 CORE, vertebrates, insects and nematodes, CC BY 4.0 (see ``data/NOTICE.md``).
``scripts/build_jaspar.py`` packs them.
"""

from __future__ import annotations

import difflib
import functools
from typing import TYPE_CHECKING

import numpy as np

from .errors import UnknownNameError
from .motif import Motif
from .paths import DATA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["JASPAR", "TAXA", "Motif", "jaspar", "jaspar_motifs", "search_jaspar"]

JASPAR = DATA / "jaspar.npz"
TAXA = ("vertebrates", "insects", "nematodes")  # names repeat across taxa: the first one wins
_NEAR = 0.7  # from 0 to 1: OCT4 and HOXC4, 0.67, are no misspellings of each other


@functools.cache
def jaspar_motifs() -> tuple[Motif, ...]:
    """All matrices in the package: vertebrates, then insects, then nematodes, each by id.

    Returns
    -------
    tuple of Motif

    Examples
    --------
    >>> jaspar_motifs()[0]
    Motif('Runx1', MA0002.3, vertebrates, 9 bp: YTGTGGTTT)
    """
    with np.load(JASPAR, allow_pickle=False) as stored:
        columns = dict(stored)
    ends = np.cumsum(columns["lengths"], dtype=np.int64)
    matrices = np.split(columns["counts"].astype(np.float64), ends[:-1])
    about = zip(columns["names"], columns["ids"], columns["families"], columns["taxa"], strict=True)
    return tuple(
        Motif(str(name), counts, str(identifier), str(family), TAXA[taxon])
        for counts, (name, identifier, family, taxon) in zip(matrices, about, strict=True)
    )


def jaspar(name: str) -> Motif:
    """A matrix of JASPAR, by name or identifier.

    Parameters
    ----------
    name : str
        A name such as ``GATA1``, an identifier such as ``MA0035.5``, or its stem ``MA0035``;
        upper or lower case.

    Returns
    -------
    Motif
        Of several with the same name, a vertebrate's before an insect's before a nematode's,
        then one spelled the same way, then the lowest identifier.
        :func:`search_jaspar` lists them all.

    Raises
    ------
    UnknownNameError
        If there is none. For a version that is not here, the one that is here is suggested;
        otherwise the nearest name, a vertebrate's first.

    Examples
    --------
    >>> jaspar("hnf4a")
    Motif('HNF4A', MA0114.5, vertebrates, 9 bp: CAAAGTCCA)
    """
    wanted = str(name).strip()
    found = _index().get(wanted.lower())
    if not found:
        raise UnknownNameError("JASPAR motif", name, _suggestions(wanted.lower()))
    return min(found, key=lambda motif: (TAXA.index(motif.taxon), motif.name != wanted, motif.id))


def _suggestions(wanted: str) -> list[str]:
    """What may be meant by a name in lower case; well-known names if nothing is near."""
    same_stem = _index().get(wanted.split(".")[0], [])
    if same_stem:
        return [motif.id for motif in same_stem]
    for taxa in (TAXA[:1], TAXA):
        names = {motif.name.lower(): motif.name for motif in jaspar_motifs() if motif.taxon in taxa}
        near = difflib.get_close_matches(wanted, names, n=len(names), cutoff=_NEAR)
        if near:
            # GATA is as near to GATA1 as to GATA6: of equals, the first in the alphabet
            return [names[min(near, key=lambda name: (-_likeness(name, wanted), name))]]
    # one text, too long to be like any name: or OCT4 would be answered with CTCF
    return ["GATA1, HNF4A, CTCF and others (see search_jaspar)"]


def _likeness(name: str, wanted: str) -> float:
    return difflib.SequenceMatcher(None, name, wanted).ratio()


@functools.cache
def _index() -> dict[str, list[Motif]]:
    index: dict[str, list[Motif]] = {}
    for motif in jaspar_motifs():
        for key in {motif.name.lower(), motif.id.lower(), motif.id.lower().split(".")[0]}:
            index.setdefault(key, []).append(motif)
    return index


def search_jaspar(
    text: str = "", family: str | None = None, taxon: str | None = None
) -> pd.DataFrame:
    """Which matrices the package has.

    Parameters
    ----------
    text : str
        Part of a name or identifier, upper or lower case; everything if left out.
    family : str, optional
        Part of a structural family, such as ``GATA`` or ``homeo``.
    taxon : str, optional
        ``vertebrates``, ``insects`` or ``nematodes``.

    Returns
    -------
    pandas.DataFrame
        One row a matrix, index ``id``: name, taxon, family, length in bp, information in bits
        (over all positions) and consensus. Without rows if nothing fits.

    Raises
    ------
    UnknownNameError
        If there is no such taxon.

    Examples
    --------
    >>> search_jaspar("spi", family="ets").name.tolist()
    ['Spi1', 'SPIB', 'SPIC']
    """
    import pandas as pd

    if taxon is not None and taxon not in TAXA:
        raise UnknownNameError("taxon", taxon, TAXA)
    kept = [
        motif
        for motif in jaspar_motifs()
        if text.lower() in f"{motif.name} {motif.id}".lower()
        and (family or "").lower() in motif.family.lower()
        and taxon in (None, motif.taxon)
    ]
    columns = {
        "id": [motif.id for motif in kept],
        "name": [motif.name for motif in kept],
        "taxon": [motif.taxon for motif in kept],
        "family": [motif.family for motif in kept],
        "length": [len(motif) for motif in kept],
        "information": [round(motif.information.sum(), 1) for motif in kept],
        "consensus": [motif.consensus for motif in kept],
    }
    return pd.DataFrame(columns).set_index("id")
