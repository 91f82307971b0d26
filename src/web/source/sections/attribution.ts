// Any decomposition from its components alone: a waterfall when they are parts of a total, a forest when they are not.
import { waterfall, type Step } from "../charts/bars";
import { forest } from "../charts/forest";
import { author, code, details, h, list, name, p, summaryList } from "../dom";
import { figureElement } from "../figure";
import { level, number, percent, sentence, share, together } from "../format";
import { capital, logged, partOf, roleOf, type Kind } from "../names";
import type { Decomposition, Fit, Maybe } from "../payload";
import type { Report } from "../report";
import { extras } from "./extras";
import { groups } from "./groups";
import { overTime } from "./over_time";

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

export function rowsOf(d: Decomposition, fit: Fit | undefined): PartRow[] {
  const rows: PartRow[] = d.component.map((component, i) => {
    const part = partOf(component, fit);
    const estimable = d.estimable[i] !== 0 && d.std_error[i] !== null;
    return { component, label: capital(part.label), kind: part.kind, estimate: d.estimate[i], std_error: estimable ? d.std_error[i] : null,
      low: estimable ? d.conf_low[i] : null, high: estimable ? d.conf_high[i] : null, percent: d.percent[i], share: d.share[i], estimable };
  });
  if (d.total === null) return rows;
  const known = d.total_estimable !== 0 && d.total_std_error !== null;
  const reach = known ? reachOf(d) * (d.total_std_error as number) : null;
  const summed = d.percent.every((value) => value === null) ? null : d.percent.reduce((sum: number, value) => sum + (value ?? 0), 0);
  rows.push({ component: "total", label: "Total", kind: "total", estimate: d.total, std_error: known ? d.total_std_error : null,
    low: reach === null ? null : d.total - reach, high: reach === null ? null : d.total + reach, percent: summed,
    share: d.share.some((value) => value !== null) ? 1 : null, estimable: known });
  return rows;
}

// Half width of the interval in standard errors, as the result's own intervals have it.
function reachOf(d: Decomposition): number {
  for (let i = 0; i < d.component.length; ++i) {
    const high = d.conf_high[i], error = d.std_error[i], value = d.estimate[i];
    if (high !== null && value !== null && error !== null && error > 0) return (high - value) / error;
  }
  return 1.96;
}

function words(row: PartRow, by: number, unit: string): string {
  const size = row.std_error === null ? Math.max(Math.abs((row.estimate ?? 0) * by) / 10, 0.005) : row.std_error * by;
  const value = `${number((row.estimate ?? 0) * by, size)}${unit}`;
  return row.estimable ? value : `${value}, interval not estimable`;
}

function title(d: Decomposition, rows: PartRow[]): string {
  const drivers = rows.filter((row) => row.kind === "driver").reduce((sum, row) => sum + (row.estimate ?? 0), 0);
  const total = d.total ?? 0;
  const error = d.total_std_error;
  if (rows.every((row) => row.kind !== "driver")) return "The parts and their total";
  if (error !== null && Math.abs(total) < 2 * error) return "The total cannot be told apart from zero";
  if (drivers * total < 0) return "The drivers and the total point different ways";
  return Math.abs(drivers) < Math.abs(total) / 2 ? "Most of the difference lies outside the drivers" : "The drivers account for most of the difference";
}

function choicesText(d: Decomposition): string {
  return together(Object.entries(d.choices).map(([key, value]) => `${key.replaceAll("_", " ")} = ${value}`));
}

function explainedFirst(d: Decomposition): HTMLElement | null {
  const scalar = (wanted: string) => d.extras.find((extra) => extra.name === wanted && extra.dims.length === 0)?.values[0] as Maybe | undefined;
  const within = scalar("explained_within"), total = scalar("explained_total");
  if (within === undefined || total === undefined) return null;
  return p(`Before any share: the drivers account for ${share(within)} of the variance within units and ${share(total)} of the total variance of the outcome.`);
}

function fineprint(d: Decomposition): HTMLElement {
  const rows: [string, HTMLElement | string][] = [["Call", code(d.call)], ["Uncertainty", d.frame], ["Kind of uncertainty", d.kind],
    ["Choices", choicesText(d) || "none"],
    ["Closure", d.closure_error === null ? "the items are not parts of one total" : `parts sum to the total, computed apart, to ${number(d.closure_error)} (tolerance ${number(d.tolerance)})`]];
  if (d.shares_reason) rows.push(["Shares", `not shown: ${d.shares_reason}`]);
  if (d.unidentified.length > 0) rows.push(["Not identified", d.unidentified.map((term, i) => `${term} (${d.unidentified_because[i]})`).join("; ")]);
  return details("How these parts were computed", [summaryList(rows), d.note_message.length > 0 ? [p("Notes:"), list(d.note_message.map((note) => sentence(note)))] : null], false);
}

