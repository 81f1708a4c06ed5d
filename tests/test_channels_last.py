"""Layers on images of height one: the same numbers as torch's own, in any order of memory."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from genbench_lite.networks.channels_last import BatchNorm, Conv, channels_last


def image(*shape: int, seed: int = 0) -> torch.Tensor:
    return channels_last(torch.randn(shape, generator=torch.Generator().manual_seed(seed)))


def test_an_image_holds_the_same_numbers_with_the_channels_last():
    x = torch.arange(24.0).reshape(2, 3, 4)
    assert channels_last(x).shape == (2, 3, 1, 4)
    assert torch.equal(channels_last(x)[:, :, 0], x)
    assert channels_last(x).permute(0, 2, 3, 1).is_contiguous()


def test_convolution_is_that_of_torch_with_own_and_with_given_filters():
    layer, other = Conv(3, 5, kernel_size=4), torch.randn(5, 7, 4)
    for channels, filters in ((3, None), (7, other)):
        x = image(2, channels, 20)
        weight = layer.weight if filters is None else filters
        expected = nn.functional.conv1d(x[:, :, 0], weight, layer.bias)
        torch.testing.assert_close(layer(x, filters)[:, :, 0], expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("dtype", "rounding"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_batch_norm_is_that_of_torch_in_double_precision(dtype, rounding):
    x = image(36, 4, 800).to(dtype) + 1
    x[..., 300:] = 1  # as padding would have it
    gradient = torch.randn_like(x)
    layer, exact = BatchNorm(4), nn.BatchNorm2d(4)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, -2.0, 0.5, 3.0]))
        layer.bias.copy_(torch.arange(4.0))
    exact.load_state_dict(layer.state_dict())
    layer.to(dtype), exact.double()
    found = []
    for module, given in ((layer, x), (exact, x.double().contiguous())):
        given = given.detach().requires_grad_()
        output = module(given)
        output.backward(gradient.to(given.dtype))
        parameters = (module.weight.grad, module.bias.grad)
        found.append([output, given.grad, *parameters, *module.buffers()])
    for mine, torchs in zip(*found, strict=True):
        assert (mine - torchs).abs().max() <= rounding * torchs.abs().max()


def test_evaluation_uses_what_training_recorded():
    layer, other = BatchNorm(3), nn.BatchNorm2d(3)
    for seed in range(3):
        layer(image(8, 3, 10, seed=seed) + seed)
        other(image(8, 3, 10, seed=seed) + seed)
    x = image(2, 3, 10, seed=9)
    torch.testing.assert_close(layer.eval()(x), other.eval()(x))
    assert layer.num_batches_tracked == 3
