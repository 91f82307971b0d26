// The parts of one decomposition as rows, as a chart and as a table.
import { bars, type Step } from "../charts/bars";
import type { Spec } from "../charts/draw";
import { forest, type Point } from "../charts/forest";
import { ladder } from "../charts/lines";
import { name } from "../dom";
import { figureElement, type Shape } from "../figure";
import { level, number, percent, share } from "../format";
import { capital, partOf, roleOf, termInWords, type Kind } from "../names";
import type { Decomposition, Fit, Maybe } from "../payload";
import type { Report } from "../report";
import { tableElement, type Table } from "../table";

export interface PartRow {
  component: string;
  label: string;
  kind: Kind | "total";
  estimate: Maybe;
  std_error: Maybe;
  low: Maybe;
  high: Maybe;
  percent: Maybe;
  share: Maybe;
  estimable: boolean;
}

// Per cent by the logarithmic mean a unit of the estimate; 1 when the outcome is no logarithm.
export function scaleOf(d: Decomposition): { by: number; unit: string; axis: string } {
  const at = d.percent.findIndex((value, i) => value !== null && Math.abs(d.estimate[i] ?? 0) > 1e-12);
  if (at < 0) return { by: 1, unit: "", axis: d.unit };
  return { by: (d.percent[at] as number) / (d.estimate[at] as number), unit: "%", axis: "per cent" };
}

// Zero by construction, up to rounding: such a part has neither error nor interval.
function zero(d: Decomposition, i: number): boolean {
  const rounding = d.tolerance ?? 0;
  return d.additive !== 0 && Math.abs(d.estimate[i] ?? 1) <= rounding && !((d.std_error[i] ?? 0) > 1e6 * rounding);
}

export function rowsOf(d: Decomposition, fit: Fit | undefined): PartRow[] {
  const rows: PartRow[] = d.component.map((component, i) => {
    const part = partOf(component, fit);
    const nothing = zero(d, i),
      estimable = nothing || (d.estimable[i] !== 0 && d.std_error[i] !== null),
      drawn = estimable && !nothing;
    return {
      component,
      label: capital(part.label),
      kind: part.kind,
      estimate: nothing ? 0 : d.estimate[i],
      std_error: drawn ? d.std_error[i] : null,
      low: drawn ? d.conf_low[i] : null,
      high: drawn ? d.conf_high[i] : null,
      percent: nothing ? 0 : d.percent[i],
      share: d.share[i],
      estimable,
    };
  });
  if (d.total === null) return rows;
  const known = d.total_estimable !== 0 && d.total_std_error !== null;
  const summed = d.percent.every((value) => value === null)
    ? null
    : d.percent.reduce((sum: number, value) => sum + (value ?? 0), 0);
  rows.push({
    component: "total",
    label: "Total",
    kind: "total",
    estimate: d.total,
    std_error: known ? d.total_std_error : null,
    low: d.total_conf_low,
    high: d.total_conf_high,
    percent: summed,
    share: d.share.some((value) => value !== null) ? 1 : null,
    estimable: known,
  });
  return rows;
}

function words(row: PartRow, by: number, unit: string): string {
  if (row.estimate === 0 && row.std_error === null && row.estimable) return `0${unit}`;
  const size = row.std_error === null ? Math.max(Math.abs((row.estimate ?? 0) * by) / 10, 0.005) : row.std_error * by;
  const value = `${number((row.estimate ?? 0) * by, size)}${unit}`;
  return row.estimable ? value : `${value}, interval not estimable`;
}

function wholeOf(d: Decomposition): string {
  const whole = d.total_name ?? "";
  return whole.startsWith("variance")
    ? "variance"
    : whole.startsWith("change")
      ? "change"
      : /^difference| less /.test(whole)
        ? "difference"
        : "total";
}

