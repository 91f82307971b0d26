// Vega-Lite under a strict content security policy: expressions are interpreted, never evaluated as code.
import * as vega from "vega";
import { expressionInterpreter } from "vega-interpreter";
import * as vegaLite from "vega-lite";

export type Spec = vegaLite.TopLevelSpec;

export const kColours = {
  blue: "#005eb8",
  dark: "#212b32",
  orange: "#b25400",
  green: "#007f3b",
  grey: "#768692",
  light: "#aeb7bd",
  pale: "#d8dde0",
};

const kFont = "Arial, sans-serif";

const kConfig: vegaLite.Config = {
  aria: false,
  background: "#ffffff",
  font: kFont,
  padding: { left: 0, right: 4, top: 4, bottom: 4 },
  view: { stroke: null },
  axis: {
    labelFontSize: 14,
    titleFontSize: 14,
    titleFontWeight: "normal",
    labelColor: kColours.dark,
    titleColor: kColours.dark,
    gridColor: kColours.pale,
    domainColor: kColours.grey,
    tickColor: kColours.grey,
    titlePadding: 10,
    labelPadding: 6,
  },
  legend: {
    labelFontSize: 14,
    titleFontSize: 14,
    labelColor: kColours.dark,
    orient: "top",
    title: null,
    symbolSize: 110,
    labelLimit: 320,
    padding: 0,
    offset: 18,
  },
  title: {
    font: kFont,
    fontSize: 18,
    subtitleFontSize: 14,
    anchor: "start",
    color: kColours.dark,
    subtitleColor: kColours.dark,
    frame: "group",
  },
};

function viewOf(spec: Spec, renderer: "svg" | "none"): vega.View {
  const compiled = vegaLite.compile(spec, { config: kConfig, logger: vega.logger(vega.Error) }).spec;
  const runtime = vega.parse(compiled, undefined, { ast: true });
  return new vega.View(runtime, { expr: expressionInterpreter, renderer, logLevel: vega.Error } as vega.ViewOptions);
}

export function draw(place: HTMLElement, spec: Spec): void {
  // Vega gives its container a role and a name of its own; ours stand on `place`.
  const canvas = document.createElement("div");
  canvas.setAttribute("aria-hidden", "true");
  place.replaceChildren(canvas);
  viewOf(spec, "svg").initialize(canvas).run();
}

export async function svgOf(spec: Spec): Promise<Blob> {
  return new Blob([await viewOf(spec, "none").toSVG()], { type: "image/svg+xml" });
}

export async function pngOf(spec: Spec): Promise<Blob> {
  const canvas = (await viewOf(spec, "none").toCanvas(2)) as unknown as HTMLCanvasElement;
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("the browser made no image"))), "image/png"),
  );
}
