"""Changes as Markdown."""

from __future__ import annotations

import pytest
from compared import changed, version
from repository import net

from netspec import report
from netspec.diff import compare as diff
from netspec.diff.compare import SpecDiff
from netspec.render.diff import markdown as diff_markdown
from netspec.render.diff import text as diff_text

BLOCK = """\
input: [1, 16, 16]
blocks:
  unit:
    args: {width: }
    layers:
      - Conv2d: {out_channels: $width, kernel_size: 3, padding: 1}
      - ReLU
layers: [unit: 4, unit: 4, unit: 4, MaxPool2d: 2, Flatten, Linear: 10]
"""


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "GITHUB_REPOSITORY", "CI_PROJECT_URL", "CI_COMMIT_SHA":
        monkeypatch.delenv(name, raising=False)


def shown(spec: SpecDiff) -> list[str]:
    return diff_markdown.render([spec], []).splitlines()


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


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


def test_an_edit_of_a_block_is_one_row_below_the_block() -> None:
    lines = shown(
        changed(BLOCK, BLOCK.replace("kernel_size: 3, padding: 1", "kernel_size: 5, padding: 2"))
    )
    at = next(i for i, line in enumerate(lines) if "block <code>unit</code>" in line)
    _, where, what, *_ = cells(lines[at])
    assert where == "block <code>unit</code>, line 3"
    assert what == "**3 uses, +576 params, +147,456 MACs**"
    sign, layer, change, output, params, macs, field = cells(lines[at + 1])
    assert (sign, layer) == ("~", "<code>0</code> Conv2d and 2 more")
    assert change == "kernel&#95;size 3 → 5, padding 1 → 2"
    assert (output, field) == ("(4,&nbsp;16,&nbsp;16)", "3 → 5")
    assert params == "336 → 912 (+171.4&nbsp;%)"
    assert macs.startswith("82,944 → 230,400")
    assert lines[at + 2] == ""


def test_a_changed_kind_is_one_row() -> None:
    lines = shown(changed(BLOCK, BLOCK.replace("MaxPool2d", "AvgPool2d")))
    (row,) = [line for line in lines if line.startswith("|") and "Pool2d" in line]
    assert cells(row)[:4] == [
        "~", "<code>6</code> MaxPool2d → AvgPool2d", "kernel&#95;size 2", "(4,&nbsp;8,&nbsp;8)",
    ]  # fmt: skip


def test_the_changed_part_is_a_folded_picture() -> None:
    lines = shown(changed(BLOCK, BLOCK.replace("MaxPool2d", "AvgPool2d")))
    at = lines.index("```mermaid")
    assert lines[at - 3 : at] == [
        "<details>", "<summary><code>a.yaml</code>: the changed part as a picture</summary>", "",
    ]  # fmt: skip
    assert lines[at + 1] == "flowchart TD"
    end = lines.index("```", at)
    assert lines[end + 1 : end + 3] == ["", "</details>"]
    assert not [line for line in lines[at + 1 : end] if "`" in line]
    many = shown(changed(BLOCK, BLOCK.replace("unit: 4, Max", "unit: 4, " * 58 + "Max")))
    assert "and 74 more changes" in many
    assert "mermaid" not in " ".join(shown(changed(BLOCK, f"description: x\n{BLOCK}")))


def test_new_errors_stand_in_the_heading_and_open_below_it() -> None:
    after = BLOCK + "audit: {max_params: 100, output: [9]}\n"
    (spec,) = diff.compare({"a": report.read(BLOCK, "a.yaml")}, {"a": report.read(after, "a.yaml")})
    text = diff_markdown.render([spec], [])
    head, _, rest = text.partition("<details")
    assert head.splitlines()[1] == (
        "**netspec diff**: 1 spec changed; **2 new errors: over-budget, wrong-output**"
    )
    assert head.count(":x: <code>a.yaml:9:") == 2
    assert "**over-budget** 2,906 parameters, 2,806 over the 100 allowed<br>help: " in head
    assert "over-budget" not in rest
    assert "2 new errors: over-budget, wrong-output" in diff_text.render([spec], [])


def test_an_added_spec_has_its_layers_and_a_broken_one_those_before_the_mistake() -> None:
    broken = BLOCK.replace("Flatten", "Flaten")
    specs = diff.compare(
        {"b": version(BLOCK, "b")}, {"a": version(BLOCK, "a"), "b": version(broken, "b")}
    )
    for render in diff_markdown.render, diff_text.render:
        text = render(specs, [])
        assert text.count("MaxPool2d") == 2
        assert text.count("Linear") == 1
        assert "the layers before the mistake:" in text.lower()


def test_lines_are_linked_where_the_forge_says_where_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wider = BLOCK.replace("$width,", "$(width + 1),")
    broken = changed(net(), net().replace("Flatten", "Flaten"))
    monkeypatch.setenv("GITHUB_REPOSITORY", "me/my nets")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_SHA", "abc")
    monkeypatch.setattr("netspec.render.forge.within", lambda path: f"sub dir/{path}")
    text = diff_markdown.render([changed(BLOCK, wider), broken], [])
    address = "https://github.com/me/my nets/blob/abc/sub%20dir/a.yaml"
    assert f"[line 3]({address}#L3)" in text
    assert f"[<code>a.yaml:10:5</code>]({address}#L10)" in text
    monkeypatch.delenv("GITHUB_REPOSITORY")
    monkeypatch.setenv("CI_PROJECT_URL", "https://gitlab.com/me/nets")
    monkeypatch.setenv("CI_COMMIT_SHA", "abc")
    address = "https://gitlab.com/me/nets/-/blob/abc/sub%20dir/a.yaml"
    assert f"[line 3]({address}#L3)" in diff_markdown.render([changed(BLOCK, wider)], [])


def test_an_error_fails_where_errors_may_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    from netspec.diff.threshold import failures
    from netspec.language import condition

    spec = changed(net(), net().replace("Flatten", "Flaten"))
    assert failures([spec], [condition.parse("errors > 0")]) == ["a.yaml: errors is 1: errors > 0"]
    assert failures([spec], [condition.parse("errors > +1")]) == []
