"""What layers are for: one role for each class, with the facts beside it that rules ask for."""

from typing import Literal


class Role:
    """What a layer is for."""

    linear: bool = False
    """Whether it is a linear map in evaluation, with weights or without."""
    arguments: tuple[str, ...] = ()
    """Arguments of the layer that the role speaks of; a layer without them is refused."""


class Map(Role):
    """A linear map with weights: a convolution or a matrix product."""

    linear = True

    def __init__(self, width: str, axis: int) -> None:
        """`width` is the argument that says how long axis `axis` of the output is."""
        self.width, self.axis = width, axis
        self.arguments = (width,)


class Norm(Role):
    """Division by a statistic of what comes in."""

    def __init__(
        self, over: Literal["batch", "instance", "group", "sample", "neighbours"], centres: bool
    ) -> None:
        """`over` says whose statistic: a channel's over the batch or in one sample, and so on.

        `centres` says whether the mean is taken off first.
        """
        self.over, self.centres = over, centres
        # In evaluation a statistic over batches is a constant.
        self.linear = over == "batch"

    @property
    def standardises(self) -> bool:
        """Whether what comes out has one scale, whatever the scale of what came in."""
        return self.over != "neighbours"

    @property
    def cancels_bias(self) -> bool:
        """Whether a number added to a whole channel before it makes no difference after it."""
        return self.centres and self.over in ("batch", "instance")


class Activation(Role):
    """A function of each element, or of the halves of an axis, that is no straight line."""


class Softmax(Role):
    """Shares that add up to one, or their logarithms."""

    def __init__(self, log: bool) -> None:
        self.log = log


class Pool(Role):
    """One number for each window, without weights."""

    def __init__(self, takes: Literal["max", "mean", "power"]) -> None:
        """`takes` says which number."""
        self.takes = takes
        self.linear = takes == "mean"


class Pad(Role):
    """Positions added or cut off around."""

    linear = True


class Dropout(Role):
    """Zeroes at random in training, with the probability `p`."""

    linear = True
    arguments = ("p",)

    def __init__(self, zeroes: Literal["elements", "channels", "samples"]) -> None:
        """`zeroes` says what is zeroed as one."""
        self.zeroes = zeroes


class Move(Role):
    """Puts elements elsewhere and leaves them as they are."""

    linear = True


class Resample(Role):
    """Interpolation to other positions."""

    linear = True


class Rescale(Role):
    """Each element times a factor, and plus a number."""

    linear = True


class Attention(Role):
    """A mean over positions, with weights that they themselves tell."""


class Identity(Role):
    """Nothing: a place that can be named."""

    linear = True


class Group(Role):
    """Layers one after the other."""


class Wiring(Role):
    """Parts that read each other by name."""


class Join(Role):
    """Paths of their own over the same input, put together."""

    def __init__(self, by: Literal["add", "concat", "multiply"]) -> None:
        self.by = by
