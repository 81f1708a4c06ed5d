"""The published baseline: the PyTorch CNN of Genomic Benchmarks, faults and all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from ..cards import card
from ..errors import DataError
from ..paths import DATA
from .channels_last import BatchNorm, Conv, channels_last

SIZES = DATA / "paper_cnn.json"  # made by scripts/build_paper_cnn.py
VOCABULARY = ("<unk>", "<bos>", "A", "C", "G", "T", "<eos>")


class PaperCNN(nn.Module):
    """The PyTorch CNN of the paper, exactly as it was published.

    A sequence becomes a row of tokens: ``<bos>``, its letters, ``<eos>`` and, in datasets of
    unequal lengths, ``<pad>`` until the row is as long as that of the longest training sequence,
    and one more. A token becomes a vector of 100 numbers. Three layers of 16, 8 and 4 filters,
    each 8 wide, follow, and each halves the length. Two linear layers read what is left.

    The faults of the model are switches, on as published:

    ``sigmoid_twice``
        With two classes the output is a sigmoid, and goes into a loss that takes the sigmoid of
        it again. For that loss no sequence is ever certain: right answers cost at least
        log(1 + 1/e) = 0.31 in the second class and log 2 = 0.69 in the first, so the mean cannot
        fall below 0.50 on balanced data.
    ``missing_relu``
        After the second and third layer of filters there is no ReLU.
    ``missing_dense_relu``
        Nor between the linear layers: two in a row are no more than one.

    One fault has no switch, for its repair is another model: padding is read like letters. It
    takes part in the batch statistics, and the linear layers see where it begins, so that length
    alone can decide.

    The faults around the model are not here, nor in :func:`~genbench_lite.fit`: classes are
    numbered in the order of the folders on disk, anew for train and test, so that labels can
    flip; a letter that only test sequences hold becomes ``<unk>``, whose vector was never
    trained; there is no seed and no validation set; the network's size is tried out in training
    mode, which moves the batch statistics before the first batch; the mean loss counts a
    small last batch like a full one; F1 is that of whichever class got number 1, and with more
    than two classes it is the accuracy by another name.

    Parameters
    ----------
    n_classes : int
        At least 2. Two classes share one output.
    length : int
        Of the longest training sequence, in bp.
    vocabulary : sequence of str
        The tokens, in the order of the rows of the embedding: those of ``VOCABULARY``; ``N`` if
        training sequences hold it; ``<pad>`` if their lengths differ.
    sigmoid_twice, missing_relu, missing_dense_relu : bool
        False repairs the fault.
    embed_first : bool
        True: make the vectors, then slide the filters along them, as published. False: multiply
        each filter with the embedding, and slide the product along the tokens; and multiply the
        two linear layers, if nothing is between them. That is the same function with the same
        gradients, in a third of the time.

    Attributes
    ----------
    length : int or None
        The only length in bp that the model reads. None with ``<pad>``: it then takes any, but
        reads no letter more than 2 bp behind the length that it was built for, as published.

    Notes
    -----
    In one-hot input, N and padding are both all zero. With ``<pad>`` in the vocabulary, zeros
    behind the last known letter are padding, all others N. Without it, all zeros are N. An N that
    the vocabulary lacks is ``<unk>``.

    The weights have their published names: a ``state_dict`` of the published class loads, if
    ``vocabulary`` lists its tokens in the same order.

    References
    ----------
    Gresova et al. 2023, doi:10.1186/s12863-023-01123-8; ``genomic_benchmarks.models.torch.CNN``
    in version 1.0.0 of the PyPI package genomic-benchmarks.

    Examples
    --------
    >>> model = PaperCNN.for_dataset("human_nontata_promoters")
    >>> model(torch.zeros(3, 4, 251)).shape
    torch.Size([3, 1])
    >>> sum(parameter.numel() for parameter in model.parameters())
    67089
    """

    rows: torch.Tensor

    def __init__(
        self,
        n_classes: int,
        length: int,
        vocabulary: Sequence[str] = VOCABULARY,
        *,
        sigmoid_twice: bool = True,
        missing_relu: bool = True,
        missing_dense_relu: bool = True,
        embed_first: bool = False,
    ):
        super().__init__()
        self.vocabulary = _checked_vocabulary(vocabulary)
        self.padded = "<pad>" in vocabulary
        self.n_tokens = length + (3 if self.padded else 2)
        self.length = None if self.padded else length
        self.two_classes = n_classes == 2
        self.sigmoid_twice = sigmoid_twice and self.two_classes
        self.missing_dense_relu = missing_dense_relu
        self.embed_first = embed_first
        left = _positions_left(n_classes, self.n_tokens)
        unknown = "N" if "N" in self.vocabulary else "<unk>"
        read = ["A", "C", "G", "T", unknown, "<bos>", "<eos>", *["<pad>"] * self.padded]
        rows = torch.tensor([self.vocabulary.index(token) for token in read])
        self.register_buffer("rows", rows, persistent=False)
        self.embeddings = nn.Embedding(len(self.vocabulary), 100)
        self.cnn_model = nn.Sequential(
            Conv(100, 16, kernel_size=8),
            BatchNorm(16),
            *_halve(relu=True),
            Conv(16, 8, kernel_size=8),
            BatchNorm(8),
            nn.Sequential(*_halve(relu=not missing_relu)),
            Conv(8, 4, kernel_size=8),
            BatchNorm(4),
            nn.Sequential(*_halve(relu=not missing_relu)),
            nn.Flatten(),
        )
        self.dense_model = nn.Sequential(
            nn.Linear(4 * left, 512), nn.Linear(512, 1 if self.two_classes else n_classes)
        )

    @classmethod
    def for_dataset(cls, name: str, **switches: Any) -> PaperCNN:
        """The model at the size that was published for a dataset.

        Raises
        ------
        UnknownNameError
            If there is no such dataset.
        DataError
            If it is none of the nine.
        """
        classes = card(name).classes
        sizes = json.loads(SIZES.read_text())
        if name not in sizes:
            raise DataError(
                f"No CNN was published for {name}. Build one with PaperCNN(n_classes="
                f"{len(classes)}, length={card(name).length['max']})."
            )
        return cls(len(classes), sizes[name]["length"], sizes[name]["vocabulary"], **switches)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Of one-hot (n, 4, length): (n, 1) for two classes, else logits (n, classes)."""
        score = self.score(x)
        return score.sigmoid() if self.sigmoid_twice else score

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (n, classes), whose softmax is :meth:`probability`: what attributions explain.

        A sigmoid near 0 or 1 hides how sure the model is; this is taken before it.
        """
        score = self.score(x)
        return torch.cat([-score / 2, score / 2], 1) if self.two_classes else score

    def score(self, x: torch.Tensor) -> torch.Tensor:
        """What the last linear layer gives: (n, 1) for two classes, else (n, classes)."""
        tokens = self.tokens(x)
        vectors = self.embeddings.weight[self.rows]  # (tokens, 100)
        first, *others = self.cnn_model
        if self.embed_first:
            h = first(channels_last(torch.einsum("ntl,td->ndl", tokens, vectors)))
        else:
            filters = torch.einsum("fdw,td->ftw", first.weight, vectors)
            h = first(channels_last(tokens), filters)
        for layer in others:
            h = layer(h)
        return self.read_out(h)

    def read_out(self, h: torch.Tensor) -> torch.Tensor:
        """The linear layers: of (n, positions left), (n, outputs)."""
        first, last = self.dense_model
        if self.embed_first or not self.missing_dense_relu:
            h = first(h)
            return last(h if self.missing_dense_relu else h.relu())
        weight, bias, last_weight, last_bias = self.dense_model.parameters()
        return F.linear(h, last_weight @ weight, last_weight @ bias + last_bias)

    def tokens(self, x: torch.Tensor) -> torch.Tensor:
        """Of one-hot letters (n, 4, length), one-hot tokens: A, C, G, T, N, bos, eos and pad.

        Shape (n, 7 or 8, length + 2), and gradients pass through.
        """
        self._check_input(x)
        if self.padded:
            x = F.pad(x, (0, self.n_tokens - 1 - x.shape[2]))  # a negative number cuts
        place = torch.arange(1, x.shape[2] + 1, device=x.device)
        length = place.new_full((len(x), 1), x.shape[2])
        if self.padded:
            length = (place * (x != 0).any(1)).amax(1, keepdim=True)
        unknown = (1 - x.sum(1)) * (place <= length)
        letters = F.pad(torch.cat([x, unknown[:, None]], 1), (1, 0 if self.padded else 1))
        place = torch.arange(self.n_tokens, device=x.device)
        marks = [(place == 0).expand(len(x), -1), place == length + 1, place > length + 1]
        return torch.cat([letters, torch.stack(marks[: 2 + self.padded], 1).to(x.dtype)], 1)

    def loss(self, output: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Mean loss of int64 labels (n,), by the published function."""
        if self.two_classes:
            return F.binary_cross_entropy_with_logits(output[:, 0], labels.to(output.dtype))
        return F.cross_entropy(output, labels)

    def probability(self, output: torch.Tensor) -> torch.Tensor:
        """Probabilities of the classes (n, classes)."""
        if not self.two_classes:
            return output.softmax(1)
        second = output if self.sigmoid_twice else output.sigmoid()
        return torch.cat([1 - second, second], 1)

    def _check_input(self, x: torch.Tensor) -> None:
        if x.ndim != 3 or x.shape[1] != 4:
            raise DataError(
                f"The input has the shape {tuple(x.shape)}. Give one-hot letters (n, 4, length), "
                "the bases before the positions."
            )
        if self.length not in (None, x.shape[2]):
            raise DataError(
                f"The input has {x.shape[2]} bp, and this model reads exactly {self.length}. Build "
                f"it with length={x.shape[2]}, or with <pad> in its vocabulary."
            )


def _halve(relu: bool) -> list[nn.Module]:
    """The ReLU comes second, where half is left to do: the order makes no difference."""
    return [nn.MaxPool2d((1, 2)), nn.ReLU()] if relu else [nn.MaxPool2d((1, 2))]


def _positions_left(n_classes: int, n_tokens: int) -> int:
    """Positions behind the third layer."""
    if n_classes < 2:
        raise DataError(f"A model of {n_classes} classes decides nothing. Give at least 2.")
    left = n_tokens
    for _ in range(3):
        left = (left - 7) // 2
    if left < 1:
        raise DataError(
            f"{n_tokens} tokens, bos and eos included, are too short for three layers of filters. "
            "It takes 57: sequences of at least 55 bp."
        )
    return left


def _checked_vocabulary(vocabulary: Sequence[str]) -> tuple[str, ...]:
    tokens = tuple(vocabulary)
    known = {*VOCABULARY, "N", "<pad>"}
    if len(set(tokens)) < len(tokens) or not set(VOCABULARY) <= set(tokens) <= known:
        raise DataError(
            f"The vocabulary {' '.join(map(str, tokens))} cannot be used. Give each of "
            f"{' '.join(VOCABULARY)} once and, where they are needed, N and <pad>."
        )
    return tokens
