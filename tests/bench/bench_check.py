"""The start of `netspec check` against the least that any such program needs, and a check of
ResNet-50 against the usual summary library, in turns so that a busy machine slows both.

    python tests/bench/bench_check.py
"""

from __future__ import annotations

import importlib.util
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
ROUNDS, BOUND = 15, 1.3

FLOOR = """
import typer, yaml
from pydantic import BaseModel
class Model(BaseModel):
    name: str = ""
    sizes: list[int] = []
app = typer.Typer()
@app.command()
def main() -> None:
    Model.model_validate(yaml.safe_load("name: floor"))
app()
"""
SUMMARY = """
import torchinfo, torchvision
torchinfo.summary(torchvision.models.resnet50(), (1, 3, 224, 224), depth=4, device="cpu")
"""
CHECK = "from netspec.__main__ import main; main()"


def seconds(script: str, *arguments: str) -> float:
    """CPU seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", script, *arguments]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_turns(rounds: int, one: tuple[str, ...], other: tuple[str, ...]) -> tuple[float, float]:
    """Median CPU seconds of two runs."""
    seconds(*one), seconds(*other)
    pairs = [(seconds(*one), seconds(*other)) for _ in range(rounds)]
    return median(a for a, _ in pairs), median(b for _, b in pairs)


def main() -> int:
    """Print the ratios; 1 where the first is over its bound."""
    check, floor = in_turns(ROUNDS, (CHECK, "check", "specs/mnist.yaml"), (FLOOR,))
    told = f"{check:.3f} s, floor {floor:.3f} s: {check / floor:.2f}"
    print(f"check specs/mnist.yaml {told} (bound {BOUND})")
    every, least = in_turns(ROUNDS, (CHECK, "check", "specs/"), (FLOOR,))
    number = len(list((ROOT / "specs").glob("*.yaml")))
    print(f"check specs/ ({number}) {every:.3f} s, floor {least:.3f} s: {every / least:.2f}")
    if importlib.util.find_spec("torchinfo") is None:
        print("torchinfo is not installed: no comparison with it")
    else:
        check50, summary = in_turns(5, (CHECK, "check", "examples/resnet50.yaml"), (SUMMARY,))
        times = f"check resnet50 {check50:.3f} s, torchinfo {summary:.3f} s"
        print(f"{times}: 1/{summary / check50:.0f}")
    return int(check / floor > BOUND)


if __name__ == "__main__":
    sys.exit(main())
