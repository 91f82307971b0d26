// Runs the command under test, opens its pages in a real browser with the network off, and reads result files.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { HEADWATER_COMMAND, HEADWATER_SOURCE, HEADWATER_CHROMIUM, HEADWATER_PYTHON } = process.env;
const require = createRequire(join(HEADWATER_SOURCE, "src/web/package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const source = HEADWATER_SOURCE;
export const megabyte = 1024 * 1024;

export function headwater(...words) {
  return execFileSync(HEADWATER_COMMAND, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), "headwater-web-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// The demo of ./quickstart in full, for both audiences, and the report that it writes itself.
export function demo(folder) {
  const place = (name) => join(folder, name);
  headwater("simulate", "--scenario", "nhs", "--seed", "20260212", "--output", place("demo.csv"));
  headwater(
    "run",
    join(source, "configs/demo.cfg"),
    "--data.file",
    place("demo.csv"),
    "--output.result",
    place("demo.h5"),
    "--output.report",
    place("report.html"),
  );
  headwater("report", place("demo.h5"), "-o", place("publish.html"), "--form", "full");
  headwater("report", place("demo.h5"), "-o", place("internal.html"), "--audience", "internal", "--form", "full");
  return {
    result: place("demo.h5"),
    report: place("report.html"),
    publish: place("publish.html"),
    internal: place("internal.html"),
  };
}

// Arrays of a result file, read by h5py alone.
export function arrays(result, ...paths) {
  const program = `
import h5py, json, sys
with h5py.File(sys.argv[1]) as f:
    out = {}
    for path in sys.argv[2:]:
        d = f[path]
        out[path] = [x.decode().rstrip("\\0") for x in d[()].ravel()] if d.dtype.kind == "S" else [float(x) for x in d[()].ravel()]
print(json.dumps(out))`;
  return JSON.parse(execFileSync(HEADWATER_PYTHON, ["-c", program, result, ...paths], { encoding: "utf8" }));
}

export function payloadOf(path) {
  const html = readFileSync(path, "utf8");
  return JSON.parse(/<script type="application\/json" id="payload">([\s\S]*?)<\/script>/.exec(html)[1]);
}

// A machine that compiles beside the tests is slow, not wrong.
const patience = 120_000;

export async function browse() {
  const browser = await chromium.launch({
    executablePath: HEADWATER_CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu"],
    timeout: patience,
  });
  return {
    // A page with what went wrong in it: messages of the console, errors, dialogs and requests beyond the file itself.
    async open(path, viewport = { width: 1280, height: 900 }) {
      const context = await browser.newContext({ viewport, offline: true, acceptDownloads: true });
      context.setDefaultTimeout(patience);
      const page = await context.newPage();
      const trouble = [];
      page.on("console", (message) => trouble.push(`${message.type()}: ${message.text()}`));
      page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
      page.on("dialog", (dialog) => {
        trouble.push(`dialog: ${dialog.message()}`);
        return dialog.dismiss();
      });
      page.on("request", (request) => {
        if (!/^(file|data|blob):/.test(request.url())) trouble.push(`request: ${request.url()}`);
      });
      await page.goto(`file://${path}`);
      await page.waitForSelector(".hw-chart svg", { state: "attached" });
      return { page, trouble, close: () => context.close() };
    },
    close: () => browser.close(),
  };
}

export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    window.axe.run(document, {
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  return found.violations.map(
    (one) =>
      `${one.id}: ${one.help} (${one.nodes
        .slice(0, 3)
        .map((node) => node.html.slice(0, 200))
        .join(" | ")})`,
  );
}

export async function openEverything(page) {
  await page.evaluate(() =>
    document.querySelectorAll("details").forEach((element) => {
      element.open = true;
    }),
  );
  // Every chart is drawn, then drawn again at the width it has on the screen: one that changes its height when a click brings it
  // into sight would move the button from under the pointer.
  await page.evaluate(() => ["beforeprint", "afterprint"].forEach((name) => window.dispatchEvent(new Event(name))));
  await settled(page);
}

// Charts that are drawn late push what is below them: a click aims at where a button is, so the page must stand still first.
async function settled(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)));
    for (let still = 0, before = -1; still < 4; await frame()) {
      const height = document.documentElement.scrollHeight;
      still = height === before ? still + 1 : 0;
      before = height;
    }
  });
}

// Cells of a CSV file as RFC 4180 has them.
export function cells(text) {
  const rows = [];
  let row = [],
    cell = "",
    quoted = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') {
        cell += '"';
        ++i;
      } else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"') quoted = true;
    else if (c === ",") {
      row.push(cell);
      cell = "";
    } else if (c === "\r") {
      /* of the line end */
    } else if (c === "\n") {
      row.push(cell);
      rows.push(row);
      row = [];
      cell = "";
    } else cell += c;
  }
  return rows;
}

// Charts and tables at once.
export async function showTables(page) {
  await page.evaluate(() =>
    document.querySelectorAll(".hw-chart, .hw-table").forEach((view) => {
      view.hidden = false;
    }),
  );
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
}

// By the keyboard: where the button stands when a chart above it is drawn anew does not matter. Chromium drops what a page asks it
// to save beyond ten files in a second, without a word, so a fast machine takes breath between two.
export async function download(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), button.press("Enter")]);
  await page.waitForTimeout(150);
  return readFileSync(await file.path());
}
