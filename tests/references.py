"""Networks of examples/ that torchvision does not have, in plain torch."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn


class Level(nn.Module):
    """What it reads, beside what comes back from half the resolution."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__()
        deepest = b == 1024
        self.pool = nn.MaxPool2d(2)
        self.enter = double(a, b)
        self.below = nn.Identity() if deepest else nn.Sequential(Level(b, 2 * b), double(2 * b, b))
        self.up = nn.ConvTranspose2d(b, a, 2, 2)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, self.up(self.below(self.enter(self.pool(x))))], 1)


def double(a: int, b: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for n in (a, b):
        layers += [nn.Conv2d(n, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]
    return nn.Sequential(*layers)


def unet() -> nn.Module:
    return nn.Sequential(double(1, 64), Level(64, 128), double(128, 64), nn.Conv2d(64, 2, 1))


class LeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(16, 120, 5), nn.Tanh(),
        )  # fmt: skip
        self.classifier = nn.Sequential(nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).flatten(1))


class Nested(nn.Module):
    """U-Net++: each level and step is made of all before at its height and what is below."""

    def __init__(self) -> None:
        super().__init__()
        widths = [32, 64, 128, 256, 512]
        self.down = nn.ModuleList(map(double, [3, *widths], widths))
        self.steps = nn.ModuleList(
            nn.ModuleList(double(step * n + m, n) for n, m in pairwise(widths[: 6 - step]))
            for step in range(1, 5)
        )
        self.pool, self.up = nn.MaxPool2d(2), nn.Upsample(scale_factor=2, mode="bilinear")
        self.head = nn.Conv2d(32, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        made: list[list[Tensor]] = []
        for i, down in enumerate(self.down):
            x = down(self.pool(x) if i else x)
            made.append([x])
        for step in self.steps:
            for i, join in enumerate(step):
                made[i].append(join(torch.cat([*made[i], self.up(made[i + 1][-1])], 1)))
        return self.head(made[0][-1])


def conv(a: int, b: int, kernel: int = 3, stride: int = 1) -> list[nn.Module]:
    layers = [nn.Conv2d(a, b, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(b)]
    return list(layers)


def unit(a: int, b: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(*conv(a, b, 3, stride), nn.ReLU())


class Basic(nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*unit(n, n), *conv(n, n))
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(x + self.body(x))


class HighResolution(nn.Module):
    """A small HRNet: three resolutions, joined twice."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c = 16, 32, 64
        self.stem = nn.Sequential(unit(3, 32, 2), unit(32, 32, 2))
        self.a1 = nn.Sequential(unit(32, a), Basic(a))
        self.b1 = nn.Sequential(unit(32, b, 2), Basic(b))
        self.ba1, self.ab1 = up(b, a, 2), nn.Sequential(*conv(a, b, 3, 2))
        self.a2, self.b2 = Basic(a), Basic(b)
        self.c2 = nn.Sequential(unit(b, c, 2), Basic(c))
        self.ba2, self.ca2 = up(b, a, 2), up(c, a, 4)
        self.ab2, self.cb2 = nn.Sequential(*conv(a, b, 3, 2)), up(c, b, 2)
        self.ac2 = nn.Sequential(unit(a, a, 2), *conv(a, c, 3, 2))
        self.bc2 = nn.Sequential(*conv(b, c, 3, 2))
        self.relu = nn.ReLU()
        self.up2, self.up4 = nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=4)
        self.head = nn.Sequential(*conv(a + b + c, a + b + c, 1), nn.ReLU(), nn.Conv2d(112, 19, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        a, b = self.a1(x), self.b1(x)
        a, b = self.a2(self.relu(a + self.ba1(b))), self.b2(self.relu(b + self.ab1(a)))
        c = self.c2(b)
        high = self.relu(a + self.ba2(b) + self.ca2(c))
        middle = self.relu(b + self.ab2(a) + self.cb2(c))
        low = self.relu(c + self.ac2(a) + self.bc2(b))
        return self.head(torch.cat([high, self.up2(middle), self.up4(low)], 1))


def up(a: int, b: int, factor: int) -> nn.Sequential:
    return nn.Sequential(*conv(a, b, 1), nn.Upsample(scale_factor=factor))
