"""From BED files and a genome to a dataset."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..dataset import Dataset
from ..errors import DataError, UnknownNameError
from ..reading.references import Reference
from .assembling import Part, assemble, name_of_file, require_length, require_name
from .dividing import Wish
from .from_letters import NEGATIVE, files_by_class, is_fasta, letters_part, shuffled_part
from .naming import is_portable, loci_of, metadata_of, numbers
from .negatives import MATCHES, Matched, match_regions
from .regions import Regions, join, place, read_blacklist


def from_bed(
    positives: str | Path | Mapping[str, str | Path],
    genome: str | Path,
    negatives: str | Path | None = "random",
    *,
    name: str | None = None,
    length: int | None = None,
    ratio: float = 1.0,
    match: Collection[str] = MATCHES,
    margin: int = 0,
    blacklist: str | Path | None = None,
    avoid: str | Path | None = None,
    missing: str = "raise",
    fewer: str = "raise",
    split: str = "auto",
    test: float = 0.2,
    valid: float = 0.0,
    seed: int = 0,
    progress: bool = True,
) -> Dataset:
    """Make a dataset from the regions of a BED file.

    Rows are read from the strand they name, ``+`` where they name none. Rows that repeat another,
    hold an unknown letter or meet the blacklist are left out; rows that overlap are kept, and a
    fair split puts them on one side. Every such step is told in ``dataset.card``.

    Parameters
    ----------
    positives : path or mapping
        BED, narrowPeak or broadPeak, plain or gzipped: 0-based, half-open, in any order. The
        class is ``"positive"``. Or a mapping from class name to such a file.
    genome : path
        FASTA, plain or gzipped. Chromosome names may differ by ``chr``.
    negatives : {"random", "shuffled"}, path or None
        ``"random"``: regions of the same genome, each on the chromosome and strand of a positive,
        as long and with as much G and C; none shares a base with a positive, the blacklist, the
        list to avoid or another negative. ``"shuffled"``: dinucleotide shuffles of the positives,
        which keep what neighbours tell and lose everything longer. A path: your own BED or FASTA
        file. None: the mapping has two classes or more, and needs none.
    name : str, optional
        Name of the dataset; that of the BED file when left out.
    length : int, optional
        Cut or extend every region to so many bp around its middle.
    ratio : float
        Negatives for each positive, random or shuffled.
    match : collection of {"length", "gc"}
        What random negatives share with their positives. ``()`` gives the naive kind, to see what
        an audit says of them: all as long as the median positive, whatever their GC.
    margin : int
        Bases to keep free of random negatives on either side of a positive, in bp.
    blacklist : path, optional
        BED of regions that no row may touch, such as the ENCODE blacklist. Positives that do are
        left out.
    avoid : path, optional
        BED of regions that no negative may touch, such as places known to be active elsewhere.
        Positives may lie there.
    missing : {"raise", "drop"}
        What to do about rows that do not lie in the genome.
    fewer : {"raise", "warn"}
        What to do when there is no room for as many negatives as were asked for.
    split : {"auto", "chromosome", "cluster", "length_matched"}
        As of :func:`genbench_lite.fair_split`. ``"auto"`` takes whole chromosomes where there are
        five or more and the shares can be met, else clusters.
    test, valid : float
        Shares of the rows. The published format has no validation split, hence 0.
    seed : int
        The same seed gives the same dataset, whatever the order of the rows.
    progress : bool
        Show a bar while negatives are drawn.

    Returns
    -------
    Dataset
        With ``loci``, and a card that says what was done. Shuffled rows and those of a FASTA file
        lie nowhere: their region is empty.

    Warns
    -----
    UserWarning
        If rows were left out, or if there are fewer negatives; it says how many.

    Raises
    ------
    DataError
        If a file cannot be used (the message names the line), if nothing is left, if there are
        fewer negatives than asked for, or if negatives that lie nowhere are to avoid regions.
    UnknownNameError
        If there is no such way to split, to match or to deal with missing rows.

    Examples
    --------
    >>> import tempfile
    >>> folder, rng = Path(tempfile.mkdtemp()), np.random.default_rng(0)
    >>> letters = "".join(rng.choice(list("ACGT"), 60_000))
    >>> _ = (folder / "toy.fa").write_text(f">1\\n{letters}\\n")
    >>> rows = [f"chr1\\t{at}\\t{at + 100}" for at in range(0, 50_000, 1000)]
    >>> _ = (folder / "peaks.bed").write_text("\\n".join(rows))
    >>> ds = from_bed(folder / "peaks.bed", folder / "toy.fa")
    >>> ds
    Dataset('peaks'
      train = SequenceSet(80 sequences of 100 bp: 40 negative, 40 positive)
      test  = SequenceSet(20 sequences of 100 bp: 10 negative, 10 positive))
    >>> print(ds.card.description.splitlines()[0])
    Chromosome names of peaks.bed were read as the genome's: chr1 as 1.
    """
    wish = Wish(split, test, valid, seed)
    require_length(length)
    _require(missing=missing, fewer=fewer)
    _require_places(negatives, avoid)
    files = files_by_class(positives, negatives)
    name = require_name(name_of_file(next(iter(files.values()))) if name is None else name)
    reference = Reference(genome)
    black = None if blacklist is None else read_blacklist(blacklist, reference)
    known = None if avoid is None else read_blacklist(avoid, reference, "the avoid list")
    lists = [Path(path).name for path in (blacklist, avoid) if path is not None]
    put = functools.partial(place, genome=reference, length=length, missing=missing, avoid=black)
    placed, notes = {}, []
    for cls, path in files.items():
        placed[cls], said = put(path)
        notes += said
    parts = [_part(cls, one, f"regions of {files[cls].name}") for cls, one in placed.items()]
    everything = join(list(placed.values()))
    about = ""
    if str(negatives) == "random":
        off = [one for one in (black, known) if one is not None]
        avoided = join(off) if off else None
        found = match_regions(everything, ratio, match, margin, avoided, seed, progress)
        about = _account(found, match, margin, lists, fewer)
        part = _part(NEGATIVE, found.regions, "random regions")
        parts.append(replace(part, kin=loci_of(found.models)))
    elif str(negatives) == "shuffled":
        parts, about = shuffled_part(parts, NEGATIVE, ratio, seed)
    elif negatives is not None:
        given, said = _given(Path(negatives), put, everything, known, margin, length)
        parts, notes, about = [*parts, given], notes + said, given.meaning
    sources = [path.name for path in (*files.values(), reference.path)]
    return assemble(name, parts, wish, notes, about, ", ".join(sources + lists))


def _require(missing: str, fewer: str) -> None:
    for name, given, other in (("missing", missing, "drop"), ("fewer", fewer, "warn")):
        if given not in ("raise", other):
            raise UnknownNameError(f"value of {name}", given, ("raise", other))


def _require_places(negatives: str | Path | None, avoid: str | Path | None) -> None:
    if avoid is None or str(negatives) == "random":
        return
    if negatives is None or str(negatives) == "shuffled" or is_fasta(Path(negatives)):
        raise DataError(
            f"{Path(avoid).name} is to be avoided by negatives, but there are none, or they lie "
            'nowhere in the genome. Leave avoid (--avoid) out, or take negatives="random".'
        )


def _part(cls: str, regions: Regions, what: str) -> Part:
    codes, offsets = regions.letters()
    names = regions.names
    return Part(
        cls,
        codes,
        offsets,
        names if names is not None and is_portable(names) else numbers(len(regions)),
        f"{what}, on {regions.genome.path.name}",
        loci=loci_of(regions),
        entry=metadata_of(regions),
    )


def _given(
    path: Path,
    put: Callable[..., tuple[Regions, list[str]]],
    positives: Regions,
    avoid: Regions | None,
    margin: int,
    length: int | None,
) -> tuple[Part, list[str]]:
    """The user's own negatives, and what was done to them."""
    if is_fasta(path):
        return letters_part(NEGATIVE, path, length)
    regions, notes = put(path)
    hit = regions.meet(positives, margin)
    if hit.any():
        notes.append(
            f"{path.name}: {hit.sum():,} of {len(regions):,} rows share a base with a positive"
            f"{f' or lie within {margin:,} bp of one' if margin else ''}, and were left out."
        )
    if hit.all():
        raise DataError(f"No negative is left. {notes[-1]} Is it the file of the positives?")
    regions = regions.take(~hit)
    if avoid is not None:
        hit = regions.meet(avoid)
        if hit.any():
            notes.append(f"{path.name}: {hit.sum():,} rows meet the avoid list, and were left out.")
        regions = regions.take(~hit)
        if not len(regions):
            raise DataError(f"No negative is left. {notes[-1]} Check that it is the right list.")
    return _part(NEGATIVE, regions, f"regions of {path.name}"), notes


