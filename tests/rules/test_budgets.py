"""over-budget, under-budget and wrong-output: by how much."""

from __future__ import annotations

import pytest
from audited import codes, findings, messages, net

from netspec.language.spec import Audit
from netspec.rules._budget import MEASURES


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("max_params", "80", None),
        ("max_params", "79", "80 parameters, 1 over the 79 allowed"),
        ("min_params", "80", None),
        ("min_params", "81", "80 parameters, 1 under the 81 asked for"),
        ("max_macs", "48672", None),
        ("max_macs", "48k", "48,672 MACs a sample, 672 over the 48,000 allowed"),
        ("min_macs", "1M", "48,672 MACs a sample, 951,328 under the 1,000,000 asked for"),
        ("max_activation_bytes", "43_264", None),
        (
            "max_activation_bytes",
            "42 KiB",
            "43,264 bytes of outputs a sample, 256 over the 43,008 allowed",
        ),
        ("max_layers", "1", "2 layers, 1 over the 1 allowed"),
        ("min_layers", "3", "2 layers, 1 under the 3 asked for"),
        ("max_receptive_field", "3", None),
        ("max_receptive_field", "2", "receptive field of 3 px is 1 over the 2 allowed"),
        ("max_receptive_field", "10 %", "receptive field of 3 px is 10.7 % of 28, over 10 %"),
        ("min_receptive_field", "3", None),
        ("min_receptive_field", "4", "receptive field of 3 px is 1 under the 4 asked for"),
        ("min_receptive_field", "10 %", None),
        (
            "min_receptive_field",
            "60 %",
            "receptive field of 3 px is 10.7 % of 28, under the 60 % asked for",
        ),
        ("output", "[8, 26, 26]", None),
        ("output", "[8, 26]", "the output is (8, 26, 26), not (8, 26)"),
    ],
)
def test_budget_is_kept_or_broken_by_as_much_as_it_says(
    key: str, value: str, message: str | None
) -> None:
    text = net("Conv2d: [8, 3]", "{Flatten: [1, 1]}", more=f"audit:\n  {key}: {value}")
    found = findings(text)
    assert [one.message for one in found] == ([message] if message else [])
    for one in found:
        assert one.severity == "error"
        assert one.span
        assert (one.span.line, one.span.column) == (6, len(key) + 5)


def test_every_budget_of_the_audit_is_checked() -> None:
    budgets = {key for key in Audit.model_fields if key.startswith(("max_", "min_"))}
    measured = {f"{end}_{key}" for key in (*MEASURES, "receptive_field") for end in ("max", "min")}
    assert budgets == measured


def test_training_bytes_have_budgets() -> None:
    text = net("Conv2d: [8, 3]", more="audit: {max_training_bytes: 1 B, min_training_bytes: 1 GiB}")
    assert codes(text) == ["over-budget", "under-budget"]


@pytest.mark.parametrize(
    ("shape", "entries", "message"),
    [
        ("[4]", ["Linear: 10"], "there is no receptive field, the input has no spatial axis"),
        ("[1, 28, 28]", ["Flatten", "Linear: 10"], None),
        (
            "[1, 28, 28]",
            ["AdaptiveAvgPool2d: 5"],
            "no unit of 0, which have no single receptive field, sees over 7 px, "
            "3 under the 10 asked for",
        ),
        (
            "[1, 28, 28]",
            ["Conv2d: [8, [3, 15]]"],
            "receptive field of 3 px is 7 under the 10 asked for",
        ),
    ],
)
def test_receptive_field_budget_says_what_it_measures(
    shape: str, entries: list[str], message: str | None
) -> None:
    text = net(*entries, shape=shape, more="audit: {min_receptive_field: 10}")
    assert messages(text, "under-budget") == ([message] if message else [])
