// Estimates with their intervals, one row a name, one mark a series; shape and place tell the series apart, not colour alone.
import type { Shape } from "../figure";
import { kColours, type Spec } from "./draw";
import { labelAxis, labelLayer } from "./labels";

export interface Point {
  label: string;
  series: string;
  value: number;
  low: number | null;
  high: number | null;
  detectable?: number | null; // half width of the band that the data could not have told from zero
}

const kSeries: [string, string][] = [
  [kColours.blue, "circle"],
  [kColours.orange, "square"],
  [kColours.dark, "diamond"],
  [kColours.green, "triangle-up"],
  [kColours.grey, "cross"],
];

function unique(values: string[]): string[] {
  return [...new Set(values)];
}

export function forest(points: Point[], axis: string, shape: Shape, zero = 0): Spec {
  const labels = unique(points.map((point) => point.label)),
    series = unique(points.map((point) => point.series));
  const values = points.map((point, at) => ({
    ...point,
    label: points.findIndex((one) => one.label === point.label) === at ? point.label : "",
    order: labels.indexOf(point.label),
    least: point.detectable ? -point.detectable : null,
    most: point.detectable ?? null,
  }));
  const lines = series.length * 18 + 14,
    step = shape.narrow ? lines + 26 : Math.max(38, lines);
  const y = {
    field: "order",
    type: "ordinal" as const,
    axis: labelAxis(labels, shape),
    scale: { paddingInner: shape.narrow ? 0.45 : 0.3, paddingOuter: 0.15 },
  };
  const offset =
    series.length > 1
      ? { yOffset: { field: "series", type: "nominal" as const, sort: series, scale: { domain: series } } }
      : {};
  const x = (field: string) => ({
    field,
    type: "quantitative" as const,
    title: axis,
    axis: { tickCount: shape.narrow ? 4 : 8, format: ".6~r" },
  });
  const down = shape.narrow ? 11 : 0;
  const legend = series.length > 1 ? { columns: shape.narrow ? 1 : 0 } : null;
  const colour = {
    field: "series",
    type: "nominal" as const,
    scale: { domain: series, range: series.map((_, i) => kSeries[i % kSeries.length][0]) },
    legend,
  };
  const form = {
    field: "series",
    type: "nominal" as const,
    scale: { domain: series, range: series.map((_, i) => kSeries[i % kSeries.length][1]) },
    legend,
  };
  const banded = points.some((point) => point.detectable);
  return {
    width: shape.width,
    height: { step, for: "position" },
    autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    layer: [
      ...(banded
        ? [
            {
              mark: { type: "bar", height: 22, color: kColours.pale, yOffset: down },
              encoding: { x: x("least"), x2: { field: "most" }, y, ...offset },
            },
          ]
        : []),
      {
        mark: { type: "rule", color: kColours.dark, strokeDash: [4, 3] },
        encoding: { x: { datum: zero, type: "quantitative" } },
      },
      ...(points.some((point) => point.low !== null)
        ? [
            {
              mark: { type: "rule", strokeWidth: 2, yOffset: down },
              encoding: { x: x("low"), x2: { field: "high" }, y, ...offset, color: colour },
            },
          ]
        : []),
      {
        mark: { type: "point", filled: true, size: 90, opacity: 1, yOffset: down },
        encoding: { x: x("value"), y, ...offset, color: colour, shape: form },
      },
      ...labelLayer({ ...shape }, y).map((layer) => ({
        ...layer,
        mark: { ...(layer as { mark: object }).mark, yOffset: -lines / 2 - 4 },
      })),
    ],
  } as Spec;
}
