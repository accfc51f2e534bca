"use strict";
const film = JSON.parse(document.getElementById("story").textContent);
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
image.alt = document.title;
place.max = last;
show(last);
document.querySelector("div").hidden = false;
if (last > 0 && !matchMedia("(prefers-reduced-motion: reduce)").matches) { play(); }
