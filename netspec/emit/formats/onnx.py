"""ONNX, with the names that the spec has and nothing of the machine that wrote it."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError
from netspec.emit.subject import FIRST, Subject, facts, first_line
from netspec.emit.traced import BATCH, traced

ROUNDING = 1e-4
"""Largest share by which outputs of the file read back may differ from the network's."""
_INPUT, _OUTPUT = "input", "output"
_MOST = 2**31 - 2**20
"""Bytes of a file: protobuf has no larger ones."""
_SCOPES = "pkg.torch.onnx.name_scopes"
"""Where torch says in which modules a node is, from the outermost."""


def write(subject: Subject) -> bytes:
    """The bytes of the file; NetspecError where what writes ONNX is not installed."""
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ModuleNotFoundError as error:
        raise NetspecError(f"onnx needs {error.name}", "pip install 'netspec[onnx]'") from None
    weights = subject.layers.state_dict().values()
    if sum(tensor.numel() * tensor.element_size() for tensor in weights) > _MOST:
        raise NetspecError("weights of more than 2 GiB do not fit an ONNX file", "--format pt2")
    model = _converted(traced(subject))
    _name_batch(model.graph)
    names = _named(model.graph, subject.plan)
    for each in _described(model):
        del each.metadata_props[:]
    for node, (name, told) in zip(model.graph.node, names, strict=True):
        node.name = name
        _attach(node, told)
    _attach(model, subject.metadata())
    model.doc_string = f"{subject.plan.name}; {subject.state}; reads {subject.input}"
    data: bytes = model.SerializeToString()
    return data


def read(file: Path, subject: Subject) -> Callable[[Tensor], Tensor] | None:
    """What the file runs; None where no runtime is installed."""
    import onnx

    data = file.read_bytes()
    onnx.checker.check_model(data, full_check=True)
    try:
        import onnxruntime
    except ModuleNotFoundError:
        return None
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return lambda x: torch.from_numpy(session.run([_OUTPUT], {_INPUT: x.numpy()})[0])


def _converted(program: torch.export.ExportedProgram) -> Any:
    """The model that torch makes of a program."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = torch.onnx.export(
                program, dynamo=True, optimize=True, verbose=False,
                input_names=[_INPUT], output_names=[_OUTPUT],
            )  # fmt: skip
        except Exception as error:  # of many kinds, as of an operation that ONNX does not have
            raise NetspecError(_refused(error, program), "pt2 and python have it") from error
        assert made is not None
        return made.model_proto


def _refused(error: Exception, program: torch.export.ExportedProgram) -> str:
    """Why torch does not convert a program, with the layer where it can be told."""
    causes: list[BaseException] = [error]
    while causes[-1].__cause__:
        causes.append(causes[-1].__cause__)
    found = re.search(r"translating node %(\w+)", "\n".join(map(str, causes)))
    for node in program.graph.nodes:
        if found and node.name == found[1]:
            *_, (path, kind) = node.meta["nn_module_stack"].values()
            name = getattr(kind, "__name__", str(kind)).rpartition(".")[2]
            return f"torch cannot write {name} as ONNX: layer {path}"
    return f"torch cannot write the network as ONNX: {first_line(causes[-1])}"


def _scope(node: Any) -> str:
    """The module that a node is of, by its path; the network itself has no name."""
    told = next((one.value for one in node.metadata_props if one.key == _SCOPES), "[]")
    scopes = ast.literal_eval(told)
    return scopes[-2] if len(scopes) > 1 else ""


def _named(graph: Any, plan: Plan) -> list[tuple[str, dict[str, str]]]:
    """What each node is called, and what is known of the layers that it runs.

    A node runs the layer that it comes from, and those whose weights it has: torch folds batch
    norm into convolutions. It is called by the first of them; several of one layer by their
    operation as well.
    """
    known = {node.name: node for node in plan.root.nodes() if node.name}
    leaves = {leaf.name for leaf in plan.leaves}
    order = {name: i for i, name in enumerate(["", FIRST, *known])}
    layers = []
    for node in graph.node:
        owners = {name.rpartition(".")[0] for name in node.input} & leaves
        ran = {_scope(node), *owners} & order.keys()
        layers.append(sorted(ran, key=order.__getitem__) or [""])
    of_one = Counter(found[0] for found in layers)
    taken: Counter[str] = Counter()
    names = []
    for node, found in zip(graph.node, layers, strict=True):
        name = found[0] or "network"
        if of_one[found[0]] > 1:
            name = f"{name}/{node.op_type}"
        taken[name] += 1
        told = [facts(plan, known[one]) for one in found if one in known]
        joined = {
            key: ", ".join(one[key] for one in told) if key in ("kind", "line") else told[-1][key]
            for key in (told[-1] if told else ())
        }
        number = f"_{taken[name]}" if taken[name] > 1 else ""
        names.append((f"{name}{number}", {"layer": ", ".join(found), **joined}))
    return names


def _name_batch(graph: Any) -> None:
    """Call the size of a batch by its name, wherever torch has a number of its own for it."""
    theirs = graph.input[0].type.tensor_type.shape.dim[0].dim_param
    name = re.compile(rf"\b{re.escape(theirs)}\b")
    for value in (*graph.input, *graph.output, *graph.value_info):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param:
                dim.dim_param = name.sub(BATCH, dim.dim_param)


def _described(model: Any) -> Iterator[Any]:
    """All that has metadata in it."""
    graph = model.graph
    parts = (graph.node, graph.input, graph.output, graph.value_info, graph.initializer)
    inside = (each for function in model.functions for each in (function, *function.node))
    for each in (model, graph, *inside, *(one for part in parts for one in part)):
        if hasattr(each, "metadata_props"):
            yield each


def _attach(each: Any, told: dict[str, str]) -> None:
    for key, value in told.items():
        each.metadata_props.add(key=f"netspec.{key}", value=value)
