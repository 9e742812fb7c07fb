// Opens report.html in headless Chromium and uses it as a reader would: sorts, filters, picks another
// figure, by keyboard too, and checks that no request leaves the file and that axe finds nothing serious.
//   RUNS=DIR node --test         DIR holds the runs `sound`, `hard` and `hostile`, and `side-by-side`; see scripts/page.sh
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const runs = process.env.RUNS;
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const axe = fs.readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
let browser;
before(async () => (browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] })));
after(() => browser?.close());

const open = async (run, { width = 1200, colorScheme = "light", file = "report.html", ...more } = {}) => {
  const address = pathToFileURL(path.resolve(runs, run, file)).href;
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, ...more });
  page.requests = [];
  page.errors = [];
  page.on("request", (request) => request.url() === address || page.requests.push(request.url()));
  page.on("pageerror", (error) => page.errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && page.errors.push(message.text()));
  page.on("dialog", (dialog) => page.errors.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  await page.goto(address);
  return page;
};
const leave = async (page) => {
  assert.deepEqual(page.requests, [], "a request left the file");
  assert.deepEqual(page.errors, []);
  await page.close();
};
const shown = (page) => page.locator("#table tbody tr:visible").count();
const rising = (values) => values.every((value, i) => i === 0 || values[i - 1] <= value);
const column = (page, index) =>
  page.$$eval("#table tbody tr:not([hidden])", (rows, index) => rows.map((row) => row.cells[index]?.dataset.v).filter(Boolean).map(Number), index);

test("the table sorts, by mouse and by keyboard; what has no figure stays last", async () => {
  const page = await open("hard");
  await page.locator("#table th button").nth(3).click();
  const up = await column(page, 3);
  assert.ok(up.length > 3 && rising(up), "sorted up by time");
  await page.locator("#table th button").nth(3).focus();
  await page.keyboard.press("Enter");
  assert.ok(rising((await column(page, 3)).reverse()), "sorted down by keyboard");
  assert.equal(await page.locator("#table th").nth(3).getAttribute("aria-sort"), "descending");
  const last = await page.locator("#table tbody tr:visible").last().getAttribute("class");
  assert.match(last, /failed|silent/);
  await leave(page);
});

test("the table filters by words and by what became of a cell", async () => {
  const page = await open("hard");
  const all = await page.locator("#table tbody tr").count();
  await page.selectOption("#which", "all");
  assert.equal(await shown(page), all);
  const name = await page.locator("#table tbody tr:visible td:nth-child(2)").first().textContent();
  await page.fill("#filter", `${name} threads`);
  const some = await shown(page);
  assert.ok(some > 0 && some < all, "a filter keeps what it names");
  await page.fill("#filter", "3.13t threads");
  const names = await page.$$eval("#table tbody tr:not([hidden])", (rows) => rows.map((row) => row.cells[1].textContent));
  assert.ok(names.length > 0 && names.every((one) => one === "3.13t"), `3.13 isn't 3.13t: ${names}`);
  await page.fill("#filter", "no such cell anywhere");
  assert.equal(await shown(page), 0);
  assert.match(await page.locator("#shown").textContent(), /^0 of \d+ cells$/);
  await page.fill("#filter", "");
  let sum = 0;
  for (const kind of ["failed", "silent", "unsettled"]) {
    await page.selectOption("#which", kind);
    const count = await shown(page);
    assert.ok(count > 0, kind);
    sum += count;
  }
  assert.ok(sum <= all);
  await leave(page);
});

test("another figure, workload and interpreter can be picked", async () => {
  const page = await open("sound");
  const bars = () => page.locator("#bars").innerText();
  const first = await bars();
  await page.selectOption("#pick-metric", { label: "peak memory" });
  const memory = await bars();
  assert.notEqual(memory, first);
  assert.match(memory, /[KMG]iB/);
  const labels = await page.locator("#pick-metric option").allTextContents();
  for (const label of labels) {
    await page.selectOption("#pick-metric", { label });
    assert.ok((await page.locator("#bars .bar").count()) > 0, label);
  }
  const workloads = await page.locator("#pick-workload option").count();
  await page.selectOption("#pick-workload", { index: workloads - 1 });
  await page.selectOption("#pick-interpreter", { index: 1 });
  const one = await page.locator("#pick-interpreter").inputValue();
  const who = await page.locator("#bars .who").allTextContents();
  assert.ok(who.length > 0);
  for (const name of who) assert.ok(name.startsWith(`${one} `), name);
  await leave(page);
});

