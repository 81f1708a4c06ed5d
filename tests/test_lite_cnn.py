"""LiteCNN: what must not change its answer, what it cannot see, and what it can learn."""

import inspect

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional as F  # noqa: E402

import genbench_lite as gbl  # noqa: E402
from genbench_lite import SequenceSet  # noqa: E402
from genbench_lite.errors import DataError  # noqa: E402
from genbench_lite.networks.lite_cnn import LiteCNN, left_aligned  # noqa: E402


def random_codes(n, length, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 4, (n, length)))


def one_hot(codes):
    """float32 (n, 4, length) of codes, where 4 is unknown."""
    return F.one_hot(codes, 5)[..., :4].transpose(1, 2).float()


def random_set(lengths, labels, seed=0):
    rng = np.random.default_rng(seed)
    texts = ["".join(rng.choice(list("ACGT"), length)) for length in lengths]
    return SequenceSet.from_strings(texts, labels, ["first", "second"])


@pytest.fixture
def model():
    """In use, with statistics unlike those it began with, so that zeros are no neutral input."""
    torch.manual_seed(0)
    network = LiteCNN(3)
    with torch.no_grad():
        for _ in range(3):
            network(one_hot(random_codes(16, 300)))
    return network.eval()


def same(one, other):
    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("n_classes", [1, 0, -2])
def test_refuses_fewer_than_two_classes(n_classes):
    with pytest.raises(DataError, match="two"):
        LiteCNN(n_classes)


@pytest.mark.parametrize("shape", [(2, 200, 4), (2, 5, 200), (4, 200), (2, 4, 1, 200), (2, 4, 0)])
def test_refuses_what_is_no_one_hot_dna(model, shape):
    with pytest.raises(DataError, match="4, length"):
        model(torch.zeros(shape))


@pytest.mark.parametrize("length", [1, 2, 14, 15, 22, 54, 55, 56, 57])
def test_sequences_about_as_short_as_the_filters_give_numbers(model, length):
    logits = model(one_hot(random_codes(3, length)))
    assert logits.shape == (3, 3)
    assert logits.isfinite().all()


def test_unknown_bases_give_numbers_alone_and_among_others(model):
    x = one_hot(random_codes(3, 120))
    x[1] = 0
    logits = model(x)
    assert logits.isfinite().all()
    same(logits[1:2], model(torch.zeros(1, 4, 7)))
    model.train()
    model(x).sum().backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize("length", [5, 40, 60, 130, 251])
@pytest.mark.parametrize(("before", "after"), [(0, 1), (0, 7), (0, 3000), (3, 0), (11, 500)])
def test_padding_changes_nothing(model, length, before, after):
    x = one_hot(random_codes(4, length))
    same(model(F.pad(x, (before, after))), model(x))


def test_company_changes_nothing(model):
    """A sequence among longer ones gets the logits that it gets alone."""
    sequences = [one_hot(random_codes(1, n, seed=n)) for n in (9, 60, 61, 250, 801)]
    together = torch.cat([F.pad(x, (0, 801 - x.shape[2])) for x in sequences])
    same(model(together), torch.cat([model(x) for x in sequences]))


def test_unknown_bases_inside_count(model):
    """Only the ends are padding: a gap inside keeps its width."""
    x = one_hot(random_codes(4, 200))
    gap = x.clone()
    gap[:, :, 90:110] = 0
    closed = torch.cat([x[:, :, :90], x[:, :, 110:]], 2)
    assert (model(gap) - model(x)).abs().max() > 1e-3
    assert (model(gap) - model(closed)).abs().max() > 1e-4


@pytest.mark.parametrize("length", [8, 59, 60, 100, 251, 256, 401])
def test_both_strands_get_the_same_logits(model, length):
    codes = random_codes(4, length)
    same(model(one_hot(3 - codes.flip(1))), model(one_hot(codes)))


def test_reverse_without_complement_is_another_sequence(model):
    codes = random_codes(4, 200)
    assert (model(one_hot(codes.flip(1))) - model(one_hot(codes))).abs().max() > 1e-3


def test_reads_one_strand_while_it_learns():
    """Half the computation; ``flip_strands`` of the recipe shows it both in turn."""
    torch.manual_seed(0)
    network = LiteCNN(2)
    x = one_hot(random_codes(8, 100))
    reads = []
    network.read = lambda x, read=network.read: reads.append(1) or read(x)
    network.train()(x)
    network.eval()(x)
    assert len(reads) == 3
    assert LiteCNN.RECIPE["flip_strands"] is True


def test_first_layer_is_a_motif_scan(model):
    """A filter's score is the sum of its weights under the letters, as in lesson 03."""
    assert isinstance(model.motifs, torch.nn.Conv1d)
    assert model.motifs.in_channels == 4
    codes = random_codes(1, 15)
    weights = model.motifs.weight[7]
    by_hand = sum(weights[letter, place] for place, letter in enumerate(codes[0].tolist()))
    score = model.motifs(one_hot(codes))[0, 7]
    same(score, (by_hand + model.motifs.bias[7])[None])


def test_left_alignment_by_hand():
    x = one_hot(torch.tensor([[4, 4, 0, 4, 1, 4], [2, 4, 4, 4, 4, 4], [4, 4, 4, 4, 4, 4]]))
    moved, lengths = left_aligned(x)
    assert lengths.tolist() == [3, 1, 0]
    assert torch.equal(moved, one_hot(torch.tensor([[0, 4, 1, 4, 4, 4], [2] + [4] * 5, [4] * 6])))


def test_is_small():
    assert sum(p.numel() for p in LiteCNN(4).parameters()) < 300_000


def test_fits_on_a_screen():
    source = inspect.getsource(LiteCNN).replace(LiteCNN.__doc__, "")
    assert len(source.splitlines()) <= 60


def test_recipe_is_one_that_fit_takes():
    accepted = inspect.signature(gbl.fit).parameters
    assert set(LiteCNN.RECIPE) <= set(accepted)


def test_learns_a_motif_on_either_strand_in_sequences_of_any_length():
    rng = np.random.default_rng(1)
    labels = np.arange(1200) % 2
    texts = []
    for label in labels:
        bases = rng.choice(list("ACGT"), rng.integers(120, 300))
        if label:
            start = rng.integers(0, len(bases) - 10)
            bases[start : start + 10] = list(["CCGGAAGTGA", "TCACTTCCGG"][rng.integers(2)])
        texts.append("".join(bases))
    planted = SequenceSet.from_strings(texts, labels, ["no", "yes"])
    torch.manual_seed(0)
    network = LiteCNN(2)
    gbl.fit(network, planted[:1000], **LiteCNN.RECIPE)
    assert gbl.evaluate(network, planted[1000:]).accuracy > 0.85


def test_length_alone_is_hardly_learned():
    """Random letters in two lengths: a model that saw the length would be always right."""
    lengths = np.tile([200, 400], 500)
    labels = np.tile([0, 1], 500)
    torch.manual_seed(0)
    network = LiteCNN(2)
    gbl.fit(network, random_set(lengths, labels), **LiteCNN.RECIPE)
    assert gbl.evaluate(network, random_set(lengths, labels, seed=1)).accuracy < 0.58
