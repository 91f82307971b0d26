// A few lines over time on one scale, each with its name and last value at its end, the room between them filled.
import type { Shape } from "../figure";
import { kColours, type Spec } from "./draw";
import { listed } from "./labels";

export interface Trail {
  series: string;
  values: number[];
  end: string; // the last value as text
}

// Labels at the ends of two lines that end close together are moved apart, by a share of the whole scale.
const kApart = 0.09;
function spread(ends: number[], range: number): number[] {
  if (ends.length !== 2 || Math.abs(ends[0] - ends[1]) >= kApart * range) return ends;
  const middle = (ends[0] + ends[1]) / 2,
    up = (kApart * range) / 2;
  return ends[0] >= ends[1] ? [middle + up, middle - up] : [middle - up, middle + up];
}

export function trails(lines: Trail[], positions: string[], yTitle: string, shape: Shape): Spec {
  const colours = [kColours.dark, kColours.blue];
  const all = lines.flatMap((line) => line.values);
  const range = Math.max(...all) - Math.min(...all) || 1;
  const ends = spread(
    lines.map((line) => line.values[line.values.length - 1]),
    range,
  );
  const values = lines.flatMap((line) => line.values.map((value, order) => ({ series: line.series, order, value })));
  const between = positions.map((_, order) => ({ order, low: lines[0].values[order], high: lines[1].values[order] }));
  const last = positions.length - 1;
  const labels = lines.map((line, i) => ({
    series: line.series,
    order: last,
    value: ends[i],
    text: shape.narrow ? line.end : `${line.series} ${line.end}`,
  }));
  const room = shape.narrow ? 64 : 330,
    width = Math.max(120, shape.width - room - 60);
  const every = Math.ceil(positions.length / Math.max(1, Math.floor(width / 110)));
  const x = {
    field: "order",
    type: "quantitative",
    title: null,
    scale: { domain: [0, last], nice: false },
    axis: {
      values: positions.map((_, i) => i).filter((i) => i % every === 0),
      labelExpr: `${listed(positions.map((label) => label.slice(0, 24)))}[datum.value]`,
      grid: false,
      labelFlush: true,
    },
  };
  const y = { field: "value", type: "quantitative", title: yTitle, axis: { tickCount: 5, format: "+.6~r" } };
  const colour = {
    field: "series",
    type: "nominal",
    scale: { domain: lines.map((line) => line.series), range: colours },
    legend: shape.narrow ? { columns: 1, symbolType: "stroke" } : null,
  };
  return {
    width,
    height: shape.narrow ? 200 : 240,
    layer: [
      {
        data: { values: between },
        mark: { type: "area", color: kColours.pale, opacity: 0.6 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: "rule", color: kColours.grey },
        encoding: { y: { datum: 0, type: "quantitative" } },
      },
      {
        data: { values },
        mark: { type: "line", strokeWidth: 2.5 },
        encoding: { x, y, color: colour },
      },
      {
        data: { values: labels },
        mark: { type: "text", align: "left", dx: 8, fontSize: 14, fontWeight: "bold", limit: room - 12 },
        encoding: { x, y, text: { field: "text" }, color: colour },
      },
    ],
  } as unknown as Spec;
}
