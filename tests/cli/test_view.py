"""netspec view: a page, or the drawing alone."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command import netspec
from PIL import Image

SPEC = """
input: [1, 28, 28]
layers: [{Conv2d: [4, 3]}, ReLU, Flatten, {Linear: 10}]
train: {data: {dataset: MNIST}, batch_size: 8, epochs: 1, optimizer: {SGD: 0.1}}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("it.yaml").write_text(SPEC)


@pytest.mark.parametrize(
    ("arguments", "file", "begins"),
    [
        ([], "it.html", b"<!DOCTYPE html>"),
        ([], "it.svg", b"<svg "),
        ([], "it.PNG", b"\x89PNG"),
        (["--format", "svg"], "it.html", b"<svg "),
        ([], "it", b"<!DOCTYPE html>"),
    ],
)
def test_the_suffix_says_the_format_where_the_option_does_not(
    arguments: list[str], file: str, begins: bytes
) -> None:
    done = netspec("view", "it.yaml", "-o", file, *arguments)
    assert (done.code, done.err) == (0, "")
    assert Path(file).read_bytes().startswith(begins)
    assert done.out.startswith(f"{file}: ")


def test_the_drawing_goes_to_standard_output_where_no_file_is_named() -> None:
    done = netspec("view", "it.yaml", "--format", "svg")
    assert done.code == 0
    assert ElementTree.fromstring(done.out).tag.endswith("svg")


def test_an_image_is_shown_as_it_is_and_one_that_is_none_is_refused() -> None:
    Image.new("L", (8, 8)).save("it.gif")
    assert "data:image/gif;base64," in netspec("view", "it.yaml", "--image", "it.gif").out
    done = netspec("view", "it.yaml", "--image", "it.yaml")
    assert (done.code, done.out) == (2, "")
    assert "it.yaml is no PNG, JPEG, GIF or WebP file" in done.err


def test_an_image_has_no_place_in_the_drawing_alone() -> None:
    done = netspec("view", "it.yaml", "--format", "svg", "--image", "it.gif")
    assert done.code == 2
    assert "--image is for html, not for svg" in done.err


def test_a_folder_without_the_data_set_is_told_and_the_page_is_written() -> None:
    done = netspec("view", "it.yaml", "--data-dir", ".", "-o", "it.html")
    assert done.code == 0
    assert "no image of MNIST in ." in done.err
    assert Path("it.html").is_file()


def test_a_png_has_two_pixels_for_each_of_the_svg() -> None:
    netspec("view", "it.yaml", "-o", "it.svg")
    netspec("view", "it.yaml", "-o", "it.png")
    svg = ElementTree.parse("it.svg").getroot()
    size = Image.open(io.BytesIO(Path("it.png").read_bytes())).size
    assert size == tuple(2 * round(float(svg.attrib[side])) for side in ("width", "height"))
