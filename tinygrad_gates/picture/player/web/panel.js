// The panel: the formulas of a step, and all of a chosen node.

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function matrix(rows) {
  return make("table", { class: "matrix" }, make("tbody", {}, ...rows.map((row) =>
    make("tr", {}, ...row.map((entry) => make("td", {}, entry))))));
}

function formula({ parts }) {
  return parts.map((part) => {
    if (typeof part === "string") return part;
    const shown = Array.isArray(part.shown) ? matrix(part.shown) : part.shown;
    return make("span", { class: part.kind }, shown);
  });
}

function lineOf({ heading, formulas }) {
  return make("div", { class: "line" }, make("b", {}, heading),
    ...formulas.map((each) => make("div", { class: "formula" }, "= ", ...formula(each))));
}

// The steps that the present one stands for: all of a folded group, up to here.
function run() {
  const here = story.steps[step].node && drawnFor(story.steps[step].node);
  if (!here || !closed.has(here)) return [story.steps[step]];
  const steps = [];
  const { kind } = story.steps[step];
  for (let i = step; i >= 0; i--) {
    const each = story.steps[i];
    if (each.kind !== kind || drawnFor(each.node) !== here) break;
    steps.unshift(each);
  }
  return steps;
}

function explain() {
  const steps = run();
  const here = story.steps[step].node && drawnFor(story.steps[step].node);
  const parts = [];
  if (here && closed.has(here)) {
    const way = story.steps[step].kind === "forward" ? "Forward" : "Backward";
    parts.push(make("h2", {}, `${way} through ${nameOf(here)}`));
    parts.push(make("p", { class: "hint" }, "It is folded: unfold it to go step by step."));
  }
  for (const each of steps) {
    parts.push(make(parts.length ? "h3" : "h2", {}, each.title), ...each.lines.map(lineOf));
  }
  if (step === 0) {
    parts.push(make("p", { class: "hint" },
      "Step on with the → key or the button, first forward through the values, " +
      "then back through the gradients. Choose a node to see all of it."));
  }
  at("step").replaceChildren(...parts);
}

function heat(table) {
  if (!table.cells) return make("p", {}, make("code", {}, String(plain(table.shown))));
  const sizes = table.cells.flat().filter((x) => typeof x === "number").map(Math.abs);
  const largest = Math.max(...sizes, 1e-300);
  const rows = table.cells.map((row, i) => make("tr", {}, ...row.map((entry, j) => {
    const text = table.texts.length ? table.texts[i][j] : "";
    const cell = make("td", { title: String(entry) }, text);
    if (typeof entry === "number" && entry) {
      const strength = (0.08 + 0.62 * Math.abs(entry) / largest).toFixed(3);
      cell.style.background = `rgba(var(--${entry < 0 ? "low" : "high"}), ${strength})`;
    }
    return cell;
  })));
  const parts = [make("div", { class: "scroll" },
    make("table", { class: "heat" }, make("tbody", {}, ...rows)))];
  if (table.note) parts.push(make("p", { class: "small" }, table.note));
  return make("div", {}, ...parts);
}

function numbers(table) {
  if (table.exact === undefined) return heat(table);
  const more = table.exact === table.shown ? "" : ` (${table.exact})`;
  return make("span", {}, make("b", {}, table.shown), make("span", { class: "small" }, more));
}

function entry(list, name, ...content) {
  list.append(make("dt", {}, name), make("dd", {}, ...content));
}

function describe() {
  const section = at("node");
  if (!chosen) {
    section.replaceChildren(make("p", { class: "hint" }, "No node is chosen."));
    return;
  }
  const value = story.values[valueOf(chosen)];
  const isGroup = chosen.startsWith("/");
  const parts = [make("h2", {}, isGroup ? `${nameOf(chosen)} (folded)` : title(value))];
  if (isGroup) {
    const button = make("button", {}, "Unfold");
    button.addEventListener("click", () => toggle(chosen));
    if (stateLike(new Set(), chosen, false)) parts.push(button);
  }
  if (value) parts.push(...ofValue(value));
  section.replaceChildren(...parts);
}

function title(value) {
  return chosen.startsWith("op") ? `${story.rows[value.row].symbol} gives ${value.name}` : value.name;
}

function ofValue(value) {
  const name = valueOf(chosen);
  const list = make("dl");
  const shape = value.shape.length ? `shape (${value.shape.join(", ")}), ` : "";
  entry(list, "kind", `${value.role}, ${shape}${value.dtype}`);
  if (value.parameters) entry(list, "options", value.parameters);
  entry(list, "data", isKnown(name) ? numbers(value.data) : "not yet computed");
  if (hasGradient(name)) {
    const gradient = gradientOf(name, step);
    entry(list, "gradient", gradient ? numbers(gradient) : NOT_YET);
  }
  const parts = [list];
  if (value.row) parts.push(...ofRow(value));
  return parts;
}

function ofRow(value) {
  const row = story.rows[value.row];
  const list = make("dl");
  entry(list, "computes", row.doc);
  entry(list, "forward", make("div", { class: "code" }, row.forward));
  entry(list, row.rules.length > 1 ? "rules" : "rule",
    ...row.rules.map((rule) => make("div", { class: "code" }, rule)));
  entry(list, "domain", row.domain);
  if (row.kink) entry(list, "at a kink", row.kink);
  entry(list, "line", value.source
    ? make("div", { class: "code" }, value.source)
    : make("span", { class: "small" },
      "not noted: compute it within name_scope(…) or detect_anomaly()"));
  return [make("h2", {}, `Row “${value.row}” of the table`), list];
}

function choose(name) {
  chosen = name;
  markPicture();
  describe();
}
