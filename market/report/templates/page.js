"use strict";

const PHONE = 600; // pixels: below it, a legend takes a line for every two entries
const PRINT_WIDTH = 660; // pixels that fit the page of paper with its margins

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

async function draw(source) {
  const chart = JSON.parse(source.textContent);
  const place = document.getElementById(source.dataset.chart);
  place.style.height = `${heightAt(place.clientWidth, chart)}px`;
  const { height, ...layout } = chart.layout; // the place has it
  await Plotly.newPlot(place, chart.data, { ...layout, autosize: true }, chart.config);
  place.dataset.drawn = "true";
}

/* One chart after the other, so that what is above can be read while what is below is drawn. */
async function drawAll() {
  for (const source of document.querySelectorAll("script[data-chart]")) {
    await draw(source);
    await new Promise((go) => setTimeout(go));
  }
  document.body.dataset.drawn = "true";
}

/* Paper is narrower than most windows, and what is printed is what is drawn at that moment. */
function fit(layout) {
  for (const place of document.querySelectorAll(".chart[data-drawn]")) Plotly.relayout(place, layout);
}

window.addEventListener("beforeprint", () => fit({ width: PRINT_WIDTH }));
window.addEventListener("afterprint", () => fit({ width: null, autosize: true }));
drawAll();
