"""What makes a GPU wait, found without one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


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
