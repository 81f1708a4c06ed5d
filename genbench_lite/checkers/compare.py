"""Compare a learner's answer with the right one, and find the mistake behind a wrong one.

Both comparisons return None for a right answer and a hint for a wrong one, so a checker
can chain them with ``or``. A mistake is described by what it gives: ``mistakes`` maps each
hint to the value, or the function, that a learner who makes this mistake comes up with.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .equality import EXACT, is_number, plain, same

_SHOWN = 120  # characters of a value that fit into a hint
_DIGITS = 3  # of the numbers in an array, behind the point
_NO_MISTAKES: Mapping[str, Any] = {}
_NO_ERRORS: Mapping[str, str] = {}

# In quotes it is the type of the dots; NumPy writes the word without, in errors of any index.
_DOTS = {"There is still a `...` in your function.": "'ellipsis'"}


class _NoResultError(Exception):
    """A call of the learner's function that gives nothing to compare; says why."""


def compare_value(
    answer: Any,
    expected: Any,
    mistakes: Mapping[str, Any] = _NO_MISTAKES,
    otherwise: str = "",
    tolerance: float = EXACT,
) -> str | None:
    """Compare a value with the right one, which the hint does not give away.

    Parameters
    ----------
    answer, expected : object
        What the learner has, and what is right.
    mistakes : mapping of str to object, optional
        Each hint with the wrong value that earns it.
    otherwise : str, optional
        The hint for a wrong value that none of the mistakes explains.
    tolerance : float, optional
        Relative, and absolute close to zero; for numbers with a fraction only.

    Returns
    -------
    str or None
        A hint, or None when the answer is right.

    Examples
    --------
    >>> compare_value(40.0, 0.4, {"That is per cent; give the ratio.": 40})
    'That is per cent; give the ratio.'
    >>> compare_value("0.4", 0.4)
    "Your answer is `'0.4'`, which is text (`str`). We need a number."
    """
    if same(answer, expected, tolerance):
        return None
    for hint, wrong in mistakes.items():
        if same(answer, wrong, tolerance):
            return hint
    shown = f"Your answer is {show(answer)}"
    if _is_nan(answer):
        return f"{shown}, not a number: something was divided by zero, or missing."
    if is_number(expected) and _has_decimal_comma(answer):
        return f"{shown}, which is two numbers. Python writes a point, not a comma: `1.5`."
    if _kind(answer) != _kind(expected):
        return f"{shown}, which is {_kind(answer)}. We need {_kind(expected)}."
    return f"{shown}, and that is not right yet. {otherwise}".strip()


def compare_function(
    function: Any,
    oracle: Callable[..., Any],
    cases: Sequence[tuple[Any, ...]],
    mistakes: Mapping[str, Callable[..., Any]] = _NO_MISTAKES,
    otherwise: str = "",
    tolerance: float = EXACT,
    errors: Mapping[str, str] = _NO_ERRORS,
) -> str | None:
    """Run a function on several inputs and compare it with an oracle.

    Parameters
    ----------
    function : callable
        The learner's. It gets copies: what it changes in them is noticed.
    oracle : callable
        A right one.
    cases : sequence of tuple
        The arguments of each call. A wrong answer is shown on the smallest.
    mistakes : mapping of str to callable, optional
        Each hint with a wrong function; it is given when the learner's function agrees with
        the wrong one on all cases.
    otherwise : str, optional
        The hint for a function that none of the mistakes explains.
    tolerance : float, optional
        As in :func:`compare_value`.
    errors : mapping of str to str, optional
        Each hint with a regular expression; it is given when the function raises, and the
        expression is found in the type or the text of the exception.

    Returns
    -------
    str or None
        A hint, or None when the function is right. If the function raises, the hint names
        the call and the exception.

    Examples
    --------
    >>> compare_function(lambda n: n + n, lambda n: n**2, [(2,), (5,), (10,)])
    'For `your_function(5)` we expect `25`, and got `10`.'
    """
    if not callable(function):
        return (
            f"Your answer is {show(function)}, which is {_kind(function)}. We need the function "
            "itself: its name, without brackets behind it."
        )
    cases = sorted(cases, key=lambda case: len(repr(case)))
    try:
        results = [_call(function, case, errors, otherwise) for case in cases]
    except _NoResultError as reason:
        return str(reason)
    if all(result is None for result in results):
        return (
            f"{_call_text(function, cases[0])} returns `None`. Did you print the result? Is there "
            "a `return` on every way through your function?"
        )
    if all(is_unfinished(result) for result in results):
        return (
            "Your function returns nothing yet. Replace the `...` with your own code, and hand "
            "the result back with `return`."
        )
    expected = [oracle(*copy.deepcopy(case)) for case in cases]
    agrees = [same(*pair, tolerance) for pair in zip(results, expected, strict=True)]
    if all(agrees):
        return None
    first = agrees.index(False)
    example = _explain(_call_text(function, cases[first]), results[first], expected[first])
    for hint, wrong in mistakes.items():
        given = [wrong(*copy.deepcopy(case)) for case in cases]
        if all(same(*pair, tolerance) for pair in zip(results, given, strict=True)):
            return f"{hint} {example}"
    if _are_rounded(results, expected):
        return f"Do not round: return all digits. {example}"
    return f"{otherwise} {example}".strip()


