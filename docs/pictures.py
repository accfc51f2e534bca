"""Make the README's pictures: what its programs save, and the player in a browser.

python docs/pictures.py

needs the extras `plot` and `browser`, and a Chromium.
"""

from __future__ import annotations

import contextlib
import re
import runpy
import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from programs import blocks

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
STEPS = 8
"""How far the player has been stepped in its picture: back to tanh."""


def main() -> None:
    """Run the README's programs, and keep the pictures that it shows."""
    readme = ROOT / "README.md"
    wanted = set(re.findall(r"docs/pictures/([\w.-]+)", readme.read_text("utf-8")))
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for number, (text, _) in enumerate(blocks(readme)):
            program = Path(f"readme{number}.py")
            program.write_text(text, "utf-8")
            names = runpy.run_path(str(program))
            if number == 0:
                screenshot(names["loss"].player(inputs=[names["x"]]), Path("player.png"))
        for name in wanted:
            if Path(name).exists():
                shutil.copy(name, PICTURES / name)


def screenshot(player: Any, path: Path) -> None:
    """Take a picture of the player, stepped as far as `STEPS` with a node chosen."""
    page_file = player.save(path.with_suffix(".html"))
    with sync_playwright() as running:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 620}, device_scale_factor=1.5)
        page.goto(page_file.absolute().as_uri())
        for _ in range(STEPS):
            page.keyboard.press("ArrowRight")
        page.locator(".node.parameter").first.click()
        page.screenshot(path=str(path))
        browser.close()


if __name__ == "__main__":
    main()
