// Buttons, keys and the slider.

function go(to) {
  step = Math.max(0, Math.min(last, to));
  show();
}

// A folded group is passed at once.
function stride(direction) {
  let to = step + direction;
  const placeOf = (i) => story.steps[i].node && drawnFor(story.steps[i].node);
  const isSame = (i, j) => story.steps[i].kind === story.steps[j].kind &&
    placeOf(i) === placeOf(j) && closed.has(placeOf(i));
  if (direction > 0) while (to < last && isSame(to, to + 1)) to++;
  else while (to > 0 && step > 0 && isSame(to, step)) to--;
  go(to);
}

function show() {
  at("slider").value = step;
  at("slider").setAttribute("aria-valuetext",
    `${step} of ${last}: ${story.steps[step].title}`);
  at("where").textContent = `${step} / ${last}`;
  for (const id of ["first", "back"]) at(id).disabled = step === 0;
  for (const id of ["next", "last"]) at(id).disabled = step === last;
  if (step === last) pause();
  explain();
  markPicture();
  describe();
}

function pause() {
  clearInterval(timer);
  timer = 0;
  at("play").textContent = "▶ Play";
  at("play").setAttribute("aria-label", "Play");
}

function playOrPause() {
  if (timer) return pause();
  if (step === last) go(0);
  at("play").textContent = "Pause";
  at("play").setAttribute("aria-label", "Pause");
  timer = setInterval(() => stride(1), 1400);
}

function turnTheme() {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
}

function resizeBy(factor) {
  zoom = factor ? Math.min(4, Math.max(0.1, resize() * factor)) : -1;
  resize();
}

const KEYS = {
  ArrowRight: () => stride(1),
  ArrowLeft: () => stride(-1),
  Home: () => go(0),
  End: () => go(last),
  " ": playOrPause,
  "+": () => resizeBy(1.25),
  "=": () => resizeBy(1.25),
  "-": () => resizeBy(0.8),
  0: () => resizeBy(0),
  d: turnTheme,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  const part = target.closest?.(".node, .cluster");
  if (part && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    part.dataset.group ? toggle(part.dataset.group) : choose(part.dataset.name);
    return;
  }
  if (part && event.key === "f") {
    const name = part.dataset.group ?? part.dataset.name;
    const group = name.startsWith("/") ? name : story.around[name];
    if (group) toggle(group);
    return;
  }
  const isControl = target.matches?.("button, summary, input");
  const isOwnKey = target.matches?.("input") || (isControl && event.key === " ");
  if (event.key in KEYS && !isOwnKey) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

at("first").addEventListener("click", () => go(0));
at("back").addEventListener("click", () => stride(-1));
at("next").addEventListener("click", () => stride(1));
at("last").addEventListener("click", () => go(last));
at("play").addEventListener("click", playOrPause);
at("slider").addEventListener("input", (event) => go(Number(event.target.value)));
at("fold").addEventListener("click", () => foldAll(true));
at("unfold").addEventListener("click", () => foldAll(false));
at("larger").addEventListener("click", () => resizeBy(1.25));
at("smaller").addEventListener("click", () => resizeBy(0.8));
at("fit").addEventListener("click", () => resizeBy(0));
at("theme").addEventListener("click", turnTheme);
addEventListener("resize", resize);

function foldAll(isClosed) {
  const wanted = new Set(isClosed ? story.groups : []);
  let best = closed;
  let least = Infinity;
  for (const key of Object.keys(story.pictures)) {
    const state = new Set(key ? key.split("\n") : []);
    const unlike = story.groups.filter((group) => state.has(group) !== wanted.has(group)).length;
    if (unlike < least) [best, least] = [state, unlike];
  }
  showFolded(best, "");
}

at("slider").max = last;
at("folding").hidden = !story.groups.length;
at("note").textContent = story.note;
if (matchMedia("(prefers-color-scheme: dark)").matches) turnTheme();
drawPicture();
show();
