"""`torch.optim`: the optimizers that a first-order training loop can drive."""
# ruff: noqa: N802 (names and order are torch's)

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field, Strict

from netspec.diagnostic import Fault
from netspec.language.training.vocabulary import NotNegative, Vocabulary

Lr = Annotated[NotNegative, Field(description="learning rate")]
Decay = Annotated[NotNegative, Field(description="weight decay: pulls weights towards zero")]
Eps = Annotated[NotNegative, Field(description="added to the denominator against division by 0")]
Beta = Annotated[float, Field(ge=0, lt=1)]
Betas = Annotated[
    tuple[Beta, Beta],
    Strict(False),
    Field(description="decay of the running means of the gradient and of its square"),
]
Momentum = Annotated[NotNegative, Field(description="share of the last step that is kept")]
Decoupled = Annotated[bool, Field(description="decay weights apart from the gradient, as AdamW")]
Amsgrad = Annotated[bool, Field(description="divide by the largest mean square seen so far")]


class OptimizerTraits(NamedTuple):
    keeps: int
    """Numbers that it keeps for each weight, as torch's implementation has it."""
    more: tuple[str, ...]
    """Arguments that make it keep one more, where they are set."""
    momentum: Literal["momentum", "betas"] | None
    """Its argument that a scheduler can cycle, None where it has no momentum."""
    fused: bool
    """Whether torch can take its step as one operation over all weights."""


OPTIMIZERS: Vocabulary[OptimizerTraits] = Vocabulary("optimizer")


@OPTIMIZERS.word(OptimizerTraits(keeps=0, more=("momentum",), momentum="momentum", fused=True))
def SGD(
    lr: Lr = 1e-3,
    momentum: Momentum = 0,
    dampening: Annotated[float, Field(description="share of the gradient left out")] = 0,
    weight_decay: Decay = 0,
    nesterov: Annotated[bool, Field(description="look ahead along the momentum")] = False,
) -> None:
    """Stochastic gradient descent, with momentum where asked."""
    if nesterov and (momentum <= 0 or dampening != 0):
        raise Fault(
            "nesterov-without-momentum",
            f"nesterov needs momentum above 0 and no dampening, here {momentum} and {dampening}",
            "momentum: 0.9 is the usual value",
            ("nesterov",),
        )


@OPTIMIZERS.word(OptimizerTraits(keeps=2, more=("amsgrad",), momentum="betas", fused=True))
def Adam(
    lr: Lr = 1e-3,
    betas: Betas = (0.9, 0.999),
    eps: Eps = 1e-8,
    weight_decay: Decay = 0,
    amsgrad: Amsgrad = False,
) -> None:
    """Adam (Kingma and Ba, 2015)."""


@OPTIMIZERS.word(OptimizerTraits(keeps=2, more=("amsgrad",), momentum="betas", fused=True))
def AdamW(
    lr: Lr = 1e-3,
    betas: Betas = (0.9, 0.999),
    eps: Eps = 1e-8,
    weight_decay: Decay = 1e-2,
    amsgrad: Amsgrad = False,
) -> None:
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019)."""


@OPTIMIZERS.word(OptimizerTraits(keeps=2, more=(), momentum="betas", fused=False))
def NAdam(
    lr: Lr = 2e-3,
    betas: Betas = (0.9, 0.999),
    eps: Eps = 1e-8,
    weight_decay: Decay = 0,
    momentum_decay: Annotated[NotNegative, Field(description="decay of the momentum")] = 4e-3,
    decoupled_weight_decay: Decoupled = False,
) -> None:
    """Adam with Nesterov momentum (Dozat, 2016)."""


@OPTIMIZERS.word(OptimizerTraits(keeps=2, more=(), momentum="betas", fused=False))
def RAdam(
    lr: Lr = 1e-3,
    betas: Betas = (0.9, 0.999),
    eps: Eps = 1e-8,
    weight_decay: Decay = 0,
    decoupled_weight_decay: Decoupled = False,
) -> None:
    """Adam with a rectified variance at the start (Liu et al., 2020)."""


@OPTIMIZERS.word(
    OptimizerTraits(keeps=1, more=("momentum", "centered"), momentum="momentum", fused=False)
)
def RMSprop(
    lr: Lr = 1e-2,
    alpha: Annotated[NotNegative, Field(description="decay of the running mean square")] = 0.99,
    eps: Eps = 1e-8,
    weight_decay: Decay = 0,
    momentum: Momentum = 0,
    centered: Annotated[bool, Field(description="subtract the running mean")] = False,
) -> None:
    """Gradient divided by its running root mean square (Hinton, 2012)."""


@OPTIMIZERS.word(OptimizerTraits(keeps=1, more=(), momentum=None, fused=False))
def Adagrad(
    lr: Lr = 1e-2,
    lr_decay: Annotated[NotNegative, Field(description="decay of the learning rate")] = 0,
    weight_decay: Decay = 0,
    initial_accumulator_value: Annotated[
        float, Field(ge=0, le=3e38, description="sum at the start")
    ] = 0,
    eps: Eps = 1e-10,
) -> None:
    """Gradient divided by the root of the sum of all its squares (Duchi et al., 2011)."""


@OPTIMIZERS.word(OptimizerTraits(keeps=2, more=(), momentum=None, fused=False))
def Adadelta(
    lr: Lr = 1.0,
    rho: Annotated[float, Field(ge=0, le=1, description="decay of the running means")] = 0.9,
    eps: Eps = 1e-6,
    weight_decay: Decay = 0,
) -> None:
    """Adagrad with a moving window and steps in the weights' own unit (Zeiler, 2012)."""


@OPTIMIZERS.word(OptimizerTraits(keeps=2, more=(), momentum="betas", fused=False))
def Adamax(
    lr: Lr = 2e-3,
    betas: Betas = (0.9, 0.999),
    eps: Eps = 1e-8,
    weight_decay: Decay = 0,
) -> None:
    """Adam with the infinity norm (Kingma and Ba, 2015)."""
