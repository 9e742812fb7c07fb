"use strict";
// Values of the charts under the pointer, or under a finger. The names that SVG itself would show, after
// a second and never for a finger, are kept for readers without script.
(() => {
  const tip = document.getElementById("tip");
  for (const name of document.querySelectorAll("figure svg rect > title")) {
    name.parentNode.dataset.tip = name.textContent;
    name.remove();
  }
  const show = (event) => {
    const text = event.target.dataset?.tip;
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const { width, height } = tip.getBoundingClientRect();
    const above = event.clientY - height - 12;
    tip.style.left = `${Math.max(4, Math.min(event.clientX - width / 2, document.documentElement.clientWidth - width - 4))}px`;
    tip.style.top = `${above > 4 ? above : event.clientY + 18}px`;
  };
  document.addEventListener("pointermove", show);
  document.addEventListener("pointerdown", show);
  document.addEventListener("scroll", () => (tip.hidden = true), { passive: true });
  document.addEventListener("keydown", (event) => event.key === "Escape" && (tip.hidden = true));
})();
