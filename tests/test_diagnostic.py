"""Findings as text, and errors that carry what they are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec import compiler, report, source
from netspec.diagnostic import Diagnostic, SpecError

FOUND = Diagnostic("code", "a {} b", help="c {x}")


def test_the_way_out_follows_the_message_as_it_is_asked_to() -> None:
    assert FOUND.text() == "a {} b\nhelp: c {x}"
    assert FOUND.text("{} (help: {})", str.upper) == "A {} B (help: C {X})"
    for none in None, "":
        assert FOUND._replace(help=none).text("{} or {}", str.upper) == "A {} B"


TEXTS = {
    "no yaml": b"input: [1\n",
    "not utf-8": b"input: \xff\n",
    "an unknown layer": b"input: [1]\nlayers: [Relu]\n",
}


@pytest.mark.parametrize("case", TEXTS)
def test_an_error_and_a_report_carry_the_text_they_are_about(case: str, tmp_path: Path) -> None:
    content = TEXTS[case]
    shown = content.decode(errors="replace")
    with pytest.raises(SpecError) as caught:
        compiler.compile(source.parse(content, "a.yaml"))
    assert caught.value.text == shown
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    found = report.check(file)
    assert (found.text, found.path, found.failed) == (shown, file.as_posix(), True)
