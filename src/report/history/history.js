"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const figures = [...document.querySelectorAll("figure.trend")];
  const words = document.getElementById("filter");
  const metric = document.getElementById("metric");
  const shown = document.getElementById("shown");
  const last = data.runs.length - 1;

  const known = new Map();
  for (const [run, text] of data.events) known.set(run, [...(known.get(run) ?? []), text]);

  const say = (figure, run) => {
    figure.dataset.run = run;
    const point = data.trends[figure.dataset.trend].find((one) => one[0] === run);
    const [id, date] = data.runs[run];
    const value = point ? point[1] + (point[2] ? ` (${point[2]})` : "") : "no figure";
    const text = [`${date} ${id}: ${value}`, ...(known.get(run) ?? [])].join("; ");
    const caption = figure.querySelector("figcaption");
    caption.textContent = text;
    caption.title = text;
  };
  for (const figure of figures) {
    figure.addEventListener("pointermove", (event) => {
      const box = figure.querySelector("svg").getBoundingClientRect();
      const share = ((event.clientX - box.left) / box.width - data.left) / (data.right - data.left);
      say(figure, Math.round(Math.min(1, Math.max(0, share)) * last));
    });
    figure.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const run = Number(figure.dataset.run ?? (step < 0 ? last + 1 : -1)) + step;
      say(figure, Math.min(last, Math.max(0, run)));
    });
  }

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const figure of figures) {
      const text = figure.dataset.cell.toLowerCase();
      figure.hidden =
        (metric.value && figure.dataset.metric !== metric.value) || !wanted.every((word) => text.includes(word));
      count += figure.hidden ? 0 : 1;
    }
    shown.textContent = `${count} of ${figures.length}`;
  };
  words.addEventListener("input", filter);
  metric.addEventListener("change", filter);
  filter();
})();
