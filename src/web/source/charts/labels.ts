// Names of rows: beside the marks where there is room, above them on a phone.
import type { Shape } from "../figure";
import { kColours } from "./draw";

export function stepOf(shape: Shape): number {
  return shape.narrow ? 56 : 40;
}

function fitted(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

// Two lines at most, broken at a blank.
export function inLines(text: string, width = 46): string[] {
  if (text.length <= width) return [text];
  const blank = text.lastIndexOf(" ", width);
  const at = blank > width / 2 ? blank : width;
  return [text.slice(0, at).trim(), fitted(text.slice(at).trim(), width)];
}

// A list as an expression; line separators would end a string of it.
export function listed(values: unknown): string {
  return JSON.stringify(values).replaceAll("\u2028", " ").replaceAll("\u2029", " ");
}

// The rows are ordinal numbers; their names come from a list, so that equal and odd names are safe.
export function labelAxis(labels: string[], shape: Shape): object {
  if (shape.narrow) return { labels: false, ticks: false, title: null, domain: false, grid: false };
  const lines = labels.map((label) => inLines(label));
  return {
    title: null,
    ticks: false,
    domain: false,
    labelLimit: 330,
    labelExpr: `${listed(lines)}[datum.value]`,
    labelLineHeight: 16,
    grid: false,
  };
}

export function labelLayer(shape: Shape, y: object): object[] {
  if (!shape.narrow) return [];
  const limit = Math.max(120, shape.width - 12);
  const text = (look: object) => ({
    mark: {
      type: "text",
      align: "left",
      baseline: "middle",
      yOffset: -15,
      fontSize: 14,
      fontWeight: "bold",
      limit,
      ...look,
    },
    encoding: { x: { value: 0 }, y, text: { field: "label" } },
  });
  // A white rim keeps grid lines out of the letters.
  return [text({ stroke: "#ffffff", strokeWidth: 5, color: "#ffffff" }), text({ color: kColours.dark })];
}
