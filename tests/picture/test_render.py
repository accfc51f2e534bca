"""Rendering: which Graphviz draws, which files are written, and what happens when it cannot."""

from __future__ import annotations

import os
import shutil
import struct
import sys
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tinygrad_gates.errors import GatesError, RenderError
from tinygrad_gates.picture import Graph, render
from tinygrad_gates.picture.dot import Node, draw
from tinygrad_gates.picture.labels import Field

SOURCE = 'digraph { a [label="α < β"]; a -> b }'
posix_only = pytest.mark.skipif(os.name != "posix", reason="the fake programs are scripts")


def embedded() -> str:
    (program,) = [p for p in render.renderers() if Path(p).stem == render.EMBEDDED]
    return program


@pytest.fixture(params=["embedded", "system"])
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    found = embedded() if request.param == "embedded" else shutil.which(render.SYSTEM)
    if found is None:
        pytest.skip("there is no system Graphviz here")
    monkeypatch.setattr(render, "renderers", lambda: [found])
    return found


@pytest.fixture
def picture() -> Graph:
    return draw([Node("x", "parameter", "x", "", (Field("data", "2"),))], [])


def fake(folder: Path, name: str, body: str) -> str:
    """Write a program that stands for Graphviz."""
    script = folder / name
    script.write_text(f"#!{sys.executable}\nimport sys, time\n{body}\n")
    script.chmod(0o755)
    return str(script)


# -------------------------------------------------------------------- which Graphviz


def test_embedded_graphviz_is_found_without_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (program,) = render.renderers()
    assert Path(program).stem == "graphviz-pure"
    assert render.render(SOURCE, "svg").startswith(b"<?xml")


@posix_only
def test_system_graphviz_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dot = fake(tmp_path, "dot", "sys.stdout.write('drawn by dot')")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert render.renderers()[0] == dot
    assert render.render(SOURCE, "svg") == b"drawn by dot"


@posix_only
@pytest.mark.parametrize(
    "body", ["sys.exit(1)", "pass", "sys.stderr.write('no layout engine'); sys.exit(3)"]
)
def test_broken_system_graphviz_is_passed_over(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, "dot", body)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert render.render(SOURCE, "svg").startswith(b"<?xml")


def test_without_graphviz_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *args, **kwargs: None)
    with pytest.raises(RenderError, match=r"pip install graphviz-pure.*graphviz\.org/download"):
        render.render(SOURCE, "svg")


def test_pdf_asks_for_a_system_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    program = embedded()
    monkeypatch.setattr(render, "renderers", lambda: [program])
    with pytest.raises(RenderError, match=r"pdf is drawn by a system Graphviz.*\.svg or \.png"):
        render.render(SOURCE, "pdf")


@posix_only
def test_a_hanging_renderer_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = fake(tmp_path, "dot", "time.sleep(60)")
    monkeypatch.setattr(render, "renderers", lambda: [hanging])
    with pytest.raises(RenderError, match=r"after 0\.2 s: draw fewer nodes \(max_nodes"):
        render.render(SOURCE, "svg", timeout=0.2)


@posix_only
def test_what_every_renderer_said_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = fake(tmp_path, "one", "sys.stderr.write('broken pipe'); sys.exit(1)")
    other = str(tmp_path / "gone")
    monkeypatch.setattr(render, "renderers", lambda: [one, other])
    with pytest.raises(RenderError, match=r"status 1: broken pipe; .*gone ended with status"):
        render.render(SOURCE, "svg")


def test_faulty_dot_is_an_error(program: str) -> None:
    with pytest.raises(RenderError, match="could not draw this graph as svg"):
        render.render("digraph {", "svg")
    assert issubclass(RenderError, (GatesError, RuntimeError))


# -------------------------------------------------------------------- pictures


def test_svg_is_xml_that_holds_the_text(program: str) -> None:
    root = ET.fromstring(render.render(SOURCE, "svg"))
    texts = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"α < β", "b"} <= texts


def test_png_is_as_large_as_the_svg_says(program: str) -> None:
    svg = ET.fromstring(render.render(SOURCE, "svg"))
    png = render.render(SOURCE, "png")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    pixels = struct.unpack(">II", png[16:24])
    points = [float(svg.get(side, "").removesuffix("pt")) for side in ("width", "height")]
    assert pixels == pytest.approx([2 * p for p in points], abs=4)  # 144 of 72 to an inch


def test_png_of_a_very_wide_graph_is_bounded(program: str) -> None:
    chain = " -> ".join(f"a{i}" for i in range(400))
    width, height = struct.unpack(
        ">II", render.render(f"digraph {{ rankdir=LR; {chain} }}", "png")[16:24]
    )
    assert 10_000 < width < 18_000
    assert height < 500


def test_missing_glyphs_are_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    program = embedded()
    monkeypatch.setattr(render, "renderers", lambda: [program])
    with pytest.warns(UserWarning, match="no font for '라벨' in a png"):
        render.render('digraph { a [label="라벨"] }', "png")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        render.render('digraph { a [label="라벨"] }', "svg")
        render.render('digraph { a [label="θ₁ − ∂L × ∑ é я – … √"] }', "png")


# -------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("graph.svg", b"<?xml"),
        ("graph.PNG", b"\x89PNG"),
        ("graph.dot", b"digraph"),
        ("그래프 1.gv", b"digraph"),
    ],
)
def test_save_writes_what_the_name_says(
    picture: Graph, program: str, tmp_path: Path, name: str, start: bytes
) -> None:
    path = picture.save(str(tmp_path / name))
    assert path == tmp_path / name
    assert path.read_bytes().startswith(start)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_dot_text_is_the_source(picture: Graph, tmp_path: Path) -> None:
    assert picture.save(tmp_path / "x.dot").read_text(encoding="utf-8") == picture.source


@pytest.mark.parametrize("name", ["graph", "graph.jpeg2", "graph.svg.txt", ".svg"])
def test_unknown_names_are_refused(picture: Graph, tmp_path: Path, name: str) -> None:
    with pytest.raises(RenderError, match=r"saved as \.svg, \.png, \.pdf, \.dot, \.gv"):
        picture.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_said(picture: Graph, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no folder .*missing"):
        picture.save(tmp_path / "missing" / "x.svg")


def test_a_failing_save_leaves_the_old_file(
    picture: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.svg"
    path.write_text("old")
    monkeypatch.setattr(render, "renderers", list)
    with pytest.raises(RenderError):
        picture.save(path)
    monkeypatch.undo()
    monkeypatch.setattr(os, "replace", failing_replace)
    with pytest.raises(OSError, match="disk full"):
        picture.save(path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.svg"]


def failing_replace(*args: object) -> None:
    raise OSError("disk full")


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_saved_files_have_ordinary_permissions(picture: Graph, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    assert picture.save(tmp_path / "x.dot").stat().st_mode == plain.stat().st_mode


def test_render_works_as_in_graphviz(picture: Graph, program: str, tmp_path: Path) -> None:
    drawn = picture.render("graph", directory=tmp_path)
    assert drawn == str(tmp_path / "graph.svg")
    assert {entry.name for entry in tmp_path.iterdir()} == {"graph", "graph.svg"}
    picture.render(tmp_path / "alone", format="png", cleanup=True)
    assert not (tmp_path / "alone").exists()
    assert (tmp_path / "alone.png").read_bytes().startswith(b"\x89PNG")


def test_render_can_show_the_picture(
    picture: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    picture.render(tmp_path / "x", view=True)
    assert opened == [(tmp_path / "x.svg").as_uri()]
