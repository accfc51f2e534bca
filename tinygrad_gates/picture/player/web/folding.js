"use strict";

// What the player knows, what is known at which step, and what is folded.

const story = JSON.parse(document.getElementById("story").textContent);
const SVG = "http://www.w3.org/2000/svg";
const at = (id) => document.getElementById(id);
const last = story.steps.length - 1;
const NOT_YET = "–";
const READABLE = 0.7;

let step = 0;
let closed = new Set(story.start ? story.start.split("\n") : []);
let chosen = "";
let zoom = 0; // 0: fits the window, as far as text can be read; less: fits it all
let timer = 0;

const knownAt = {}; // when a value is computed, by its node
const happensAt = {}; // when an operation is computed, by its node
story.steps.forEach((each, index) => {
  if (each.kind === "forward") {
    knownAt[each.value] = happensAt[each.node] = index;
    if (each.node.startsWith("/")) knownAt[each.node] = index;
  }
});

function gradientOf(name, index) {
  for (let i = index; i >= 0; i--) {
    const found = story.steps[i].gradients[name];
    if (found) return found;
  }
  return null;
}

const hasGradient = (name) => gradientOf(name, last) !== null;
const isKnown = (name) => (knownAt[name] ?? 0) <= step;

function prefixes(group) {
  const found = [];
  for (let i = group.indexOf("/", 1); i > 0; i = group.indexOf("/", i + 1)) {
    found.push(group.slice(0, i));
  }
  return group ? [...found, group] : [];
}

// What is drawn for a node: the outermost closed group around it, or itself.
function drawnFor(name) {
  const around = prefixes(story.around[name] ?? "").find((group) => closed.has(group));
  return around ?? name;
}

const keyOf = (groups) => [...groups].sort().join("\n");

// The way of folding that is drawn and is as wanted for one group, and else most like the present.
function stateLike(wanted, group, isClosed) {
  if (keyOf(wanted) in story.pictures) return wanted;
  let best = null;
  let least = Infinity;
  for (const key of Object.keys(story.pictures)) {
    const state = new Set(key ? key.split("\n") : []);
    const isAsWanted = isClosed
      ? state.has(group)
      : !state.has(group) && prefixes(story.around[group] ?? "").every((g) => !state.has(g));
    const unlike = story.groups.filter((g) => state.has(g) !== wanted.has(g)).length;
    if (isAsWanted && unlike < least) [best, least] = [state, unlike];
  }
  return best;
}

function toggle(group) {
  const wanted = new Set(closed);
  const isClosed = !closed.has(group);
  for (const each of story.groups) {
    if (isClosed ? each === group || each.startsWith(group + "/") : each === group) {
      isClosed ? wanted.add(each) : wanted.delete(each);
    }
  }
  const state = stateLike(wanted, group, isClosed);
  if (state) showFolded(state, group);
}

function showFolded(state, group) {
  closed = state;
  if (chosen) chosen = chosen.startsWith("/") && !closed.has(chosen) ? "" : drawnFor(chosen);
  drawPicture();
  show();
  const node = group && figureParts().find((part) => part.dataset.name === group ||
    part.dataset.group === group);
  if (node) node.focus({ preventScroll: true });
}
