"""One visit to the playground in a browser: edits, findings, links, strangers' texts, time limits.

`session.js` is the visit; NETSPEC_PLAYGROUND names the folder that `netspec playground` made.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from netspec import compiler, source
from netspec.pages.hints import hints
from netspec.pages.reading import read

if TYPE_CHECKING:
    from browser import Browser

SESSION = Path(__file__).with_name("session.js")
GOOD = "input: [1, 8, 8]\nlayers:\n- Conv2d: {out_channels: 4, kernel_size: 3}\n- ReLU\n"
WASTED = """input: [1, 28, 28]
layers:
- Conv2d: {out_channels: 8, kernel_size: 3}
- BatchNorm2d
- ReLU
"""
SHARED = f"# für alle ✓ 😀\n{GOOD}"
SLOW = GOOD + "- ReLU\n" * 1000
MARKUP = """name: "<img src=x onerror=pwned=1><script>pwned=2</script>"
input: [1, 8, 8]
layers:
- name: "</script><iframe src=javascript:pwned=3>"
  ReLU:
- "<b onclick=pwned=4>x</b>": 3
"""
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BLOCKS = "input: [1, 8, 8]\nblocks:\n" + "".join(
    f"  b{i}: {{layers: [b{i + 1}]}}\n" for i in range(500)
)
HOSTILE = {
    "too-deep": "[" * 25_000, "too-many-aliases": BOMB, "yaml-tag": "x: " + "!" * 20_000,
    "yaml-syntax": '"' + "\\" * 50_000,
    "unknown-layer": f"{BLOCKS}  b500: {{layers: [ReLU]}}\nlayers: [b]\n",
}  # fmt: skip


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def seen(browser: Browser) -> Iterator[Any]:
    folder = os.environ.get("NETSPEC_PLAYGROUND")
    if not folder:
        pytest.skip("NETSPEC_PLAYGROUND names no folder that netspec playground made")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}/"
        args = {
            "good": GOOD, "mended": WASTED, "shared": SHARED, "markup": MARKUP,
            "slow": SLOW, "hostile": list(HOSTILE.values()),
        }  # fmt: skip
        # A request for anything but the folder's files fails, and so does an error in the page.
        yield browser.run(here, SESSION.read_text("utf-8"), args, allowed=(here,), seconds=120)
        server.shutdown()


def test_figures_are_shown_before_python_has_started(seen: Any) -> None:
    assert seen["waiting"].startswith("figures worked out before")
    assert seen["first"]


def test_hints_and_the_view_are_those_of_the_analysis(seen: Any) -> None:
    assert seen["hints"] == [one.text for one in hints(read(GOOD, "it")) if one.text]
    totals = compiler.compile(source.parse(GOOD, "it")).totals
    assert f"{totals.params:,} parameters, {totals.macs:,} MACs" in seen["view"]
    assert seen["clean"] == "no findings"


def test_what_is_typed_wrong_is_marked_and_listed_and_the_keyboard_says_more(seen: Any) -> None:
    codes, listed, marks, old = seen["typed"]
    assert codes == ["error window-too-large"]
    assert "window of 31 does not fit an input of 6" in listed
    assert (marks, old) == (1, True)
    assert "Convolution" in seen["hover"]
    assert "A window that does not fit its input." in seen["page"]


def test_what_can_be_written_is_offered_with_its_arguments(seen: Any) -> None:
    assert seen["offered"].startswith("Conv2d")
    assert seen["accepted"].endswith("\n- Conv2d: {out_channels: 8, kernel_size: 3}")


def test_a_fix_is_made_in_the_editor(seen: Any) -> None:
    text, codes = seen["mended"]
    assert text == WASTED.replace("3}", "3, bias: false}")
    assert codes == []


def test_a_link_and_a_file_carry_the_spec_as_it_is(seen: Any) -> None:
    assert seen["opened"] == SHARED
    assert seen["saved"] == ["own.yaml", SHARED]
    assert seen["cut"] == "the link holds no spec: it is cut or changed"


def test_markup_of_a_stranger_is_text(seen: Any) -> None:
    (elements, ran), codes = seen["markup"]
    assert (elements, ran) == (0, None)
    assert "error unknown-layer" in codes


def test_what_would_harm_a_reader_of_yaml_ends_in_a_message(seen: Any) -> None:
    assert seen["hostile"] == [f"error {code}" for code in HOSTILE]
    assert seen["told"] == ""


def test_what_takes_too_long_is_stopped_and_python_begun_anew(seen: Any) -> None:
    assert seen["stopped"].startswith("stopped: this took longer than 0.001 s")
    assert seen["again"].startswith("starting")


def test_axe_finds_nothing_to_say(seen: Any) -> None:
    assert seen["violations"] == []
    assert seen["marked"] == []
