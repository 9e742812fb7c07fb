"use strict";
(() => {
  const rows = [...document.getElementById("table").tBodies[0].rows];
  const pick = (name) => document.getElementById(`pick-${name}`);
  const list = document.getElementById("bars");
  const names = [...new Set(rows.map((row) => row.cells[1].textContent))];

  const draw = () => {
    const column = Number(pick("metric").value);
    const wanted = rows.filter(
      (row) =>
        row.cells[0].textContent === pick("workload").value &&
        (pick("interpreter").value === "" || row.cells[1].textContent === pick("interpreter").value) &&
        !row.classList.contains("silent"),
    );
    const figure = (row) => (row.cells.length > column ? Number(row.cells[column].dataset.v || NaN) : NaN);
    const most = Math.max(...wanted.map(figure).filter(Number.isFinite), 0);
    list.replaceChildren(
      ...wanted.map((row) => {
        const item = document.createElement("li");
        const value = figure(row);
        const cell = row.cells[column];
        const head = document.createElement("span");
        head.className = "who";
        head.textContent = `${row.cells[1].textContent} ${row.cells[2].textContent}`;
        const bar = document.createElement("span");
        bar.className = "bar";
        const text = document.createElement("span");
        text.className = "figure";
        if (Number.isFinite(value)) {
          bar.style.setProperty("--share", most > 0 ? value / most : 0);
          bar.style.background = `var(--s${row.dataset.s})`;
          const interval = cell.querySelector("small");
          const main = [...cell.childNodes].filter((node) => node !== interval);
          text.textContent = main.map((node) => node.textContent).join("");
          if (interval) {
            const range = document.createElement("small");
            range.textContent = ` ${interval.textContent}`;
            text.append(range);
          }
          item.title = `${head.textContent}: ${text.textContent}`;
        } else {
          text.textContent = cell && !cell.classList.contains("why") ? "–" : row.cells[row.cells.length - 1].textContent;
          text.classList.toggle("failed", row.classList.contains("failed"));
        }
        item.append(head, bar, text);
        return item;
      }),
    );
  };
  for (const name of ["workload", "metric", "interpreter"]) pick(name).addEventListener("change", draw);
  if (names.length > 0) {
    document.getElementById("explore").hidden = false;
    draw();
  }
})();
