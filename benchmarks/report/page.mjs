// Opens report.html in headless Chromium and uses it as a reader would: sorts, filters, picks a figure,
// with the keyboard too, and checks that no request leaves the file.
//   npm install playwright-core && node benchmarks/report/page.mjs RUN [SCREENSHOTS]
// Chromium is looked for at $CHROMIUM, else /usr/bin/chromium; without it nothing is checked.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [run, shots] = process.argv.slice(2);
if (!run) {
  console.error("usage: node page.mjs RUN [SCREENSHOTS]");
  process.exit(2);
}
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!fs.existsSync(executablePath)) {
  console.log(`skipped: no Chromium at ${executablePath}; name one in $CHROMIUM`);
  process.exit(0);
}
// From where it is called, not from where this file lies: the repository holds no node_modules.
const { chromium } = createRequire(path.resolve("package.json"))("playwright-core");
const address = pathToFileURL(path.resolve(run, "report.html")).href;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

const open = async (width, colorScheme = "light") => {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  page.on("request", (request) => assert.equal(request.url(), address, "a request left the file"));
  page.on("pageerror", (error) => assert.fail(error));
  page.on("console", (message) => assert.notEqual(message.type(), "error", message.text()));
  await page.goto(address);
  return page;
};
const shown = (page) => page.locator("#table tbody tr:visible").count();

const page = await open(1200);
const column = (index) =>
  page.$$eval(`#table tbody tr:not([hidden])`, (rows, index) => rows.map((row) => row.cells[index]?.dataset.v).filter(Boolean).map(Number), index);
const rising = (values) => values.every((value, i) => i === 0 || values[i - 1] <= value);

// Sorting: once up, again down; rows without a figure stay last.
await page.locator("#table th button").nth(3).click();
assert.ok(rising(await column(3)), "sorted up by time");
await page.locator("#table th button").nth(3).focus();
await page.keyboard.press("Enter");
assert.ok(rising((await column(3)).reverse()), "sorted down by keyboard");
assert.equal(await page.locator("#table th").nth(3).getAttribute("aria-sort"), "descending");

// Filtering.
const before = await shown(page);
const name = await page.locator("#table tbody tr:visible td:nth-child(2)").first().textContent();
await page.fill("#filter", name);
const some = await shown(page);
assert.ok(some > 0 && some <= before, "a filter keeps what it names");
await page.fill("#filter", "no such cell anywhere");
assert.equal(await shown(page), 0);
assert.match(await page.locator("#shown").textContent(), /^0 of \d+ cells$/);
await page.fill("#filter", "");
await page.locator("#silent").setChecked(true);
assert.equal(await shown(page), await page.locator("#table tbody tr").count());

// Another figure, another interpreter.
const first = await page.locator("#bars").innerText();
await page.selectOption("#pick-metric", { label: "peak memory" });
const memory = await page.locator("#bars").innerText();
assert.notEqual(memory, first);
assert.match(memory, /[KMG]iB/);
await page.selectOption("#pick-interpreter", { index: 1 });
const one = await page.locator("#pick-interpreter").inputValue();
for (const who of await page.locator("#bars .who").allTextContents()) assert.ok(who.startsWith(one), who);

// Every chart has a name for a screen reader and values under the pointer.
const charts = await page.$$eval("figure", (all) => all.map((figure) => {
  const svg = figure.querySelector(".on-wide svg");
  return { label: svg.getAttribute("aria-label"), values: svg.querySelectorAll("title").length };
}));
for (const { label, values } of charts) assert.ok(label, "a chart has a label"), void values;
assert.ok(charts.some(({ values }) => values > 0));

// Nothing is wider than its screen, and each width shows one drawing of a chart.
for (const width of [1200, 390]) {
  for (const scheme of ["light", "dark"]) {
    const view = await open(width, scheme);
    const size = await view.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(size[0] <= size[1], `${size[0]} pixels on a screen of ${size[1]}`);
    assert.equal(await view.locator("figure svg:visible").count(), charts.length);
    if (shots) {
      fs.mkdirSync(shots, { recursive: true });
      await view.screenshot({ path: path.join(shots, `report-${width === 390 ? "narrow" : "wide"}-${scheme}.png`), fullPage: true });
    }
    await view.close();
  }
}

// Print: controls are gone, the cells are there.
await page.emulateMedia({ media: "print" });
assert.equal(await page.locator(".filters:visible").count(), 0);
assert.ok((await shown(page)) > 0);
assert.equal(await page.locator("figure svg:visible").count(), charts.length);

await browser.close();
console.log(`${address}: ok, ${before} cells shown, ${charts.length} charts`);
