"""Tables that fit a narrow page."""

from __future__ import annotations

import re
from html import escape
from numbers import Integral
from typing import Any

import pandas as pd

from .checkers.equality import is_number

_CELL = "white-space:normal;padding:.3em .4em;vertical-align:top;line-height:1.4"


def narrow_html(table: pd.DataFrame, index: bool = True) -> str:
    """Write a table as HTML whose lines break between words, and in long names behind ``_``.

    Names and addresses without a space are what makes a table too wide for its page, or what
    a browser breaks anywhere. Whole numbers get thousands separators.

    Parameters
    ----------
    table : pandas.DataFrame
        One level of columns and of index.
    index : bool, optional
        Whether to show the index, in front.

    Returns
    -------
    str
        One ``<table>`` element, for ``IPython.display.HTML``.

    Examples
    --------
    >>> html = narrow_html(pd.DataFrame({"rows": [1210]}, index=["mouse_enhancers"]))
    >>> "mouse_<wbr>enhancers" in html, ">1,210<" in html
    (True, True)
    """
    right = [pd.api.types.is_numeric_dtype(column) for _, column in table.items()]
    head = [_cell("th", table.index.name or "")] if index else []
    head += [_cell("th", *each) for each in zip(table.columns, right, strict=True)]
    lines = [head]
    for name, *values in table.itertuples(name=None):
        first = [_cell("th", name)] if index else []
        lines.append(first + [_cell("td", *each) for each in zip(values, right, strict=True)])
    rows = "".join(f"<tr>{''.join(line)}</tr>" for line in lines)
    return f"<table>{rows}</table>"


def _cell(tag: str, value: Any, right: bool = False) -> str:
    align = "right" if right else "left"
    return f'<{tag} style="{_CELL};text-align:{align}">{_shown(value)}</{tag}>'


def _shown(value: Any) -> str:
    if pd.isna(value):
        return "missing"
    if is_number(value):
        return f"{value:,}" if isinstance(value, Integral) else str(value)
    return re.sub(r"([_/])(?=\w)", r"\1<wbr>", escape(str(value)))
