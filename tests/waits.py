"""What makes a GPU wait, looked for without one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from netspec.runner.together.chance import Chance


class Waits(TorchDispatchMode):
    """Refuses what makes a GPU's queue wait: a tensor from the CPU, or a number for it."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = [arg for arg in tree_leaves((args, kwargs)) if isinstance(arg, Tensor)]
        assert func is not torch.ops.aten._local_scalar_dense.default
        found = func(*args, **(kwargs or {}))
        made = [one for one in tree_leaves(found) if isinstance(one, Tensor)]
        kinds = {one.device.type for one in made if one.dim()} | {
            one.device.type for one in given if one.dim()
        }
        assert kinds <= {"cuda"}, f"{func} is between {kinds}"
        return found


class Drawn(Chance):
    """Draws on a device that is not there."""

    def draw(self, *shape: int, dtype: torch.dtype | None = None) -> Tensor:
        return torch.rand(self.whole, *shape, device="cuda", dtype=dtype)

    def beta(self, alpha: float) -> Tensor:
        # Torch's own draw knows no tensors without content.
        return torch.rand(self.whole, device="cuda", dtype=torch.float64)
