"""Networks as files, read back by what others run them with."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from command import netspec
from torch import Tensor

import netspec as public
from netspec import compiler
from netspec.diagnostic import NetspecError, UsageError
from netspec.emit import export as exporting
from netspec.emit.formats import SUFFIXES, python
from netspec.network.build import build
from netspec.network.load import load_run

pytestmark = pytest.mark.usefixtures("one_thread")

SPEC = """
name: mixed
description: "every way of joining, \\"quoted\\""
input: [3, 12, 12]
layers:
  - name: stem
    Sequential: [{Conv2d: {out_channels: 4, kernel_size: 3, bias: false}}, BatchNorm2d]
  - name: add
    Residual:
      body: [{Conv2d: [4, 3, 1, 1]}, ReLU]
  - Concat: [[], [{Conv2d: [2, 1]}], [{Sequential: [ReLU, {Conv2d: [3, 1]}]}]]
  - Gate: [{AdaptiveAvgPool2d: 1}, {Conv2d: [9, 1]}, Sigmoid]
  - name: wired
    Graph:
      a: [{Conv2d: [4, 3, 1, 1]}, {Dropout: 0.5}]
      b: {from: a, layers: [{MaxPool2d: 2}, {Upsample: {scale_factor: 2}}]}
      out: {from: [a, b], join: multiply}
  - Flatten
  - Linear: 5
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mixed.yaml").write_text(SPEC)


def onnx_of(file: Path) -> Any:
    reason = "pip install 'netspec[onnx]'"
    return pytest.importorskip("onnx", reason=reason).load(file)


def ran_by_onnx(file: Path) -> Callable[[Tensor], Tensor]:
    runtime = pytest.importorskip("onnxruntime", reason="pip install 'netspec[onnx]'")
    session = runtime.InferenceSession(file)
    return lambda x: torch.from_numpy(session.run(None, {"input": x.numpy()})[0])


def ran_by_torch(file: Path) -> Callable[[Tensor], Tensor]:
    ran: Callable[[Tensor], Tensor] = torch.export.load(file).module()
    return ran


def ran_as_code(file: Path) -> Callable[[Tensor], Tensor]:
    found: dict[str, Any] = {"__name__": "made"}
    exec(compile(file.read_bytes(), file.name, "exec"), found)
    if "load" in found:
        return found["load"](file.parent / "best.safetensors")
    torch.manual_seed(0)
    return found["network"]().eval()


