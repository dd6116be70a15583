"""The language server as an editor meets it: time until it answers for a screen of lines, until the
findings and figures of an edit are there, until it has started, and memory after many edits.

    python tests/bench/bench_lsp.py [--edits 10000] [--rounds 30]

Bounds: a request within 50 ms, findings and figures of an edit within 250 ms, and no growth.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from editor import Editor  # noqa: E402
from lsprotocol import types  # noqa: E402

SCREEN = 60
LAYERS = """\
  - Conv2d: {out_channels: 8, kernel_size: 3, padding: 1, bias: false}
  - BatchNorm2d
  - ReLU
"""
LONG = "name: long\ninput: [8, 32, 32]\nlayers:\n" + LAYERS * 666
SPECS = {
    "mnist-8k": ((ROOT / "specs/mnist-8k.yaml").read_text(), "Conv2d:"),
    "resnet50": ((ROOT / "examples/resnet50.yaml").read_text(), "Conv2d:"),
    "2,001 lines": (LONG, "Conv2d:"),
}


def milliseconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - begun)


def resident(editor: Editor) -> float:
    """MiB that the server holds."""
    process = editor.client._server
    assert process is not None
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def latencies(editor: Editor, text: str, word: str, rounds: int) -> dict[str, list[float]]:
    uri = editor.open(text)
    editor.found(uri)
    line = next(i for i, row in enumerate(text.split("\n"), 1) if word in row)
    column = text.split("\n")[line - 1].index("Conv2d") + 2
    item = types.TextDocumentIdentifier(uri)
    first = max(0, line - SCREEN)
    screen = types.Range(types.Position(first, 0), types.Position(first + SCREEN, 0))
    hints = types.InlayHintParams(item, screen)
    hover = editor.at(types.HoverParams, uri, line, column)
    found: dict[str, list[float]] = {"hints": [], "hover": [], "edit": [], "while it works": []}
    ask = editor.ask
    for i in range(rounds):
        found["hints"].append(milliseconds(lambda: ask(types.TEXT_DOCUMENT_INLAY_HINT, hints)))
        found["hover"].append(milliseconds(lambda: ask(types.TEXT_DOCUMENT_HOVER, hover)))
        editor.change(uri, f"{text}# {i}\n")
        found["edit"].append(milliseconds(lambda: editor.found(uri)))
        editor.change(uri, f"{text}# again {i}\n")
        time.sleep(0.1)  # figures are being worked out now
        found["while it works"].append(milliseconds(lambda: ask(types.TEXT_DOCUMENT_HOVER, hover)))
        editor.found(uri)
    editor.close(uri)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=30)
    given = parser.parse_args()
    starts = []
    for _ in range(5):
        begun = time.perf_counter()
        editor = Editor()
        editor.found(editor.open(SPECS["mnist-8k"][0]))
        starts.append(1000 * (time.perf_counter() - begun))
        editor.leave()
    print(f"start to first findings: {median(starts):.0f} ms")
    editor = Editor()
    print(f"{'ms: median, worst':20}" + "".join(f"{name:>18}" for name in SPECS))
    columns = [latencies(editor, *spec, given.rounds) for spec in SPECS.values()]
    for name in columns[0]:
        cells = [f"{median(one[name]):.1f}, {max(one[name]):.1f}" for one in columns]
        print(f"{name:20}" + "".join(f"{cell:>18}" for cell in cells))
    text = SPECS["mnist-8k"][0]
    uri = editor.open(text)
    marks = []
    for i in range(given.edits):
        editor.change(uri, text.replace("unit: 8", f"unit: {8 + i % 5}"))
        if i % 5 == 0:  # not each edit waits for its figures, as when somebody types
            editor.found(uri)
        if i % (given.edits // 10) == 0:
            marks.append(resident(editor))
    editor.found(uri)
    marks.append(resident(editor))
    print(f"MiB over {given.edits:,} edits: " + " ".join(f"{mark:.1f}" for mark in marks))
    editor.leave()


if __name__ == "__main__":
    main()