def is_unfinished(value: Any) -> bool:
    """Tell whether a value is what a starter cell leaves: None, ``...``, or ``...`` inside.

    Examples
    --------
    >>> is_unfinished(...), is_unfinished([1, ...]), is_unfinished([])
    (True, True, False)
    """
    if isinstance(value, str):
        return "Ellipsis" in value  # what an f-string makes of the dots
    if isinstance(value, list | tuple | set):
        return any(is_unfinished(item) for item in value if item is not None)
    if isinstance(value, dict):
        return is_unfinished(list(value.values()))
    return value is None or value is ...


def show(value: Any, digits: int = _DIGITS) -> str:
    """Write a value as inline code, short enough for a hint.

    Parameters
    ----------
    value : object
    digits : int, optional
        Digits behind the point in arrays; a number by itself keeps all.

    Returns
    -------
    str

    Examples
    --------
    >>> show(np.float64(0.5)), show(np.array([1, 2]) / 3)
    ('`0.5`', '`array([0.333, 0.667])`')
    """
    try:
        with np.printoptions(precision=digits, suppress=True):
            text = repr(plain(value))
    except Exception as error:  # a learner's own class may do anything
        text = f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"
    return f"`{_shorten(text)}`"


def show_error(error: BaseException) -> str:
    """Write an exception as inline code: its type and its text.

    Examples
    --------
    >>> show_error(KeyError("N"))
    "`KeyError: 'N'`"
    """
    try:
        text = str(error)
    except Exception:
        text = ""
    return f"`{_shorten(f'{type(error).__name__}: {text}'.removesuffix(': '))}`"


def _shorten(text: str) -> str:
    text = re.sub(r"\s*\n\s*", " ", text).replace("`", "'")  # a backtick would end the code
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 4]} ..."


def _call(
    function: Callable[..., Any], case: tuple[Any, ...], errors: Mapping[str, str], otherwise: str
) -> Any:
    arguments = copy.deepcopy(case)
    # objects without a comparison of their own differ from their copy from the beginning
    watched = [i for i, value in enumerate(case) if same(arguments[i], value, 0)]
    try:
        result = function(*arguments)
    except (Exception, SystemExit) as error:
        told = f"{type(error).__name__}: {error}"
        known = {**_DOTS, **errors}
        hint = next((h for h, pattern in known.items() if re.search(pattern, told)), otherwise)
        call = _call_text(function, case)
        raise _NoResultError(f"{call} raises {show_error(error)}. {hint}".strip()) from error
    if not all(same(arguments[i], case[i], 0) for i in watched):
        raise _NoResultError(
            f"{_call_text(function, case)} changes its input, so whoever calls it loses data. "
            "Work on a copy, or build a new object."
        )
    return result


def _call_text(function: Callable[..., Any], case: tuple[Any, ...]) -> str:
    name = getattr(function, "__name__", "<object>")
    name = "your_function" if name.startswith("<") else name
    arguments = ", ".join(show(argument).strip("`") for argument in case)
    return f"`{name}({arguments})`"


def _explain(call: str, got: Any, expected: Any) -> str:
    want, have = show(expected), show(got)
    if want == have:  # the difference is in the digits that are left out
        want, have = show(expected, 8), show(got, 8)
    text = f"For {call} we expect {want}, and got {have}"
    if got is None:
        return f"{text}. Is there a `return` on every way through your function?"
    if _kind(got) != _kind(expected):
        return f"{text}, which is {_kind(got)}. We need {_kind(expected)}."
    return f"{text}."


def _kind(value: Any) -> str:
    value = plain(value)
    if isinstance(value, pd.DataFrame | pd.Series):
        return f"a table (`{type(value).__name__}`) of shape `{value.shape}`"
    if isinstance(value, np.ndarray):
        return f"an array of shape `{value.shape}`"
    if is_number(value):
        return "a number"
    words = {
        str: "text (`str`)",
        list: "a list",
        tuple: "a list",
        dict: "a dictionary",
        type(None): "nothing (`None`)",
    }
    if type(value) in words:
        return words[type(value)]
    return "a function" if callable(value) else f"an object of type `{type(value).__name__}`"


def _is_nan(value: Any) -> bool:
    return is_number(plain(value)) and math.isnan(value)


def _has_decimal_comma(answer: Any) -> bool:
    """Tell whether somebody has written ``0,5``, which Python reads as two whole numbers."""
    whole = isinstance(answer, tuple) and all(type(part) is int for part in answer)
    return whole and len(answer) == 2 and answer[1] >= 0


def _are_rounded(results: list[Any], expected: list[Any]) -> bool:
    """Tell whether all results are right but for a rounding to two digits or more."""
    if len(set(map(repr, results))) == 1 or not all(map(is_number, [*results, *expected])):
        return False
    return any(
        all(same(got, round(want, digits)) for got, want in zip(results, expected, strict=True))
        for digits in (2, 3, 4, 5)
    )
