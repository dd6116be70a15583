"""What `netspec check` loads, and what it never loads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

CHECK = """
import json, sys
from netspec.cli import main
sys.argv = ["netspec", *{arguments}]
try:
    main()
except SystemExit as end:
    code = end.code
print(json.dumps([code, sorted({{name.partition(".")[0] for name in sys.modules}})]))
"""


def loaded(*arguments: str) -> tuple[int, set[str]]:
    """Exit code of a command, and the packages it has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", CHECK.format(arguments=arguments)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    code, names = json.loads(done.stdout.splitlines()[-1])
    return code, set(names)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "specs/"],
        ["check", "specs/", "--format", "json"],
        ["check", "specs/mnist-8k.yaml", "--layers"],
        ["schema"],
        ["view", "specs/digits.yaml"],
        ["search", "specs/digits.yaml", "--vary", "train.batch_size=[32, 64]"],
        ["--help"],
    ],
    ids=" ".join,
)
def test_a_command_that_does_not_train_loads_no_heavy_package(arguments: list[str]) -> None:
    code, names = loaded(*arguments)
    assert code == 0
    assert {"netspec", "typer"} <= names
    assert not names & {"torch", "torchvision", "numpy", "rich", "PIL", "sklearn", "pygls"}


def test_one_spec_loads_only_the_layers_it_uses() -> None:
    script = (
        "import sys; from netspec import compiler\n"
        "compiler.compile('specs/mnist-8k.yaml')\n"
        "print([n for n in sys.modules if n.startswith('netspec.layers.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "netspec.layers.convolution" in done.stdout
    assert "netspec.layers.transposed" not in done.stdout
