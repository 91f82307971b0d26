// One among many: the many as a spread (middle half, middle nine tenths, median), the one as a mark. No order of the many.
import type { Shape } from "../figure";
import { kColours, type Spec } from "./draw";
import { labelAxis, labelLayer, stepOf } from "./labels";

export interface Spread {
  label: string;
  p5: number;
  p25: number;
  p50: number;
  p75: number;
  p95: number;
  own: number | null;
  low: number | null;
  high: number | null;
  note: string;
}

export function quantile(sorted: number[], q: number): number {
  const at = (sorted.length - 1) * q,
    below = Math.floor(at);
  return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}

export function spreads(rows: Spread[], axis: string, own: string, shape: Shape): Spec {
  const values = rows.map((row, order) => ({ ...row, order }));
  const y = {
    field: "order",
    type: "ordinal" as const,
    axis: labelAxis(
      rows.map((row) => row.label),
      shape,
    ),
    scale: { paddingInner: 0.3, paddingOuter: 0.2 },
  };
  const x = (field: string) => ({
    field,
    type: "quantitative" as const,
    title: axis,
    axis: { tickCount: shape.narrow ? 4 : 8, format: ".6~r" },
  });
  const down = shape.narrow ? 9 : 0;
  const key = {
    domain: ["middle 90% of trusts", "middle half", own],
    range: [kColours.pale, kColours.light, kColours.blue],
  };
  const colour = (text: string) => ({
    datum: text,
    type: "nominal" as const,
    scale: key,
    legend: shape.narrow ? { columns: 1 } : {},
  });
  return {
    width: shape.width,
    height: { step: stepOf(shape) },
    autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    layer: [
      {
        mark: { type: "rule", color: kColours.dark, strokeDash: [4, 3] },
        encoding: { x: { datum: 0, type: "quantitative" } },
      },
      {
        mark: { type: "bar", height: 20, yOffset: down },
        encoding: { x: x("p5"), x2: { field: "p95" }, y, color: colour(key.domain[0]) },
      },
      {
        mark: { type: "bar", height: 20, yOffset: down },
        encoding: { x: x("p25"), x2: { field: "p75" }, y, color: colour(key.domain[1]) },
      },
      { mark: { type: "tick", color: "#000000", thickness: 2, size: 20, yOffset: down }, encoding: { x: x("p50"), y } },
      {
        mark: { type: "rule", color: kColours.blue, strokeWidth: 2.5, yOffset: down },
        encoding: { x: x("low"), x2: { field: "high" }, y },
      },
      {
        mark: {
          type: "point",
          filled: true,
          shape: "diamond",
          size: 170,
          stroke: "#ffffff",
          strokeWidth: 1,
          opacity: 1,
          yOffset: down,
        },
        encoding: { x: x("own"), y, color: colour(key.domain[2]) },
      },
      ...labelLayer(shape, y),
    ],
  } as Spec;
}
