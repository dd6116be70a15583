"""How a diagnostic looks on a terminal, whatever the line it points at holds."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.diagnostic import Diagnostic, Severity, Span
from netspec.render.snippet import concise, escape, render

TEXT = "name: bad\n\n\n\n\n\n\nlayers:\n  - Conv2d: {out_channels: 8, kernel_size: 31}\n"
FOUND = Diagnostic(
    "window-too-large",
    "window of 31 does not fit an input of 28",
    help="padding 2 or more would fit",
    path="specs/bad.yaml",
    span=Span(9, 44, 9, 46),
)


def at(line: int, column: int, end: int, **more: object) -> Diagnostic:
    return Diagnostic("code", "message", path="a.yaml", span=Span(line, column, line, end), **more)  # type: ignore[arg-type]


def under(text: str, line: int = 1, width: int | None = None) -> tuple[str, str]:
    """The source line and the caret line of a rendering, without their gutters."""
    rows = text.split("\n")
    assert rows[2].endswith("|")
    source, carets = rows[3], rows[4]
    gutter = len(f"{line} | ")
    if width:
        assert len(source) <= width
    return source[gutter:], carets[gutter:]


def test_shows_message_place_line_carets_and_help() -> None:
    assert render(FOUND, TEXT, color=False, width=None) == (
        "error[window-too-large]: window of 31 does not fit an input of 28\n"
        " --> specs/bad.yaml:9:44\n"
        "  |\n"
        "9 |   - Conv2d: {out_channels: 8, kernel_size: 31}\n"
        "  |                                            ^^\n"
        "  = help: padding 2 or more would fit"
    )


def test_the_gutter_is_as_wide_as_the_line_number_and_uses_of_blocks_follow() -> None:
    trace = (("unit", Span(121, 9, 121, 13)), ("stage", Span(130, 5, 130, 8)))
    found = at(120, 3, 5, severity="warning", help="hint", trace=trace)
    assert render(found, "\n" * 119 + "  ab", color=False, width=80) == (
        "warning[code]: message\n"
        "   --> a.yaml:120:3\n"
        "    |\n"
        "120 |   ab\n"
        "    |   ^^\n"
        "    = help: hint\n"
        "    = in block 'unit', used at a.yaml:121:9\n"
        "    = in block 'stage', used at a.yaml:130:5"
    )


@pytest.mark.parametrize(
    ("found", "text", "expected"),
    [
        (Diagnostic("c", "m"), None, "error[c]: m"),
        (Diagnostic("c", "m", help="h"), "text", "error[c]: m\n  = help: h"),
        (Diagnostic("c", "m", path="a.yaml"), "text", "error[c]: m\n --> a.yaml"),
        (Diagnostic("c", "m", span=Span(2, 1, 2, 2)), None, "error[c]: m\n --> 2:1"),
        (at(1, 1, 2), None, "error[code]: message\n --> a.yaml:1:1"),
        (at(1, 1, 1), "", "error[code]: message\n --> a.yaml:1:1"),
        (at(9, 1, 2), "one line", "error[code]: message\n --> a.yaml:9:1"),
    ],
)
def test_what_is_not_known_is_left_out(found: Diagnostic, text: str | None, expected: str) -> None:
    assert render(found, text, color=False, width=80) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (at(9, 44, 46), "a.yaml:9:44: error[code] message"),
        (Diagnostic("c", "m", severity="note", path="a.yaml"), "a.yaml: note[c] m"),
        (Diagnostic("c", "m\nn", severity="warning"), "warning[c] m\\nn"),
    ],
)  # fmt: skip
def test_concise_is_one_line(found: Diagnostic, expected: str) -> None:
    assert concise(found) == expected


@pytest.mark.parametrize(
    ("line", "column", "end", "expected"),
    [
        ("ab: cd", 5, 7, ("ab: cd", "    ^^")),
        ("ab", 3, 3, ("ab", "  ^")),
        ("ab", 3, 4, ("ab", "  ^")),
        ("ab", 90, 99, ("ab", "  ^")),
        ("\ta", 2, 3, ("    a", "    ^")),
        ("\ta", 1, 2, ("    a", "^^^^")),
        ("日本a", 2, 3, ("日本a", "  ^^")),
        ("日本a", 3, 4, ("日本a", "    ^")),
        ("e\u0301a", 3, 4, ("e\u0301a", " ^")),
        ("e\u0301a", 2, 3, ("e\u0301a", "^")),
        ("e\u0301a", 1, 3, ("e\u0301a", "^")),
        ("\u0301a", 2, 3, ("\u0301a", "^")),
        ("\x1b[31ma", 6, 7, ("\\x1b[31ma", "        ^")),
        ("a\u202eb", 3, 4, ("a\\u202eb", "       ^")),
        ("a  ", 1, 2, ("a", "^")),
    ],
)
def test_carets_stand_under_their_characters(
    line: str, column: int, end: int, expected: tuple[str, str]
) -> None:
    assert under(render(at(1, column, end), line, color=False, width=None)) == expected


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_the_reader_counts_them(line_break: str) -> None:
    text = "\ufeff" + line_break.join(["a\u2028b\x0b", "cd", ""])
    assert under(render(at(2, 2, 3), text, color=False, width=None)) == ("cd", " ^")


def test_a_span_over_several_lines_shows_the_first() -> None:
    found = Diagnostic("c", "m", path="a", span=Span(1, 3, 2, 2))
    assert under(render(found, "a: [b,\nc]", color=False, width=None)) == ("a: [b,", "  ^^^^")


LONG = "".join(f"{number:04}," for number in range(300))


@pytest.mark.parametrize("width", [20, 40, 80, 200, None])
@pytest.mark.parametrize("number", [0, 1, 5, 150, 298, 299])
def test_a_long_line_is_cut_around_its_carets(number: int, width: int | None) -> None:
    shown = render(at(1, number * 5 + 1, number * 5 + 5), LONG, color=False, width=width)
    line, carets = under(shown, width=width or 240)
    start = carets.index("^")
    assert line[start : start + 4] == f"{number:04}"
    assert carets.strip() == "^^^^"
    assert len(line) > (width or 240) - 12
    assert line.startswith("0000" if number == 0 else ("...", "0"))
    assert number >= 298 or line.endswith("...")


def test_carets_longer_than_the_terminal_are_cut() -> None:
    for row in render(at(1, 500, 1000), LONG, color=False, width=60).split("\n"):
        assert len(row) <= 60


def test_a_long_line_of_wide_characters_fits() -> None:
    line, carets = under(render(at(1, 301, 302), "日" * 300 + "x" + "本" * 300, False, 50))
    before = line[: line.index("x")]
    assert len(carets) - 1 == 2 * before.count("日") + 3
    assert 2 * len(line) - 7 <= 50 - 4


@pytest.mark.parametrize("filler", ["a", "日", "\t", "\u0301", "\x1b"])
def test_a_line_of_a_megabyte_renders_at_once(filler: str) -> None:
    began = time.process_time()
    shown = render(at(1, 500_000, 999_999), filler * 1_000_000, color=False, width=80)
    assert time.process_time() - began < 2
    assert len(shown) < 3000


@pytest.mark.parametrize(("severity", "code"), [("error", "31"), ("warning", "33"), ("note", "36")])
def test_color_changes_nothing_but_colors(severity: Severity, code: str) -> None:
    found = at(1, 2, 3, severity=severity, help="h", trace=(("unit", Span(2, 1, 2, 2)),))
    colored = render(found, "abc", color=True, width=80)
    assert colored.startswith(f"\x1b[1;{code}m{severity}[code]\x1b[0m")
    assert f"\x1b[1;{code}m^\x1b[0m" in colored
    assert "\x1b[1mhelp:\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(found, "abc", color=False, width=80)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("a\r\n\tb", "a\\r\\n\\tb"),
        ("\x9b\x7f", "\\x9b\\x7f"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("sp\udce9cs", "sp\\udce9cs"),
        ("日本 é 😀", "日本 é 😀"),
    ],
)
def test_what_could_steer_a_terminal_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(st.text(), st.text(), st.integers(1, 12), st.integers(0, 12), st.integers(0, 100))
def test_no_text_reaches_the_terminal_raw(
    words: str, text: str, column: int, length: int, width: int
) -> None:
    found = Diagnostic(
        words, words, help=words, path=words, span=Span(1, column, 1, column + length),
        trace=((words, Span(1, 1, 1, 2)),),
    )  # fmt: skip
    shown = render(found, text, color=False, width=width)
    shown.encode()
    concise(found).encode()
    assert all(ord(character) >= 32 for character in shown.replace("\n", ""))
    assert 3 <= shown.count("\n") + 1 <= 8
    assert "\n" not in concise(found)
