"""Names that a submodule cannot have."""

from __future__ import annotations

import torch

from netspec.language.names import RESERVED


def test_every_public_attribute_of_a_module_is_reserved() -> None:
    own = {name for name in dir(torch.nn.Sequential()) if not name.startswith("_")}
    assert own <= RESERVED
