// What a published report says, and what it must not: no order of trusts, no causal verb about an association, no name.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { arrays, browse, demo, headwater, openEverything, payloadOf, scratch, source } from "./support.mjs";

const folder = scratch();
let browser, files;
before(async () => {
  files = demo(folder);
  browser = await browse();
});
after(() => browser.close());

// Everything a reader can see or hear, without the author's own words.
async function wordsOf(page) {
  await openEverything(page);
  return page.evaluate(() => {
    document.querySelectorAll("[aria-controls$='-table']").forEach((button) => button.click());
    const copy = document.getElementById("report").cloneNode(true);
    copy.querySelectorAll("[data-author], pre, code, svg").forEach((element) => element.remove());
    const heard = [...document.querySelectorAll("[aria-label]")].map((element) => element.getAttribute("aria-label"));
    const drawn = [...document.querySelectorAll("svg text")].map((element) => element.textContent);
    return [copy.textContent, ...heard, ...drawn].join("\n");
  });
}

const kForbidden =
  /\b(rank(s|ed|ing|ings)?|best|worst|league|top|bottom|drives?|drove|driven|driving|due to|impacts?|caus(e|es|ed|al|ing)|because of|leads? to|led to|results? in|resulted in|(?<!variance within the )effects? of|improv(e|es|ed|ing|ement)s?|thanks to)\b/gi;

test("no order of trusts and no causal verb in the default report", async () => {
  const { page, close } = await browser.open(files.publish);
  const text = await wordsOf(page);
  assert.ok(text.length > 10_000);
  assert.deepEqual(
    [...text.matchAll(kForbidden)].map((found) => text.slice(Math.max(0, found.index - 40), found.index + 40)),
    [],
  );
  assert.doesNotMatch(text, /effect, if/i);
  assert.match(text, /persistent differences, unexplained/i);
  assert.match(text, /residual, unexplained/i);
  await close();
});

test("a null comes with what could have gone unseen", async () => {
  const { page, close } = await browser.open(files.publish);
  for (const text of await page.locator("#finding .hw-finding").allTextContents())
    if (/spans? zero/.test(text)) assert.match(text, /differences below [\d.]+%.*could have gone unseen \(80% power\)/);
  for (const text of await page.locator("#finding td .hw-cell").allTextContents()) {
    const [low, high] = text
      .replaceAll("−", "-")
      .match(/\((-?[\d.]+) to (-?[\d.]+)\)/)
      .slice(1)
      .map(Number);
    assert.equal(low > 0 || high < 0, !text.includes("detectable from"), text);
  }
  await close();
});

// Forty units over eight years; y moves by half of x, and by `ahead` of next year's x.
function study(name, ahead) {
  const lines = ["unit,year,y,x"];
  let state = 7;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5;
  for (let u = 0; u < 40; ++u) {
    const x = Array.from({ length: 9 }, random);
    for (let t = 0; t < 8; ++t)
      lines.push([`unit${u}`, 2010 + t, 0.5 * x[t] + ahead * x[t + 1] + u + 0.1 * random(), x[t]].join(","));
  }
  writeFileSync(join(folder, `${name}.csv`), `${lines.join("\n")}\n`);
  const captions = readFileSync(join(source, "configs/demo.cfg"), "utf8")
    .split("[report]")[1]
    .replace(/^coverage.*\n/m, "")
    .replace(/^names.*\n(?:[ \t].*\n)*/m, "");
  writeFileSync(
    join(folder, `${name}.cfg`),
    `[data]\nfile = ${name}.csv\nunit = unit\ntime = year\n[model]\nformula = y ~ x + f(x, 1) | unit + year\n` +
      `test = f(x, 1) = 0\ntest = x = 0\n[driver]\ndigital = x + f(x, 1)\n[output]\nresult = ${name}.h5\n[report]${captions}`,
  );
  headwater("run", join(folder, `${name}.cfg`));
  return join(folder, `${name}.h5`);
}

async function findingOf(result, ...words) {
  headwater("report", result, "-o", join(folder, "causal.html"), ...words);
  const { page, close } = await browser.open(join(folder, "causal.html"));
  const text = await page.locator("#finding").innerText();
  const first = await page.locator(".hw-points li").first().innerText();
  await close();
  return { text, first };
}

test("'effect, if' needs an argument for the driver and a falsification that could have rejected", async () => {
  const result = study("sound", 0);
  const argue = ["--report.assignment", "digital: scores were given out by lottery"];
  const test = (text) => ["--report.falsification", text];
  const { text } = await findingOf(result, ...argue, ...test("digital: lead: f(x, 1) = 0"));
  assert.match(text, /Effect, if scores were given out by lottery/);
  assert.match(text, /The lead of x, 1 year later cannot be told apart from zero/);
  assert.doesNotMatch((await findingOf(result, ...argue)).text, /effect, if/i);
  assert.doesNotMatch((await findingOf(result, ...test("digital: lead: f(x, 1) = 0"))).text, /effect, if/i);
  assert.throws(() => headwater("report", result, "-o", "x.html", ...argue, ...test("digital: lead: x = 0")));
});

test("a falsification that rejects is the first finding, with its outcome", async () => {
  const { text, first } = await findingOf(
    study("unsound", 0.3),
    "--report.assignment",
    "digital: scores were given out by lottery",
    "--report.falsification",
    "digital: lead: f(x, 1) = 0",
  );
  assert.doesNotMatch(text, /effect, if/i);
  assert.match(text.split("\n").slice(1, 3).join(" "), /A falsification test of digital rejects/);
  assert.match(text, /The lead test of digital with y \(p <0.001; .*\) rejects/);
  assert.match(first, /^The lead test of digital with y .* rejects/);
});

