"""A page that plays frames: one file, which loads nothing and may load nothing."""

from __future__ import annotations

import html
import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from string import Template

CONTROLS = 70
"""How high what is below a frame is, in pixels, with the margins of the page."""

_LOOKS = """
body { margin: 8px; background: white; color: #333333; font: 15px/1.4 system-ui, sans-serif; }
figure { margin: 0 auto; width: fit-content; max-width: 100%; }
img { display: block; max-width: 100%; height: auto; }
div { display: flex; gap: 10px; align-items: center; }
input { flex: 1; min-width: 60px; accent-color: #0072B2; }
button { width: 5.5em; padding: 4px 0; font: inherit; color: inherit; cursor: pointer;
  background: white; border: 1px solid #8C8C8C; border-radius: 4px; }
button:focus-visible, input:focus-visible { outline: 3px solid #56B4E9; }
output { min-width: 7em; font-variant-numeric: tabular-nums; }
"""

_PLAY = """
"use strict";
const film = JSON.parse(document.getElementById("film").textContent);
const [image, button, place, caption] =
  ["img", "button", "input", "output"].map((name) => document.querySelector(name));
const last = film.frames.length - 1;
let timer = null;
function show(number) {
  place.value = number;
  image.src = film.frames[number];
  caption.textContent = film.captions[number];
  place.setAttribute("aria-valuetext", film.captions[number]);
}
function stop() {
  clearTimeout(timer);
  timer = null;
  button.textContent = "Play";
}
function step() {
  const next = Number(place.value) === last ? 0 : Number(place.value) + 1;
  show(next);
  timer = setTimeout(step, 1000 * (next === last ? film.pause : film.seconds));
}
function play() {
  button.textContent = "Pause";
  step();
}
button.addEventListener("click", () => (timer === null ? play() : stop()));
place.addEventListener("input", () => { stop(); show(Number(place.value)); });
show(last);
document.querySelector("div").hidden = false;
if (last > 0 && !matchMedia("(prefers-reduced-motion: reduce)").matches) { play(); }
"""

_PAGE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>$looks</style>
</head>
<body>
<figure>
<img src="$first" alt="$title">
<div hidden><button type="button">Play</button>\
<input type="range" min="0" max="$last" value="$last" aria-label="frame">\
<output aria-live="off"></output></div>
</figure>
<script type="application/json" id="film">$film</script>
<script>$play</script>
</body>
</html>
""")


def player(
    frames: Sequence[str], captions: Sequence[str], title: str, seconds: float, pause: float
) -> str:
    """Return a page with a button and a slider, which plays frames over and over.

    It begins by itself, unless its reader has asked for less motion; without JavaScript it shows
    the last frame.

    Args:
        frames: images as URLs of data.
        captions: what is written below each.
        title: what is seen.
        seconds: how long a frame is seen.
        pause: how long the last one is.

    >>> page = player(["data:,"], ["epoch 0"], "AND <by SGD>", 0.1, 1)
    >>> "<title>AND &lt;by SGD&gt;</title>" in page
    True
    """
    film = {"frames": [*frames], "captions": [*captions], "seconds": seconds, "pause": pause}
    return _PAGE.substitute(
        policy=_policy(),
        title=html.escape(title),
        looks=_LOOKS,
        first=frames[-1],
        last=len(frames) - 1,
        # "</script>" in a caption must not end the element
        film=json.dumps(film).replace("<", "\\u003c"),
        play=_PLAY,
    )


def _policy() -> str:
    """Return what the page may do: show what is in it, and run this one script."""
    return (
        f"default-src 'none'; img-src data:; style-src {_digest(_LOOKS)}; "
        f"script-src {_digest(_PLAY)}"
    )


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def inside(page: str, title: str, width: int, height: int) -> str:
    """Return a page as a part of another one, which can neither style nor name its parts."""
    return (
        f'<iframe sandbox="allow-scripts" title="{html.escape(title)}" '
        f'srcdoc="{html.escape(page)}" '
        f'style="border: 0; width: {width + 16}px; max-width: 100%; height: {height + CONTROLS}px">'
        f"</iframe>"
    )
