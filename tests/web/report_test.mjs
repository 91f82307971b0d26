// The report of the demo in a real browser: reading, switching, taking home, printing.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { after, before, test } from "node:test";
import {
  arrays,
  browse,
  cells,
  demo,
  download,
  megabyte,
  openEverything,
  scratch,
  showTables,
  violations,
} from "./support.mjs";

let browser, files;
before(async () => {
  files = demo(scratch());
  browser = await browse();
});
after(() => browser.close());

const kHeadings = [
  "Main points",
  "What the data can and cannot say",
  "What was found",
  "How to read this",
  "Attribution",
  "Coefficients",
  "Robustness",
  "Data",
  "Method",
  "Provenance",
];

test("opens from disk with the network off, without a word in the console", async () => {
  const { page, trouble, close } = await browser.open(files.publish);
  assert.deepEqual(await page.locator("main h2").allTextContents(), kHeadings);
  assert.match(await page.title(), /simulated data/);
  const policy = await page.locator("meta[http-equiv]").getAttribute("content");
  assert.match(
    policy,
    /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'none'$/,
  );
  await openEverything(page);
  assert.deepEqual(trouble, []);
  await close();
});

test("is small, and says how soon it is ready", async () => {
  for (const path of [files.publish, files.internal]) {
    assert.ok(statSync(path).size < 3 * megabyte, `${path} has ${statSync(path).size} bytes`);
    const { page, close } = await browser.open(path);
    const ready = await page.evaluate(() => performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd);
    console.log(
      `${path.split("/").pop()}: ${(statSync(path).size / megabyte).toFixed(2)} MB, ready after ${ready.toFixed(0)} ms`,
    );
    assert.ok(ready > 0, "the page is ready");
    await close();
  }
});

test("every chart has a short title, a full caption, words for those who cannot see it, and says 'simulated'", async () => {
  const { page, close } = await browser.open(files.publish);
  const figures = await page.locator(".hw-figure").evaluateAll((all) =>
    all.map((figure) => ({
      title: figure.querySelector(".hw-figure__title").textContent,
      caption: figure.querySelector("figcaption").textContent,
      alt: figure.querySelector("[role=img]").getAttribute("aria-label"),
      simulated: figure.querySelector(".hw-simulated")?.textContent,
    })),
  );
  assert.ok(figures.length >= 8, `${figures.length} charts`);
  for (const figure of figures) {
    assert.ok(figure.title.split(/\s+/).length <= 10, figure.title);
    assert.match(figure.caption, /Measure: .* Source: .* Population and period: /);
    assert.match(figure.alt, /\d/);
    assert.match(figure.simulated, /^Simulated data/);
  }
  await close();
});

test("a chart becomes its table and back by keyboard", async () => {
  const { page, close } = await browser.open(files.publish);
  const figure = page.locator("#detectable-0");
  await figure.getByRole("button", { name: /^Table/ }).focus();
  await page.keyboard.press("Enter");
  assert.ok(await figure.locator("table").isVisible());
  assert.ok(!(await figure.locator(".hw-chart").isVisible()));
  assert.equal(await figure.locator("tbody tr").count(), 7);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Space");
  assert.ok(await figure.locator(".hw-chart").isVisible());
  assert.equal(await figure.getByRole("button", { name: /^Chart/ }).getAttribute("aria-pressed"), "true");
  await close();
});

test("the CSV of coefficients and of parts holds the result file's digits", async () => {
  const { page, close } = await browser.open(files.publish);
  const taken = async (id) =>
    cells(
      (await download(page, page.locator(`#${id}`).getByRole("button", { name: /^Download the numbers/ }))).toString(),
    );
  const fit = "/fits/joint.ratio",
    stored = arrays(
      files.result,
      ...["term", "estimate", "std_error", "conf_low", "conf_high", "p_value", "mde"].map((name) => `${fit}/${name}`),
    );
  const rows = (await taken("forest-1")).slice(1).filter((row) => row[1] === "activity per unit of resource");
  assert.equal(rows.length, 7);
  rows.forEach((row, i) => {
    assert.equal(row[0], stored[`${fit}/term`][i]);
    ["estimate", "std_error", "conf_low", "conf_high", "p_value", "mde"].forEach((name, j) =>
      assert.equal(Number(row[j + 2]), stored[`${fit}/${name}`][i], `${row[0]} ${name}`),
    );
  });
  const node = "/decompositions/joint.ratio/2_change",
    parts = arrays(files.result, `${node}/component`, `${node}/estimate`, `${node}/std_error`, `${node}/total`);
  const id = await page
    .locator("#attribution h3", { hasText: "Change: activity per unit of resource" })
    .locator("xpath=..")
    .locator("figure")
    .getAttribute("id");
  const steps = (await taken(id)).slice(1);
  assert.deepEqual(
    steps.map((row) => row[0]),
    [...parts[`${node}/component`], "total"],
  );
  parts[`${node}/component`].forEach((_, i) => {
    assert.equal(Number(steps[i][1]), parts[`${node}/estimate`][i]);
    if (steps[i][2] !== "") assert.equal(Number(steps[i][2]), parts[`${node}/std_error`][i]);
  });
  assert.equal(Number(steps.at(-1)[1]), parts[`${node}/total`][0]);
  await close();
});

