"""The player in a real browser: headless Chromium, by Playwright (extra `browser`)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinygrad_gates import Value, keras, name_scope
from tinygrad_gates.keras import layers
from tinygrad_gates.picture import Player, player
from tinygrad_gates.picture.labels import content
from tinygrad_gates.picture.values import Computation

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("no Chromium here", allow_module_level=True)

# Chromium's own business with the network, which has nothing to do with the page.
QUIET = ["background-networking", "component-update", "sync", "gpu", "quic"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    options = ["--no-sandbox", "--no-first-run", *(f"--disable-{what}" for what in QUIET)]
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=options)
        yield started
        started.close()


Open = Callable[..., Any]


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Open a player; at the end nothing was complained of, and nothing was asked for."""
    complaints: list[str] = []
    requests: list[str] = []

    def opened(shown: Player, **options: Any) -> Any:
        path = shown.save(tmp_path / "player.html")
        page = browser.new_page(viewport={"width": 1300, "height": 800}, **options)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        assert requests == [path.as_uri()]
        return page

    yield opened
    assert not complaints
    assert len(requests) == 1


def neuron() -> Value:
    x, w, b = Value(2.0, label="x"), Value(-3.0, label="w"), Value(6.5, label="b")
    n = x * w + b
    n.label = "n"
    o = n.tanh() + x
    o.label = "o"
    return o


def matrices() -> Value:
    x = Value([[1.0, -1.0], [0.5, 2.0]], label="x", requires_grad=False)
    w = Value([[1.0, 2.0], [3.0, -4.0]], label="w")
    loss: Any = np.mean((x @ w).relu() * w)
    loss.label = "loss"
    return loss


def network() -> Value:
    keras.utils.set_random_seed(1)
    hidden, output = layers.Dense(3, "tanh", name="hidden"), layers.Dense(1, name="output")
    model = keras.Sequential([keras.Input((2,)), hidden, output], name="net")
    loss: Value = (model(np.eye(2)) ** 2).mean()
    loss.label = "loss"
    return loss


