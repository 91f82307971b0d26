// Data that would like to be markup, script, formulas or a wall of text stays text.
import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browse, cells, download, headwater, megabyte, openEverything, scratch, violations } from "./support.mjs";

const kScript = "<script>window.owned = 1</script>";
const kEnd = '</script><img src=x onerror="window.owned = 2">';
const kFormula = '=HYPERLINK("http://example.invalid","click")';
const kRightToLeft = "\u202Eאמון בית חולים";
const kLong = `Trust ${"long ".repeat(13107)}`; // 64 KB
const kLine = "line\u2028separator\u2029 <!-- & --> ${payload} \\u003c";
const kUnits = [
  kScript,
  kEnd,
  kFormula,
  "+1+1",
  "-2",
  "@SUM(A1)",
  kRightToLeft,
  kLong,
  kLine,
  "constructor",
  "__proto__",
  "{{7*7}}",
];
const kColumn = "x <b>&amp;</b>";

const folder = scratch();
let browser;

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;

before(async () => {
  const lines = [["unit", "time", "y", kColumn, "z", "group"].map(quoted).join(",")];
  kUnits.forEach((unit, u) => {
    for (let t = 0; t < 6; ++t) {
      const x = ((u * 7 + t * 3) % 11) / 3 + 0.1 * t * u,
        z = ((u * 5 + t * t) % 7) / 2,
        noise = (((u * 13 + t * 29) % 17) - 8) / 40;
      lines.push(
        [quoted(unit), 2015 + t, 2 + 0.5 * x - 0.3 * z + u + noise, x, z, quoted(u % 2 ? kScript : "=1+1")].join(","),
      );
    }
  });
  writeFileSync(join(folder, "hostile.csv"), `${lines.join("\n")}\n`);
  const about = [
    "measure",
    "status",
    "vintage",
    "source",
    "population",
    "weights",
    "estimand",
    "commissioner",
    "author",
    "assurer",
    "review_date",
  ].map((key) => `${key} = ${kScript} ${kEnd} & <!-- of ${key}`);
  writeFileSync(
    join(folder, "hostile.cfg"),
    `[data]
file = hostile.csv
unit = unit
time = time
[run]
[model]
title = ${kEnd}
formula = y ~ \`${kColumn}\` + z | unit + time
[driver]
<i>first</i> = \`${kColumn}\`
second = z
[decompose]
use = contributions
use = contributions(by = group)
use = change(from = 2015, to = 2020)
[output]
result = hostile.h5
report = hostile.html
audience = internal
[report]
${about.join("\n")}
coverage = group
`,
  );
  headwater("run", join(folder, "hostile.cfg"));
  headwater(
    "report",
    join(folder, "hostile.h5"),
    "-o",
    join(folder, "hostile.html"),
    "--audience",
    "internal",
    "--form",
    "full",
  );
  browser = await browse();
});
after(() => browser.close());

test("hostile names and captions are text, in the page and in its charts", async () => {
  assert.ok(statSync(join(folder, "hostile.html")).size < 4 * megabyte);
  const { page, trouble, close } = await browser.open(join(folder, "hostile.html"));
  await openEverything(page);
  assert.equal(await page.evaluate(() => window.owned), undefined);
  assert.equal(await page.locator("#report script, #report img, #report i, #report b").count(), 0);
  assert.ok((await page.locator("h1").textContent()).includes(kEnd));
  assert.ok((await page.locator("main").textContent()).includes(kScript));
  assert.deepEqual(trouble, []);
  assert.deepEqual(await violations(page), []);
  await close();
});

test("every hostile trust can be found and looked at", async () => {
  const { page, trouble, close } = await browser.open(join(folder, "hostile.html"));
  for (const unit of [kScript, kEnd, kFormula, kRightToLeft, kLine, "__proto__"]) {
    await page.getByLabel("Name or code of a trust").fill(unit.replaceAll(/[\u2028\u2029]/g, " ").slice(0, 200));
    await page.getByRole("button", { name: "Show", exact: true }).click();
    if (unit !== kLine) assert.equal(await page.locator(".hw-trust__name").textContent(), unit);
    assert.ok(await page.locator("#trust-parts-chart svg").isVisible());
  }
  await page.getByLabel("Name or code of a trust").fill("Trust long long");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  assert.match(await page.locator(".hw-trust__name").textContent(), /^Trust long .*… \(65,5\d\d characters\)$/);
  assert.ok(
    (await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0,
    "64 KB names do not widen the page",
  );
  assert.equal(await page.evaluate(() => window.owned), undefined);
  assert.deepEqual(trouble, []);
  await close();
});

test("a cell that a spreadsheet would take for a formula is text in the CSV", async () => {
  const { page, close } = await browser.open(join(folder, "hostile.html"));
  await openEverything(page);
  const figure = page.locator("figure", { has: page.locator("h4", { hasText: /move|moves/ }) }).last();
  const rows = cells((await download(page, figure.getByRole("button", { name: /^Download the numbers/ }))).toString());
  const units = rows.slice(1).map((row) => row[1]);
  assert.ok(units.length > 0);
  for (const unit of units) {
    assert.doesNotMatch(unit, /^\s*[=+\-@]/);
    assert.ok(kUnits.includes(unit) || kUnits.includes(unit.slice(1)), unit.slice(0, 80));
  }
  await close();
});
