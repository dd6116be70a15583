"""A file of Python that stands alone, whatever the spec says."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from plans import SHAPES, compiled, example
from torch import nn

from netspec import compiler, layers, source
from netspec.compiler.plan import Plan
from netspec.emit.formats.python import read, write
from netspec.emit.subject import Subject
from netspec.network.build import build
from netspec.network.load import load_run
from netspec.network.reads import Reads

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
HOSTILE = [
    '"""\nimport os\n"""',
    "'''; raise SystemExit(1)",
    "a\nraise SystemExit(1)",
    "a\r\nraise SystemExit(1)\rraise SystemExit(1)\fraise SystemExit(1)",
    "\u2028raise SystemExit(1)\u2029\x85\x0b\x1c",
    "\\",
    "\\\nraise SystemExit(1)",
    "\\N{DIGIT ONE} {braces} {0} %s %(a)s $a",
    "coding: utf-7",
    "-*- coding: rot13 -*-",
    "\0",
    "\ud800",
    "\u202eabc\u2066",
    "#",
    "fmt: off",
    "type: ignore",
    '" + raise_ + "',
    "猫 é 🐱",
    "x" * 2000,
]


def file_of(plan: Plan, **more: Any) -> str:
    return write(Subject(plan, nn.Sequential(), 0, **more)).decode()


def made_by(text: str) -> nn.Module:
    namespace: dict[str, Any] = {"__name__": "made"}
    exec(compile(text, "made.py", "exec"), namespace)
    network = namespace["network"]()
    assert isinstance(network, nn.Sequential)
    return network


def state(network: nn.Module) -> list[tuple[str, tuple[int, ...]]]:
    return [(name, tuple(tensor.shape)) for name, tensor in network.state_dict().items()]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files: every kind of layer, and every example."""
    folder = tmp_path_factory.mktemp("written")
    for kind in layers.KINDS:
        plan = next(p for shape in SHAPES if isinstance(p := compiled(shape, example(kind)), Plan))
        (folder / f"{kind}.py").write_text(file_of(plan))
    for path in EXAMPLES:
        (folder / f"{path.stem}.py").write_text(file_of(compiler.compile(path)))
    return folder


def test_files_are_formatted_and_import_what_they_need_and_no_more(written: Path) -> None:
    """Of every kind of layer: lines of netspec/network/modules.py are no longer than 88."""
    ruff = [sys.executable, "-m", "ruff"]
    for asked in (["format", "--check"], ["check", "--select", "F,I"]):
        done = subprocess.run(
            [*ruff, *asked, "--isolated", "--no-cache", str(written)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    assert not [file for file in written.iterdir() if "netspec." in _code(file.read_text())]


def _code(text: str) -> str:
    return ast.unparse(ast.parse(text).body[1:])  # without the docstring


@pytest.mark.parametrize("kind", layers.KINDS)
def test_a_layer_of_any_kind_comes_back_with_the_same_answers(kind: str) -> None:
    plan = next(p for shape in SHAPES if isinstance(p := compiled(shape, example(kind)), Plan))
    torch.manual_seed(0)
    made, wanted = made_by(file_of(plan)).eval(), build(plan, "cpu").eval()
    assert [repr(one) for one in made.modules()] == [repr(one) for one in wanted.modules()]
    assert [*map(str, made.state_dict())] == [*map(str, wanted.state_dict())]
    x = torch.rand(3, *plan.input)
    torch.testing.assert_close(made(x), wanted(x), rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_the_names_and_shapes_of_its_weights(path: Path, written: Path) -> None:
    plan = compiler.compile(path)
    with torch.device("meta"):
        made = made_by((written / f"{path.stem}.py").read_text())
    planned = {
        f"{leaf.name}.{name}": shape
        for leaf in plan.leaves
        for name, shape in {**leaf.weights, **leaf.buffers}.items()
    }
    assert state(made) == list(planned.items())


SPEC = """
name: mixed
input: [3, 6, 6]
layers:
  - {name: class, Conv2d: [4, 3]}
  - {name: ﬁne, Sequential: [ReLU, {name: lambda, Conv2d: [4, 1]}]}
  - {name: Ä, ReLU: true}
  - Flatten
  - {Linear: 2}
"""


def test_names_are_texts_that_python_does_not_change() -> None:
    plan = compiler.compile(source.parse(SPEC, "mixed.yaml"))
    assert state(made_by(file_of(plan))) == state(build(plan, "cpu"))


def called(plan: Plan, words: str) -> None:
    plan.name, plan.spec = words, plan.spec.model_copy(update={"description": words})


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words)[:20])
def test_words_of_a_spec_and_of_a_run_are_never_code(words: str, tmp_path: Path) -> None:
    plan = compiler.compile(source.parse(SPEC, "mixed.yaml"))

    def tree(told: str) -> ast.Module:
        called(plan, told)
        reads = Reads((3, 6, 6), None, (0.5,) * 3, (0.5,) * 3, (told, "other"))
        # As bytes, for these can say how they are to be read.
        data = write(Subject(plan, nn.Sequential(), 0, None, reads))
        (tmp_path / "made.py").write_bytes(data)
        return ast.parse(data)

    hostile, harmless = tree(words), tree("harmless")
    found = [node for node in ast.walk(hostile) if isinstance(node, ast.Constant)]
    assert [node.value for node in found if node.value == words] == [words]
    for node in found:
        node.value = "harmless" if node.value == words else node.value
    assert ast.dump(hostile) == ast.dump(harmless)


def test_a_comment_holds_no_line_break_and_names_no_encoding() -> None:
    plan = compiler.compile(source.parse(SPEC, "mixed.yaml"))
    counts = set()
    for words in HOSTILE:
        called(plan, words)
        text = file_of(plan)
        counts.add(len(text.splitlines()))
        assert words.strip() not in "".join(text.split("\n")[:2])
    assert len(counts) == 1


RUN = """
import sys
sys.modules["netspec"] = None
import json, runpy, torch
made = runpy.run_path(sys.argv[1])
network = made["load"](sys.argv[2])
x = torch.load(sys.argv[3])
print(json.dumps([list(network.state_dict()), made["CLASSES"], network(x).tolist()]))
print([name for name in sys.modules if name.startswith("netspec.")], network.training)
"""


def test_a_run_is_read_by_a_process_that_has_no_netspec(once: Path, tmp_path: Path) -> None:
    from netspec.emit.export import export

    file, x = tmp_path / "tiny.py", torch.rand(5, 1, 8, 8)
    made = export(once, file)
    assert (made.difference, made.weights) == (0.0, once / "best.safetensors")
    torch.save(x, tmp_path / "x.pt")
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN, file, made.weights, tmp_path / "x.pt"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told, rest = done.stdout.splitlines()
    keys, classes, answers = json.loads(told)
    network = load_run(once, "cpu")
    assert rest == "[] False"
    assert keys == list(network.state_dict())
    assert classes == [str(i) for i in range(10)]
    torch.testing.assert_close(torch.tensor(answers), network(x), rtol=1e-5, atol=1e-6)


def test_the_seed_gives_the_weights_that_build_gives(tmp_path: Path) -> None:
    plan = compiler.compile(source.parse(SPEC, "mixed.yaml"))
    told = Subject(plan, build(plan, "cpu", seed=7), 7)
    (tmp_path / "made.py").write_bytes(write(told))
    made = read(tmp_path / "made.py", told).state_dict()
    assert all(torch.equal(made[name], tensor) for name, tensor in told.layers.state_dict().items())
