"""One run of a module, written down: which operation read which values, and where that is written.

A call of a layer that a spec has is one operation; in every other module what it does to tensors
is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from netspec.capture.layers import kind_of
from netspec.capture.values import (
    Constant,
    Decision,
    Op,
    Place,
    Recording,
    Value,
    Weight,
    flat,
)  # fmt: skip

BATCH = 3
"""Samples in a recorded run: a length that an axis rarely has by chance."""
MAX_OPERATIONS = 20_000
PACKAGES = tuple(
    os.path.dirname(str(one)) + os.sep for one in (torch.__file__, os.path.dirname(__file__) + "/x")
)
_DECIDES = {"__bool__", "item", "__int__", "__float__", "__index__", "tolist", "__contains__"}


class TooMuch(Exception):
    """More operations than a spec can have layers."""


def _mapped(value: Any, change: Callable[[Tensor], Any]) -> Any:
    """The same with something else for each tensor in it."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, tuple | list) and not isinstance(value, torch.Size):
        return [_mapped(one, change) for one in value]
    if isinstance(value, dict):
        return {key: _mapped(one, change) for key, one in value.items()}
    return value


class _Recorder(TorchFunctionMode):
    def __init__(self, module: nn.Module, watch: Callable[[Op, list[Tensor]], Any] | None) -> None:
        super().__init__()
        self.recording, self.watch = Recording(), watch
        self.recording.classes = {name: type(one) for name, one in module.named_modules()}
        self.names = {id(one): name for name, one in module.named_modules()}
        self.weights: dict[int, Weight] = {
            id(one): Weight(name, one)
            for name, one in [*module.named_parameters(), *module.named_buffers()]
        }
        self.known: dict[int, tuple[Tensor, Any]] = {}
        self.stack: list[tuple[str, nn.Module]] = []
        self.inside = 0
        """Depth of calls of layers, in which nothing is written down."""

    def bind(self, tensor: Tensor, value: Any) -> None:
        """Let a tensor stand for a value; kept, so that its identity is not given again."""
        self.known[id(tensor)] = tensor, value

    def value(self, tensor: Tensor) -> Any:
        """What a tensor is."""
        if id(tensor) in self.known:
            return self.known[id(tensor)][1]
        if id(tensor) in self.weights:
            return self.weights[id(tensor)]
        if isinstance(tensor, nn.Parameter):
            return self.weights.setdefault(id(tensor), Weight(None, tensor))
        return Constant(tensor)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if self.inside:
            return func(*args, **kwargs)
        # What it read is what it was before an operation in place.
        read = _mapped(list(args), self.value), _mapped(kwargs, self.value)
        out = func(*args, **kwargs)
        self._note(_name(func), read, args, out)
        return out

    def _note(self, name: str, read: Any, args: Any, out: Any) -> None:
        found = list(flat(read))
        values = [one for one in found if isinstance(one, Value)]
        outs = [out] if isinstance(out, Tensor) else [
            one for one in (out if isinstance(out, tuple | list) else ()) if isinstance(one, Tensor)
        ]  # fmt: skip
        if name in ("setitem", "set") and values and isinstance(args[0], Tensor):
            outs = [args[0]]
        if not values or name.endswith("_like") or name.startswith("new_"):
            made = [one if isinstance(one, Weight) else one.source for one in found
                    if isinstance(one, Weight | Constant)]  # fmt: skip
            source = next((one for one in made if one), None)
            for one in outs:
                if source and id(one) not in self.weights:
                    self.bind(one, Constant(one, source))
            return
        if not outs:
            if f"__{name}__" in _DECIDES or name in _DECIDES:
                self.recording.decisions.append(Decision(_place(), out))
            return
        path, module = self.stack[-1] if self.stack else ("", None)
        op = Op(name, path, _place(), tuple(read[0]), read[1])
        op.owner = type(module).__name__
        self._done(op, outs)

    def _done(self, op: Op, outs: list[Tensor]) -> None:
        if len(self.recording.ops) >= MAX_OPERATIONS:
            raise TooMuch
        self.recording.ops.append(op)
        for i, one in enumerate(outs):
            value = Value(tuple(one.shape), op, i)
            op.outputs.append(value)
            self.bind(one, value)
        if self.watch:
            self.watch(op, outs)

    def call(self, original: Any, module: nn.Module, args: Any, kwargs: Any) -> Any:
        """A call of a module, as an operation or with what is done in it."""
        if self.inside:
            return original(module, *args, **kwargs)
        self.recording.called.add(id(module))
        above = self.stack[-1][0] if self.stack else ""
        path = self.names.get(id(module), above)
        kind = kind_of(module)
        tensors = [one for one in args if isinstance(one, Tensor)]
        if kind is None or not any(isinstance(self.value(one), Value) for one in tensors):
            self.stack.append((path, module))
            try:
                return original(module, *args, **kwargs)
            finally:
                self.stack.pop()
        for one in module.modules():
            self.recording.called.add(id(one))
        read = _mapped(list(args), self.value), _mapped(kwargs, self.value)
        self.inside += 1
        try:
            out = original(module, *args, **kwargs)
        finally:
            self.inside -= 1
        op = Op(kind, path, _place(), tuple(read[0]), read[1])
        op.module = module
        op.owner = type(self.stack[-1][1]).__name__ if self.stack else ""
        if id(module) not in self.names:
            op.path, op.registered = "", False
        found = out if isinstance(out, tuple | list) else [out]
        self._done(op, [one for one in found if isinstance(one, Tensor)])
        return out


def _name(func: Any) -> str:
    """What a function is called, without the marks of operators and of work in place."""
    name = str(getattr(func, "__name__", func))
    if name in ("__get__", "__set__"):
        return str(getattr(func.__self__, "__name__", name)) if name == "__get__" else "set"
    plain = name.strip("_")
    if name.startswith("__i") and name.endswith("__") and plain not in ("index", "invert", "int"):
        return plain[1:]
    return plain


def _place() -> Place:
    """The line of code outside of torch and of this room that is being run."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename.startswith(PACKAGES):
        frame = frame.f_back
    return Place(frame.f_code.co_filename, frame.f_lineno)


@contextmanager
def _patched(recorder: _Recorder) -> Iterator[None]:
    original: Any = nn.Module.__call__

    def call(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
        return recorder.call(original, module, args, kwargs)

    nn.Module.__call__ = call  # type: ignore[method-assign]
    try:
        yield
    finally:
        nn.Module.__call__ = original  # type: ignore[method-assign]


def record(
    module: nn.Module, x: Tensor, watch: Callable[[Op, list[Tensor]], Any] | None = None
) -> Recording:
    """What `module` does to `x`; `watch` is shown each operation and what came out of it.

    Raises whatever its forward raises, TooMuch where there is no end to it.
    """
    recorder = _Recorder(module, watch)
    recording = recorder.recording
    recording.input = Value(tuple(x.shape))
    recorder.bind(x, recording.input)
    with torch.no_grad(), _patched(recorder), recorder:
        out = module(x)
    recording.output = _mapped(out, recorder.value)
    recording.result = out
    return recording
