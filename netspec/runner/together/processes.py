"""Several processes on torch's own engine: DistributedDataParallel over nccl and gloo."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

import torch
from torch import Tensor, distributed, nn
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from netspec.diagnostic import NetspecError, UsageError
from netspec.network.device import choose
from netspec.runner.machine.process import end_with
from netspec.runner.machine.stop import Interrupted
from netspec.runner.together.batch_norm import synchronize
from netspec.runner.together.variables import (
    LAUNCHER,
    LOCAL_RANK,
    LOCAL_WORLD_SIZE,
    MEETING,
    RANK,
    WORLD_SIZE,
)
from netspec.runner.together.world import LossOf, Lost, Mass, World, mass

T = TypeVar("T")
_FAILED = "netspec/failed"
_GONE = ("gloo", "NCCL", "Connection", "Broken pipe")
"""Words of torch's messages about a process that does not answer, where they have no type."""
_LETTING_GO = 0.1
"""Seconds for torch's threads to end what they do; it takes them less than a thousandth."""


@dataclass(frozen=True)
class Together(World):
    store: Any = field(default=None, compare=False)
    """Notes that all processes can read, even after one has gone."""

    @classmethod
    def meet(cls, device: str) -> Self:
        """Wait for the processes that torchrun or --devices started beside this one."""
        if LAUNCHER in os.environ:
            end_with(int(os.environ[LAUNCHER]))
        rank, size, local_rank, local_size = (
            int(os.environ[key]) for key in (RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE)
        )
        place = _place(device, local_rank, local_size)
        address = os.environ.get(MEETING, "env://")
        store, _, _ = next(rendezvous(address, rank, size))
        backend = "cuda:nccl,cpu:gloo" if place.type == "cuda" else "gloo"
        here = place if place.type == "cuda" else None
        distributed.init_process_group(
            backend, store=store, rank=rank, world_size=size, device_id=here
        )
        return cls(place, rank, size, local_rank, local_size, store)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None or isinstance(error, Interrupted):
                distributed.barrier()  # so that nobody leaves before the first has written
            elif not _gone(error):
                # Said to all: the first process speaks for the one that failed.
                self.store.set(_FAILED, f"process {self.rank}: {error}")
        except RuntimeError as late:
            error = error or late
        lost = self._lost() if error is not None and _gone(error) else None
        if error is not None and self.device.type == "cuda":
            # It would wait for what others still do with this GPU, and they for this process:
            # its end tells them, or the launcher.
            if lost:
                raise lost from None
            return
        # Before 2.8 torch ends its threads while it holds Python's lock, and waits forever for one
        # that needs it to let go of a last tensor.
        time.sleep(_LETTING_GO)
        distributed.destroy_process_group()
        if lost:
            raise lost from None

    def join(self, model: nn.Module) -> nn.Module:
        synchronize(model, self.device)
        ids = [self.device] if self.device.type == "cuda" else None
        joined = DistributedDataParallel(model, device_ids=ids)
        joined.broadcast_buffers = False  # as an argument torch 2.15 warns of it; 2.6 has no other
        return joined

    def loss(self, loss_of: LossOf, y: Tensor, labels: Tensor, whole: Mass) -> Tensor:
        # A process has nothing of a last batch that has fewer samples than there are processes.
        if not len(labels):
            return y.sum()
        return loss_of(y, labels) * (mass(loss_of, labels) / whole)

    def backward(self, loss: Tensor) -> None:
        # The engine takes the mean over processes, and shares of a loss are to be added up.
        (loss * self.size).backward()  # type: ignore[no-untyped-call]

    def sum(self, x: Tensor) -> Tensor:
        distributed.all_reduce(x)
        return x

    def any(self, *mine: object) -> list[bool]:
        return self.sum(torch.tensor([int(bool(one)) for one in mine])).bool().tolist()

    def gather(self, x: Tensor) -> list[Tensor]:
        found = [torch.empty_like(x) for _ in range(self.size)]
        distributed.all_gather(found, x)
        return found

    def same(self, model: nn.Module) -> None:
        for buffer in model.buffers():
            distributed.broadcast(buffer, src=0)

    def once(self, make: Callable[[], T]) -> T:
        made: list[Any] = [make() if self.leads else None]
        distributed.broadcast_object_list(made, src=0, device=torch.device("cpu"))
        found: T = made[0]
        return found

    def in_turn(self, make: Callable[[], T]) -> T:
        if self.local_rank:
            self.sum(torch.zeros(()))
        made = make()
        if not self.local_rank:
            self.sum(torch.zeros(()))
        return made

    def _lost(self) -> NetspecError:
        if self.store.check([_FAILED]):
            return NetspecError(self.store.get(_FAILED).decode())
        return Lost(
            "another process of this run has ended", "what was saved can be taken up with --resume"
        )


def _place(name: str, local_rank: int, local_size: int) -> torch.device:
    """The device called `name`, or this process's GPU of this machine."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda":
        gpus = torch.cuda.device_count()
        if local_size > gpus:
            hint = "one GPU for each process, or --device cpu"
            raise UsageError(f"{local_size} processes on {gpus} GPUs", hint)
        torch.cuda.set_device(local_rank)
        name = f"cuda:{local_rank}"
    elif name != "cpu":
        hint = "--device cuda or --device cpu"
        raise UsageError(f"{local_size} processes cannot share {name}", hint)
    return choose(name)


def _gone(error: BaseException) -> bool:
    if isinstance(error, distributed.DistError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in _GONE)
