"""A step of `netspec train` against a plain script's and against the bare step, in turns.

    python tests/bench/bench_train.py [--spec specs/cifar10-467k.yaml] [--device cuda]

Each contestant is a process of its own, so that none has another's allocator. `plain` is a script
like torch's own MNIST example and `bare` only the network on batches that wait ready, both with
what torch does by itself; float32 and bfloat16 are netspec. `--epochs 15` compares whole runs.
Where others use the machine, `--cpu-seconds` counts what a contestant used and not its waiting.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import torch
import torchvision
from torch import Generator, Tensor
from torch.utils.data import DataLoader
from torchvision import transforms

from netspec.compiler import compile
from netspec.language.training import AugmentationTraits, Choice
from netspec.network.build import build
from netspec.network.device import CPU
from netspec.runner.data.datasets import load
from netspec.runner.data.images import Dataset, Images
from netspec.runner.data.prepare import Prepare
from netspec.runner.fit import fit
from netspec.runner.loop.average import Average
from netspec.runner.loop.display import Display
from netspec.runner.loop.evaluate import evaluate
from netspec.runner.loop.optimize import Schedule, criterion, optimizer
from netspec.runner.machine.allocator import keep_freed
from netspec.runner.machine.stop import Stop
from netspec.runner.run.folder import Writer
from netspec.runner.together.world import World
from netspec.runner.train import reading

T = TypeVar("T")
Job = Callable[[], float]
Key = tuple[str, str]
CONTESTANTS = ("plain", "bare", "float32", "bfloat16")
FOLDERS = ("MNIST", "cifar10", "cifar-10-batches-py")
OVERHEAD = 0.03
BOUNDS = {
    ("mnist-8k", "plain"): "0.55, aim 0.45",
    ("mnist-8k", "bare"): "0.8",
    ("cifar10-467k", "plain"): "0.85, aim 0.7",
}
LOG_INTERVAL, TEST_BATCH = 10, 1000
"""As in torch's example."""


