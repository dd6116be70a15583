"""Memory that is short: said before it is taken, and after."""

from __future__ import annotations

import re
import resource
from pathlib import Path

import pytest
import torch
from tiny import SPEC, command, run

from netspec.compiler import compile
from netspec.diagnostic import NetspecError
from netspec.runner.data.images import Dataset, Images
from netspec.runner.machine import memory as budget

pytestmark = pytest.mark.usefixtures("one_thread")

WIDE = SPEC.replace("out_channels: 4", "out_channels: 1000000").replace(
    "- Flatten\n", "- AdaptiveAvgPool2d: 1\n  - Flatten\n"
)


class TestMemory:
    def test_what_cannot_fit_is_refused_with_a_batch_that_would(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "free", lambda device: 2_000_000)
        with pytest.raises(
            NetspecError, match=r"training needs [\d,]+ bytes, 2,000,000 are free"
        ) as c:
            run(tmp_path, ("out_channels: 4", "out_channels: 64"))
        found = re.fullmatch(r"(batch_size: \d+) would .*, or (accumulate: \d+)", str(c.value.help))
        assert found
        assert not (tmp_path / "runs").exists()
        for way in (found[1], f"batch_size: 200\n  {found[2]}"):
            run(tmp_path, ("out_channels: 4", "out_channels: 64"), ("batch_size: 200", way))

    def test_a_network_too_large_for_any_batch_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "free", lambda device: 1000)
        with pytest.raises(NetspecError) as caught:
            run(tmp_path)
        assert "no batch size fits" in str(caught.value.help)

    def test_memory_that_runs_out_is_one_message_with_its_bytes(self, tmp_path: Path) -> None:
        (tmp_path / "tiny.yaml").write_text(WIDE)
        done = command(
            "train", "tiny.yaml", "--device", "cpu", cwd=tmp_path,
            before=lambda: resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30)),
        )  # fmt: skip
        assert done.returncode == 3
        assert "error: training needs " in done.stderr
        assert done.stderr.count("\n") == 2

    def test_what_the_estimate_missed_is_one_message_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "free", lambda device: None)
        monkeypatch.setattr("netspec.runner.train.build", lambda *_, **__: torch.empty(1 << 50))
        with pytest.raises(
            NetspecError, match=r"out of memory on cpu: 4503599627370496 bytes"
        ) as caught:
            run(tmp_path)
        help = "batch_size: 100 would fit by the estimate, or accumulate: 2"
        assert caught.value.help == help


@pytest.mark.parametrize(
    "words",
    [
        "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 79.10 GiB",
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
        "GET was unable to find an engine to execute this computation",
        "FIND was unable to find an engine to execute this computation",
        "Unable to find a valid cuDNN algorithm to run convolution",
        "MPS backend out of memory (MPS allocated: 8.00 GB, max allowed: 9.07 GB)",
        "[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory",
    ],
)
def test_every_way_of_saying_that_memory_ran_out_is_one_message(words: str) -> None:
    plan, cpu = compile(text=SPEC), torch.device("cpu")
    with pytest.raises(NetspecError) as caught, budget.told(plan, plan.train, cpu):
        raise RuntimeError(words)
    assert str(caught.value).startswith("out of memory on cpu")
    assert "batch_size" in str(caught.value.help)


def test_another_error_stays_what_it_is() -> None:
    plan, cpu = compile(text=SPEC), torch.device("cpu")
    words = "CUDA error: an illegal memory access was encountered"
    with pytest.raises(RuntimeError, match=words), budget.told(plan, plan.train, cpu):
        raise RuntimeError(words)


def test_images_that_do_not_fit_on_a_device_are_refused_before_they_go_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    part = Images(torch.zeros(10, 1, 8, 8, dtype=torch.uint8), torch.zeros(10).long())
    data = Dataset("small", part, part, ("a", "b"))
    monkeypatch.setattr(budget, "free", lambda device: 639)
    budget.check_data(data, torch.device("cpu"))
    with pytest.raises(NetspecError, match="the images need 640 bytes, 639 are free on cuda:1"):
        budget.check_data(data, torch.device("cuda:1"))
