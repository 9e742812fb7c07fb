"use strict";
(() => {
  const table = document.getElementById("table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const words = document.getElementById("filter");
  const which = document.getElementById("which");
  const shown = document.getElementById("shown");

  // A row without a figure in this column goes last in either direction.
  const key = (row, column) => {
    const cell = row.cells[column];
    if (!cell || cell.classList.contains("why")) return null;
    const value = cell.dataset.v ?? cell.textContent.trim();
    if (value === "" || value === "–") return null;
    const number = Number(value);
    return cell.classList.contains("n") && !Number.isNaN(number) ? number : value;
  };
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });

  [...table.tHead.rows[0].cells].forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const sorted = rows
        .map((row) => [key(row, column), row])
        .sort(([a], [b]) => {
          if (a === null || b === null) return (a === null) - (b === null);
          return down ? compare(b, a) : compare(a, b);
        });
      body.append(...sorted.map(([, row]) => row));
    });
  });

  // A word that is an interpreter's whole name means that one: 3.13 isn't 3.13t.
  const interpreters = new Set(rows.map((row) => row.cells[1].textContent.toLowerCase()));
  const fits = (row, word) =>
    interpreters.has(word)
      ? row.cells[1].textContent.toLowerCase() === word
      : [...row.cells].some((cell) => cell.textContent.toLowerCase().includes(word));
  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const kind = which.value;
      const shows = kind === "all" || (kind === "ran" ? !row.classList.contains("silent") : row.classList.contains(kind));
      const hidden = !shows || !wanted.every((word) => fits(row, word));
      row.hidden = hidden;
      count += hidden ? 0 : 1;
    }
    shown.textContent = `${count} of ${rows.length} cells`;
  };
  // Nothing stays folded on paper.
  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
  });
  words.addEventListener("input", filter);
  which.addEventListener("change", filter);
  filter();
})();