test("charts go home as SVG and PNG, and say 'simulated' there too", async () => {
  const { page, trouble, close } = await browser.open(files.publish);
  const figure = page.locator("#explained-0");
  const svg = (await download(page, figure.getByRole("button", { name: /as SVG/ }))).toString();
  assert.match(svg, /^<svg/);
  assert.match(svg, /Simulated data: no real trust is described\./);
  const png = await download(page, figure.getByRole("button", { name: /as PNG/ }));
  assert.equal(png.subarray(1, 4).toString(), "PNG");
  assert.ok(png.length > 10_000);
  assert.deepEqual(trouble, []);
  await close();
});

test("no accessibility violation, charts and tables, wide and narrow", async () => {
  for (const [path, viewport] of [
    [files.publish, { width: 1280, height: 900 }],
    [files.internal, { width: 1280, height: 900 }],
    [files.publish, { width: 320, height: 800 }],
  ]) {
    const { page, close } = await browser.open(path, viewport);
    if (path === files.internal) await search(page, await firstUnit());
    await openEverything(page);
    await showTables(page);
    assert.deepEqual(await violations(page), []);
    await close();
  }
});

test("320 pixels and 200 % zoom need no sideways scrolling", async () => {
  for (const width of [320, 640]) {
    const { page, close } = await browser.open(files.publish, { width, height: 800 });
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await openEverything(page);
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    assert.ok((await wide()) <= 0, `charts at ${width}`);
    await showTables(page);
    assert.ok((await wide()) <= 0, `tables at ${width}`);
    await close();
  }
});

const kPage = { width: 680, height: 1002 }; // what A4 leaves between the margins, in pixels

test("prints to A4 with every chart drawn and none cut", async () => {
  const { page, trouble, close } = await browser.open(files.publish, kPage);
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  const charts = await page.locator(".hw-figure").evaluateAll((all) =>
    all.map((figure) => {
      const box = figure.getBoundingClientRect(),
        svg = figure.querySelector(".hw-chart svg")?.getBoundingClientRect();
      return {
        id: figure.id,
        height: box.height,
        drawn: Boolean(svg) && svg.width > 200,
        over: svg ? svg.right - box.right : 0,
        together: getComputedStyle(figure).breakInside,
      };
    }),
  );
  for (const chart of charts) {
    assert.ok(chart.drawn, `${chart.id} is drawn`);
    assert.ok(chart.over <= 0, `${chart.id} stays inside its frame`);
    assert.ok(chart.height <= kPage.height, `${chart.id} fits a page: ${chart.height}`);
    assert.equal(chart.together, "avoid", chart.id);
  }
  const paper = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  const pages = paper.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  console.log(`${pages} pages, ${charts.length} charts`);
  assert.ok(pages >= 5 && pages <= 40, `${pages} pages`);
  assert.deepEqual(trouble, []);
  await close();
});

async function firstUnit() {
  return arrays(files.result, "/fits/joint.ratio/rows/row_unit")["/fits/joint.ratio/rows/row_unit"][0];
}

async function search(page, words) {
  await page.getByLabel("Name or code of a trust").fill(words);
  await page.getByRole("button", { name: "Show", exact: true }).click();
}

test("internal: one trust through the search box, peers as a spread, 'not estimable' where no reliability was declared", async () => {
  const { page, trouble, close } = await browser.open(files.internal);
  const unit = await firstUnit();
  await search(page, unit.toLowerCase());
  assert.equal(await page.locator(".hw-trust__name").textContent(), unit);
  assert.ok(await page.locator("#trust-parts-chart svg").isVisible());
  await page
    .locator("#trust-parts")
    .getByRole("button", { name: /^Table/ })
    .click();
  const text = await page.locator("#trust-parts table").innerText();
  assert.match(text, /not estimable/);
  assert.doesNotMatch(text, /\b\d+(st|nd|rd|th)\b|rank/i);
  await search(page, "no such trust");
  assert.equal(await page.locator(".hw-search__said").textContent(), "No trust has that name.");
  assert.deepEqual(trouble, []);
  await close();
});

test("publish has no search box and its page names no audience but its own", async () => {
  const { page, close } = await browser.open(files.publish);
  assert.equal(await page.locator("#trust-search").count(), 0);
  assert.equal(await page.getByText("Internal: single trusts are named").count(), 0);
  assert.ok(readFileSync(files.publish, "utf8").includes('"audience": "publish"'));
  await close();
});
