// The outcome over time, and how much of its movement goes with the drivers.
import { trails } from "../charts/trails";
import { figureElement } from "../figure";
import { count, number } from "../format";
import { capital, logged, periodWord, roleOf, unitWord } from "../names";
import type { Fit, Path } from "../payload";
import type { Report } from "../report";

// Movements since the first period, in per cent where the outcome is a log.
function movements(fit: Fit, values: number[]): number[] {
  return values.map((value) => (logged(fit) ? 100 * Math.expm1(value - values[0]) : value - values[0]));
}

interface Row {
  period: string;
  units: number;
  outcome: number;
  accounted: number;
}

function rowsOf(fit: Fit, path: Path): Row[] {
  const outcome = movements(fit, path.path_outcome),
    accounted = movements(fit, path.path_accounted);
  return path.path_period.map((period, i) => ({
    period,
    units: path.path_units[i],
    outcome: outcome[i],
    accounted: accounted[i],
  }));
}

function signed(value: number, size: number, unit: string): string {
  return `${value > 0 ? "+" : ""}${number(value, size)}${unit}`;
}

export function outcomePath(report: Report): HTMLElement | null {
  const fit = report.models[0]?.main;
  const path = fit?.path;
  if (!path || path.path_period.length < 2) return null;
  const rows = rowsOf(fit, path);
  const last = rows[rows.length - 1],
    unit = logged(fit) ? "%" : "",
    size = Math.max(...rows.map((row) => Math.abs(row.outcome))) / 10;
  const whole = signed(last.outcome, size, unit),
    part = signed(last.accounted, size, unit);
  const what = roleOf(fit);
  const counts = rows.map((row) => row.units);
  const many =
    Math.min(...counts) === Math.max(...counts)
      ? `the ${count(counts[0])} ${unitWord()}s`
      : `the ${count(Math.min(...counts))} to ${count(Math.max(...counts))} ${unitWord()}s`;
  const shown = (row: Row, value: number) => (row === rows[0] ? "0" : signed(value, size, unit));
  return figureElement(
    {
      id: "outcome-path",
      heading: "h3",
      title: `Since ${rows[0].period}: ${whole}, of which drivers ${part}`,
      alt: `Two lines from ${rows[0].period} to ${last.period}. Mean ${what}: ${rows.map((row) => `${row.period} ${shown(row, row.outcome)}`).join(", ")}. What the drivers’ coefficients account for: ${rows.map((row) => `${row.period} ${shown(row, row.accounted)}`).join(", ")}.`,
      caption: `Mean ${what} of ${many} in the sample of each ${periodWord()}, against the first${unit === "%" ? ", in per cent" : ""}. The gap between the lines is accounted for by no driver: it is common to all, or follows from which ${unitWord()}s are there. No uncertainty is drawn; intervals stand with the main points.`,
      spec: (shape) =>
        trails(
          [
            { series: capital(what), values: rows.map((row) => row.outcome), end: whole },
            { series: "Accounted for by the drivers", values: rows.map((row) => row.accounted), end: part },
          ],
          rows.map((row) => row.period),
          unit === "%" ? "per cent since the first" : `since the first`,
          shape,
        ),
      table: {
        caption: "The outcome over time",
        rows,
        columns: [
          { heading: periodWord(), value: (row) => row.period },
          { heading: `${unitWord()}s`, numeric: true, value: (row) => row.units, shown: (row) => count(row.units) },
          {
            heading: what,
            numeric: true,
            value: (row) => row.outcome,
            shown: (row) => shown(row, row.outcome),
          },
          {
            heading: "accounted for by the drivers",
            numeric: true,
            value: (row) => row.accounted,
            shown: (row) => shown(row, row.accounted),
          },
          {
            heading: "not accounted for",
            numeric: true,
            value: (row) => row.outcome - row.accounted,
            shown: (row) => shown(row, row.outcome - row.accounted),
          },
        ],
      },
    },
    report.captions,
  );
}
