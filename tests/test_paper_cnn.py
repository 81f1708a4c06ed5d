"""The published CNN: its size, its two forms, its faults, and what it makes of N and padding."""

from __future__ import annotations

import csv
import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import genbench_lite as gbl
from genbench_lite.errors import DataError, UnknownNameError
from genbench_lite.networks.paper_cnn import VOCABULARY, PaperCNN

ROOT = Path(__file__).resolve().parents[1]
FACTS = ROOT.parent / "shared" / "facts" / "datasets.csv"
PADDED = (*VOCABULARY, "N", "<pad>")
NINE = gbl.list_datasets()[:9]


def one_hot(*sequences: str, length: int | None = None) -> torch.Tensor:
    rows = gbl.SequenceSet.from_strings(sequences, [0] * len(sequences), ["all"])
    return torch.from_numpy(rows.one_hot(length))


def random_letters(n: int, length: int, letters: str = "ACGT", seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list(letters), length)) for _ in range(n)]


def build(*arguments, seed: int = 0, **switches) -> PaperCNN:
    torch.manual_seed(seed)
    return PaperCNN(*arguments, **switches)


# Unhappy paths


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((3, 60, 4), "the bases before the positions"),
        ((4, 60), "the bases before the positions"),
        ((3, 5, 60), "the bases before the positions"),
        ((3, 4, 61), "61 bp, and this model reads exactly 60. Build it with length=61"),
    ],
)
def test_wrong_input_is_refused(shape, message):
    with pytest.raises(DataError, match=message):
        build(2, 60)(torch.zeros(shape))


@pytest.mark.parametrize("n_classes", [1, 0, -2])
def test_fewer_than_two_classes_are_refused(n_classes):
    with pytest.raises(DataError, match="at least 2"):
        PaperCNN(n_classes, 60)


@pytest.mark.parametrize(("vocabulary", "shortest"), [(VOCABULARY, 55), (PADDED, 54)])
def test_too_short_for_three_layers(vocabulary, shortest):
    with pytest.raises(DataError, match="57: sequences of at least 55 bp"):
        PaperCNN(2, shortest - 1, vocabulary)
    x = one_hot("A" * shortest)
    assert build(2, shortest, vocabulary).eval()(x).shape == (1, 1)


@pytest.mark.parametrize(
    "vocabulary", [VOCABULARY[1:], (*VOCABULARY, "A"), (*VOCABULARY, "X"), "ACGT", ()]
)
def test_a_vocabulary_that_is_none(vocabulary):
    with pytest.raises(DataError, match="once"):
        PaperCNN(2, 60, vocabulary)


def test_a_dataset_without_a_published_model():
    with pytest.raises(DataError, match=r"PaperCNN\(n_classes=4, length=200\)"):
        PaperCNN.for_dataset("demo_open_chromatin_cells")
    with pytest.raises(UnknownNameError, match="human_nontata_promoters"):
        PaperCNN.for_dataset("human_nontata_promoter")


def test_fit_says_what_to_build_for_another_length():
    s = gbl.SequenceSet.from_strings(random_letters(8, 61), [0, 1] * 4, ["a", "b"])
    with pytest.raises(DataError, match="reads 60 bp, and the longest sequence has 61"):
        gbl.fit(build(2, 60), s, epochs=1)


# The published size


@pytest.mark.parametrize("name", NINE)
def test_number_of_parameters_is_the_published_one(name):
    if not FACTS.exists():
        pytest.skip("the published sizes are not beside this checkout")
    with FACTS.open() as lines:
        published = {row["dataset"]: row for row in csv.DictReader(lines)}
    model = PaperCNN.for_dataset(name)
    count = sum(parameter.numel() for parameter in model.parameters())
    assert count == int(published[name]["parameters_of_the_published_pytorch_cnn"])


