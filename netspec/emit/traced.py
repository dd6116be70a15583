"""A network as torch.export traces it: for a batch of any size, without a path of this machine."""

from __future__ import annotations

import warnings

import torch
from torch.export import Dim, ExportedProgram

from netspec.diagnostic import NetspecError
from netspec.emit.subject import Subject, first_line

BATCH = "batch"
_SAMPLES = 2
"""Of a batch that is traced; 1 would be taken for the only size there is."""


def traced(subject: Subject) -> ExportedProgram:
    """The program of a network; NetspecError where torch cannot trace it."""
    network = subject.network
    x = torch.zeros(_SAMPLES, *subject.plan.input)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shapes = ({0: Dim(BATCH)},)
            program = torch.export.export(network, (x,), dynamic_shapes=shapes, strict=False)
    except Exception as error:  # torch has dozens of them, each from another depth
        raise NetspecError(f"torch cannot trace the network: {first_line(error)}") from error
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)
    return program
