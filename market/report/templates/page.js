"use strict";

const PHONE = 600; // pixels: below it, a legend takes a line for every two entries
const PRINT_WIDTH = 660; // pixels that fit the page of paper with its margins
const DARK = JSON.parse(document.getElementById("dark").textContent);
const scheme = window.matchMedia("(prefers-color-scheme: dark)");

/* Entries of the legend that a chart has. */
function entries(data) {
  const shown = data.filter((trace) => trace.name && trace.showlegend !== false);
  return shown.length > 1 ? shown.length : 0;
}

/* Height that a chart needs at this width: on a phone its legend is taller. */
function heightAt(width, chart) {
  const lines = Math.ceil(entries(chart.data) / 2);
  return chart.layout.height + (width < PHONE && lines > 1 ? 19 * (lines - 1) : 0);
}

/* A chart's data or layout with the colours of a dark page. */
function darkened(value, coloured = false) {
  if (typeof value === "string") return coloured && value in DARK ? DARK[value] : value;
  if (Array.isArray(value)) return value.map((one) => darkened(one, coloured));
  if (value === null || typeof value !== "object") return value;
  const shade = ([k, v]) => [k, k === "updatemenus" ? v : darkened(v, coloured || /color/i.test(k))];
  return Object.fromEntries(Object.entries(value).map(shade)); // buttons stay light
}

function draw(source, dark) {
  const chart = JSON.parse(source.textContent);
  const place = document.getElementById(source.dataset.chart);
  if (!place.clientWidth) return Promise.resolve(); // folded away
  place.style.height = `${heightAt(place.clientWidth, chart)}px`;
  const { height, ...layout } = chart.layout; // the place has it
  const [data, look] = dark ? [darkened(chart.data), darkened(layout)] : [chart.data, layout];
  place.dataset.drawn = "true";
  const config = chart.config, frames = chart.frames || [];
  return Plotly.newPlot(place, { data, layout: { ...look, autosize: true }, config, frames });
}

/* One chart after the other, so that what is above can be read while what is below is drawn. */
async function drawAll(within, dark) {
  for (const source of within.querySelectorAll("script[data-chart]")) {
    await draw(source, dark);
    await new Promise((go) => setTimeout(go));
  }
}

for (const fold of document.querySelectorAll("details")) {
  fold.addEventListener("toggle", () => {
    if (fold.open && fold.querySelector(".chart:not([data-drawn])")) drawAll(fold, scheme.matches);
  });
}

/* The meaning of a term, at the pointer or the focus; Escape puts it away. */
const box = Object.assign(document.createElement("div"), { id: "meaning", hidden: true });
box.setAttribute("aria-hidden", "true"); // the term is described by its entry among the terms
document.body.append(box);
function tell(term) {
  box.textContent = term.dataset.meaning;
  box.hidden = false;
  const at = term.getBoundingClientRect();
  const left = Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 8);
  box.style.left = `${window.scrollX + Math.max(left, 8)}px`;
  box.style.top = `${window.scrollY + at.bottom + 4}px`;
}
function hush() { box.hidden = true; }
for (const term of document.querySelectorAll(".term")) {
  for (const come of ["mouseenter", "focus"]) term.addEventListener(come, () => tell(term));
  for (const go of ["mouseleave", "blur"]) term.addEventListener(go, hush);
}
document.addEventListener("keydown", (press) => { if (press.key === "Escape") hush(); });

/* A link of the contents opens what it leads to. */
function unfold() {
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
window.addEventListener("hashchange", unfold);
unfold();

/* Paper is white and narrower than most windows, and what is printed is what is drawn. */
window.addEventListener("beforeprint", () => {
  if (scheme.matches) {
    for (const source of document.querySelectorAll("script[data-chart]")) draw(source, false);
  }
  for (const place of document.querySelectorAll(".chart[data-drawn]"))
    Plotly.relayout(place, { width: PRINT_WIDTH });
});
window.addEventListener("afterprint", () => drawAll(document, scheme.matches));
scheme.addEventListener("change", () => drawAll(document, scheme.matches));
drawAll(document, scheme.matches).then(() => { document.body.dataset.drawn = "true"; });
