"""Numbers of budgets, as people write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.compiler import examine
from netspec.language.quantity import BYTES, COUNTS, Quantity, Share
from netspec.source import parse

COUNT, MEMORY = Quantity(COUNTS, "8k"), Quantity(BYTES, "4 MiB")
PIXELS = Quantity({"": 1, "px": 1}, "60 %", minimum=1, share=True)


@pytest.mark.parametrize(
    ("quantity", "written", "number"),
    [
        (COUNT, 8000, 8000),
        (COUNT, 1e6, 1_000_000),
        (COUNT, 0, 0),
        (COUNT, "8k", 8000),
        (COUNT, "8 k", 8000),
        (COUNT, " 1.1M ", 1_100_000),
        (COUNT, "0.467M", 467_000),
        (COUNT, "12_400", 12_400),
        (COUNT, "3.6G", 3_600_000_000),
        (MEMORY, "4 MiB", 4 * 2**20),
        (MEMORY, "1.5KiB", 1536),
        (MEMORY, "4 MB", 4_000_000),
        (MEMORY, "512 B", 512),
        (MEMORY, 512, 512),
        (PIXELS, 28, 28),
        (PIXELS, "28 px", 28),
        (PIXELS, "60 %", Share(60)),
        (PIXELS, "12.5%", Share(12.5)),
        (PIXELS, "150 %", Share(150)),
    ],
)
def test_text_is_the_number_that_people_mean(
    quantity: Quantity, written: Any, number: int | Share
) -> None:
    assert quantity.check(written) == number
    assert type(quantity.check(written)) is type(number)


WRONG = [
    ("max_params", "8q", "wrong-value", "'q' is not a unit here", "known here: k, M, G, T"),
    ("max_params", "8m", "wrong-value", "'m' is not a unit here", "known here: k, M, G, T"),
    ("max_params", "60 %", "wrong-value", "'%' is not a unit here", "known here: k, M, G, T"),
    ("max_params", "many", "wrong-value", "'many' is not a number", "write 8k or 1.1M"),
    ("max_params", "-8k", "wrong-value", "'-8k' is not a number", "write 8k or 1.1M"),
    ("max_params", "1.2.3k", "wrong-value", "'1.2.3k' is not a number", "write 8k or 1.1M"),
    ("max_params", "1,100", "wrong-value", "'1,100' is not a number", "write 8k or 1.1M"),
    ("max_params", "99999999T", "wrong-value", "the number does not fit into 64 bits", None),
    ("max_params", "{x}", "wrong-value", "'{x}' is not a number", "write 8k or 1.1M"),
    ("max_params", "1.0005k", "wrong-value", "1.0005k is not a whole number", "write it out"),
    ("max_params", -1, "wrong-value", "expected at least 0, not -1", None),
    ("max_params", 1.5, "wrong-type", "expected a whole number or text such as 8k or 1.1M", None),
    ("max_params", True, "wrong-type", "expected a whole number or text such as 8k or 1.1M", None),
    ("max_activation_bytes", "4M", "wrong-value", "'M' is not a unit here",
     "known here: B, kB, MB, GB, KiB, MiB, GiB"),
    ("min_receptive_field", 0, "wrong-value", "expected at least 1, not 0", None),
    ("min_receptive_field", "5k", "wrong-value", "'k' is not a unit here", "known here: px, %"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "written", "code", "message", "hint"), WRONG)
def test_a_budget_that_is_no_quantity_is_refused_at_its_place(
    key: str, written: Any, code: str, message: str, hint: str | None
) -> None:
    text = written if not isinstance(written, str) else f"'{written}'"
    source = parse(f"input: [1, 8, 8]\nlayers: [ReLU]\naudit:\n  {key}: {text}\n".replace(
        "True", "true"), "spec.yaml")  # fmt: skip
    (found,) = examine(source).diagnostics
    assert (found.code, found.message.removeprefix(f"{key}: "), found.help) == (code, message, hint)
    assert found.span
    assert (found.span.line, found.span.column) == (4, len(key) + 5)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_clear_refusal(text: str) -> None:
    source = parse("input: [1]\nlayers: [ReLU]\n", "spec.yaml")
    source.data["audit"] = {"max_params": text.replace("$", "")}
    found = examine(source).diagnostics
    assert all(one.code == "wrong-value" for one in found)


@given(st.integers(0, 9 * 10**6), st.sampled_from(sorted(COUNTS)))
def test_a_count_reads_back_as_written(number: int, unit: str) -> None:
    assert COUNT.check(f"{number}{unit}") == number * COUNTS[unit]
