"""DNA letters as numbers: encode, complement, pad, one-hot, pack.

Pure functions on uint8 codes: ``A`` is 0, ``C`` 1, ``G`` 2, ``T`` 3, and everything
else (``N``, other ambiguity letters, padding) is 4. Sequences of different lengths lie
one behind the other in a single array; ``starts`` and ``lengths`` say where each one is.
"""

from __future__ import annotations

import numpy as np

from .errors import DataError

LETTERS = "ACGTN"
UNKNOWN = 4
AMBIGUOUS = "NRYSWKMBDHVU-"  # IUPAC-IUB codes, doi:10.1021/bi00822a023; U and gaps are unknown too
_ILLEGAL = 255
_GATHER_BASES = 1 << 22  # an index needs 8 bytes a base: blocks of this size stay under 64 MB


def _encode_table() -> bytes:
    table = bytearray([_ILLEGAL] * 256)
    for letter in AMBIGUOUS + AMBIGUOUS.lower():
        table[ord(letter)] = UNKNOWN
    for code, letter in enumerate("ACGT"):
        table[ord(letter)] = table[ord(letter.lower())] = code
    return bytes(table)


_ENCODE = _encode_table()
_DECODE = bytes(ord(LETTERS[min(code, UNKNOWN)]) for code in range(256))
_COMPLEMENT = np.array([3, 2, 1, 0, UNKNOWN], np.uint8)


def encode(text: str | bytes) -> np.ndarray:
    """Turn letters into codes.

    Parameters
    ----------
    text : str or bytes
        DNA letters, upper or lower case. Ambiguity letters become 4.

    Returns
    -------
    numpy.ndarray
        uint8, shape (length,).

    Raises
    ------
    DataError
        If a character is no DNA letter; the message names it and its position.

    Examples
    --------
    >>> encode("ACGTn")
    array([0, 1, 2, 3, 4], dtype=uint8)
    """
    # one byte a character, so that positions are those of the text
    raw = text.encode("ascii", "replace") if isinstance(text, str) else bytes(text)
    coded = raw.translate(_ENCODE)
    position = coded.find(_ILLEGAL)
    if position >= 0:
        rest = text[position : position + 4]
        character = rest[0] if isinstance(rest, str) else bytes(rest).decode("utf-8", "replace")[0]
        raise DataError(
            f"{character!r} at position {position} is not a DNA letter. "
            f"Use A, C, G, T, or an ambiguity letter ({AMBIGUOUS}), which counts as N."
        )
    return np.frombuffer(coded, np.uint8)


def decode(codes: np.ndarray) -> str:
    """Turn codes into upper-case letters; the way back from :func:`encode`.

    Parameters
    ----------
    codes : numpy.ndarray
        uint8, shape (length,).

    Returns
    -------
    str
        Letters of ``ACGTN``.

    Examples
    --------
    >>> decode(encode("acgtr"))
    'ACGTN'
    """
    return np.ascontiguousarray(codes, np.uint8).tobytes().translate(_DECODE).decode("ascii")


def reverse_complement(codes: np.ndarray) -> np.ndarray:
    """Read the other strand: complement every base, then reverse.

    Parameters
    ----------
    codes : numpy.ndarray
        uint8, shape (length,) or (n, length); the last axis is turned round.

    Returns
    -------
    numpy.ndarray
        Same shape. Padding moves from the right to the left.

    Examples
    --------
    >>> decode(reverse_complement(encode("AACG")))
    'CGTT'
    """
    return _COMPLEMENT[codes][..., ::-1]