// Findings by the family of the method: each states two numbers or counts, so that it is true of any sign.
function title(d: Decomposition, rows: PartRow[]): string {
  if (d.total === null) return clearTitle(rows);
  if (d.method === "bma") return likelyTitle(rows);
  const drivers = rows.filter((row) => row.kind === "driver");
  const total = d.total;
  const sum = drivers.reduce((all, row) => all + (row.estimate ?? 0), 0);
  if (d.method === "gelbach") return `Added drivers move the coefficient by ${number(-total, d.total_std_error)}`;
  if (drivers.length === 0) return "The parts and their total";
  if (d.unit === "share of variance") {
    const within = /variance within the effects/.test(d.total_name ?? "");
    return `Drivers account for ${share(sum)} of the variance${within ? " within the effects" : ""}`;
  }
  if (wholeOf(d) === "variance" && total > 0) return `Drivers account for ${share(sum / total)} of the variance`;
  const error = d.total_std_error;
  if (error !== null && d.total_conf_low !== null && d.total_conf_high !== null)
    if (d.total_conf_low <= 0 && d.total_conf_high >= 0) return `The ${wholeOf(d)} cannot be told apart from zero`;
  const { by, unit } = scaleOf(d);
  const size = error === null ? null : error * by;
  const plus = (value: number) => `${value > 0 ? "+" : ""}${number(value * by, size)}${unit}`;
  return `Drivers ${plus(sum)}, whole ${wholeOf(d)} ${plus(total)}`;
}

function likelyTitle(rows: PartRow[]): string {
  const drivers = rows.filter((row) => row.kind !== "total");
  return `${drivers.filter((row) => (row.estimate ?? 0) > 0.5).length} of ${drivers.length} drivers are likelier in than out`;
}

function clearTitle(rows: PartRow[]): string {
  const known = rows.filter((row) => row.low !== null && row.high !== null);
  if (known.length === 0) return "The items, without intervals";
  return `${known.filter((row) => row.low! > 0 || row.high! < 0).length} of ${known.length} items stand clear of zero`;
}

// What the marks have beside them, and nothing more.
function whiskers(d: Decomposition, rows: PartRow[]): string {
  const with_one = rows.filter((row) => row.low !== null && row.high !== null).length;
  if (with_one === 0) return "No interval can be given.";
  return `Whiskers: ${level(d.level)} intervals${with_one < rows.length ? ", where one can be given" : ""}.`;
}

// Items that are not parts of one total: names beside them while there are few, a line of marks when there are many.
const kMostNamed = 24;
function items(steps: Step[], axis: string, shape: Shape): Spec {
  if (steps.length <= kMostNamed)
    return forest(
      steps.map((step) => ({
        label: step.label,
        series: "estimate",
        value: step.value,
        low: step.low,
        high: step.high,
      })),
      axis,
      shape,
    );
  const positions = steps.map((_, i) => String(i + 1));
  return ladder(
    steps.map((step, i) => ({
      series: "estimate",
      at: positions[i],
      value: step.value,
      low: step.low,
      high: step.high,
    })),
    positions,
    "item, as in the table",
    axis,
    shape,
  );
}

function tableOf(d: Decomposition, rows: PartRow[], by: number): Table<PartRow> {
  const any = rows.some((row) => row.percent !== null),
    anyShare = rows.some((row) => row.share !== null);
  return {
    caption: `Parts: ${d.call}`,
    rows,
    columns: [
      { heading: "part", value: (row) => row.component, shown: (row) => name(row.label) },
      {
        heading: `estimate, ${d.unit}`,
        numeric: true,
        value: (row) => row.estimate,
        shown: (row) => number(row.estimate, row.std_error),
      },
      {
        heading: "standard error",
        numeric: true,
        value: (row) => row.std_error,
        shown: (row) => (row.estimable ? number(row.std_error, row.std_error) : "not estimable"),
      },
      { heading: "low", numeric: true, value: (row) => row.low, shown: (row) => number(row.low, row.std_error) },
      { heading: "high", numeric: true, value: (row) => row.high, shown: (row) => number(row.high, row.std_error) },
      ...(any
        ? [
            {
              heading: "per cent",
              numeric: true,
              value: (row: PartRow) => row.percent,
              shown: (row: PartRow) => percent(row.percent, row.std_error === null ? null : row.std_error * by),
            },
          ]
        : []),
      ...(anyShare
        ? [
            {
              heading: "share",
              numeric: true,
              value: (row: PartRow) => row.share,
              shown: (row: PartRow) => share(row.share),
            },
          ]
        : []),
    ],
  };
}

