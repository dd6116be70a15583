"""Specs of a few layers, and what there is to say about them."""

from __future__ import annotations

import re

from netspec import report as audit
from netspec import rules
from netspec.diagnostic import Diagnostic
from netspec.source import parse

TRAIN = "train: {data: {dataset: MNIST}, batch_size: 8, epochs: 5, optimizer: Adam}"


def example(name: str, what: str) -> str:
    """The spec that a rule's documentation shows as `what`: Bad or Good."""
    found = re.search(rf"^{what}:\n\n```yaml\n(.*?)```$", rules.find(name).doc, re.M | re.S)
    assert found, f"{name} shows nothing {what.lower()}"
    return found[1]


def findings(text: str) -> list[Diagnostic]:
    report = audit.examine(parse(text, "spec.yaml"))
    assert report.plan is not None, report.diagnostics
    return report.diagnostics


def codes(text: str) -> list[str]:
    return [found.code for found in findings(text)]


def messages(text: str, code: str) -> list[str]:
    return [found.message for found in findings(text) if found.code == code]


def net(*entries: str, shape: str = "[1, 28, 28]", more: str = "") -> str:
    lines = [f"input: {shape}", "layers:", *(f"  - {entry}" for entry in entries), more]
    return "\n".join(lines) + "\n"
