// Labels that stand nowhere else, in every option, key and method: none may reach a published page or a download.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browse, download, headwater, openEverything, scratch } from "./support.mjs";

const kCanary = /CANARY|SITE\d|LONELY/;
const folder = scratch();
const place = (name) => join(folder, name);
let browser;

// Thirty units over eight years; `site` names each again, and one region has a single unit.
function panel(label) {
  const lines = ["trust,year,y,x,z,size,region,site,treated"];
  for (let u = 0; u < 30; ++u)
    for (let t = 0; t < 8; ++t) {
      const x = ((u * 7 + t * 3) % 11) / 3 + 0.1 * t * u + 5,
        z = ((u * 5 + t * t) % 7) / 2 + 1,
        noise = (((u * 13 + t * 29) % 17) - 8) / 40;
      const region = u === 0 ? "LONELYREGION" : ["north", "south", "west"][u % 3];
      lines.push(
        [
          label(u),
          2010 + t,
          Math.exp(1 + 0.05 * x - 0.03 * z + noise),
          x,
          z,
          10 + u,
          region,
          `SITE${u}`,
          u === 3 && t > 3 ? 1 : 0,
        ].join(","),
      );
    }
  return `${lines.join("\n")}\n`;
}

const kCaptions = "measure status vintage source population weights estimand commissioner author assurer review_date"
  .split(" ")
  .map((key) => `${key} = ${key} of a test`)
  .join("\n");

const unitOf = (u) => `CANARY${String(u).padStart(2, "0")}`;

// What the model says, and whether anything of the result may be published.
const kModels = {
  subset: 'formula = log(y) ~ x + z | trust\nsubset = trust != "CANARY07"',
  "subset of a site": 'formula = log(y) ~ x + z | trust\nsubset = site != "SITE7" & region != "LONELYREGION"',
  split: "formula = log(y) ~ x\nsplit = trust\ncovariance = robust",
  fsplit: "formula = log(y) ~ x\nfsplit = site\ncovariance = robust",
  "split by region": "formula = log(y) ~ x + z\nsplit = region\ncovariance = robust",
  "dummies of units": "formula = log(y) ~ x + i(trust) | year",
  "text as a regressor": "formula = log(y) ~ x + site | year",
  "dummies of regions": "formula = log(y) ~ x + i(region) | year",
  "one unit in a formula": 'formula = log(y) ~ x + I(trust == "CANARY05") | year',
  "one treated unit": "formula = log(y) ~ treated + x | trust + year\ndriver.policy = treated\ndriver.rest = x",
  "a test of one unit": "formula = log(y) ~ x + i(trust) | year\ntest = `trust::CANARY05` = 0",
  "trends of units": "formula = log(y) ~ x | trust[year] + year",
  "a title": "title = What happened at CANARY11\nquestion = Did CANARY12 move?\nformula = log(y) ~ x | trust",
  "a name": "formula = log(y) ~ x | trust",
  "a driver": "formula = log(y) ~ x + z | trust\ndriver.CANARY03 = x",
  clusters: "formula = log(y) ~ x | trust\ncovariance = cluster(site)",
  decompositions: [
    "formula = log(y) ~ x + z | trust + year",
    "driver.first = x",
    "driver.second = z",
    "use = change(from = 2010, to = 2017)",
    "use = contributions(by = region)",
    "use = contributions(by = site)",
    "use = contributions(at = CANARY04@2012)",
    "use = leave_one_out",
    "use = provider(reliability = 0.9, ranks = marginal)",
    "use = fields",
  ].join("\n"),
  "decompositions without effects": [
    "formula = log(y) ~ x + z",
    "driver.first = x",
    "driver.second = z",
    "use = kitagawa(by = region, from = 2010, to = 2017)",
    "use = variance(levels = region + site)",
    "use = olley_pakes(share = size)",
    "use = growth(activity = y, resource = z)",
  ].join("\n"),
};

function configuration(name, model) {
  const label = name === "a name" ? "CANARY09" : "main";
  const lines = model.split("\n");
  const part = (start) => lines.filter((line) => line.startsWith(start)).map((line) => line.replace(/^driver\./, ""));
  const own = lines.filter((line) => !/^(driver\.|use )/.test(line));
  return [
    "[data]\nfile = panel.csv\nunit = trust\ntime = year\nsuccession = succession.csv\n[run]\nallow_failures = yes",
    `[model ${label}]`,
    ...own,
    `[driver ${label}]`,
    ...part("driver."),
    `[decompose ${label}]`,
    ...part("use "),
    `[output]\nresult = canary.h5\nreport = canary.html\n[report]\ncoverage = region, site\n${kCaptions}\n`,
  ].join("\n");
}

before(async () => {
  browser = await browse();
  writeFileSync(place("panel.csv"), panel(unitOf));
  writeFileSync(
    place("succession.csv"),
    "old_code,new_code,date,policy\nCANARY24,CANARY25,2013,break\nCANARY23,CANARY22,2013,drop\nCANARY99,CANARY21,2012,link\n",
  );
});
after(() => browser.close());

for (const [name, model] of Object.entries(kModels))
  test(`no label in the bytes of a page: ${name}`, () => {
    writeFileSync(place("canary.cfg"), configuration(name, model));
    headwater("run", place("canary.cfg"));
    const published = readFileSync(place("canary.html"), "utf8");
    assert.equal(kCanary.exec(published)?.[0], undefined);
    headwater("report", place("canary.h5"), "-o", place("internal.html"), "--audience", "internal", "--form", "full");
    assert.match(readFileSync(place("internal.html"), "utf8"), kCanary, "the check can fail");
  });

test("no label in any download of a page", async () => {
  writeFileSync(place("canary.cfg"), configuration("decompositions", kModels.decompositions));
  headwater("run", place("canary.cfg"));
  headwater("report", place("canary.h5"), "-o", place("canary.html"), "--form", "full");
  const { page, trouble, close } = await browser.open(place("canary.html"));
  await openEverything(page);
  let files = 0;
  for (const figure of await page.locator(".hw-figure").all())
    for (const button of [/^Download the numbers/, /as SVG/]) {
      const text = (await download(page, figure.getByRole("button", { name: button }))).toString();
      assert.doesNotMatch(text, kCanary);
      ++files;
    }
  assert.ok(files >= 10, `${files} files`);
  assert.doesNotMatch(await page.locator("#report").innerText(), kCanary);
  assert.deepEqual(trouble, []);
  await close();
});

test("the author's own words are refused with the key, and nothing is written", () => {
  writeFileSync(place("canary.cfg"), configuration("clusters", kModels.clusters));
  headwater("run", place("canary.cfg"));
  assert.throws(
    () => headwater("report", place("canary.h5"), "-o", place("refused.html"), "--report.title", "What CANARY01 did"),
    (error) =>
      /report\.title names the unit 'CANARY01', and a report for publication names none/.test(String(error.stderr)),
  );
  assert.throws(() => readFileSync(place("refused.html")));
});