def _account(
    found: Matched, match: Collection[str], margin: int, lists: list[str], fewer: str
) -> str:
    """How the negatives were made; raises, or warns, if they are fewer than asked for."""
    regions = found.regions
    same = "on its chromosome and strand"
    same += " and as long" if "length" in match else "; all as long as the median positive"
    text = f"Random regions of {regions.genome.path.name}, each drawn for one positive: {same}."
    if "gc" in match:
        off = found.gc_off if len(regions) else np.zeros(1)
        text += (
            f" Its share of G and C differs from the positive's by {off.mean():.4f} on average, by "
            f"{off.max():.3f} at most."
        )
    else:
        text += " Its share of G and C is whatever came."
    text += f" None shares a base with {f'{margin:,} bp around ' if margin else ''}a positive"
    text += "".join(f", with a region of {name}" for name in lists)
    text += " or with another negative. A split keeps each on the side of its positive."
    if len(regions) == found.wanted:
        return text
    what = f"{len(regions):,} of {found.wanted:,} negatives could be placed"
    rest = found.wanted - len(regions) - found.no_room
    why = [f"{found.no_room:,} have no free place of their length"] * (found.no_room > 0)
    why += [f"for {rest:,} no free place has their share of G and C"] * (rest > 0)
    what += f": {', '.join(why)}."
    if fewer == "raise":
        raise DataError(
            f'Only {what} Take them with fewer="warn" (--fewer warn), or ask for less: a lower '
            'ratio, a smaller margin, or match=("length",).'
        )
    warnings.warn(f"Only {what}", stacklevel=3)
    return f"{text} Only {what}"