test("no name of a trust is in what a published report carries", () => {
  const units = new Set(
    arrays(files.result, "/fits/joint.ratio/rows/row_unit", "/data/suspicion_unit")["/fits/joint.ratio/rows/row_unit"],
  );
  assert.ok(units.size > 200);
  const words = (path) => new Set(JSON.stringify(payloadOf(path)).match(/[A-Za-z0-9_]+/g));
  const published = words(files.publish),
    internal = words(files.internal);
  assert.deepEqual(
    [...units].filter((unit) => published.has(unit)),
    [],
  );
  assert.ok(
    [...units].every((unit) => internal.has(unit)),
    "the check can fail",
  );
});

// Names that occur nowhere else, so that every byte of the file can be searched.
test("no name and no row value is in the bytes of a published report", () => {
  const lines = readFileSync(join(folder, "demo.csv"), "utf8").split("\n");
  const odd = lines.map((line, i) => (i === 0 || line === "" ? line : line.replace(/^"?(R[A-Z]+)"?,/, "ZQX$1QZ,")));
  writeFileSync(join(folder, "odd.csv"), odd.join("\n"));
  headwater(
    "run",
    join(source, "configs/demo.cfg"),
    "--data.file",
    join(folder, "odd.csv"),
    "--output.result",
    join(folder, "odd.h5"),
    "--output.report",
    join(folder, "odd.html"),
  );
  const bytes = readFileSync(join(folder, "odd.html"), "latin1");
  assert.ok(!/ZQX/i.test(bytes));
  const rows = "/fits/joint.ratio/rows",
    cells = "/decompositions/joint.ratio/1_contributions";
  const stored = arrays(
    join(folder, "odd.h5"),
    `${rows}/row_unit`,
    `${rows}/residual`,
    `${rows}/outcome`,
    `${cells}/cell_estimate`,
  );
  assert.ok(stored[`${rows}/row_unit`].every((unit) => unit.startsWith("ZQX")));
  // Twelve digits: at eight, a few of some twenty thousand values agree with an aggregate by chance.
  const digits = (value) => Math.abs(value).toPrecision(12);
  const carriedBy = (text) => new Set(text.match(/\d+\.\d{6,}(e-?\d+)?/g).map((number) => digits(Number(number))));
  const ofOneRow = (path) => {
    // a common movement is many rows' value, and no one's
    const times = new Map();
    for (const value of stored[path]) times.set(value, (times.get(value) ?? 0) + 1);
    return stored[path].filter((value) => Math.abs(value) > 1e-9 && times.get(value) === 1);
  };
  const once = [`${rows}/residual`, `${rows}/outcome`, `${cells}/cell_estimate`].flatMap(ofOneRow);
  assert.ok(once.length > 20_000);
  const published = carriedBy(bytes);
  assert.deepEqual(
    once.filter((value) => published.has(digits(value))),
    [],
  );
  for (const key of ["rows", "cells", "mover_unit", "suspicion_message", "succession_message"])
    assert.ok(!bytes.includes(`"${key}": `), key);
  headwater("report", join(folder, "odd.h5"), "-o", join(folder, "odd-internal.html"), "--audience", "internal");
  const inside = readFileSync(join(folder, "odd-internal.html"), "latin1"),
    known = carriedBy(inside);
  assert.ok(/ZQX/.test(inside), "the check of names can fail");
  assert.ok(once.filter((value) => known.has(digits(value))).length > 4_000, "the check of values can fail");
});

test("every method is drawn from its parts alone, names no trust and keeps to the words", async () => {
  const methods = ["shapley", "importance", "fields", "variance", "robustness_value", "leave_one_out"];
  const uses = [...methods, "specification_curve(component = contract)", "provider"].map((use) => `use = ${use}`);
  const captions = readFileSync(join(source, "configs/demo.cfg"), "utf8").split("[report]")[1];
  const lines = ["[data]", "file = demo.csv", "unit = trust", "time = quarter", "simulated = yes", "[run]"];
  lines.push(`model = ${join(source, "models/joint.model")}`, "[decompose]", ...uses, "[output]");
  lines.push("result = many.h5", "report = many.html", `[report]${captions}`);
  writeFileSync(join(folder, "many.cfg"), lines.join("\n"));
  headwater("run", join(folder, "many.cfg"));
  headwater("report", join(folder, "many.h5"), "-o", join(folder, "many.html"), "--form", "full");
  const payload = payloadOf(join(folder, "many.html"));
  const drawn = new Set(payload.decompositions.map((one) => one.method));
  assert.deepEqual([...drawn].sort(), [...methods, "specification_curve"].sort(), "provider is about single trusts");
  assert.ok(payload.left_out >= 3);
  const rows = "/fits/joint.ratio/rows/row_unit";
  const units = new Set(arrays(join(folder, "many.h5"), rows)[rows]);
  const words = new Set(JSON.stringify(payload).match(/[A-Za-z0-9_]+/g));
  assert.deepEqual(
    [...units].filter((unit) => words.has(unit)),
    [],
  );
  const { page, trouble, close } = await browser.open(join(folder, "many.html"));
  const text = await wordsOf(page);
  assert.deepEqual(
    [...text.matchAll(kForbidden)].map((found) => text.slice(found.index - 40, found.index + 40)),
    [],
  );
  const titles = await page.locator(".hw-figure__title").allTextContents();
  assert.ok(titles.some((title) => /^Drivers account for [\d.]+% of the variance( within the effects)?$/.test(title)));
  assert.ok(titles.some((title) => /^A driver explaining [\d.]+% could take one away$/.test(title)));
  assert.ok(titles.every((title) => title.split(/\s+/).length <= 10));
  assert.ok(
    titles.every((title) => !/100% of the variance/.test(title)),
    "between and within are no drivers",
  );
  assert.deepEqual(trouble, []);
  await close();
});
