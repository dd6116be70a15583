"""Every argument of a layer comes along, also those that evaluation does not show."""

from __future__ import annotations

import pytest
from torch import nn

import netspec

LAYERS = [
    nn.Conv2d(4, 6, (3, 1), stride=2, padding=(1, 0), dilation=(2, 1), groups=2),
    nn.Conv2d(4, 6, 3, padding="same", padding_mode="circular", bias=False),
    nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1),
    nn.BatchNorm2d(4, eps=1e-3, momentum=None),
    nn.BatchNorm2d(4, momentum=0.01, affine=False),
    nn.InstanceNorm2d(4, affine=True),
    nn.InstanceNorm2d(4, track_running_stats=True),
    nn.GroupNorm(2, 4, affine=False),
    nn.LayerNorm([4, 8, 8]),
    nn.LayerNorm(8, bias=False),
    nn.LocalResponseNorm(3, alpha=1e-3),
    nn.MaxPool2d(3, stride=1, padding=1, dilation=2, ceil_mode=True),
    nn.MaxPool2d(2, stride=2),
    nn.AvgPool2d(3, padding=1, ceil_mode=True, count_include_pad=False),
    nn.AvgPool2d((3, 2), divisor_override=5),
    nn.LPPool2d(2.0, 3),
    nn.AdaptiveAvgPool2d((None, 3)),
    nn.AdaptiveMaxPool2d(3),
    nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True),
    nn.ReplicationPad2d((1, 0, 2, 1)),
    nn.ConstantPad2d(2, 0.5),
    nn.PReLU(4),
    nn.LeakyReLU(0.3),
    nn.RReLU(0.1, 0.2),
    nn.Hardtanh(-2.0, 3.0),
    nn.GELU(approximate="tanh"),
    nn.Softmax(dim=1),
    nn.LogSoftmax(dim=-1),
    nn.Dropout2d(0.3),
    nn.AlphaDropout(0.2),
    nn.Flatten(2),
    nn.Unflatten(1, (2, 2)),
    nn.PixelShuffle(2),
    nn.ChannelShuffle(2),
    nn.GLU(1),
    nn.Linear(8, 3, bias=False),
    nn.Identity(),
]


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_a_layer_comes_out_with_the_arguments_it_had(layer: nn.Module) -> None:
    source = netspec.from_module(nn.Sequential(nn.Tanh(), layer), input=(4, 8, 8))
    *_, built = netspec.build(source, device="cpu").children()
    assert repr(built) == repr(layer)