test("every chart has a name, and its values show under the pointer and under a finger", async () => {
  for (const [width, where] of [[1200, ".on-wide"], [390, ".on-narrow"]]) {
    const page = await open("sound", { width, hasTouch: width < 600 });
    const labels = await page.$$eval(`${where} svg`, (all) => all.map((svg) => svg.getAttribute("aria-label")));
    assert.ok(labels.length >= 8 && labels.every(Boolean), `${labels}`);
    const spot = page.locator(`#chart-scaling ${where} [data-tip]`).last();
    await spot.scrollIntoViewIfNeeded();
    // A scroll event comes with the next frame, and hides what the pointer shows.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await (width < 600 ? spot.tap({ force: true }) : spot.hover({ force: true }));
    assert.match(await page.locator("#tip").textContent(), /\d×/);
    assert.ok(await page.locator("#tip").isVisible());
    await page.keyboard.press("Escape");
    assert.ok(!(await page.locator("#tip").isVisible()));
    await leave(page);
  }
});

test("what failed is said before the verdict", async () => {
  const page = await open("hard");
  assert.match(await page.locator(".tally").textContent(), /^\d+ of \d+ cells failed/);
  const tops = await page.$$eval(".tally, .failures, .verdict", (all) => all.map((one) => [one.className, one.getBoundingClientRect().top]));
  assert.deepEqual(tops.map(([name]) => name), ["tally", "failures", "verdict"]);
  assert.ok(rising(tops.map(([, top]) => top)) && tops[1][1] < 900, "on the first screen");
  assert.ok((await page.locator(".failures li").count()) <= 6, "gathered by reason");
  await leave(page);
  const sound = await open("sound");
  assert.equal(await sound.locator(".failures").count(), 0);
  await leave(sound);
});

test("no text from outside becomes markup", async () => {
  for (const [run, file] of [["hostile", "report.html"], ["hostile", "charts/scaling.svg"], ["side-by-side", "report.html"], ["side-by-side", "charts/side-by-side.svg"]]) {
    const page = await open(run, { file });
    assert.equal(await page.evaluate(() => window.evil), undefined);
    assert.equal(await page.locator("img, iframe, object, svg[onload]").count(), 0);
    if (file === "report.html") assert.equal(await page.locator("script").count(), 1);
    if (run === "hostile" && file === "report.html") {
      for (const name of ["workload", "interpreter", "metric"]) await page.selectOption(`#pick-${name}`, { index: 1 });
      await page.selectOption("#pick-workload", { index: 0 });
      assert.ok((await page.locator("#bars li").count()) > 0, "a hostile name can be picked like any other");
      await page.fill("#filter", "onerror");
      assert.ok((await shown(page)) > 0, "and filtered by");
    }
    await leave(page);
  }
});

test("were a text to become markup all the same, the page's policy keeps it from running", async () => {
  const page = await open("sound");
  await page.evaluate(() => {
    const image = document.createElement("div");
    image.innerHTML = '<img src="data:," onerror="window.evil=1">';
    document.body.append(image);
    const script = document.createElement("script");
    script.textContent = "window.evil = 1";
    document.body.append(script);
  });
  await page.waitForTimeout(200);
  assert.equal(await page.evaluate(() => window.evil), undefined);
  assert.ok(page.errors.some((error) => /Content Security Policy/.test(error)), `${page.errors}`);
  await page.close();
});