def numbers(page: Any) -> dict[str, tuple[list[str], list[str]]]:
    """Return the data and the gradient that each node of the picture shows."""
    found: dict[str, tuple[list[str], list[str]]] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".node")].map((node) => {
            const texts = (kind) => [...node.querySelectorAll(`text.${kind}`)]
                .filter((text) => getComputedStyle(text).opacity !== "0")
                .map((text) => text.textContent);
            return [node.dataset.name, [texts("data"), texts("grad")]];
        }))"""
    )
    return found


def flat(shown: Any) -> list[str]:
    return [shown] if isinstance(shown, str) else [entry for row in shown for entry in row]


def sweep(value: Value) -> list[tuple[Value, dict[Value, Any]]]:
    """Return after each operation of the reverse sweep all gradients there are, by hand."""
    sent: dict[Value, Any] = {value: np.ones_like(value.numpy())[()]}
    found = [(value, dict(sent))]
    nodes = [each for each in Computation(value).reached.values() if each._inputs]
    for node in sorted(nodes, key=lambda each: each._serial, reverse=True):
        for position, operand in enumerate(node._inputs):
            if operand.requires_grad:
                row = node._row
                assert row is not None
                rule: Any = row.rule(position)
                data = [each._data for each in node._inputs]
                product = np.asarray(rule(sent[node], node._data, *data, **node._params))
                extra = product.ndim - len(operand.shape)
                product = product.sum(axis=tuple(range(extra)))
                sent[operand] = sent.get(operand, 0) + product
        found.append((node, dict(sent)))
    return found


@pytest.mark.parametrize("build", [neuron, matrices, network])
def test_every_step_shows_the_engine_s_numbers(show: Open, build: Callable[[], Value]) -> None:
    value = build()
    page = show(player(value))
    values = {f"v{i}": each for i, each in enumerate(Computation(value).in_order(), 1)}
    computed = sorted((v for v in values.values() if v._inputs), key=lambda v: v._serial)
    gradients = [*([{}] * (len(computed) + 1)), *(after for _, after in sweep(value))]
    for step, after in enumerate(gradients):
        known = set(computed[:step])
        for name, (data, gradient) in numbers(page).items():
            real = values.get(name)
            if real is None:
                continue
            is_known = not real._inputs or real in known
            assert data == (flat(content(real._data)) if is_known else []), (step, name)
            if real.requires_grad:
                shown = flat(content(after[real])) if real in after else ["–"]
                assert [text for text in gradient if text] == shown, (step, name)
        page.keyboard.press("ArrowRight")
    assert page.locator("#where").text_content() == f"{step} / {step}"
    value.backward()
    last = numbers(page)
    for name, real in values.items():
        if real.requires_grad:
            assert last[name][1] == flat(content(real.grad))


def test_buttons_slider_and_keys_step_alike(show: Open) -> None:
    page = show(player(neuron()))
    where = page.locator("#where")
    total = 9
    for action, expected in (
        (lambda: page.click("#next"), 1),
        (lambda: page.keyboard.press("ArrowRight"), 2),
        (lambda: page.click("#back"), 1),
        (lambda: page.keyboard.press("ArrowLeft"), 0),
        (lambda: page.click("#last"), total),
        (lambda: page.keyboard.press("Home"), 0),
        (lambda: page.keyboard.press("End"), total),
        (lambda: page.click("#first"), 0),
        (lambda: page.locator("#slider").fill("4"), 4),
    ):
        action()
        assert where.text_content() == f"{expected} / {total}"
    page.locator("#slider").focus()
    page.keyboard.press("ArrowRight")
    assert where.text_content() == f"5 / {total}"


def test_playing_goes_to_the_end_by_itself(show: Open) -> None:
    page = show(player(Value(2.0, label="x") * 3))
    page.clock.install()
    page.keyboard.press("Space")
    assert page.locator("#play").text_content() == "Pause"
    page.clock.run_for(10_000)
    assert page.locator("#where").text_content() == "3 / 3"
    assert page.locator("#play").text_content() == "▶ Play"


def test_formulas_and_flows_are_shown(show: Open) -> None:
    page = show(player(neuron()))
    page.keyboard.press("End")
    shown = page.locator("#step").inner_text()
    assert "Backward through ×" in shown
    for line in ("∂v3/∂w", "= x", "= 2", "= 0.7864 × 2", "= 1.573"):
        assert line in shown
    assert page.locator(".flow").all_text_contents() == ["-2.359", "1.573"]
    assert page.locator(".edge.flows").count() == 2


def test_a_chosen_node_tells_its_data_row_and_line(show: Open) -> None:
    with name_scope("part"):
        value = matrices()
    page = show(player(value))
    page.keyboard.press("End")
    page.locator('.node[data-name="v2"]').click()
    panel = page.locator("#node")
    assert "w" in panel.locator("h2").first.text_content()
    assert panel.locator(".heat").count() == 2
    assert panel.locator(".heat").first.locator("td").all_text_contents() == ["1", "2", "3", "-4"]
    page.locator(".node.operation", has_text="@").click()
    shown = panel.inner_text()
    assert "The matrix product" in shown
    assert "g @ b.T" in shown
    assert f"{__file__}:" in shown


def test_keyboard_alone_reaches_everything(show: Open) -> None:
    page = show(player(network()))
    page.locator("#theme").focus()
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused
    assert page.evaluate("document.activeElement.getAttribute('role')") == "button"
    page.locator('.node[data-name="v3"]').focus()
    page.keyboard.press("Enter")
    assert "No node is chosen" not in page.locator("#node").inner_text()


def test_layers_fold_and_unfold(show: Open) -> None:
    page = show(player(network()))
    names = "[...document.querySelectorAll('.node')].map((node) => node.dataset.name)"
    whole = page.evaluate(names)
    page.click("#fold")
    folded = page.evaluate(names)
    assert "/net" in folded
    assert len(folded) < len(whole)
    page.locator('.node[data-name="/net"]').focus()
    page.keyboard.press("f")
    assert {"/net/hidden", "/net/output"} <= set(page.evaluate(names))
    page.locator('.node[data-name="/net/hidden"]').click()
    page.locator("#node button", has_text="Unfold").click()
    assert "/net/hidden" not in page.evaluate(names)
    assert "/net/output" in page.evaluate(names)
    page.locator('.cluster[data-group="/net/hidden"]').focus()
    page.keyboard.press("Enter")
    assert "/net/hidden" in page.evaluate(names)
    page.click("#unfold")
    assert page.evaluate(names) == whole


def test_a_folded_layer_is_one_step_and_shows_its_output(show: Open) -> None:
    value = network()
    page = show(player(value))
    page.click("#fold")
    page.keyboard.press("ArrowRight")
    assert page.locator("#step h2").text_content() == "Forward through net"
    output = next(v for v in Computation(value).reached.values() if v.shape == (2, 1))
    model_output = output._inputs[0] if output._op == "**" else output
    data, _ = numbers(page)["/net"]
    assert data == flat(content(model_output._data))
    page.keyboard.press("ArrowLeft")
    assert page.locator("#where").text_content().startswith("0 ")


def test_screen_readers_are_told(show: Open) -> None:
    page = show(player(neuron()))
    label = page.locator('.node[data-name="v1"]')
    assert label.get_attribute("aria-label") == "x: 2, gradient not yet known"
    page.keyboard.press("End")
    assert label.get_attribute("aria-label") == "x: 2, gradient -1.359"
    assert page.locator("#step").get_attribute("aria-live") == "polite"
    assert page.locator("#slider").get_attribute("aria-valuetext").startswith("9 of 9: Backward")
    for button in page.locator("button").all():
        assert button.get_attribute("aria-label") or button.text_content().strip()
    assert page.get_attribute("html", "lang") == "en"


HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{x|y} \\N &lt; 'quoted' \"twice\"",
    "{{story}} ${alert(1)} `x`",
    "층 العربية 🙂",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_shows_as_it_is(show: Open, text: str) -> None:
    x = Value(2.0, label=text)
    with name_scope(text):
        y = x * 3 + x
    y.label = text
    page = show(player(y, inputs=[x]))
    assert page.title() == f"Backprop: {text}"
    assert text in page.locator("svg .node text").all_text_contents()
    page.keyboard.press("End")
    page.locator('.node[data-name="v1"]').click()
    assert page.locator("#node h2").first.text_content() == text
    assert page.locator("script").count() == 2
    assert page.locator("img").count() == 0
    page.click("#fold")
    folded = page.locator(".node.folded text").all_text_contents()
    assert text.replace("/", "∕") in folded


def background(page: Any) -> str:
    found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return found


def contrasts(page: Any) -> list[float]:
    """Return the contrast of each text in the picture with its node, by WCAG's formula."""
    pairs = page.evaluate(
        """() => [...document.querySelectorAll(".node")].flatMap((node) => {
            const shapes = [...node.querySelectorAll("polygon, path, ellipse")];
            const fill = shapes.map((s) => getComputedStyle(s).fill).find((f) => f !== "none");
            return [...node.querySelectorAll("text")].map((t) => [getComputedStyle(t).fill, fill]);
        })"""
    )
    return [contrast(text, fill) for text, fill in pairs]


def contrast(first: str, second: str) -> float:
    light, dark = sorted(map(luminance, (first, second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = np.array([float(x) for x in colour[4:-1].split(",")]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_legible(show: Open, scheme: str) -> None:
    page = show(player(network()), color_scheme=scheme)
    assert (luminance(background(page)) < 0.1) == (scheme == "dark")
    assert min(contrasts(page)) >= 4.5
    page.keyboard.press("d")
    assert (luminance(background(page)) < 0.1) == (scheme == "light")
    assert min(contrasts(page)) >= 4.5


def test_a_notebook_shows_it_in_a_frame(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page()
    page.set_content(f"<html><body>{player(neuron())._repr_html_()}</body></html>")
    frame = page.frame_locator("iframe")
    frame.locator("#next").click()
    assert frame.locator("#where").text_content() == "1 / 9"
