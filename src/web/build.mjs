// Bundles source/ into one HTML template: node build.mjs OUT.html. The page's script and style are inline and allowed by
// their hash; the one payload is data and takes the place of kPlace in the command.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(process.argv[2] ?? "report.html");
const place = '{"headwater":"payload"}',
  body = "<!--headwater body-->";

function hash(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

async function script() {
  const built = await esbuild.build({
    entryPoints: [join(here, "source/main.ts")],
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    charset: "ascii",
    format: "iife",
    target: "es2021",
    legalComments: "none",
    absWorkingDir: here,
  });
  // Inside <script>, "<!--" would begin a comment; esbuild escapes "</script" itself.
  const text = built.outputFiles[0].text.replaceAll("<!--", "\\x3c!--");
  if (/<\/script/i.test(text)) throw new Error("the bundled script closes its own element");
  return { text, inputs: Object.keys(built.metafile.inputs) };
}

function style() {
  const options = {
    style: "compressed",
    loadPaths: [join(here, "node_modules")],
    quietDeps: true,
    logger: sass.Logger.silent,
  };
  const text = sass.compile(join(here, "source/style.scss"), options).css.replace(/^\uFEFF/, "");
  if (/url\(["']?https?:|@import|<\/style/i.test(text)) throw new Error("the style sheet reaches for the network");
  return text;
}

// The licences of every package in the bundle, each text once.
function licences(inputs) {
  const packages = new Set(["nhsuk-frontend"]);
  for (const input of inputs) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  const texts = new Map();
  for (const name of [...packages].sort()) {
    const folder = join(here, "node_modules", name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${about.license}`;
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${about.version}`]);
  }
  return [...texts]
    .map(([text, names]) => `${names.join(", ")}\n\n${text}`)
    .join("\n\n----\n\n")
    .replaceAll("<", "(")
    .replaceAll(">", ")");
}

const { text: js, inputs } = await script();
const css = style();
const policy = [
  "default-src 'none'",
  `script-src ${hash(js)}`,
  `style-src ${hash(css)}`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const html = `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="headwater report">
<title>Headwater report</title>
<style>${css}</style>
</head>
<body>
<noscript><p class="hw-noscript">Charts are drawn by a script inside this file, and scripts are off. The words and the tables are below.</p></noscript>
<div id="report">${body}</div>
<script type="application/json" id="payload">${place}</script>
<script type="text/plain" id="licences">
${licences(inputs)}
</script>
<script>${js}</script>
</body>
</html>
`;

for (const [one, what] of [
  [place, "payload"],
  [body, "body"],
])
  if (html.split(one).length !== 2) throw new Error(`the template must have exactly one place for the ${what}`);
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, html);
