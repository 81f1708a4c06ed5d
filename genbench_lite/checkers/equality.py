"""When two values mean the same: numbers, arrays, tables, and what is made of them."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np
import pandas as pd

EXACT = 1e-6  # room for the order of summation, not for another answer


def same(got: Any, expected: Any, tolerance: float = EXACT) -> bool:
    """Tell whether two values mean the same.

    Numbers with a fraction, arrays and tables of them agree within ``tolerance`` (relative,
    and absolute close to zero); two ``nan`` agree; a list agrees with a tuple.

    Examples
    --------
    >>> same(np.float32(0.1), 0.1), same("1", 1), same([1, (2.0,)], (1, [2]))
    (True, False, True)
    """
    got, expected = plain(got), plain(expected)
    if isinstance(expected, pd.DataFrame | pd.Series):
        return _same_table(got, expected, tolerance)
    if isinstance(expected, np.ndarray):
        return _same_array(got, expected, tolerance)
    if isinstance(expected, list | tuple):
        return (
            isinstance(got, list | tuple)
            and len(got) == len(expected)
            and all(same(*pair, tolerance) for pair in zip(got, expected, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(same(got[key], expected[key], tolerance) for key in expected)
        )
    if is_number(expected):
        return is_number(got) and _same_number(got, expected, tolerance)
    return isinstance(got, type(expected)) and bool(got == expected)


def plain(value: Any) -> Any:
    """Turn a scalar of NumPy or PyTorch, or an array of no dimension, into a Python value."""
    if getattr(value, "shape", None) == () and callable(getattr(value, "item", None)):
        return value.item()
    return value


def is_number(value: Any) -> bool:
    """Tell whether a value is a real number; True and False are none."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _same_number(got: Any, expected: Any, tolerance: float) -> bool:
    if math.isnan(expected):
        return math.isnan(got)
    if isinstance(expected, numbers.Integral):
        return bool(got == expected)
    return math.isclose(got, expected, rel_tol=tolerance, abs_tol=min(tolerance, EXACT))


def _same_array(got: Any, expected: np.ndarray, tolerance: float) -> bool:
    if not isinstance(got, np.ndarray) or got.shape != expected.shape:
        return False
    if expected.dtype.kind == "f" and got.dtype.kind in "fiu":
        return bool(np.allclose(got, expected, rtol=tolerance, atol=tolerance, equal_nan=True))
    return np.array_equal(got, expected)


def _same_table(got: Any, expected: Any, tolerance: float) -> bool:
    # dtypes and the names of columns differ between versions of pandas without changing a value
    loose: dict[str, Any] = {"check_dtype": False, "check_names": False, "check_index_type": False}
    try:
        if isinstance(expected, pd.Series):
            pd.testing.assert_series_equal(got, expected, rtol=tolerance, atol=tolerance, **loose)
        else:
            loose["check_column_type"] = False
            pd.testing.assert_frame_equal(got, expected, rtol=tolerance, atol=tolerance, **loose)
    except AssertionError:
        return False
    return True
