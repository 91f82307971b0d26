// Every decomposition there is, in the report of a model with effects, of one without and of one with a link: nothing may leave the page blank.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browse, headwater, openEverything, scratch, showTables } from "./support.mjs";

const kPeriods = "from = 2019-20 Q1, to = 2020-21 Q1";
const kUses = {
  effects: [
    `change(${kPeriods})`,
    "contributions(by = region)",
    "contributions(at = RAC@2020-21 Q1)",
    "gelbach(base = workforce)",
    "fields",
    "provider(reliability = 0.9, ranks = marginal)",
    "robustness_value",
    "oster",
    "leave_one_out",
    "errors_in_variables(term = log(fte), reliability = 0.99)",
    "measurement(block = dma/5, low = -0.05, high = 0.05)",
    "indicator(error = fte, period = 2019-20 Q1)",
    "specification_curve(component = workforce)",
    `aggregate(share = resource, ${kPeriods}, drivers = yes)`,
  ],
  none: [
    `kitagawa(by = region, ${kPeriods})`,
    `oaxaca(${kPeriods}, reference = all)`,
    "leave_out(first = trust, second = quarter)",
    "shapley",
    "importance",
    "dominance",
    "variance(levels = region + trust)",
    "bma",
    `das_gupta(factors = fte + beds, ${kPeriods})`,
    "olley_pakes(share = resource)",
    `index(price = agency_share, quantity = fte, ${kPeriods})`,
    "growth(activity = turnover, resource = agency_share)",
    `rif(${kPeriods}, replicates = 50)`,
    `dfl(${kPeriods}, replicates = 50)`,
    "missing_bounds(term = log(fte))",
  ],
  counts: ["marginal_effects"],
};
const kModel = (name, estimator, effects, outcome = "ratio(activity, resource)") => `# ${name}.model: every method
[model]
title = ${name}
outcome = ${outcome}
formula = log(fte) + agency_share + dma${effects}
estimator = ${estimator}
[driver]
workforce = log(fte) + agency_share
digital = dma
[decompose]
${kUses[name].map((use) => `use = ${use}`).join("\n")}
`;
const kReport = "measure status vintage source population weights estimand commissioner author assurer review_date"
  .split(" ")
  .map((key) => `${key} = ${key} of a test`)
  .join("\n");

let browser, folder;
const place = (name) => join(folder, name);
before(async () => {
  folder = scratch();
  browser = await browse();
  // A seed whose regions have six trusts or more: what is about fewer than five is not published.
  headwater("simulate", "--seed", "8", "--trusts", "60", "--quarters", "8", "--output", place("panel.csv"));
  writeFileSync(place("effects.model"), kModel("effects", "within", " | trust + quarter"));
  writeFileSync(place("none.model"), kModel("none", "pooled", ""));
  writeFileSync(place("counts.model"), kModel("counts", "ppml", " | trust + quarter", "activity"));
  writeFileSync(
    place("all.cfg"),
    `[data]\nfile = panel.csv\nunit = trust\ntime = quarter\n[run]\nmodel = effects.model\nmodel = none.model\nmodel = counts.model\n` +
      `bootstrap = cluster(draws = 20)\n[output]\nresult = all.h5\nreport = publish.html\n[report]\ntitle = Every method\n${kReport}\n`,
  );
  headwater("run", place("all.cfg"));
  headwater("report", place("all.h5"), "-o", place("publish.html"), "--form", "full");
  headwater("report", place("all.h5"), "-o", place("internal.html"), "--audience", "internal", "--form", "full");
});
after(() => browser.close());

test("every method that is listed is in the test", () => {
  const listed = headwater("methods")
    .split("Decompositions\n")[1]
    .split("\n\n")[0]
    .matchAll(/^([a-z_]+): /gm);
  const used = new Set(
    Object.values(kUses)
      .flat()
      .map((use) => use.split("(")[0]),
  );
  assert.deepEqual(
    [...listed].map((line) => line[1]).filter((method) => !used.has(method)),
    [],
  );
});

for (const audience of ["publish", "internal"])
  test(`the ${audience} report shows all of them`, async () => {
    const { page, trouble, close } = await browser.open(place(`${audience}.html`));
    await openEverything(page);
    await showTables(page);
    assert.deepEqual(trouble, []);
    const text = await page.locator("main").innerText();
    for (const words of ["The parts and their total", "Kitagawa", "Leave out", "Before any share"])
      assert.ok(text.includes(words), words);
    await close();
  });
