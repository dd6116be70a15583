"""Changes as Markdown."""

from __future__ import annotations

from compared import version

from netspec.diff import compare as diff
from netspec.render.diff import markdown as diff_markdown


def test_markdown_stays_below_what_a_comment_may_have() -> None:
    wrong = "".join(f"  - Wrong{'x' * 50}{i}\n" for i in range(99))
    texts = {f"{i}.yaml": f"input: [{i + 1}]\nlayers:\n{wrong}" for i in range(9)}
    texts |= {f"{i}.yaml": f"input: [{i}]\nlayers: [{{ReLU: , repeat: 90}}]" for i in range(10, 40)}
    specs = diff.compare({}, {path: version(text, path) for path, text in texts.items()})
    text = diff_markdown.render(specs, [])
    assert len(text) < 65_536
    assert text.count(":x:") > 99
    assert "more\n\n| spec |" in text
    assert "left out" in text
    assert text.count("<details>") == text.count("</details>") > 0
