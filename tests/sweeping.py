"""What sweeps in tests are of: a small network on the digits."""

from __future__ import annotations

SPEC = """\
input: [1, 8, 8]
vars: {n: 4}   # channels
layers:
  - Conv2d: {out_channels: $n, kernel_size: 3}
  - ReLU
  - Flatten
  - Linear: 10
train:
  data: {dataset: digits}
  batch_size: 400
  epochs: 2
  optimizer: {Adam: {lr: 0.01}}   # swept
"""
LR = "train.optimizer.Adam.lr=[0.001, 0.01, 0.03]"
