import { author, details, h, list, name, p } from "../dom";
import { count, plural, sentence, together } from "../format";
import { capital, termInWords, usable } from "../names";
import type { Data } from "../payload";
import type { Report } from "../report";
import { tableElement } from "../table";

function ledger(report: Report, data: Data): HTMLElement {
  const fit = report.models.find((model) => usable(model.main))?.main;
  const rows: { step: string; rows: number; kept: boolean }[] = [
    { step: "rows in the file", rows: data.rows_read, kept: true },
  ];
  data.lost_reason.forEach((reason, i) =>
    rows.push({ step: `left out: ${reason}`, rows: -data.lost_rows[i], kept: false }),
  );
  if (fit) {
    rows.push({ step: "rows in the panel", rows: fit.rows_read, kept: true });
    fit.sample_reason.forEach((reason, i) =>
      rows.push({ step: `dropped: ${reason}`, rows: -fit.sample_rows[i], kept: false }),
    );
    rows.push({ step: "rows used", rows: fit.rows_used, kept: true });
  }
  return tableElement({
    caption: "Sample ledger",
    rows,
    columns: [
      {
        heading: "step",
        value: (row) => row.step,
        shown: (row) => (row.kept ? h("strong", {}, name(capital(row.step))) : name(capital(row.step))),
      },
      {
        heading: "rows",
        numeric: true,
        value: (row) => row.rows,
        shown: (row) => (row.rows < 0 ? `\u2212${count(-row.rows)}` : count(row.rows)),
      },
    ],
  });
}

function missing(data: Data): HTMLElement {
  const rows = data.missing_column.map((column, i) => ({
    column,
    reason: data.missing_reason[i],
    cells: data.missing_cells[i],
  }));
  if (rows.length === 0) return p("No cell of the file is without a value.");
  return tableElement({
    caption: "Cells without a value, by reason",
    rows: rows.slice(0, 40),
    columns: [
      { heading: "column", value: (row) => row.column, shown: (row) => name(row.column) },
      { heading: "reason", value: (row) => row.reason },
      { heading: "cells", numeric: true, value: (row) => row.cells, shown: (row) => count(row.cells) },
    ],
  });
}

const kKinds: Record<string, string> = {
  merger: "probable mergers: several size columns jump together",
  tenfold: "values ten times their neighbours",
  jump: "jumps",
  total: "rows that look like totals",
};

function suspicions(report: Report, data: Data): HTMLElement {
  const total = data.suspicion_kind.length;
  if (total === 0) return p("No probable merger and no value that looks odd was found.");
  const counts = new Map<string, number>();
  for (const kind of data.suspicion_kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const rows = [...counts].map(([kind, n]) => ({ kind: kKinds[kind] ?? kind, n }));
  return h(
    "div",
    {},
    p(`${capital(plural(total, "thing"))} in the data look odd. Nothing was changed.`),
    tableElement({
      caption: "Probable mergers and suspicious values",
      rows,
      columns: [
        { heading: "kind", value: (row) => row.kind, shown: (row) => capital(row.kind) },
        { heading: "found", numeric: true, value: (row) => row.n, shown: (row) => count(row.n) },
      ],
    }),
    report.internal && data.suspicion_message
      ? details("Which ones", [list(data.suspicion_message.map((message) => name(sentence(message))))])
      : null,
  );
}

function coverage(data: Data): HTMLElement | null {
  if (!data.coverage_column || data.coverage_column.length === 0) return null;
  const rows = data.coverage_column.map((column, i) => ({
    column,
    level: data.coverage_level![i],
    units: data.coverage_units![i],
    rows: data.coverage_rows![i],
    used: data.coverage_used![i],
  }));
  return tableElement({
    caption: "Coverage",
    rows,
    columns: [
      {
        heading: "group",
        value: (row) => `${row.column}: ${row.level}`,
        shown: (row) => name(`${capital(termInWords(row.column))}: ${row.level}`),
      },
      { heading: "units", numeric: true, value: (row) => row.units, shown: (row) => count(row.units) },
      { heading: "rows", numeric: true, value: (row) => row.rows, shown: (row) => count(row.rows) },
      { heading: "rows used", numeric: true, value: (row) => row.used, shown: (row) => count(row.used) },
    ],
  });
}

export function dataSection(report: Report): HTMLElement[] {
  const data = report.payload.data;
  if (!data) return [p("The result says nothing about its data.")];
  const about = report.payload.report;
  return [
    p(
      "Source: ",
      author(about.source),
      ". Vintage: ",
      author(about.vintage),
      ". Population: ",
      author(about.population),
      ".",
    ),
    ledger(report, data),
    ...[report.full ? coverage(data) : null].filter((part): part is HTMLElement => part !== null),
    missing(data),
    suspicions(report, data),
    p(
      data.successions > 0
        ? `The succession table linked or broke ${plural(data.successions, "series", "series")}.`
        : "No succession table was given: units that merged or changed their code count as separate series.",
    ),
    ...(report.internal && data.succession_message?.length
      ? [
          details("What the succession table did", [
            list(data.succession_message.map((message) => name(sentence(message)))),
          ]),
        ]
      : []),
    ...(data.data_note_message.length > 0
      ? [p("Notes of the reader:"), list(data.data_note_message.map((message) => name(sentence(message))))]
      : []),
    ...(report.payload.left_out > 0
      ? [
          p(
            `${capital(plural(report.payload.left_out, "part"))} of the result ${report.payload.left_out === 1 ? "is" : "are"} about single units or groups too small to publish, and left out of this published report: ${together(["notes", "decompositions or terms that name them"])}.`,
          ),
        ]
      : []),
  ];
}
