"""Operations that are no module, as layers."""

from netspec.capture.functions import activations, arithmetic, pools, shapes, weighted
from netspec.capture.functions.activations import DROPOUTS
from netspec.capture.functions.shapes import RESHAPES, reshape
from netspec.capture.functions.table import MODULES, TABLE

__all__ = [
    "DROPOUTS", "MODULES", "RESHAPES", "TABLE", "activations", "arithmetic", "pools", "reshape",
    "shapes", "weighted",
]  # fmt: skip
