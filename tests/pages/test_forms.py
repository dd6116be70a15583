"""The forms that editors offer: each is right as it is, without an editor."""

from __future__ import annotations

import pytest
from plans import SHAPES

from netspec import layers, report
from netspec.pages import forms
from netspec.source.dump import flow


@pytest.mark.parametrize("kind", layers.KINDS)
def test_the_form_of_a_layer_is_right_for_some_input(kind: str) -> None:
    given = forms.form(kind)
    entry = kind if given is None else flow({kind: given})
    specs = [f"input: {list(shape)}\nlayers: [{entry}]\n" for shape in SHAPES]
    assert any(not report.read(one, "spec.yaml").failed for one in specs), entry


def test_those_that_come_first_are_layers() -> None:
    assert set(forms.FIRST) <= set(layers.KINDS)