def pad(codes: np.ndarray, starts: np.ndarray, lengths: np.ndarray, length: int) -> np.ndarray:
    """Lay sequences under each other in a rectangle.

    Parameters
    ----------
    codes : numpy.ndarray
        uint8, shape (total,): all sequences, one behind the other.
    starts, lengths : numpy.ndarray
        int64, shape (n,): where each sequence begins and how long it is, in bp.
    length : int
        Width of the rectangle in bp. Shorter sequences are filled with 4 on the right,
        longer ones keep their first ``length`` letters.

    Returns
    -------
    numpy.ndarray
        uint8, shape (n, length).

    Examples
    --------
    >>> pad(encode("ACGTT"), np.array([0, 2]), np.array([2, 3]), 4)
    array([[0, 1, 4, 4],
           [2, 3, 3, 4]], dtype=uint8)
    """
    if length < 1:
        raise DataError(f"A padded length must be at least 1, not {length}.")
    padded = np.full((len(starts), length), UNKNOWN, np.uint8)
    columns = np.arange(length)
    rows = max(1, _GATHER_BASES // length)
    for first in range(0, len(starts), rows):
        block = slice(first, first + rows)
        inside = columns < lengths[block, None]
        padded[block][inside] = codes[(starts[block, None] + columns)[inside]]
    return padded


def gather(
    codes: np.ndarray, starts: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Copy chosen sequences, in the order given, into one new packed array.

    Parameters
    ----------
    codes : numpy.ndarray
        uint8, shape (total,).
    starts, lengths : numpy.ndarray
        int64, shape (n,), in bp.

    Returns
    -------
    codes : numpy.ndarray
        uint8, shape (sum of lengths,).
    offsets : numpy.ndarray
        int64, shape (n + 1,).

    Examples
    --------
    >>> gather(encode("AACCC"), np.array([2, 0]), np.array([3, 2]))
    (array([1, 1, 1, 0, 0], dtype=uint8), array([0, 3, 5]))
    """
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    out = np.empty(offsets[-1], np.uint8)
    first = 0
    while first < len(starts):
        last = int(np.searchsorted(offsets, offsets[first] + _GATHER_BASES, "right")) - 1
        last = min(max(last, first + 1), len(starts))
        block = slice(first, last)
        shift = np.repeat(starts[block] - offsets[first:last], lengths[block])
        out[offsets[first] : offsets[last]] = codes[
            shift + np.arange(offsets[first], offsets[last])
        ]
        first = last
    return out, offsets


def one_hot(padded: np.ndarray) -> np.ndarray:
    """Give every base a row of its own: the form in which networks read DNA.

    Parameters
    ----------
    padded : numpy.ndarray
        uint8 codes, shape (n, length) or (length,).

    Returns
    -------
    numpy.ndarray
        float32, shape (n, 4, length) or (4, length), rows in the order A, C, G, T. Unknown
        letters and padding are zero in all four rows.

    Examples
    --------
    >>> one_hot(encode("AGN"))
    array([[1., 0., 0.],
           [0., 0., 0.],
           [0., 1., 0.],
           [0., 0., 0.]], dtype=float32)
    """
    bases = np.arange(4, dtype=np.uint8)[:, None]
    return (padded[..., None, :] == bases).astype(np.float32)


def pack(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Store four bases in a byte, for files that travel.

    Parameters
    ----------
    codes : numpy.ndarray
        uint8, shape (total,).

    Returns
    -------
    packed : numpy.ndarray
        uint8, shape (ceil(total / 4),): 2 bits a base, the first base lowest.
    unknown : numpy.ndarray
        int64: positions of the letters that are none of A, C, G, T.

    Examples
    --------
    >>> pack(encode("CCNA"))
    (array([5], dtype=uint8), array([2]))
    """
    unknown = np.flatnonzero(codes == UNKNOWN)
    bases = np.zeros(-(-len(codes) // 4) * 4, np.uint8)
    bases[: len(codes)] = codes & 3  # the unknown, 4, becomes 0 here and is put back by unpack
    first, second, third, fourth = bases.reshape(-1, 4).T
    return first | second << 2 | third << 4 | fourth << 6, unknown


def unpack(packed: np.ndarray, unknown: np.ndarray, total: int) -> np.ndarray:
    """Read what :func:`pack` wrote.

    Parameters
    ----------
    packed, unknown : numpy.ndarray
        What :func:`pack` returned.
    total : int
        Number of bases.

    Returns
    -------
    numpy.ndarray
        uint8 codes, shape (total,).

    Examples
    --------
    >>> decode(unpack(*pack(encode("CCNAT")), total=5))
    'CCNAT'
    """
    codes = (packed[:, None] >> np.array([0, 2, 4, 6], np.uint8) & 3).reshape(-1)[:total]
    codes[unknown] = UNKNOWN
    return codes