class Bench(Display):
    """One contestant, with the images that all have."""

    def __init__(self, o: Namespace, precision: str, arrays: tuple[Any, ...], tuned: bool) -> None:
        super().__init__(0)
        torch.set_num_threads(o.threads)
        self.tuned = tuned
        self.o, self.plan, self.world = o, compile(o.spec), World(torch.device(o.device))
        assert self.plan.spec.train
        more = {"precision": precision, "epochs": o.epochs or 2}
        self.train = self.plan.spec.train.model_copy(update=more)
        pixels, labels, *judge = (torch.from_numpy(a).to(o.device) for a in arrays)
        self.images, self.judge = Images(pixels, labels), Images(*judge)
        self.prepare = Prepare(self.train.data, self.images, self.plan.input, self.world)
        self.model = build(self.plan, device=o.device, seed=self.train.seed)
        name, arguments, _ = self.train.optimizer
        torchs: Any = getattr(torch.optim, name)
        self.descent = (
            optimizer(self.train.optimizer, self.model)
            if tuned
            else torchs(self.model.parameters(), **arguments)
        )
        self.loss_of = criterion(self.plan.loss)

    def timed(self, job: Callable[[], object]) -> float:
        began = self.now()
        job()
        return self.now() - began

    def now(self) -> float:
        if self.world.device.type == "cuda":
            torch.cuda.synchronize()
        return time.process_time() if self.o.cpu_seconds else time.perf_counter()

    def plain(self) -> Job:
        batches = self.loader(self.images, self.train.batch_size, self.train.data.augment)
        judge = self.loader(self.judge, TEST_BATCH, ())
        schedule = Schedule(self.train.scheduler, self.descent, self.train.epochs, len(batches))
        device, model = self.world.device, self.model

        def epoch() -> None:
            model.train()
            for index, (given, wanted) in enumerate(batches):
                x, labels = given.to(device), wanted.to(device)
                self.descent.zero_grad()
                loss = self.loss_of(model(x), labels)
                loss.backward()
                self.descent.step()
                schedule.after_batch()
                if index % LOG_INTERVAL == 0:
                    loss.item()

        @torch.no_grad()
        def test() -> tuple[float, float]:
            model.eval()
            loss, right = 0.0, 0
            for given, wanted in judge:
                x, labels = given.to(device), wanted.to(device)
                y = model(x)
                loss += self.loss_of(y, labels).item() * len(labels)
                right += int((y.argmax(1) == labels).sum().item())
            return loss / len(self.judge), right / len(self.judge)

        def run() -> None:
            for _ in range(self.train.epochs):
                epoch()
                schedule.after_epoch(*test())

        return lambda: self.timed(run if self.o.epochs else epoch)

    def loader(
        self, images: Images, batch: int, augment: Iterable[Choice[AugmentationTraits]]
    ) -> DataLoader[Any]:
        """What torchvision's own classes give: by PIL, each image when it is read."""
        images, grey = images.to(CPU), images.shape[0] == 1
        kind = torchvision.datasets.MNIST if grey else torchvision.datasets.CIFAR10
        held: Any = kind.__new__(kind)
        held.data = images.pixels[:, 0] if grey else images.pixels.movedim(1, -1).numpy()
        held.targets = images.labels if grey else images.labels.tolist()
        changes: list[Any] = []
        for name, given, _ in augment:
            own = {"size": images.shape[1:]} if "size" in given else {}
            if "interpolation" in given:
                own["interpolation"] = transforms.InterpolationMode(given["interpolation"])
            changes.append(getattr(transforms, name)(**given | own))
        normalize = transforms.Normalize(self.prepare.mean, self.prepare.std)
        held.transform = transforms.Compose([*changes, transforms.ToTensor(), normalize])
        held.target_transform = None
        pin = self.world.device.type == "cuda"
        workers: Any = {"num_workers": self.o.workers, "persistent_workers": self.o.workers > 0}
        return DataLoader(held, batch, shuffle=True, pin_memory=pin, **workers)

    def staged(self) -> list[tuple[Tensor, Tensor]]:
        return [(x.contiguous(), labels) for x, labels in self.ready()]

    def steps(self, batches: Callable[[], Iterable[tuple[Tensor, Tensor]]]) -> Job:
        """The least that a step is: nothing is looked at, added up or saved."""
        average = Average(self.train.average if self.tuned else None, self.model)
        half = self.train.precision == "bfloat16"
        precision = torch.autocast(self.world.device.type, torch.bfloat16, enabled=half)

        def steps() -> None:
            self.model.train()
            for x, labels in batches():
                self.descent.zero_grad()
                with precision:
                    loss = self.loss_of(self.model(x), labels)
                loss.backward()
                self.descent.step()
                average.after_batch()

        return lambda: self.timed(steps)

    def ready(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Read and augment as netspec does."""
        chance = Generator(self.world.device).manual_seed(0)
        picks = torch.split(torch.randperm(len(self.images)), self.train.batch_size)
        for pixels, labels in self.images.batches(picks):
            yield self.prepare(pixels, self.world.chance(chance, len(labels))), labels

    def netspec(self) -> float:
        """The seconds of a whole run, or of the steps of its second epoch."""
        classes = tuple(map(str, range(self.plan.output[0])))
        data = Dataset("bench", self.images, self.judge, classes)
        with tempfile.TemporaryDirectory() as runs, Writer.create(Path(runs), "bench") as run:
            reads = reading(self.plan, data, self.prepare)
            run.describe(self.plan, {}, {}, reads)
            more: Any = {"run": run, "display": self, "stop": Stop(), "world": self.world,
                         "loss_of": self.loss_of}  # fmt: skip
            whole = self.timed(lambda: fit(self.model, self.train, data, self.prepare, **more))
        return whole if self.o.epochs else self.seconds

    def batches(self, batches: Iterable[T], *_: Any) -> Iterator[T]:
        began = self.now()
        yield from batches
        self.seconds = self.now() - began


def work(pipe: Connection, o: Namespace, name: str, arrays: tuple[Any, ...]) -> None:
    tuned = name not in ("plain", "bare")
    bench = Bench(o, "bfloat16" if name == "bfloat16" else "float32", arrays, tuned)
    if name == "plain":
        jobs = {"epoch": bench.plain()}
    elif name == "bare":
        held = bench.staged()
        jobs = {"step": bench.steps(lambda: held)}
    else:
        keep_freed()
        bench.model.to(memory_format=torch.channels_last)
        jobs = {"epoch": bench.netspec}
    if name in ("float32", "bfloat16") and not o.epochs:
        jobs["step"] = bench.steps(bench.ready)
        jobs["ready"] = lambda: bench.timed(lambda: sum(1 for _ in bench.ready()))
    pipe.send(list(jobs))
    while job := pipe.recv():
        pipe.send(jobs[job]())
    pipe.send(evaluate(bench.model, bench.judge, bench.prepare, bench.loss_of, bench.world)[1])


def images(o: Namespace) -> tuple[tuple[Any, ...], int]:
    """Pixels and labels to learn from and to be judged on, and the steps of an epoch."""
    plan = compile(o.spec)
    assert plan.spec.train
    batch, note = plan.spec.train.batch_size, "real images"
    train: Any
    judge: Any
    if any((o.data_dir / folder).is_dir() for folder in FOLDERS):
        found = load(plan.spec.train.data, o.data_dir, plan.input, plan.output, split=0)
        train, judge = found.train, found.judge
    else:
        count = 60_000 if plan.input[0] == 1 else 50_000  # of MNIST, of CIFAR-10
        note = f"random images, no real ones in {o.data_dir}"
        pixels = torch.randint(256, (count, *plan.input), dtype=torch.uint8)
        train = Images(pixels, torch.randint(plan.output[0], (count,)))
        judge = train.take(torch.arange(10_000))
    print(f"{o.spec}, {note}, {o.device}, threads {o.threads}, load {os.getloadavg()[0]:.1f}")
    steps = -(-len(train) // batch)
    if not o.epochs:
        o.steps = min(o.steps, len(train) // batch)
        train = train.take(torch.randperm(len(train))[: o.steps * batch])
        judge = judge.take(torch.arange(min(TEST_BATCH, len(judge))))
    tensors = (train.pixels, train.labels, judge.pixels, judge.labels)
    return tuple(tensor.numpy() for tensor in tensors), steps


def measure(o: Namespace, arrays: tuple[Any, ...]) -> tuple[dict[Key, list[float]], list[float]]:
    """The seconds of each contestant's jobs, round by round, and their accuracies."""
    pipes: dict[str, Connection] = {}
    found: dict[Key, list[float]] = {}
    context = get_context("spawn")
    for name in CONTESTANTS:
        if o.epochs and name == "bare":
            continue
        if name == "float32":  # as `netspec train` has it; the other two have started by now
            os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        pipes[name], theirs = context.Pipe()
        alone = not o.workers  # a daemon may start none
        context.Process(target=work, args=(theirs, o, name, arrays), daemon=alone).start()
        found |= {(name, job): [] for job in pipes[name].recv()}
    for turn in range(1 if o.epochs else o.rounds + 1):
        for (name, job), seconds in found.items():
            pipes[name].send(job)
            took = pipes[name].recv()
            if turn or o.epochs:  # the first of several warms up
                seconds.append(took)
    for pipe in pipes.values():
        pipe.send(None)
    return found, [pipe.recv() for pipe in pipes.values()]


def report(o: Namespace, found: dict[Key, list[float]], epoch: int) -> bool:
    """Print what a step takes of each; return whether the bounds known for it hold."""
    for (name, job), seconds in found.items():
        step, spread = median(seconds) / o.steps, max(seconds) / min(seconds) - 1
        print(
            f"{name:9} {job:6} {step * 1e3:8.3f} ms a step, spread {spread:4.0%}, "
            f"{step * epoch:7.2f} s for an epoch's {epoch}"
        )
    held, name = True, compile(o.spec).name
    for other in ("plain", "bare"):
        per = found[other, "epoch" if other == "plain" else "step"]
        ratio, half = (
            median(a / b for a, b in zip(found[precision, "epoch"], per, strict=True))
            for precision in ("float32", "bfloat16")
        )
        bound = BOUNDS.get((name, other)) if o.device == "cpu" else None
        print(f"netspec/{other} {ratio:.3f} (bound {bound}), bfloat16 {half:.3f}")
        held &= bound is None or ratio <= float(bound.partition(",")[0])
    for precision in ("float32", "bfloat16"):
        rounds = [*zip(*(found[precision, job] for job in ("epoch", "step", "ready")), strict=True)]
        loop = median(epoch / step - 1 for epoch, step, _ in rounds)
        ready = median(ready / step for _, step, ready in rounds)
        print(
            f"{precision}: the loop adds {loop:+.1%} to its step (bound {OVERHEAD:.0%}), ", end=""
        )
        print(f"reading and augmenting {ready:.1%}")
        held &= precision != "float32" or loop <= OVERHEAD
    return held


def options() -> Namespace:
    parser = ArgumentParser(formatter_class=ArgumentDefaultsHelpFormatter)
    parser.add_argument("--spec", default="specs/mnist-8k.yaml")
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="of the plain script's DataLoader")
    parser.add_argument("--steps", type=int, default=50, help="in a round")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--epochs", type=int, default=0, help="whole runs, a round of them")
    parser.add_argument("--cpu-seconds", action="store_true", help="not those on the clock")
    return parser.parse_args()


def main() -> int:
    """Print seconds and ratios; 1 where a bound does not hold."""
    o = options()
    arrays, epoch = images(o)
    found, accuracies = measure(o, arrays)
    if not o.epochs:
        return int(not report(o, found, epoch))
    (plain,) = found["plain", "epoch"]
    for ((name, _), (seconds,)), accuracy in zip(found.items(), accuracies, strict=True):
        print(f"{name:9} {seconds:8.1f} s, {seconds / plain:.3f} of plain, accuracy {accuracy:.2%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
