// Parts of a whole, one bar a name, every part with its number in it or beside it.
import type { Shape } from "../figure";
import { kColours, type Spec } from "./draw";
import { labelAxis, labelLayer, stepOf } from "./labels";

export interface Slice {
  label: string;
  part: string;
  value: number;
  text: string;
}

export function stack(slices: Slice[], axis: string, shape: Shape): Spec {
  const labels = [...new Set(slices.map((slice) => slice.label))],
    parts = [...new Set(slices.map((slice) => slice.part))];
  const values = labels.flatMap((label, order) => {
    let at = 0;
    return slices
      .filter((slice) => slice.label === label)
      .map((slice) => {
        const start = at;
        at += slice.value;
        return {
          ...slice,
          label: start === 0 ? slice.label : "",
          order,
          start,
          end: at,
          middle: (start + at) / 2,
          seen: slice.value * shape.width > (shape.narrow ? 62 : 90) ? slice.text : "",
        };
      });
  });
  const fills = [kColours.blue, kColours.light, "#eef1f2"],
    inks = ["#ffffff", kColours.dark, kColours.dark];
  const y = {
    field: "order",
    type: "ordinal" as const,
    axis: labelAxis(labels, shape),
    scale: { paddingInner: 0.35, paddingOuter: 0.2 },
  };
  const x = (field: string) => ({
    field,
    type: "quantitative" as const,
    title: axis,
    scale: { domain: [0, 1], nice: false },
    axis: { format: "~%", tickCount: 5, grid: false },
  });
  const down = shape.narrow ? 9 : 0;
  return {
    width: shape.width,
    height: { step: stepOf(shape) },
    autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    layer: [
      {
        mark: { type: "bar", height: shape.narrow ? 18 : 24, yOffset: down, stroke: kColours.dark, strokeWidth: 1 },
        encoding: {
          x: x("start"),
          x2: { field: "end" },
          y,
          color: {
            field: "part",
            type: "nominal",
            scale: { domain: parts, range: fills },
            legend: shape.narrow ? { columns: 1 } : {},
          },
        },
      },
      {
        mark: { type: "text", fontSize: 13, yOffset: down },
        encoding: {
          x: x("middle"),
          y,
          text: { field: "seen" },
          color: { field: "part", type: "nominal", scale: { domain: parts, range: inks }, legend: null },
        },
      },
      ...labelLayer(shape, y),
    ],
    resolve: { scale: { color: "independent" } },
  } as Spec;
}
