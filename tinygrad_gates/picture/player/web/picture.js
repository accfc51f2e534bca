// The picture: drawn anew when something folds, marked at every step.

const figure = at("figure");
const figureParts = () => [...figure.querySelectorAll(".node, .cluster")];

function drawPicture() {
  const text = story.pictures[keyOf(closed)];
  const svg = document.importNode(
    new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", `Computation of ${story.title}`);
  figure.replaceChildren(svg);
  for (const part of figureParts()) {
    const group = part.dataset.group;
    part.setAttribute("tabindex", "0");
    part.setAttribute("role", "button");
    if (group) part.setAttribute("aria-label", `${nameOf(group)}, unfolded: Enter folds it`);
    part.addEventListener("click", (event) => {
      event.stopPropagation();
      group ? toggle(group) : choose(part.dataset.name);
    });
  }
  resize();
}

function resize() {
  const svg = figure.querySelector("svg");
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const room = { width: figure.clientWidth - 24, height: figure.clientHeight - 24 };
  const fits = Math.min(room.width / width, room.height / height, 2);
  const scale = zoom > 0 ? zoom : Math.max(fits, zoom < 0 ? 0 : READABLE);
  svg.setAttribute("width", width * scale);
  svg.setAttribute("height", height * scale);
  return scale;
}

function nameOf(name) {
  if (name.startsWith("/")) return name.slice(name.lastIndexOf("/") + 1);
  return (story.values[name] ?? story.values[name.replace("op", "v")])?.name ?? name;
}

// The value that a node is about: of an operation its result, of a folded group what leaves it.
function valueOf(name) {
  if (name.startsWith("/")) return story.outputs[name] ?? "";
  return name.replace("op", "v");
}

function begins(name) {
  if (!name.startsWith("/")) return happensAt[name] ?? knownAt[name] ?? 0;
  const inside = Object.keys(happensAt).filter(
    (each) => each === name || prefixes(story.around[each] ?? "").includes(name));
  return Math.min(...inside.map((each) => happensAt[each]));
}

function flat(shown) {
  return Array.isArray(shown) ? shown.flat() : [shown];
}

function write(texts, shown, isUnknown) {
  const entries = shown === null ? null : flat(shown);
  texts.forEach((text, index) => {
    text.classList.toggle("unknown", isUnknown);
    const entry = entries === null ? (index ? "" : NOT_YET) : entries[index] ?? "";
    if (!isUnknown) text.textContent = entry;
  });
}

function markPicture() {
  const now = story.steps[step];
  const here = now.node ? drawnFor(now.node) : "";
  const touched = new Set(run().flatMap((each) => Object.keys(each.gradients).map(drawnFor)));
  if (now.kind === "forward" || now.kind === "seed") touched.add(drawnFor(now.value));
  for (const node of figure.querySelectorAll(".node")) {
    const name = node.dataset.name;
    if (!name) continue;
    const value = valueOf(name);
    const isAhead = begins(name) > step;
    node.classList.toggle("ahead", isAhead);
    node.classList.toggle("active", name === here);
    node.classList.toggle("touched", touched.has(name));
    node.classList.toggle("chosen", name === chosen);
    const isOperation = name.startsWith("op");
    if (value && !isOperation) {
      write([...node.querySelectorAll("text.data")], story.values[value].data.shown,
        !isKnown(value));
      const gradient = gradientOf(value, step);
      write([...node.querySelectorAll("text.grad")], gradient && gradient.shown,
        false);
    }
    node.setAttribute("aria-label", spoken(name, value));
    if (name === here) bringIntoView(node);
  }
  markEdges(now, here);
}

function spoken(name, value) {
  if (name.startsWith("op")) {
    return `operation ${story.rows[story.values[value]?.row]?.symbol ?? ""}, gives ${nameOf(name)}`;
  }
  const about = name.startsWith("/") ? `${nameOf(name)}, folded` : nameOf(name);
  if (!value) return about;
  const data = isKnown(value) ? plain(story.values[value].data.shown) : "not yet computed";
  const gradient = hasGradient(value)
    ? `, gradient ${plain(gradientOf(value, step)?.shown ?? "not yet known")}` : "";
  return `${about}: ${data}${gradient}`;
}

const plain = (shown) =>
  Array.isArray(shown) ? shown.map((row) => row.join(" ")).join("; ") : shown;

function markEdges(now, here) {
  for (const old of figure.querySelectorAll(".flow")) old.remove();
  for (const edge of figure.querySelectorAll(".edge")) {
    const { tail, head } = edge.dataset;
    if (!head) continue;
    edge.classList.toggle("ahead", begins(head) > step || (head.startsWith("v") && !isKnown(head)));
    const isBackward = now.kind === "backward";
    const flows = isBackward
      ? head === here && run().some((each) => each.sent.some(([to]) => drawnFor(to) === tail))
      : now.kind === "forward" && (head === here || tail === here);
    edge.classList.toggle("flows", flows);
    if (flows && isBackward) writeFlow(edge, now, tail);
  }
}

// The product that flows on an edge, written at its middle; a + a has two edges, in order.
function writeFlow(edge, now, tail) {
  const same = [...figure.querySelectorAll(".edge")].filter((each) =>
    each.dataset.tail === tail && each.dataset.head === edge.dataset.head);
  const sent = now.sent.filter(([to]) => drawnFor(to) === tail);
  const product = sent[same.indexOf(edge)]?.[1];
  if (!product) return;
  const path = edge.querySelector("path");
  const middle = path.getPointAtLength(path.getTotalLength() / 2);
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("class", "flow");
  text.setAttribute("x", middle.x);
  text.setAttribute("y", middle.y - 5);
  text.setAttribute("text-anchor", "middle");
  text.textContent = product;
  edge.append(text);
}

function bringIntoView(node) {
  const box = node.getBoundingClientRect();
  const room = figure.getBoundingClientRect();
  if (box.left < room.left || box.right > room.right || box.top < room.top ||
      box.bottom > room.bottom) {
    node.scrollIntoView({ block: "center", inline: "center" });
  }
}
