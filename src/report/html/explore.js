"use strict";
(() => {
  const rows = [...document.getElementById("table").tBodies[0].rows];
  const pick = (name) => document.getElementById(`pick-${name}`);
  const list = document.getElementById("bars");
  const element = (tag, className, text = "") => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };

  // Value, text and interval of the picked figure: from the table's cell, or from what has no column.
  const figure = (row, metric) => {
    if (metric.startsWith("more-")) {
      const line = (row.dataset.more ?? "").split("\n")[Number(metric.slice(5))] ?? "";
      const [value, text] = line.split("\t");
      return { value: value === "" ? NaN : Number(value), text };
    }
    const cell = row.cells[Number(metric)];
    if (!cell?.dataset.v) return { value: NaN };
    const small = cell.querySelector("small");
    const text = [...cell.childNodes].filter((node) => node !== small).map((node) => node.textContent).join("");
    const interval = cell.dataset.ci?.split(" ").map(Number);
    return { value: Number(cell.dataset.v), text, small: small?.textContent, interval };
  };

  const draw = () => {
    const metric = pick("metric").value;
    const column = Number(metric);
    // Being settled is a speedup's own.
    const pale = (row) => Boolean(row.cells[column]?.querySelector("abbr"));
    const wanted = rows
      .filter(
        (row) =>
          row.cells[0].textContent === pick("workload").value &&
          (pick("interpreter").value === "" || row.cells[1].textContent === pick("interpreter").value) &&
          !row.classList.contains("silent"),
      )
      .map((row) => ({ row, ...figure(row, metric) }));
    const most = Math.max(...wanted.flatMap(({ value, interval }) => [value, interval?.[1] ?? 0]).filter(Number.isFinite), 0);
    const share = (value) => (most > 0 ? Math.max(value, 0) / most : 0);
    list.replaceChildren(
      ...wanted.map(({ row, value, text, small, interval }) => {
        const item = document.createElement("li");
        const who = `${row.cells[1].textContent} ${row.cells[2].textContent}`;
        item.append(element("span", "who", who));
        if (Number.isFinite(value)) {
          const track = element("span", "track");
          const bar = element("span", pale(row) ? "bar pale" : "bar");
          bar.style.setProperty("--share", share(value));
          bar.style.background = `var(--s${row.dataset.s})`;
          track.append(bar);
          if (interval) {
            const whisker = element("span", "whisker");
            whisker.style.setProperty("--from", share(interval[0]));
            whisker.style.setProperty("--to", share(interval[1]));
            track.append(whisker);
          }
          const shown = element("span", "figure", text);
          if (small) shown.append(element("small", "", ` ${small}`));
          item.append(track, shown);
          item.title = `${who}: ${shown.textContent}`;
        } else {
          const failed = row.classList.contains("failed");
          const why = failed ? row.cells[row.cells.length - 1].textContent : "–";
          item.append(element("span", failed ? "figure failed" : "figure", why));
        }
        return item;
      }),
    );
  };
  for (const name of ["workload", "metric", "interpreter"]) pick(name).addEventListener("change", draw);
  if (rows.length > 0) {
    document.getElementById("explore").hidden = false;
    draw();
  }
})();