READERS = {"onnx": ran_by_onnx, "pt2": ran_by_torch, "python": ran_as_code}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spec as ONNX."""
    file = tmp_path_factory.mktemp("mixed") / "mixed.onnx"
    return written(compiler.compile(text=SPEC), "onnx", file)


def written(network: Any, form: str, file: Path | None = None, **more: Any) -> Path:
    file = file or Path(f"net{SUFFIXES[form]}").absolute()
    if form == "onnx":
        pytest.importorskip("onnxscript", reason="pip install 'netspec[onnx]'")
    made = public.export(network, file, **more)
    assert made.format == form
    assert made.difference is not None
    assert made.difference < 1e-5
    # Nothing of the machine that wrote it.
    data = file.read_bytes()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            data = b"".join(map(packed.read, packed.namelist()))
    assert not [path for path in sys.path[1:] if path.encode() in data]
    return file


def test_every_format_has_a_reader_here() -> None:
    assert set(READERS) == set(SUFFIXES)
    folder = Path(exporting.__file__).parent / "formats"
    assert {file.stem for file in folder.glob("[!_]*.py")} == set(SUFFIXES)


@pytest.mark.parametrize("form", SUFFIXES)
def test_a_spec_says_the_same_at_any_batch_size(form: str, request: pytest.FixtureRequest) -> None:
    network = build("mixed.yaml", "cpu").eval()
    once = request.getfixturevalue("mixed") if form == "onnx" else None
    ran = READERS[form](once or written("mixed.yaml", form))
    for batch in 1, 2, 7:
        x = torch.randn(batch, 3, 12, 12)
        torch.testing.assert_close(ran(x), network(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("form", SUFFIXES)
def test_a_run_normalizes_first_and_says_what_load_run_says(form: str, made: Path) -> None:
    network, x = load_run(made, "cpu"), torch.rand(3, 1, 8, 8)
    file = written(made, form)
    (Path("best.safetensors")).write_bytes((made / "best.safetensors").read_bytes())
    torch.testing.assert_close(READERS[form](file)(x), network(x), rtol=1e-4, atol=1e-5)
    told = about(form, file)
    if told:
        assert json.loads(told["classes"]) == [str(i) for i in range(10)]
        assert told["normalizes"] == "true"
        assert told["weights"] == "trained: best.safetensors of a run"
    assert "untrained" not in str(told)


def about(form: str, file: Path) -> dict[str, Any]:
    """What a file of a format says of its network; nothing for code, which says it to people."""
    if form == "onnx":
        found = {one.key: one.value for one in onnx_of(file).metadata_props}
        return {key.removeprefix("netspec."): value for key, value in found.items()}
    if form == "pt2":
        extra = {"netspec.json": ""}
        torch.export.load(file, extra_files=extra)
        return dict(json.loads(extra["netspec.json"]))
    return {}


@pytest.mark.parametrize("form", ["pt2", "python"])
def test_raw_leaves_mean_and_std_out(form: str, made: Path) -> None:
    network, x = load_run(made, "cpu", normalize=False), torch.randn(3, 1, 8, 8)
    file = written(made, form, raw=True)
    (Path("best.safetensors")).write_bytes((made / "best.safetensors").read_bytes())
    torch.testing.assert_close(READERS[form](file)(x), network(x))
    assert b"_normalize" not in file.read_bytes()


@pytest.mark.parametrize("form", ["pt2", "onnx"])
def test_a_class_token_leaves_the_batch_any_size(form: str) -> None:
    pytest.importorskip("onnxruntime", reason="pip install 'netspec[onnx]'")
    layers = "{Flatten: 2}, {Permute: [1, 0]}, ClassToken, {SelfAttention: 2}, {Select: [0, 0]}"
    Path("token.yaml").write_text(f"input: [4, 3, 3]\nlayers: [{layers}]\n")
    done = netspec("export", "token.yaml", "-o", f"token.{form}")
    assert (done.code, done.err) == (0, "")


def test_nodes_of_onnx_have_the_names_that_the_spec_has(mixed: Path) -> None:
    model = onnx_of(mixed)
    plan = compiler.compile("mixed.yaml")
    known = {node.name: node for node in plan.root.nodes()}
    nodes = {
        node.name: {one.key: one.value for one in node.metadata_props} for node in model.graph.node
    }
    assert len(nodes) == len(model.graph.node)
    assert {"stem.0", "add.body.0", "add", "2", "3.body.2", "3", "wired.a.0", "wired", "6"} <= set(
        nodes
    )
    # Older versions of torch leave nodes that are of no layer, and batch norm beside convolutions.
    of_layers = {name: told for name, told in nodes.items() if told["netspec.layer"]}
    assert all(name.startswith("network/") for name in nodes.keys() - of_layers.keys())
    for name, told in of_layers.items():
        last = told["netspec.layer"].split(", ")[-1]
        assert name.partition("/")[0] == told["netspec.layer"].split(", ")[0]
        assert told["netspec.output"] == str(("N", *known[last].output.shape)).replace("'", "")
        assert int(told["netspec.line"].split(", ")[-1]) == plan.span(known[last]).line
    assert nodes["stem.0"]["netspec.receptive_field"] == "3"
    folded = ["Conv2d, BatchNorm2d"] if "stem.1" not in nodes else ["Conv2d"]
    assert [nodes["stem.0"]["netspec.kind"]] == folded
    inner = model.graph.input[0].type.tensor_type.shape.dim
    assert [dim.dim_param or dim.dim_value for dim in inner] == ["batch", 3, 12, 12]
    assert "untrained" in model.doc_string
    assert [tensor.name for tensor in model.graph.initializer if tensor.name == "6.weight"]


def test_the_command_says_what_it_did(made: Path) -> None:
    done = netspec("export", "mixed.yaml", "-o", "net.py", "--seed", "3", "--set", "name=other")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "net.py: read back, outputs are the same; its weights are untrained, of seed 3\n"
    )
    assert "# name: other\n" in Path("net.py").read_text()
    done = netspec("export", "tiny", "-o", "net.py")
    assert done.out == (
        "net.py: read back, outputs are the same\nload() in it takes runs/tiny/1/best.safetensors\n"
    )
    assert netspec("export", "-", "-o", "net.py", given=SPEC.encode()).code == 0
    assert netspec("export", "runs/tiny/1/best.safetensors", "-o", "net.py").code == 0


MISUSE = {
    "no format": (["mixed.yaml", "-o", "net.txt"], 2, "net.txt does not tell a format"),
    "no such format": (["mixed.yaml", "-o", "net.py", "--format", "tflite"], 2, "invalid value"),
    "no such run": (["nope", "-o", "net.py"], 2, "no run called 'nope' in runs"),
    "no such spec": (["nope.yaml", "-o", "net.py"], 2, "cannot read nope.yaml"),
    "raw spec": (["mixed.yaml", "--raw", "-o", "net.py"], 2, "--raw is for runs"),
    "changed run": (["tiny", "--set", "a=1", "-o", "net.py"], 2, "--set is for specs"),
    "nothing named": (["mixed.yaml"], 2, "missing option '--out' / '-o'"),
    "bad spec": (["bad.yaml", "-o", "net.py"], 1, "window of 31 does not fit"),
    "damaged": (["bad.safetensors", "-o", "net.py"], 3, "bad.safetensors is damaged"),
}


@pytest.mark.parametrize("case", MISUSE)
def test_what_cannot_be_exported_is_one_message(case: str, made: Path) -> None:
    arguments, code, message = MISUSE[case]
    Path("bad.yaml").write_text("input: [3, 8, 8]\nlayers: [{Conv2d: [4, 31]}]\n")
    Path("bad.safetensors").write_bytes(b"nothing")
    done = netspec("export", *arguments)
    assert (done.code, done.out) == (code, "")
    assert message in done.err.splitlines()[0]
    assert not Path("net.py").exists()


WRONG = {
    "other answers": (b"nn.ReLU()", b"nn.Tanh()", "outputs of the file differ from the network's"),
    "other names": (b'"stem"', b'"trunk"', "the file has other names of weights"),
    "other shape": (
        b"nn.Linear(400, 5)",
        b"nn.Linear(400, 4)",
        "the file gives (1, 4), the network",
    ),
    "no answer": (b"nn.Linear(400", b"nn.Linear(40", "the file does not run: mat1 and mat2"),
    "no code": (b"def network", b"def", "the network cannot be written as Python"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_file_that_says_something_else_exits_with_1_and_is_not_kept(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, message = WRONG[case]
    right = python.write
    monkeypatch.setattr(python, "write", lambda told: right(told).replace(old, new))
    Path("net.py").write_text("mine")
    done = netspec("export", "mixed.yaml", "-o", "net.py")
    assert done.code == (3 if case == "no code" else 1)
    assert done.err.startswith(f"error: {message}")
    assert Path("net.py").read_text() == "mine"


def test_without_a_runtime_it_says_that_nothing_was_run(
    mixed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from netspec.emit.formats import onnx

    monkeypatch.setattr(onnx, "write", lambda told: mixed.read_bytes())
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    done = netspec("export", "mixed.yaml", "-o", "net.onnx")
    assert done.code == 0
    assert done.out.startswith("net.onnx: not verified by running it: onnxruntime is not installed")
    assert Path("net.onnx").read_bytes() == mixed.read_bytes()


def test_what_onnx_does_not_have_is_said_with_its_layer() -> None:
    pytest.importorskip("onnxscript", reason="pip install 'netspec[onnx]'")
    spec = {"input": [2, 8, 8], "layers": ["ReLU", {"name": "odd", "AdaptiveMaxPool2d": 3}]}
    message = "torch cannot write AdaptiveMaxPool2d as ONNX: layer odd"
    with pytest.raises(NetspecError, match=message):
        public.export(spec, "net.onnx")
    assert public.export(spec, "net.pt2").difference == 0


@pytest.mark.parametrize("missing", ["onnx", "onnxscript"])
def test_without_what_writes_onnx_it_says_what_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(NetspecError, match=f"onnx needs {missing}") as caught:
        public.export({"input": [4], "layers": [{"Linear": 2}]}, "net.onnx")
    assert caught.value.help == "pip install 'netspec[onnx]'"
    assert not Path("net.onnx").exists()


def test_from_python_a_plan_a_mapping_or_a_run_is_taken(made: Path) -> None:
    plan = compiler.compile({"input": [4], "layers": [{"Linear": 2}]})
    for network in plan, {"input": [4], "layers": [{"Linear": 2}]}, made:
        assert public.export(network, "net.out", "python").path == Path("net.out")
    with pytest.raises(UsageError, match="unknown format 'tflite'"):
        public.export(plan, "net.out", "tflite")


FAINT = {
    "name": "faint",
    "input": [2, 6, 6],
    "layers": [
        *([{"Conv2d": [2, 1]}, "BatchNorm2d", {"Hardtanh": [-1e-3, 1e-3]}] * 4),
        "Flatten",
        {"Linear": 3},
    ],
}
"""A network whose untrained weights let next to nothing through."""


def test_what_untrained_weights_hide_is_compared_with_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = public.export(FAINT, "net.py")
    assert (made.difference, made.seen) == (0.0, True)
    right = python.write
    monkeypatch.setattr(
        python, "write", lambda told: right(told).replace(b"min_val=-0.001", b"min_val=0.0")
    )
    with pytest.raises(NetspecError, match="outputs of the file differ"):
        public.export(FAINT, "other.py")


def test_a_network_that_answers_always_the_same_is_said_to(tmp_path: Path) -> None:
    Path("deaf.yaml").write_text("input: [4]\nlayers: [{Hardtanh: [0, 1.0e-9]}, {Linear: 2}]\n")
    done = netspec("export", "deaf.yaml", "-o", "net.py")
    assert done.out.startswith(
        "net.py: read back, outputs are the same, though they hardly depend on the input; its"
    )
