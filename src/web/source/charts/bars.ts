// Waterfall: parts float from where the last one ended, whiskers on every part and on the total.
import { kColours, type Spec } from "./draw";
import type { Shape } from "../figure";
import { labelAxis, labelLayer, stepOf } from "./labels";

export interface Step {
  label: string;
  value: number;
  low: number | null;
  high: number | null;
  kind: string; // driver, effects, residual, composition, other, total
  text: string; // the value in words, with its interval
}

const kLooks: [string, string, string][] = [
  ["driver group", "driver", kColours.blue],
  ["unexplained or other", "rest", kColours.light],
  ["total", "total", kColours.dark],
];

function look(kind: string): string {
  return kind === "total" ? "total" : kind === "driver" ? "driver group" : "unexplained or other";
}

export function waterfall(steps: Step[], axis: string, shape: Shape): Spec {
  let at = 0;
  const values = steps.map((step, order) => {
    const start = step.kind === "total" ? 0 : at;
    at = start + step.value;
    const low = step.low === null ? null : start + step.low,
      high = step.high === null ? null : start + step.high;
    return {
      order,
      label: step.label,
      start,
      end: at,
      low,
      high,
      look: look(step.kind),
      text: step.text,
      right: Math.max(start, at, high ?? -Infinity),
      next: order + 1 < steps.length && steps[order + 1].kind !== "total" ? at : null,
    };
  });
  const points = values.flatMap((v) => [v.start, v.end, v.low ?? v.end, v.high ?? v.end]);
  const least = Math.min(0, ...points),
    most = Math.max(0, ...points),
    room = most - least || 1;
  const x = (field: string) => ({
    field,
    type: "quantitative" as const,
    title: axis,
    scale: { domain: [least - 0.02 * room, most + (shape.narrow ? 0.42 : 0.3) * room], nice: false },
    axis: { tickCount: shape.narrow ? 4 : 8, format: ".6~r" },
  });
  const y = {
    field: "order",
    type: "ordinal" as const,
    axis: labelAxis(
      values.map((v) => v.label),
      shape,
    ),
    scale: { paddingInner: 0.35, paddingOuter: 0.2 },
  };
  const colour = {
    field: "look",
    type: "nominal" as const,
    scale: { domain: kLooks.map((l) => l[0]), range: kLooks.map((l) => l[2]) },
    legend: shape.narrow ? { columns: 1 } : {},
  };
  return {
    width: shape.width,
    height: { step: stepOf(shape) },
    autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    layer: [
      { mark: { type: "rule", color: kColours.grey }, encoding: { x: { datum: 0, type: "quantitative" } } },
      {
        mark: {
          type: "bar",
          height: shape.narrow ? 16 : 20,
          yOffset: shape.narrow ? 9 : 0,
          stroke: kColours.dark,
          strokeWidth: 1,
          minBandSize: 1,
        },
        encoding: { x: x("start"), x2: { field: "end" }, y, color: colour },
      },
      {
        mark: { type: "rule", color: "#000000", strokeWidth: 1.5, yOffset: shape.narrow ? 9 : 0 },
        encoding: { x: x("low"), x2: { field: "high" }, y },
      },
      {
        mark: { type: "tick", color: "#000000", thickness: 1.5, size: 10, yOffset: shape.narrow ? 9 : 0 },
        encoding: { x: x("low"), y },
      },
      {
        mark: { type: "tick", color: "#000000", thickness: 1.5, size: 10, yOffset: shape.narrow ? 9 : 0 },
        encoding: { x: x("high"), y },
      },
      {
        mark: { type: "text", align: "left", dx: 8, yOffset: shape.narrow ? 9 : 0, fontSize: 13, color: kColours.dark },
        encoding: { x: x("right"), y, text: { field: "text" } },
      },
      ...labelLayer(shape, y),
    ],
  } as Spec;
}
