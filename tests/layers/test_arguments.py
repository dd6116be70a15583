"""Arguments: torch's names, order and defaults."""

from __future__ import annotations

import inspect

from plans import leaves, model_of, torch_class

OWN_DEFAULTS = {
    "Softmax": {"dim": 1}, "LogSoftmax": {"dim": 1}, "Softmin": {"dim": 1},
    "LayerNorm": {"normalized_shape": None}, "RMSNorm": {"normalized_shape": None},
}  # fmt: skip
"""Where torch has none, or one that it warns of."""
INFERRED = {"in_channels", "in_features", "num_features", "num_channels", "device", "dtype"}
LEFT_OUT = {
    # Deprecated in torch.
    "Hardtanh": {"min_value", "max_value"},
    # Newer than the oldest torch that netspec builds with; LayerNorm's is as old.
    **{
        kind: {"bias"}
        for kind in (
            "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "GroupNorm",
            "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d",
        )
    },
}  # fmt: skip


@leaves
def test_arguments_have_torchs_names_order_and_defaults(kind: str) -> None:
    skip = INFERRED | LEFT_OUT.get(kind, set())
    wanted = {
        name: OWN_DEFAULTS.get(kind, {}).get(name, parameter.default)
        for name, parameter in inspect.signature(torch_class(kind)).parameters.items()
        if name not in skip and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    }
    fields = model_of(kind).model_fields
    assert list(fields) == list(wanted)
    for name, field in fields.items():
        missing = inspect.Parameter.empty if field.is_required() else field.default
        assert (name, missing) == (name, wanted[name])
