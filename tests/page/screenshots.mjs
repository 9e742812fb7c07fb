// Pictures of report.html, wide and narrow, light and dark, and as printed; of each chart the dark one
// (the light ones are the run's own charts/*.png).
//   node tests/page/screenshots.mjs RUN OUT
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [run, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node screenshots.mjs RUN OUT");
  process.exit(2);
}
const address = pathToFileURL(path.resolve(run, "report.html")).href;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
// JPEG, since a whole page as PNG takes megabytes.
const picture = { type: "jpeg", quality: 45 };

for (const [width, name, height] of [[1200, "wide", 2600], [390, "narrow", 2600]]) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    await page.goto(address);
    await page.screenshot({ ...picture, path: path.join(out, `${name}-${colorScheme}.jpg`) });
    if (width > 600) {
      for (const id of ["explore", "cells"]) {
        const section = page.locator("section", { has: page.locator(id === "cells" ? "#cells" : "#pick-metric") });
        await section.screenshot({ ...picture, path: path.join(out, `${id}-${colorScheme}.jpg`) });
      }
    }
    if (width > 600 && colorScheme === "dark") {
      for (const figure of await page.locator("figure").all()) {
        const id = (await figure.getAttribute("id")).replace(/^chart-/, "");
        await figure.screenshot({ ...picture, path: path.join(out, `chart-${id}-dark.jpg`) });
      }
    }
    await page.close();
  }
}
const page = await browser.newPage({ viewport: { width: 794, height: 1123 } });
await page.emulateMedia({ media: "print" });
await page.goto(address);
await page.screenshot({ ...picture, path: path.join(out, "print.jpg") });
await browser.close();
