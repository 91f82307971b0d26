// Values along an ordered axis: lags, event time, periods. One panel a series, so that no line hides another.
import type { Shape } from "../figure";
import { kColours, type Spec } from "./draw";
import { inLines, listed } from "./labels";

export interface Sample {
  series: string;
  at: string;
  value: number | null;
  low: number | null;
  high: number | null;
}

const kFacetSpace = 62;

function facetsOf(samples: Sample[], positions: string[], yTitle: string, shape: Shape, columns: number): object {
  const series = [...new Set(samples.map((sample) => sample.series))];
  const width = Math.floor((shape.width - columns * kFacetSpace) / columns);
  const every = Math.ceil(positions.length / Math.max(2, Math.floor(width / 90)));
  const values = samples.map((sample) => ({
    ...sample,
    order: positions.indexOf(sample.at),
    panel: series.indexOf(sample.series),
  }));
  const x = {
    field: "order",
    type: "quantitative",
    title: null,
    scale: { domain: [-0.5, positions.length - 0.5], nice: false },
    axis: {
      values: positions.map((_, i) => i).filter((i) => i % every === 0),
      labelExpr: `${listed(positions.map((label) => label.slice(0, 24)))}[datum.value]`,
      grid: false,
      labelFlush: true,
    },
  };
  const y = (field: string) => ({ field, type: "quantitative", title: yTitle, axis: { tickCount: 4, format: ".6~r" } });
  return {
    data: { values },
    columns,
    spacing: { row: 24, column: 20 },
    facet: {
      field: "panel",
      type: "ordinal",
      title: null,
      header: {
        labelFontSize: 14,
        labelFontWeight: "bold",
        labelAnchor: "start",
        labelLimit: width + 30,
        labelExpr: `${listed(series)}[datum.value]`,
        labelPadding: 4,
      },
    },
    spec: {
      width,
      height: shape.narrow ? 150 : Math.min(128, Math.round(shape.width / 6)),
      layer: [
        { mark: { type: "rule", color: kColours.grey }, encoding: { y: { datum: 0, type: "quantitative" } } },
        {
          mark: { type: "area", color: kColours.blue, opacity: 0.22 },
          encoding: { x, y: y("low"), y2: { field: "high" } },
        },
        { mark: { type: "line", color: kColours.blue, strokeWidth: 2 }, encoding: { x, y: y("value") } },
        {
          mark: {
            type: "point",
            filled: true,
            color: kColours.blue,
            size: positions.length > 24 ? 12 : 30,
            opacity: 1,
          },
          encoding: { x, y: y("value") },
        },
      ],
    },
  };
}

// One panel a series. Each group of series has a scale of its own, shared by its panels.
export function panels(groups: Sample[][], positions: string[], yTitle: string, shape: Shape): Spec {
  const columns = shape.narrow ? 1 : 2;
  return {
    vconcat: groups
      .filter((group) => group.length > 0)
      .map((group) => facetsOf(group, positions, yTitle, shape, columns)),
    spacing: 28,
  } as unknown as Spec;
}

// Estimates at discrete positions with whiskers, zero marked.
export function ladder(samples: Sample[], positions: string[], xTitle: string, yTitle: string, shape: Shape): Spec {
  const series = [...new Set(samples.map((sample) => sample.series))];
  const values = samples.map((sample) => ({ ...sample, order: positions.indexOf(sample.at) }));
  const every = Math.ceil(positions.length / Math.max(2, Math.floor(shape.width / 90)));
  const x = {
    field: "order",
    type: "ordinal" as const,
    title: xTitle,
    axis: {
      labelAngle: 0,
      labelExpr: `${listed(positions.map((label, i) => (i % every === 0 ? inLines(label, 14) : "")))}[datum.value]`,
    },
  };
  const offset = series.length > 1 ? { xOffset: { field: "series", type: "nominal" as const, sort: series } } : {};
  const palette: [string, string][] = [
    [kColours.blue, "circle"],
    [kColours.orange, "square"],
    [kColours.dark, "diamond"],
    [kColours.green, "triangle-up"],
    [kColours.grey, "cross"],
  ];
  const range = series.map((_, i) => palette[i % palette.length][0]),
    forms = series.map((_, i) => palette[i % palette.length][1]);
  const legend = series.length > 1 ? { columns: shape.narrow ? 1 : 0 } : null;
  const colour = { field: "series", type: "nominal" as const, scale: { domain: series, range }, legend };
  return {
    width: shape.width,
    height: 260,
    autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    layer: [
      {
        mark: { type: "rule", color: kColours.dark, strokeDash: [4, 3] },
        encoding: { y: { datum: 0, type: "quantitative" } },
      },
      {
        mark: { type: "rule", strokeWidth: 2 },
        encoding: {
          x,
          ...offset,
          y: { field: "low", type: "quantitative", title: yTitle, axis: { format: ".6~r", tickCount: 6 } },
          y2: { field: "high" },
          color: colour,
        },
      },
      {
        mark: { type: "point", filled: true, size: 80, opacity: 1 },
        encoding: {
          x,
          ...offset,
          y: { field: "value", type: "quantitative" },
          color: colour,
          shape: { field: "series", type: "nominal", scale: { domain: series, range: forms }, legend },
        },
      },
    ],
  } as Spec;
}
