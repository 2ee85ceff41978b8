"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const at = [...data.start];
let moved = 0; // the slider that moved last
const SVG = "http://www.w3.org/2000/svg";
const id = (name) => document.getElementById(name);

const made = (name, properties = {}, ...children) => {
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) found.setAttribute(key, value);
  found.append(...children);
  return found;
};
const drawn = (name, properties, text) => {
  const found = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(properties)) found.setAttribute(key, value);
  if (text !== undefined) found.textContent = text;
  return found;
};

// the last parameter moves fastest
const point = (places) =>
  data.points[places.reduce((sum, place, i) => sum * data.parameters[i].values.length + place, 0)];
const along = () =>
  data.parameters[moved].values.map((_, place) => point(at.map((p, i) => (i === moved ? place : p))));

data.parameters.forEach(({ words, values }, i) => {
  const slider = made("input", {
    type: "range", id: `slider-${i}`, min: 0, max: values.length - 1, step: 1, value: at[i],
  });
  const shown = made("output", { for: `slider-${i}` });
  const tell = () => {
    shown.textContent = values[at[i]];
    slider.setAttribute("aria-valuetext", values[at[i]]);
  };
  slider.addEventListener("input", () => {
    at[i] = Number(slider.value);
    moved = i;
    tell();
    show();
  });
  tell();
  id("sliders").append(made("div", {}, made("label", { for: `slider-${i}` }, words, shown), slider));
});

const WIDTH = 300, HEIGHT = 170, LEFT = 10, TOP = 22, BOTTOM = 24;
const line = (measure, m) => {
  const values = data.parameters[moved].values;
  const points = along().map((one) => one.measures[m]);
  const room = measure.high - measure.low || Math.abs(measure.high) || 1;
  const x = (i) => LEFT + ((WIDTH - 2 * LEFT) * i) / Math.max(values.length - 1, 1);
  const y = (v) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * (v - measure.low)) / room;
  const there = points.map((p, i) => [p, i]).filter(([p]) => p[0] !== null);
  const now = point(at).measures[m];
  const words = `${measure.label} at ${values[at[moved]]}: ${now[4]}; as it is: ${now[5]}`;
  const chart = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words });
  const ends = there.filter(([p]) => p[1] !== null);
  if (ends.length > 1) {
    const upper = ends.map(([p, i]) => `${x(i)},${y(p[2])}`);
    const lower = ends.map(([p, i]) => `${x(i)},${y(p[1])}`).reverse();
    chart.append(drawn("polygon", { class: "band", points: [...upper, ...lower].join(" ") }));
  }
  if (now[3] !== null)
    chart.append(drawn("line", { class: "own", x1: LEFT, x2: WIDTH - LEFT, y1: y(now[3]), y2: y(now[3]) }));
  chart.append(
    drawn("polyline", { class: "mean", points: there.map(([p, i]) => `${x(i)},${y(p[0])}`).join(" ") }),
    drawn("line", { class: "axis", x1: 0, x2: WIDTH, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }),
    drawn("text", { x: 0, y: 13 }, measure.ends[1]),
    drawn("text", { x: 0, y: HEIGHT - 8 }, values[0]),
    drawn("text", { x: WIDTH, y: HEIGHT - 8, "text-anchor": "end" }, values.at(-1)),
    drawn("text", { x: WIDTH, y: HEIGHT - BOTTOM - 4, "text-anchor": "end" }, `from ${measure.ends[0]}`),
  );
  if (now[0] !== null)
    chart.append(drawn("circle", { class: "ring", cx: x(at[moved]), cy: y(now[0]), r: 5 }));
  return made("figure", { class: "chart" }, made("figcaption", {}, measure.label), chart);
};

const all = data.points.flatMap((one) => one.sellers.flatMap((s) => s.slice(0, 4))).filter((v) => v !== null);
const least = Math.min(0, ...all), most = Math.max(0, ...all);
const bar = (seller, [value, low, high, own, text, ownText]) => {
  const x = (v) => 4 + (592 * (v - least)) / (most - least || 1);
  const words = `${seller.name}: ${text}; as it is: ${ownText}`;
  const chart = drawn("svg", {
    viewBox: "0 0 600 20", preserveAspectRatio: "none", role: "img", "aria-label": words,
    style: `--light: ${seller.light}; --dark: ${seller.dark}; height: 20px`,
  });
  if (value !== null)
    chart.append(drawn("rect", { class: "bar", x: Math.min(x(0), x(value)), y: 4, width: Math.abs(x(value) - x(0)), height: 12 }));
  if (low !== null) chart.append(drawn("line", { class: "whisker", x1: x(low), x2: x(high), y1: 10, y2: 10 }));
  if (own !== null) chart.append(drawn("line", { class: "mark", x1: x(own), x2: x(own), y1: 1, y2: 19 }));
  chart.append(drawn("line", { class: "axis", x1: x(0), x2: x(0), y1: 0, y2: 20 }));
  const caption = made("figcaption", {}, `${seller.name}: ${text}`);
  if (text !== ownText) caption.append(` (as it is: ${ownText})`);
  return made("figure", {}, caption, chart);
};

function show() {
  const now = point(at);
  if (id("verdict").textContent !== now.verdict) id("verdict").textContent = now.verdict;
  id("along").textContent = `Along ${data.parameters[moved].words}`;
  id("profits").textContent = data.unit;
  id("lines").replaceChildren(...data.measures.map(line));
  id("bars").replaceChildren(...data.sellers.map((seller, i) => bar(seller, now.sellers[i])));
  id("rows").replaceChildren(
    ...data.measures.map((measure, m) => {
      const [, , , , text, own, difference] = now.measures[m];
      return made(
        "tr", {},
        made("th", { scope: "row" }, measure.label),
        made("td", { "data-label": "as it is" }, own),
        made("td", { "data-label": "these values" }, text),
        made("td", { "data-label": "difference (95%)" }, difference),
      );
    }),
  );
}
show();