export function partFigure(report: Report, d: Decomposition, fit: Fit | undefined, id: string): HTMLElement {
  const rows = rowsOf(d, fit), { by, unit, axis } = scaleOf(d);
  const scaled = (value: Maybe) => (value === null ? null : value * by);
  const steps: Step[] = rows.map((row) => ({ label: row.label, value: (row.estimate ?? 0) * by, low: scaled(row.low), high: scaled(row.high), kind: row.kind, text: words(row, by, unit) }));
  const whole = d.total !== null;
  const outcome = fit ? roleOf(fit) : d.unit;
  const any = rows.some((row) => row.percent !== null), anyShare = rows.some((row) => row.share !== null);
  return figureElement({
    id, title: title(d, rows),
    alt: `${whole ? "Waterfall of parts that sum to the total" : "Estimates with intervals"}: ${rows.map((row) => `${row.label} ${words(row, by, unit)}`).join("; ")}.`,
    caption: `Parts of the difference in ${outcome}${unit === "%" ? ", in per cent" : ""}. Whiskers: ${level(d.level)} intervals.`,
    spec: (shape) => whole ? waterfall(steps, `part of the difference, ${axis}`, shape)
      : forest(steps.map((step) => ({ label: step.label, series: "estimate", value: step.value, low: step.low === null ? null : step.low, high: step.high })), axis, shape),
    table: {
      caption: `Parts: ${d.call}`, rows,
      columns: [
        { heading: "part", value: (row) => row.component, shown: (row) => name(row.label) },
        { heading: `estimate, ${d.unit}`, numeric: true, value: (row) => row.estimate, shown: (row) => number(row.estimate, row.std_error) },
        { heading: "standard error", numeric: true, value: (row) => row.std_error, shown: (row) => row.estimable ? number(row.std_error, row.std_error) : "not estimable" },
        { heading: "low", numeric: true, value: (row) => row.low, shown: (row) => number(row.low, row.std_error) },
        { heading: "high", numeric: true, value: (row) => row.high, shown: (row) => number(row.high, row.std_error) },
        ...(any ? [{ heading: "per cent", numeric: true, value: (row: PartRow) => row.percent, shown: (row: PartRow) => percent(row.percent, row.std_error === null ? null : row.std_error * by) }] : []),
        ...(anyShare ? [{ heading: "share", numeric: true, value: (row: PartRow) => row.share, shown: (row: PartRow) => share(row.share) }] : []),
      ],
    },
  }, report.captions);
}

function single(report: Report, d: Decomposition, at: number): HTMLElement {
  const fit = report.payload.fits.find((one) => one.id === d.fit);
  return h("section", { class: "hw-part" },
    h("h3", {}, `${capital(d.method.replaceAll("_", " "))}: ${fit ? roleOf(fit) : d.fit}`),
    d.question ? p(author(d.question)) : null, explainedFirst(d),
    partFigure(report, d, fit, `parts-${at}`), extras(d, `parts-${at}`), fineprint(d));
}

export function attribution(report: Report): HTMLElement[] {
  const all = report.payload.decompositions;
  if (all.length === 0) return [p(report.payload.left_out > 0 ? "The decompositions of this result are about single units and are in the internal report only." : "This result holds no decomposition.")];
  const grouped = all.filter((d) => d.choices.by !== undefined), alone = all.filter((d) => d.choices.by === undefined);
  const main = new Set(report.models.map((model) => model.main.id));
  const isMain = (d: Decomposition) => main.has(d.fit) || !report.payload.fits.some((fit) => fit.id === d.fit);
  const first = alone.filter(isMain), second = alone.filter((d) => !isMain(d));
  const at = (d: Decomposition) => all.indexOf(d) + 1;
  const logs = report.payload.fits.some(logged);
  return [
    p("A driver group's part is the difference in its measures times their coefficients. The parts add up to the total, and what no driver accounts for is always shown as a bar of its own.",
      logs ? " Outcomes are logarithms; parts are shown in per cent by the logarithmic mean, so that they still add." : ""),
    ...first.map((d) => single(report, d, at(d))),
    ...(second.length > 0 ? [details("The same for activity and resource apart", second.map((d) => single(report, d, at(d))))] : []),
    ...overTime(report),
    ...groups(report, grouped),
  ];
}
