"""What versions of other packages say, where their words alone tell what happened."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from pydantic import BaseModel
from torch import distributed

from netspec.compiler import compile
from netspec.diagnostic import NetspecError
from netspec.language.validation import faults
from netspec.network.device import CPU
from netspec.runner.data.decode import opened
from netspec.runner.loop.diverged import take_step
from netspec.runner.machine.determinism import deterministic
from netspec.runner.machine.memory import told
from netspec.runner.together.processes import _gone
from netspec.source import parse

PLAN = compile(
    parse(
        "input: [1, 8, 8]\nlayers: [Flatten, {Linear: 10}]\n"
        "train: {data: {dataset: digits}, batch_size: 8, epochs: 1, optimizer: Adam}\n",
        "a.yaml",
    )
)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("'same' or 'valid'", "same or valid"),
        ("'a', 'b' or 'c'", "a, b or c"),
        ("'a', 'b', or 'c'", "a, b or c"),
        ("one of 'a', 'b', 'c'", "a, b or c"),
        ("'a'", "a"),
        ("a word of torch's", "a word of torch's"),
    ],
)
def test_words_to_choose_from_are_listed_alike_with_every_pydantic(theirs: str, ours: str) -> None:
    class Told:
        def errors(self, include_url: bool) -> list[dict[str, Any]]:
            context = {"expected": theirs}
            return [{"type": "literal_error", "loc": ("mode",), "input": "x", "ctx": context}]

    error: Any = Told()
    (found,) = faults(error, BaseModel, "Upsample", {})
    assert found.message == f"mode: expected {ours}, not 'x'"


@pytest.mark.parametrize(
    ("error", "more"),
    [
        (MemoryError("Unable to allocate 4.00 GiB for an array"), ": 4.00 GiB more were asked for"),
        (
            torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has"),
            ": 20.00 MiB more were asked for",
        ),
        (
            RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate "
                         "memory: you tried to allocate 64 bytes. Error code 12"),
            ": 64 bytes more were asked for",
        ),
        (
            RuntimeError("[enforce fail at alloc_cpu.cpp:80] DefaultCPUAllocator: not enough "
                         "memory: you tried to allocate 64 bytes."),
            ": 64 bytes more were asked for",
        ),
        (RuntimeError("CUDA error: out of memory"), ""),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), ""),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_memory_that_runs_out_is_told_whatever_the_words(error: Exception, more: str) -> None:
    assert PLAN.train
    with pytest.raises(NetspecError) as caught, told(PLAN, PLAN.train, CPU):
        raise error
    assert str(caught.value) == f"out of memory on cpu{more}"


def test_an_error_that_is_not_about_memory_is_passed_on() -> None:
    assert PLAN.train
    with pytest.raises(RuntimeError, match="sizes differ"), told(PLAN, PLAN.train, CPU):
        raise RuntimeError("sizes differ")


@pytest.mark.parametrize(
    "error",
    [
        distributed.DistNetworkError("the peer has left"),
        distributed.DistBackendError("watchdog"),
        RuntimeError("[../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed"),
        RuntimeError("[/pytorch/third_party/gloo/gloo/transport/tcp/pair.cc:547] Read error"),
        RuntimeError("NCCL communicator was aborted on rank 1"),
        RuntimeError("Broken pipe"),
    ],
    ids=str,
)
def test_a_process_that_does_not_answer_is_gone(error: Exception) -> None:
    assert _gone(error)


def test_a_mistake_is_no_process_that_is_gone() -> None:
    assert not _gone(RuntimeError("sizes differ"))
    assert not _gone(ValueError("gloo"))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RuntimeError("value cannot be converted to type float without overflow"), "leaves the"),
        (OverflowError("int too large to convert to float"), "leaves the"),
        (RuntimeError("sizes differ"), "sizes differ"),
    ],
    ids=str,
)
def test_a_number_that_does_not_fit_is_told_with_its_step(error: Exception, message: str) -> None:
    class Descent(torch.optim.SGD):
        def step(self, closure: Any = None) -> None:
            raise error

    kind = NetspecError if message == "leaves the" else RuntimeError
    with pytest.raises(kind, match=message):
        take_step(Descent([torch.ones(1, requires_grad=True)]), 3, 1)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (
            "put_ does not have a deterministic implementation, but you set 'torch.use_'. You can",
            "put_ does not have a deterministic implementation on cpu",
        ),
        (
            "Deterministic behavior was enabled with either `torch.use_`, but this operation is",
            "Deterministic behavior was enabled with either `torch.use_` on cpu",
        ),
    ],
)
def test_an_operation_without_a_deterministic_form_is_told(theirs: str, ours: str) -> None:
    with pytest.raises(NetspecError) as caught, deterministic(True, CPU):
        raise RuntimeError(theirs)
    assert str(caught.value) == ours
    assert caught.value.help == "deterministic: false trains it"


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        (DeprecationWarning, False),
        (FutureWarning, False),
        (UserWarning, False),
        (Image.DecompressionBombWarning, True),
    ],
)
def test_what_pillow_warns_of_and_is_not_dangerous_does_not_make_an_image_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Warning], refused: bool
) -> None:
    Image.new("L", (2, 3)).save(tmp_path / "a.png")
    whole = Image.Image.convert

    def warned(self: Image.Image, mode: str) -> Image.Image:
        warnings.warn("said of a file", kind, stacklevel=1)
        return whole(self, mode)

    monkeypatch.setattr(Image.Image, "convert", warned)
    if refused:
        with pytest.raises(NetspecError, match="can be read: said of a file"):
            opened(tmp_path / "a.png", True, None, upright=True)
    else:
        assert opened(tmp_path / "a.png", True, None, upright=True).shape == (1, 3, 2)
