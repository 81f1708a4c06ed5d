"""The models of a sweep: ours by name, anybody's by ``module:name``.

What ``module:name`` leads to is called with those of the keywords ``n_classes``, ``length``,
``seed`` and ``random_state`` that it names in its signature (``length`` is the longest training
sequence in bp; the last two are the run's seed). What comes back is one of three things:

- A **torch.nn.Module**: reads one-hot float32 (n, 4, length), gives logits (n, n_classes). It is
  trained by :func:`genbench_lite.fit` with the keywords in its dict ``RECIPE``, if it has one.
  With ``patience`` in it and no validation split in the data, a tenth of the training rows is
  set aside, drawn with the run's seed.
- A **scikit-learn classifier**, which is what has a ``predict_proba``: gets ``fit(X, y)`` and
  ``predict_proba(X)``. ``X`` is a list of str, one sequence each, letters A, C, G, T and N in
  upper case; ``y`` is an int64 array (n,) of positions in the sorted classes. Start a pipeline
  with a step that reads text, such as ``CountVectorizer(analyzer="char", ngram_range=(6, 6))``.
- What trains itself, like :class:`~genbench_lite.models.KmerBaseline`: ``fit(train, seed=seed)``
  and ``predict(sequences)``, both of a :class:`~genbench_lite.SequenceSet`; the answer is (n,
  n_classes), rows sum to 1. The labels are all 0 when it is asked to predict.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError, UnknownNameError
from ..sequence_set import SequenceSet
from .answers import SelfTrained, TextClassifier
from .grid import OURS

if TYPE_CHECKING:
    from ..dataset import Dataset

_UNKNOWN = 4  # the code of letters other than A, C, G and T


def check_model(spec: str, folder: str = "") -> str:
    """Find a model before any time is spent; nothing is built.

    Parameters
    ----------
    spec : str
        One of ``OURS``, or ``module:name``.
    folder : str
        Where modules are looked for, too.

    Returns
    -------
    str
        A checksum of the files of that module and of the one in which the name is defined, not
        of what these import; empty for ours and for what has no file.

    Raises
    ------
    UnknownNameError
        If there is no such model, module or name in the module.
    DataError
        If the module cannot be imported, or the name is nothing that can be called.

    Examples
    --------
    >>> check_model("LiteCNN")
    ''
    """
    if spec in OURS:
        return ""
    found = find_callable(spec, folder)
    modules = (spec.partition(":")[0], getattr(found, "__module__", None) or "")
    files = list(dict.fromkeys(filter(None, map(_file_of, modules))))
    if not files:
        return ""
    digest = hashlib.blake2b(digest_size=8)
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def find_callable(spec: str, folder: str = "") -> Callable:
    """What ``module:name`` leads to; ``name`` may have dots.

    Examples
    --------
    >>> find_callable("collections:Counter.most_common").__name__
    'most_common'
    """
    module_name, colon, name = spec.partition(":")
    if not colon:
        raise UnknownNameError("model", spec, [*OURS, "module:name, such as mypkg.my:build"])
    if not module_name or not name or ":" in name:
        raise DataError(
            f"The model {spec!r} is no path. Write module:name, such as mypkg.my:build."
        )
    if module_name == "__main__":
        raise DataError(
            f"The model {spec} is part of what runs here, and a run of a sweep is another process. "
            "Write it into a file beside, such as my.py, and name it my:build."
        )
    try:
        found: Any = _imported(module_name, name.partition(".")[0], folder)
    except Exception as error:  # whatever a module does when it is imported
        raise DataError(
            f"The model {spec} cannot be imported ({type(error).__name__}: {error}). Run from "
            f"the folder that {module_name.partition('.')[0]} is in, or install it."
        ) from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise UnknownNameError(f"name in {module_name}", part, dir(found))
        found = getattr(found, part)
    if not callable(found):
        raise DataError(
            f"{spec} is a {type(found).__name__}, which cannot be called. Name a class, or a "
            "function that returns a model."
        )
    return found


def build(
    spec: str, data: Dataset, seed: int, folder: str = "", expected: str | None = None
) -> Any:
    """A new, untrained model that fits the data.

    Parameters
    ----------
    spec : str
        One of ``OURS``, or ``module:name``.
    data : Dataset
        Only its training rows are looked at.
    seed : int
        All randomness of Python, NumPy and torch starts from it.
    folder : str
        Where modules are looked for, too.
    expected : str, optional
        The checksum that :func:`check_model` must give.

    Returns
    -------
    torch.nn.Module, or what has ``fit`` and ``predict``

    Raises
    ------
    DataError
        If what is built is no model, or its file is not the expected one.

    Examples
    --------
    >>> s = SequenceSet.from_strings(["ACGT" * 20] * 4, [0, 1] * 2, ["no", "yes"])
    >>> from genbench_lite import Dataset
    >>> build("PaperCNN", Dataset("toy", s, s), seed=0).length
    80
    """
    import torch

    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - scikit-learn's models ask this one
    torch.manual_seed(seed)
    train = data.train
    if spec in OURS:
        return _ours(spec, train)
    if expected not in (None, check_model(spec, folder)):
        raise DataError(
            f"The file of {spec} is not the one that the sweep began with. Run the sweep again: "
            "its runs are then made anew."
        )
    made = find_callable(spec, folder)
    known = {
        "n_classes": len(train.classes),
        "length": train.max_length,
        "seed": seed,
        "random_state": seed,
    }
    model = made(**{name: known[name] for name in _named(made) if name in known})
    if isinstance(model, torch.nn.Module):
        return model
    if callable(getattr(model, "predict_proba", None)):
        return TextClassifier(model, len(train.classes))
    if not all(callable(getattr(model, name, None)) for name in ("fit", "predict")):
        raise DataError(
            f"{spec} gave a {type(model).__name__}, which is no torch.nn.Module and lacks fit or "
            "predict. Return a network, a scikit-learn classifier, or what trains itself."
        )
    if hasattr(model, "get_params"):
        raise DataError(
            f"{spec} gave a {type(model).__name__}, which has no predict_proba. Wrap it in "
            "sklearn.calibration.CalibratedClassifierCV, or set the option that turns it on."
        )
    return SelfTrained(model)


def _named(made: Callable) -> list[str]:
    try:
        return list(inspect.signature(made).parameters)
    except ValueError:  # some classes written in C tell nothing
        return []


def count_parameters(model: Any) -> int | None:
    """How many numbers were learned; None where nobody can tell.

    Examples
    --------
    >>> import torch
    >>> count_parameters(torch.nn.Linear(4, 2))
    10
    """
    import torch

    if isinstance(model, torch.nn.Module):
        return sum(parameter.numel() for parameter in model.parameters())
    inner = getattr(model, "model", model)
    inner = getattr(inner, "_pipeline", inner)
    last = inner[-1] if hasattr(inner, "steps") else inner
    if hasattr(last, "coef_") and hasattr(last, "intercept_"):
        return int(np.size(last.coef_) + np.size(last.intercept_))
    return None


def _ours(name: str, train: SequenceSet) -> Any:
    from .. import models

    if name == "KmerBaseline":
        return models.KmerBaseline()
    if name == "LiteCNN":
        return models.LiteCNN(len(train.classes))
    from ..networks.paper_cnn import VOCABULARY

    tokens = list(VOCABULARY)
    if (np.asarray(train.codes) == _UNKNOWN).any():
        tokens.append("N")
    if train.lengths.min() < train.max_length:
        tokens.append("<pad>")
    return models.PaperCNN(len(train.classes), train.max_length, tokens)


def _imported(module: str, name: str, folder: str) -> Any:
    """The module; the folder is looked in last, so that it hides nothing that others need."""
    if folder and folder not in sys.path:
        sys.path.append(folder)
    importlib.invalidate_caches()
    found = importlib.import_module(module)
    file = _file_of(module)
    if not hasattr(found, name) and folder and file and Path(folder) in file.parents:
        return importlib.reload(found)  # it may have been written since
    return found


def _file_of(module: str) -> Path | None:
    file = getattr(sys.modules.get(module), "__file__", None)
    return Path(file) if file is not None and Path(file).is_file() else None
