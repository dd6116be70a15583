"""What a stranger's module may do while it is looked at, and what it must be like."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from netspec.capture.nodes import Trouble
from netspec.capture.record import BATCH, PACKAGES, TooMuch
from netspec.capture.trouble import CaptureError
from netspec.capture.values import Recording, Value
from netspec.capture.verify import place_of
from netspec.diagnostic import UsageError, short


def one_output(recording: Recording) -> None:
    """Refuse what gives anything but one tensor that depends on the input."""
    out = recording.output
    if isinstance(out, Value) and out.op is not None:
        return
    if isinstance(out, Value):
        message = "its output is its input"
    elif isinstance(out, list | dict):
        number = len(out)
        what = "a dictionary" if isinstance(out, dict) else "a tuple or list"
        message = f"its forward gives {what} of {number}, and a spec has one output"
    else:
        message = "its output does not depend on its input by operations that torch records"
    help = "wrap it in a module whose forward returns the tensor that counts"
    raise CaptureError([Trouble("", "", None, message, help)])


def guarded(run: Any, what: str) -> Any:
    """What `run` gives; CaptureError with the line of code where it raises anything."""
    try:
        # What a stranger's code is warned of is not about the spec.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return run()
    except TooMuch:
        message = f"{what} does more operations than a spec can have layers"
        raise CaptureError([Trouble("", "", None, message)]) from None
    except (KeyboardInterrupt, CaptureError):
        raise
    except BaseException as error:
        place = place_of(error, PACKAGES)
        said = short(" ".join(str(error).split()), 200)
        message = f"{what} raises {type(error).__name__}: {said}"
        help = None
        if isinstance(error, RuntimeError | ValueError | TypeError | IndexError | AssertionError):
            help = f"it got {BATCH} samples: is --input the shape of one, and does it need a GPU?"
        raise CaptureError([Trouble("", "", place, message, help)]) from None


def one_input(module: nn.Module) -> None:
    """Refuse a forward that needs more than one input, or that torch.jit has compiled."""
    if any(isinstance(one, torch.jit.ScriptModule) for one in module.modules()):
        message = "it was compiled by torch.jit, and what it does cannot be seen"
        raise CaptureError([Trouble("", "", None, message, "import the module it was made of")])
    try:
        parameters = inspect.signature(module.forward).parameters.values()
    except (TypeError, ValueError):
        return
    needed = [
        one.name for one in parameters
        if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]  # fmt: skip
    if len(needed) > 1:
        message = f"its forward takes {len(needed)} inputs ({', '.join(needed)}), and a spec one"
        raise CaptureError([Trouble("", "", None, message, "wrap it in a module that takes one")])


def sample_shape(input: Sequence[int]) -> tuple[int, ...]:
    """The shape of one sample; UsageError where it is none."""
    shape = tuple(input)
    if not 1 <= len(shape) <= 4 or any(type(n) is not int or n < 1 for n in shape):
        message = f"input {list(shape)} is no shape of one sample"
        raise UsageError(message, "(1, 28, 28) is an image of one channel; no batch axis")
    return shape


@contextmanager
def kept(module: nn.Module) -> Iterator[None]:
    """Leave a module as it was: its mode, its buffers and where they are."""
    modes = {one: one.training for one in module.modules()}
    buffers = {name: one.clone() for name, one in module.named_buffers()}
    try:
        yield
    finally:
        for one, training in modes.items():
            one.training = training
        with torch.no_grad():
            for name, buffer in module.named_buffers():
                if name in buffers and buffers[name].shape == buffer.shape and not buffer.is_meta:
                    buffer.copy_(buffers[name])