// How strong a driver that was left out would have to be: shares between nought and one, not the coefficients.
function robustnessFigure(report: Report, d: Decomposition, id: string): HTMLElement {
  const values = (wanted: string) => d.extras.find((extra) => extra.name === wanted);
  const value = values("robustness_value")!,
    alpha = values("robustness_value_alpha")!;
  const rows = (value.labels[0] as string[]).map((term, i) => ({
    term,
    words: capital(termInWords(term)),
    value: value.values[i] as Maybe,
    alpha: alpha.values[i] as Maybe,
  }));
  const least = Math.min(...rows.map((row) => row.value ?? 1));
  const points: Point[] = rows.flatMap((row) => [
    { label: row.words, series: "to take the estimate away", value: row.value ?? 0, low: null, high: null },
    { label: row.words, series: "to bring zero into the interval", value: row.alpha ?? 0, low: null, high: null },
  ]);
  return figureElement(
    {
      id,
      title: `A driver explaining ${share(least)} could take one away`,
      alt: `Robustness values. ${rows.map((row) => `${row.words}: ${share(row.value)} to take the estimate away, ${share(row.alpha)} to bring zero into its interval`).join("; ")}.`,
      caption:
        "Share of what is left of both regressor and outcome that a driver left out would have to explain. No interval is given for these values.",
      spec: (shape) => forest(points, "share that a driver left out would have to explain", shape),
      table: {
        caption: `Robustness values: ${d.call}`,
        rows,
        columns: [
          { heading: "term", value: (row) => row.term, shown: (row) => name(row.words) },
          {
            heading: "to take the estimate away",
            numeric: true,
            value: (row) => row.value,
            shown: (row) => share(row.value),
          },
          {
            heading: "to bring zero into the interval",
            numeric: true,
            value: (row) => row.alpha,
            shown: (row) => share(row.alpha),
          },
        ],
      },
    },
    report.captions,
  );
}

export function partFigure(report: Report, d: Decomposition, fit: Fit | undefined, id: string): HTMLElement {
  const rows = rowsOf(d, fit),
    { by, unit, axis } = scaleOf(d);
  const scaled = (value: Maybe) => (value === null ? null : value * by);
  const steps: Step[] = rows.map((row) => ({
    label: row.label,
    value: (row.estimate ?? 0) * by,
    low: scaled(row.low),
    high: scaled(row.high),
    kind: row.kind,
    text: words(row, by, unit),
  }));
  const whole = d.total !== null;
  const outcome = fit ? roleOf(fit) : d.unit;
  // Coefficients of unlike units have no axis in common.
  if (!whole && /^outcome per /.test(d.unit) && rows.length > 1)
    return d.method === "robustness_value" ? robustnessFigure(report, d, id) : tableElement(tableOf(d, rows, by));
  return figureElement(
    {
      id,
      title: title(d, rows),
      alt: `${whole ? "A bar from zero for each part, and the total apart" : "One mark an item"}: ${rows.map((row) => `${row.label} ${words(row, by, unit)}`).join("; ")}.`,
      caption: `${whole ? `Parts of the ${d.total_name ? d.total_name.replaceAll(fit?.outcome ?? d.total_name, outcome) : `difference in ${outcome}`}` : capital(d.method.replaceAll("_", " "))}, ${axis}. ${whiskers(d, rows)}`,
      spec: (shape) => (whole ? bars(steps, `part of the ${wholeOf(d)}, ${axis}`, shape) : items(steps, axis, shape)),
      table: tableOf(d, rows, by),
    },
    report.captions,
  );
}
