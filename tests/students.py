"""The five published networks as their authors would write them, in a functional style."""

from itertools import pairwise

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn


class Mnist8k(nn.Module):
    """Sequential stages, and a view at the end."""

    def __init__(self, drop=0.0):
        super().__init__()
        self.conv1 = nn.Sequential(
            nn.Conv2d(1, 8, 3, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.Dropout2d(drop),
            nn.Conv2d(8, 11, 3, bias=False),
            nn.BatchNorm2d(11),
            nn.ReLU(),
            nn.Dropout2d(drop),
        )
        self.trans1 = nn.Sequential(nn.Conv2d(11, 10, 1, bias=False), nn.MaxPool2d(2, 2))
        self.conv2 = nn.Sequential(
            nn.Conv2d(10, 12, 3, bias=False),
            nn.BatchNorm2d(12),
            nn.ReLU(),
            nn.Dropout2d(drop),
            nn.Conv2d(12, 14, 3, bias=False),
            nn.BatchNorm2d(14),
            nn.ReLU(),
            nn.Dropout2d(drop),
            nn.Conv2d(14, 31, 3, padding=1, bias=False),
            nn.BatchNorm2d(31),
            nn.ReLU(),
            nn.Dropout2d(drop),
        )
        self.trans2 = nn.Sequential(nn.Conv2d(31, 10, 1, bias=False))
        self.gap = nn.AdaptiveAvgPool2d(1)

    def forward(self, x):
        x = self.trans1(self.conv1(x))
        x = self.trans2(self.conv2(x))
        return self.gap(x).view(x.size(0), -1)


class Mnist12k(nn.Module):
    """One ReLU, one pool and one dropout for all of it; names that cross."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, 3, bias=False)
        self.bn2 = nn.BatchNorm2d(32)
        self.conv4 = nn.Conv2d(32, 8, 1, bias=False)
        self.conv3 = nn.Conv2d(8, 16, 3, bias=False)
        self.bn4 = nn.BatchNorm2d(16)
        self.conv5 = nn.Conv2d(16, 16, 3, bias=False)
        self.bn3 = nn.BatchNorm2d(16)
        self.conv6 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.bn6 = nn.BatchNorm2d(16)
        self.out = nn.Conv2d(16, 10, 3, bias=False)
        self.pool = nn.MaxPool2d(2, 2)
        self.relu = nn.ReLU(inplace=True)
        self.drop = nn.Dropout2d(0.0)

    def forward(self, x):
        x = self.drop(self.bn1(self.relu(self.conv1(x))))
        x = self.drop(self.bn2(self.relu(self.conv2(x))))
        x = self.pool(self.conv4(x))
        x = self.drop(self.bn4(self.relu(self.conv3(x))))
        x = self.drop(self.bn3(self.relu(self.conv5(x))))
        x = self.drop(self.bn6(self.relu(self.conv6(x))))
        x = F.avg_pool2d(self.out(x), 6)
        return x.view(-1, 10)


class Mnist13k(nn.Module):
    """Everything but the weights is a function."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.conv3 = nn.Conv2d(16, 16, 3, padding=1)
        self.conv4 = nn.Conv2d(16, 16, 3, padding=1)
        self.conv5 = nn.Conv2d(16, 16, 3)
        self.conv6 = nn.Conv2d(16, 32, 3)
        self.conv7 = nn.Conv2d(32, 10, 1)
        self.bn1, self.bn2 = nn.BatchNorm2d(8), nn.BatchNorm2d(16)
        self.bn3, self.bn4, self.bn5 = (nn.BatchNorm2d(16) for _ in range(3))

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        x = F.relu(self.bn3(self.conv3(x)))
        x = F.max_pool2d(F.relu(self.bn4(self.conv4(x))), 2, 2)
        x = self.bn5(self.conv5(x)).relu_()
        x = torch.relu(self.conv6(x))
        x = F.adaptive_avg_pool2d(self.conv7(x), (1, 1))
        return F.log_softmax(x.squeeze(-1).squeeze(-1))


class Mnist17k(nn.Module):
    """Functional dropout, and a pool that leaves rows over."""

    def __init__(self):
        super().__init__()
        widths = [1, 8, 8, 16, 16, 16, 24, 24]
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=1, bias=False) for a, b in pairwise(widths)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for b in widths[1:])
        self.last = nn.Conv2d(24, 10, 3, bias=False)

    def unit(self, x, i):
        x = self.norms[i](F.relu(self.convs[i](x)))
        return F.dropout2d(x, 0.0, training=self.training)

    def forward(self, x):
        for i in range(3):
            x = self.unit(x, i)
        x = F.max_pool2d(x, kernel_size=2)
        for i in range(3, 6):
            x = self.unit(x, i)
        x = F.avg_pool2d(x, 4)
        x = self.last(self.unit(x, 6))
        x = nn.AdaptiveAvgPool2d(1)(x)
        x = x.reshape(x.shape[0], -1)
        return F.log_softmax(x, dim=1)


class Cifar467k(nn.Module):
    """A module for the repeated part, and convolutions without activation between."""

    class Unit(nn.Module):
        def __init__(self, a, b, dilation=1):
            super().__init__()
            self.conv = nn.Conv2d(a, b, 3, padding=dilation, dilation=dilation, bias=False)
            self.bn = nn.BatchNorm2d(b)

        def forward(self, x):
            return F.dropout(self.bn(F.relu(self.conv(x))), 0.0, self.training)

    def __init__(self):
        super().__init__()
        widths = [3, 16, 32, 64, 64, 128, 128]
        self.units = nn.Sequential(*(self.Unit(a, b) for a, b in pairwise(widths)))
        self.dilated = self.Unit(128, 128, 2)
        self.depthwise = nn.Conv2d(128, 128, 3, padding=1, groups=128, bias=False)
        self.pointwise = nn.Conv2d(128, 256, 1, bias=False)
        self.bn = nn.BatchNorm2d(256)
        self.fc = nn.Linear(256, 10)

    def forward(self, x):
        for i, unit in enumerate(self.units):
            x = unit(x)
            if i % 2:
                x = F.max_pool2d(x, 2)
        x = self.pointwise(self.depthwise(self.dilated(x)))
        x = F.dropout(self.bn(F.relu(x)), 0.0, self.training)
        return self.fc(x.mean(dim=(2, 3)))


NETWORKS = {
    "mnist-8k": Mnist8k, "mnist-12k": Mnist12k, "mnist-13k": Mnist13k, "mnist-17k": Mnist17k,
    "cifar10-467k": Cifar467k,
}  # fmt: skip
