// Parts of a total: a bar from zero for each, with its own interval, and the total apart below a line.
import { kColours, type Spec } from "./draw";
import type { Shape } from "../figure";
import { labelAxis, labelLayer, stepOf } from "./labels";

export interface Step {
  label: string;
  value: number;
  low: number | null;
  high: number | null;
  kind: string; // driver, effects, residual, composition, other, total
  text: string; // the value in words
}

const kLooks: [string, string][] = [
  ["driver group", kColours.blue],
  ["unexplained or other", kColours.light],
  ["total", kColours.grey],
];

function look(kind: string): string {
  return kind === "total" ? "total" : kind === "driver" ? "driver group" : "unexplained or other";
}

export function bars(steps: Step[], axis: string, shape: Shape): Spec {
  const values = steps.map((step, order) => ({
    ...step,
    order,
    zero: 0,
    look: look(step.kind),
    right: Math.max(0, step.value, step.high ?? -Infinity),
  }));
  const points = values.flatMap((v) => [0, v.value, v.low ?? 0, v.high ?? 0]);
  const least = Math.min(...points),
    most = Math.max(...points),
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
  const down = shape.narrow ? 9 : 0;
  const used = kLooks.filter(([name]) => values.some((v) => v.look === name));
  const colour = {
    field: "look",
    type: "nominal" as const,
    scale: { domain: used.map(([name]) => name), range: used.map(([, fill]) => fill) },
    legend: used.length > 1 ? { columns: shape.narrow ? 1 : 0 } : null,
  };
  const whiskers = values.filter((v) => v.low !== null && v.high !== null);
  const total = values.find((v) => v.kind === "total");
  const tick = (field: string) => ({
    data: { values: whiskers },
    mark: { type: "tick", color: "#000000", thickness: 1.5, size: 10, yOffset: down },
    encoding: { x: x(field), y },
  });
  return {
    width: shape.width,
    height: { step: stepOf(shape) },
    autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    layer: [
      { mark: { type: "rule", color: kColours.dark }, encoding: { x: { datum: 0, type: "quantitative" } } },
      ...(total && values.length > 1
        ? [
            {
              data: { values: [total] },
              mark: { type: "rule", color: kColours.grey, yOffset: -stepOf(shape) / 2 },
              encoding: { y },
            },
          ]
        : []),
      {
        mark: {
          type: "bar",
          height: shape.narrow ? 16 : 20,
          yOffset: down,
          stroke: kColours.dark,
          strokeWidth: 1,
          minBandSize: 1,
        },
        encoding: { x: x("zero"), x2: { field: "value" }, y, color: colour },
      },
      ...(whiskers.length > 0
        ? [
            {
              data: { values: whiskers },
              mark: { type: "rule", color: "#000000", strokeWidth: 1.5, yOffset: down },
              encoding: { x: x("low"), x2: { field: "high" }, y },
            },
            tick("low"),
            tick("high"),
          ]
        : []),
      {
        mark: { type: "text", align: "left", dx: 8, yOffset: down, fontSize: 13, color: kColours.dark },
        encoding: { x: x("right"), y, text: { field: "text" } },
      },
      ...labelLayer(shape, y),
    ],
  } as Spec;
}