test("fits every screen, in either scheme", async () => {
  for (const [run, width, colorScheme] of [["sound", 1200, "dark"], ["sound", 390, "light"], ["hard", 390, "dark"], ["hostile", 1200, "light"], ["hostile", 390, "light"], ["side-by-side", 1200, "dark"], ["side-by-side", 390, "light"]]) {
    const page = await open(run, { width, colorScheme });
    const size = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(size[0] <= size[1], `${run}: ${size[0]} pixels on a screen of ${size[1]}`);
    const figures = await page.locator("figure").count();
    assert.equal(await page.locator("figure svg:visible").count(), figures, "one drawing of each chart");
    await leave(page);
  }
});

test("axe finds nothing serious", async () => {
  const pages = [["hard", 1200, "light"], ["hard", 390, "dark"], ["sound", 1200, "dark"], ["side-by-side", 1200, "light"], ["side-by-side", 390, "dark"]];
  for (const [run, width, colorScheme] of pages) {
    const page = await open(run, { width, colorScheme });
    // A chart is one image with a name, and rows of one kind are alike: without their thousands of parts
    // axe takes a second and not a minute.
    await page.evaluate(() => {
      document.querySelectorAll("figure svg").forEach((svg) => svg.replaceChildren());
      const kinds = {};
      for (const row of document.querySelectorAll("#table tbody tr")) {
        kinds[row.className] = (kinds[row.className] ?? 0) + 1;
        if (kinds[row.className] > 3) row.remove();
      }
      document.querySelectorAll("#bars li:nth-child(n+12)").forEach((bar) => bar.remove());
    });
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const serious = found.violations
      .filter(({ impact }) => ["serious", "critical"].includes(impact))
      .map(({ id, nodes }) => ({ id, where: nodes.slice(0, 3).map((node) => node.html.slice(0, 120)) }));
    assert.deepEqual(serious, [], `${run} ${width} ${colorScheme}`);
    assert.ok(found.passes.length > 15, "axe looked");
    await leave(page);
  }
});

test("several runs: what differs comes first, every run has its columns, and they sort and filter", async () => {
  const page = await open("side-by-side");
  const heads = await page.locator("h2").allTextContents();
  assert.deepEqual(heads.slice(0, 2), ["What differs", "Each run's verdict"]);
  assert.match(await page.locator("[aria-labelledby=differs]").innerText(), /no ratio is formed/);
  assert.equal(await page.locator("#table th").count(), 3 + 3 * 4);
  await page.locator("#table th button").nth(7).click();
  const up = await column(page, 7);
  assert.ok(up.length > 3 && rising(up), "sorted by the second run's time");
  const all = await shown(page);
  await page.fill("#filter", "3.13t threads");
  const some = await shown(page);
  assert.ok(some > 0 && some < all);
  assert.ok(await page.locator("#chart .on-wide svg").isVisible());
  await leave(page);
});

test("keyboard: the first stop leads to the cells, and every control can be reached", async () => {
  const page = await open("sound");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#cells$/, { waitUntil: "commit" }); // the browser tells of it a moment after the key
  const reached = new Set();
  for (let i = 0; i < 60 && !reached.has("scroll"); i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.className));
  }
  for (const id of ["filter", "which", "scroll"]) assert.ok(reached.has(id), `${id} of ${[...reached]}`);
  await leave(page);
});

test("print: controls are gone, every cell and chart is there", async () => {
  const page = await open("sound", { colorScheme: "dark" });
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".filters:visible, nav:visible").count(), 0);
  assert.ok((await shown(page)) > 0);
  assert.equal(await page.locator("figure svg:visible").count(), await page.locator("figure").count());
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(paper, "rgb(255, 255, 255)", "on white, whatever the screen's scheme");
  await leave(page);
});

test("without script everything is still there", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(pathToFileURL(path.resolve(runs, "sound", "report.html")).href);
  assert.ok((await shown(page)) > 0);
  assert.ok((await page.locator("figure svg:visible").count()) > 0);
  assert.equal(await page.locator("#explore:visible").count(), 0);
  await context.close();
});

test("the page stays small", () => {
  for (const run of ["sound", "hard", "hostile"]) {
    const { size } = fs.statSync(path.join(runs, run, "report.html"));
    assert.ok(size < 2e6, `${run}: ${size} bytes`);
  }
});
