"""The picture of a change that review pages draw."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from compared import changed

from netspec import report
from netspec.compiler.plan import Plan
from netspec.render import mermaid
from netspec.render.safe import escape

if TYPE_CHECKING:
    from browser import Browser

ROOT = Path(__file__).parents[2]
BEFORE = """\
input: [1, 8, 8]
layers:
  - name: end
    Conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
  - Residual: [ReLU, {Conv2d: {out_channels: 4, kernel_size: 3, padding: 1}}]
  - Tanh
  - Flatten
  - Linear: 10
"""
AFTER = BEFORE.replace("[ReLU,", "[GELU,").replace("  - Tanh\n", "").replace(
    "  - Flatten", "  - Gate: [Sigmoid]\n  - Flatten"
)  # fmt: skip
HOSTILE = (
    'end"]:::x <b>**b**</b> `c` 1. - %%{init: {}}%% <img src=x onerror=alert(1)>;--> ```\u2028'
)


def plans(before: str, after: str) -> tuple[Plan, Plan]:
    a, b = changed(before, after).plans
    assert a
    assert b
    return a, b


def test_what_changed_is_drawn_with_what_stands_beside_it() -> None:
    drawn = mermaid.changed(*plans(BEFORE, AFTER))
    assert drawn
    nodes = [line.strip() for line in drawn.text.splitlines()[1:]]
    assert nodes[:-3] == [
        'n0(["input<br/>(1, 8, 8)"])',
        'n2["Conv2d end<br/>(4, 8, 8)"]',
        'n3["changed: ReLU → GELU 1.body.0<br/>(4, 8, 8)"]:::changed',
        'n4["Conv2d 1.body.1<br/>(4, 8, 8)"]',
        'n5(["sum 1"])',
        'n6["changed: Tanh → Sigmoid 2.body.0<br/>(4, 8, 8)"]:::changed',
        'n7(["added: product 2"]):::added',
        'n8["Flatten 3<br/>(256,)"]',
        'n1(["output<br/>(10,)"])',
        "n0 --> n2", "n2 --> n3", "n2 --> n5", "n3 --> n4", "n4 --> n5", "n5 --> n6", "n5 --> n7",
        "n6 --> n7", "n7 --> n8", "n8 -. … .-> n1",
    ]  # fmt: skip


def test_only_a_network_that_changed_is_drawn() -> None:
    assert mermaid.changed(*plans(BEFORE, BEFORE.replace("input", "name: x\ninput"))) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[ReLU]", "[{ReLU: , repeat: 3000}]"),
        (f"[{'ReLU, GELU, ' * 60}]", f"[{'ReLU, Tanh, ' * 60}]"),
    ],
)
def test_a_large_change_is_cut(before: str, after: str) -> None:
    drawn = mermaid.changed(*plans(*(f"input: [4]\nlayers: {text}\n" for text in (before, after))))
    assert drawn
    assert drawn.left > 19
    assert len(drawn.text) < 13_000
    assert drawn.text.count("->") < 200


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (Path(os.environ.get("NETSPEC_BROWSER", "")) / "node_modules/mermaid").is_dir():
        pytest.skip("NETSPEC_BROWSER names no folder where npm has installed mermaid")
    file = tmp_path_factory.mktemp("mermaid") / "page.html"
    file.write_text("<!DOCTYPE html><body></body>", encoding="utf-8")
    return file


def drawn_by_mermaid(browser: Browser, page: Path, texts: list[str]) -> list[list[str]]:
    """The lines of all labels, and the names of their elements, as mermaid draws them."""
    home = (
        Path(os.environ["NETSPEC_BROWSER"]).resolve() / "node_modules/mermaid/dist/mermaid.min.js"
    )
    found: list[list[str]] = browser.run(
        page,
        """
        await page.addScriptTag({ path: args.home });
        return page.evaluate(async (texts) => {
          mermaid.initialize({ startOnLoad: false });
          const found = [];
          for (const text of texts) {
            await mermaid.parse(text);
            document.body.innerHTML = (await mermaid.render("it", text)).svg;
            const labels = [...document.querySelectorAll(".nodeLabel")];
            const inside = labels.flatMap((one) => [...one.querySelectorAll("*")]);
            const words = labels.map((one) => one.innerText.trim());
            found.push([words, inside.map((one) => one.localName)]);
          }
          return found;
        }, args.texts);
        """,
        {"home": str(home), "texts": texts},
    )  # fmt: skip
    return found


def test_mermaid_itself_draws_it_and_a_strangers_words_are_text(
    browser: Browser, page: Path
) -> None:
    hostile = plans(BEFORE, AFTER)
    for leaf in hostile[1].leaves:
        leaf.name = HOSTILE
    resnets = [
        report.read((ROOT / "examples" / name).read_bytes(), name).plan
        for name in ("resnet18.yaml", "resnet50.yaml")
    ]
    pairs = [plans(BEFORE, AFTER), hostile, (resnets[0], resnets[1])]
    texts = []
    for a, b in pairs:
        assert a
        assert b
        drawn = mermaid.changed(a, b)
        assert drawn
        texts.append(drawn.text)
    found = drawn_by_mermaid(browser, page, texts)
    assert "changed: ReLU → GELU 1.body.0\n(4, 8, 8)" in found[0][0]
    assert f"changed: Flatten {escape(HOSTILE)}\n(256,)" in found[1][0]
    for _, elements in found:
        assert set(elements) <= {"p", "br"}
    assert len(found[2][0]) > 40