def test_the_shipped_sizes_are_up_to_date(monkeypatch):
    if not FACTS.exists():
        pytest.skip("the published sizes are not beside this checkout")
    spec = importlib.util.spec_from_file_location("s", ROOT / "scripts" / "build_paper_cnn.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr("sys.argv", ["build_paper_cnn.py", "--sizes", str(FACTS), "--check"])
    assert script.main() == 0
    with pytest.raises(SystemExit, match="no vocabulary gives 67,090"):
        script.size("human_nontata_promoters", 67_090)


def test_parameters_have_their_published_names_and_shapes():
    state = build(2, 251, embed_first=True).state_dict()
    assert {k: tuple(v.shape) for k, v in state.items() if v.ndim and "running" not in k} == {
        "embeddings.weight": (7, 100),
        "cnn_model.0.weight": (16, 100, 8),
        "cnn_model.0.bias": (16,),
        "cnn_model.1.weight": (16,),
        "cnn_model.1.bias": (16,),
        "cnn_model.4.weight": (8, 16, 8),
        "cnn_model.4.bias": (8,),
        "cnn_model.5.weight": (8,),
        "cnn_model.5.bias": (8,),
        "cnn_model.7.weight": (4, 8, 8),
        "cnn_model.7.bias": (4,),
        "cnn_model.8.weight": (4,),
        "cnn_model.8.bias": (4,),
        "dense_model.0.weight": (512, 100),
        "dense_model.0.bias": (512,),
        "dense_model.1.weight": (1, 512),
        "dense_model.1.bias": (1,),
    }
    repaired = build(2, 251, sigmoid_twice=False, missing_relu=False, missing_dense_relu=False)
    assert list(repaired.state_dict()) == list(state)


# Tokens


def read(model: PaperCNN, x: torch.Tensor) -> list[str]:
    """The tokens of each sequence, back in letters: < and > for bos and eos, - for padding."""
    tokens = model.tokens(x)
    assert ((tokens == 0) | (tokens == 1)).all()
    assert (tokens.sum(1) == 1).all()
    return ["".join("ACGTN<>-"[i] for i in row) for row in tokens.argmax(1).tolist()]


def test_all_zeros_are_n_where_lengths_are_equal():
    letters = "NN" + "ACGT" * 14 + "NN"
    assert read(build(2, 60), one_hot(letters)) == [f"<{letters}>"]


def test_zeros_behind_the_last_letter_are_padding_where_lengths_differ():
    x = one_hot("NACNG", "T", "ACGNN", "NN", length=7)
    assert read(build(2, 54, PADDED), x) == [
        "<" + text.ljust(56, "-") for text in ("NACNG>", "T>", "ACG>", ">")
    ]


@pytest.mark.parametrize(
    ("longer", "end"), [(0, ">-"), (1, "A>"), (2, "AA"), (3, "AA"), (40, "AA")]
)
def test_what_is_longer_than_all_training_sequences_loses_its_end(longer, end):
    model = build(2, 54, PADDED)
    assert read(model, one_hot("A" * (54 + longer))) == ["<" + "A" * 54 + end]


def test_width_of_the_batch_makes_no_difference_where_lengths_differ():
    model = build(2, 70, PADDED).eval()
    letters = random_letters(3, 20, "ACGTN")
    torch.testing.assert_close(model(one_hot(*letters)), model(one_hot(*letters, length=90)))


def test_length_is_what_all_batches_must_have():
    assert build(2, 60).length == 60
    assert build(2, 60, PADDED).length is None


@pytest.mark.parametrize(("vocabulary", "row"), [(VOCABULARY, "<unk>"), ((*VOCABULARY, "N"), "N")])
def test_n_is_read_by_its_own_vector_or_as_unknown(vocabulary, row):
    model = build(2, 60, vocabulary)
    with_n, without = ("ACGT" * 14 + end for end in ("NNNN", "ACGT"))
    for letters, used in ((with_n, True), (without, False)):
        model.zero_grad()
        model(one_hot(letters, *random_letters(2, 60))).sum().backward()
        gradient = model.embeddings.weight.grad[vocabulary.index(row)]
        assert bool(gradient.abs().sum() > 0) is used


def test_the_order_of_the_vocabulary_is_that_of_the_embedding():
    x = one_hot(*random_letters(4, 60, "ACGTN"))
    model, turned = build(2, 60).eval(), build(2, 60, VOCABULARY[::-1]).eval()
    turned.load_state_dict(model.state_dict())
    assert not torch.allclose(model(x), turned(x))
    with torch.no_grad():
        turned.embeddings.weight.copy_(model.embeddings.weight.flip(0))
    torch.testing.assert_close(model(x), turned(x))


# The two forms


def plain(model: PaperCNN, letters: list[str]) -> torch.Tensor:
    """The published network, built of torch's own layers, with the weights of a model."""
    state = model.state_dict()
    names = {"N": "<unk>"} if "N" not in model.vocabulary else {}
    ids = torch.tensor(
        [
            [
                model.vocabulary.index(names.get(token, token))
                for token in (["<bos>", *text, "<eos>"] + ["<pad>"] * model.n_tokens)
                if token in model.vocabulary or token in names
            ][: model.n_tokens]
            for text in letters
        ]
    )
    h = nn.functional.embedding(ids, state["embeddings.weight"]).transpose(1, 2)
    for conv, norm in ((0, 1), (4, 5), (7, 8)):
        layer = [
            state[f"cnn_model.{i}.{kind}"] for i in (conv, norm) for kind in ("weight", "bias")
        ]
        h = nn.functional.conv1d(h, *layer[:2])
        h = nn.functional.batch_norm(h, None, None, *layer[2:], training=True)
        h = nn.functional.max_pool1d(h.relu() if conv == 0 else h, 2)
    h = h.flatten(1)
    for i in range(2):
        h = nn.functional.linear(
            h, state[f"dense_model.{i}.weight"], state[f"dense_model.{i}.bias"]
        )
    return h.sigmoid() if h.shape[1] == 1 else h


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("vocabulary", [VOCABULARY, PADDED])
@pytest.mark.parametrize("embed_first", [True, False])
def test_both_forms_give_what_the_published_layers_give(n_classes, vocabulary, embed_first):
    letters = random_letters(12, 90, "ACGTN")
    if "<pad>" in vocabulary:
        letters = [text[: 30 + 5 * i] + "A" for i, text in enumerate(letters)]
    model = build(n_classes, 90, vocabulary, embed_first=embed_first)
    torch.testing.assert_close(
        model(one_hot(*letters)), plain(model, letters), atol=1e-5, rtol=1e-5
    )


def test_the_folded_filters_worked_out_by_hand():
    """One filter of ones at its first place: it gives the sum of the vector of the token there."""
    model = build(2, 60).eval()
    with torch.no_grad():
        model.embeddings.weight.copy_(torch.arange(7.0)[:, None].expand(7, 100))
        first = model.cnn_model[0]
        first.weight.zero_()
        first.weight[0, :, 0] = 1
        first.bias.fill_(0.5)
    found = []
    model.cnn_model[0].register_forward_hook(lambda layer, x, h: found.append(h[0, 0, 0]))
    model(one_hot("ACGTN" + "A" * 55))
    # bos is row 1, A C G T are rows 2 to 5, N is unk, row 0: 100 numbers each
    assert found[0][:7].tolist() == [100.5, 200.5, 300.5, 400.5, 500.5, 0.5, 200.5]


@pytest.mark.parametrize("vocabulary", [VOCABULARY, PADDED])
@pytest.mark.parametrize("training", [True, False])
def test_both_forms_have_the_same_gradients(vocabulary, training):
    letters = random_letters(16, 80, "ACGTN")
    labels = torch.arange(16) % 2
    found = []
    for embed_first in (True, False):
        model = build(2, 80, vocabulary, embed_first=embed_first).double().train(training)
        x = one_hot(*letters).double().requires_grad_()
        model.loss(model(x), labels).backward()
        found.append([x.grad, *(parameter.grad for parameter in model.parameters())])
    for published, folded in zip(*found, strict=True):
        assert published.abs().max() > 0
        torch.testing.assert_close(folded, published)


def test_gradients_reach_every_letter():
    model = build(2, 60).eval()
    x = one_hot(*random_letters(2, 60)).requires_grad_()
    model(x).sum().backward()
    assert (x.grad.abs().sum(1) > 0).float().mean() > 0.8  # the rest lost to its neighbour


# The faults


def test_with_sigmoid_twice_the_loss_of_perfect_answers_is_a_half():
    labels = torch.tensor([0, 1])
    perfect = torch.tensor([[-1e4], [1e4]])
    published, repaired = build(2, 60), build(2, 60, sigmoid_twice=False)
    floor = (math.log(2) + math.log(1 + 1 / math.e)) / 2
    assert 0.503 < floor < 0.504
    assert published.loss(perfect.sigmoid(), labels).item() == pytest.approx(floor)
    assert repaired.loss(perfect, labels).item() == 0
    outputs = torch.rand(1000, 1, generator=torch.Generator().manual_seed(0))
    assert published.loss(outputs, torch.arange(1000) % 2) > floor


def test_training_stays_above_that_floor_only_with_the_fault():
    letters = random_letters(64, 60)
    s = gbl.SequenceSet.from_strings(letters, [0, 1] * 32, ["a", "b"])
    losses = {}
    for fault in (True, False):
        model = build(2, 60, sigmoid_twice=fault)
        history = gbl.fit(model, s, epochs=40, batch_size=32, learning_rate=3e-3)
        losses[fault] = history.train_loss[-1]
    assert 0.50 < losses[True] < 0.55
    assert losses[False] < 0.1


def test_outputs_and_probabilities_of_two_classes():
    x = one_hot(*random_letters(6, 60))
    published, repaired = build(2, 60).eval(), build(2, 60, sigmoid_twice=False).eval()
    torch.testing.assert_close(published(x), repaired(x).sigmoid())
    expected = torch.cat([1 - published(x), published(x)], 1)
    for model in (published, repaired):
        torch.testing.assert_close(model.probability(model(x)), expected)


@pytest.mark.parametrize("sigmoid_twice", [True, False])
def test_logits_give_its_probabilities_and_go_beyond_where_the_sigmoid_is_full(sigmoid_twice):
    model = build(2, 60, sigmoid_twice=sigmoid_twice).eval()
    x = one_hot(*random_letters(5, 60))
    torch.testing.assert_close(model.logits(x).softmax(1), model.probability(model(x)))
    with torch.no_grad():
        model.dense_model[-1].bias += 60
    sure = model.logits(x)
    assert (sure[:, 1] - sure[:, 0] > 50).all()
    assert (model.probability(model(x))[:, 1] == 1).all()
    three = build(3, 60).eval()
    torch.testing.assert_close(three.logits(x), three(x))


def test_with_three_classes_there_is_one_loss_and_no_sigmoid():
    x, labels = one_hot(*random_letters(6, 60)), torch.arange(6) % 3
    published, repaired = build(3, 60), build(3, 60, sigmoid_twice=False)
    torch.testing.assert_close(published(x), repaired(x))
    output = published(x)
    right = output.softmax(1)[torch.arange(6), labels]
    torch.testing.assert_close(published.loss(output, labels), -right.log().mean())
    torch.testing.assert_close(published.probability(output), output.softmax(1))


def layer_outputs(model: PaperCNN, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The output of the model, and of each of its layers of filters and what follows them."""
    seen: list[torch.Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda layer, given, h: seen.append(h))
        for layer in model.cnn_model
    ]
    output = model(x)
    for hook in hooks:
        hook.remove()
    return output, seen


def test_without_the_dense_relu_two_layers_are_one():
    x = one_hot(*random_letters(6, 60))
    model = build(3, 60).eval()
    first, last = model.dense_model
    for missing in (True, False):
        model.missing_dense_relu = missing
        output, seen = layer_outputs(model, x)
        one = seen[-1] @ (last.weight @ first.weight).T + last.weight @ first.bias + last.bias
        assert torch.allclose(output, one, atol=1e-5) is missing
    torch.testing.assert_close(output, last(first(seen[-1]).clamp(min=0)))


def test_with_missing_relu_only_the_first_layer_has_one():
    x = one_hot(*random_letters(6, 60))
    for missing in (True, False):
        _, seen = layer_outputs(build(2, 60, missing_relu=missing), x)
        lowest = [seen[i].min().item() for i in (3, 6, 9)]  # of each layer, when it is halved
        assert [low < 0 for low in lowest] == [False, missing, missing]


def test_it_trains_and_predicts_like_any_model():
    marked = ["".join([text[:20], "TTTTGGGGAAAA", text[32:]]) for text in random_letters(60, 80)]
    letters = [*marked, *random_letters(60, 80, seed=1)]
    s = gbl.SequenceSet.from_strings(letters, [1] * 60 + [0] * 60, ["no", "yes"])
    model = build(2, 80)
    gbl.fit(model, s, epochs=15, batch_size=16)
    assert gbl.evaluate(model, s).accuracy > 0.9
    answer = gbl.predict(model, s)
    assert answer.shape == (120, 2)
    np.testing.assert_allclose(answer.sum(1), 1, rtol=1e-6)


def test_it_reads_sequences_of_any_length_where_lengths_differ():
    letters = [text[: 20 + i] for i, text in enumerate(random_letters(40, 80))]
    s = gbl.SequenceSet.from_strings(letters, [0, 1] * 20, ["no", "yes"])
    model = build(2, 59, PADDED)
    gbl.fit(model, s, epochs=1, batch_size=8)
    longer = gbl.SequenceSet.from_strings(random_letters(2, 80), [0, 1], ["no", "yes"])
    assert gbl.predict(model, longer).shape == (2, 2)
