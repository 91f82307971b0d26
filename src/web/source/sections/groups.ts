// One decomposition for each group of a column (trust type, region): the same parts side by side, in the order of the groups' names.
import { forest, type Point } from "../charts/forest";
import { h, name, p } from "../dom";
import { figureElement } from "../figure";
import { level, number } from "../format";
import { capital, roleOf, termInWords } from "../names";
import type { Decomposition } from "../payload";
import type { Report } from "../report";
import { rowsOf, scaleOf, type PartRow } from "./parts";

interface GroupRow extends PartRow {
  group: string;
  by: number;
  unit: string;
}

function figureOf(report: Report, column: string, own: Decomposition[], id: string): HTMLElement {
  const fit = report.payload.fits.find((one) => one.id === own[0].fit);
  const rows: GroupRow[] = own.flatMap((d) => {
    const { by, unit } = scaleOf(d);
    return rowsOf(d, fit).map((row) => ({ ...row, group: d.choices.group, by, unit }));
  });
  const parts = [...new Set(rows.filter((row) => row.kind === "driver").map((row) => row.label))];
  const points: Point[] = rows
    .filter((row) => parts.includes(row.label))
    .map((row) => ({
      label: row.group,
      series: row.label,
      value: (row.estimate ?? 0) * row.by,
      low: row.low === null ? null : row.low * row.by,
      high: row.high === null ? null : row.high * row.by,
    }));
  const clear = points.filter((point) => (point.low ?? 0) > 0 || (point.high ?? 0) < 0).length;
  return figureElement(
    {
      id,
      title: `${clear} of ${points.length} driver parts stand clear of zero`,
      alt: `Parts of each driver group by ${column}: ${rows
        .filter((row) => parts.includes(row.label))
        .map(
          (row) =>
            `${row.group}, ${row.label} ${number((row.estimate ?? 0) * row.by, (row.std_error ?? 0) * row.by)}${row.unit}`,
        )
        .join("; ")}. ${clear} of ${points.length} stand clear of zero.`,
      caption: `Parts of the difference of each group's mean in ${fit ? roleOf(fit) : own[0].fit} from the reference, with ${level(own[0].level)} intervals. Groups stand in the order of their names; unexplained parts are in the table.`,
      spec: (shape) => forest(points, `part, ${rows[0]?.unit === "%" ? "per cent" : own[0].unit}`, shape),
      table: {
        caption: `Parts by ${column}`,
        rows,
        columns: [
          { heading: column, value: (row) => row.group, shown: (row) => name(row.group) },
          { heading: "part", value: (row) => row.component, shown: (row) => name(row.label) },
          {
            heading: `estimate, ${own[0].unit}`,
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
        ],
      },
    },
    report.captions,
  );
}

export function groups(report: Report, all: Decomposition[]): HTMLElement[] {
  const main = new Set(report.models.map((model) => model.main.id));
  const keyed = new Map<string, Decomposition[]>();
  for (const d of all.filter((one) => main.has(one.fit))) {
    const key = JSON.stringify([d.fit, d.call]);
    keyed.set(key, [...(keyed.get(key) ?? []), d]);
  }
  return [...keyed.values()].map((own, at) =>
    h(
      "section",
      { class: "hw-part" },
      h("h3", {}, `By ${termInWords(own[0].choices.by)}`),
      p(name(capital(own[0].question.replace(/ of .*? differ from /, " of each group differ from ")))),
      figureOf(report, own[0].choices.by, own, `by-${at + 1}`),
    ),
  );
}
