// One table for the eye, one for a spreadsheet: the eye sees rounded numbers, the file every digit of the result.
import { h } from "./dom";
import { capital } from "./names";

type Cell = string | number | null;

export interface Column<Row> {
  heading: string;
  value: (row: Row) => Cell; // what the CSV holds
  shown?: (row: Row) => Node | string; // what the page shows, by default the value
  numeric?: boolean;
}

export interface Table<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
}

// A statistic of one letter keeps its case.
function headingText(heading: string): string {
  return heading.length === 1 ? heading : capital(heading);
}

export function tableElement<Row>(table: Table<Row>, hideCaption = false): HTMLElement {
  const head = h(
    "tr",
    { role: "row" },
    table.columns.map((column) =>
      h(
        "th",
        {
          role: "columnheader",
          scope: "col",
          class: column.numeric ? "nhsuk-table__header nhsuk-table__header--numeric" : "nhsuk-table__header",
        },
        headingText(column.heading),
      ),
    ),
  );
  const body = table.rows.map((row) =>
    h(
      "tr",
      { role: "row", class: "nhsuk-table__row" },
      table.columns.map((column, i) => {
        const value = column.shown ? column.shown(row) : String(column.value(row) ?? "–");
        const label = h(
          "span",
          { class: "nhsuk-table-responsive__heading", "aria-hidden": "true" },
          `${headingText(column.heading)} `,
        );
        const cell = h("span", { class: "hw-cell" }, value);
        const numeric = column.numeric ? " nhsuk-table__cell--numeric" : "";
        return i === 0
          ? h("th", { scope: "row", role: "rowheader", class: "nhsuk-table__cell hw-rowheader" }, label, cell)
          : h("td", { role: "cell", class: `nhsuk-table__cell${numeric}` }, label, cell);
      }),
    ),
  );
  return reachable(
    table.caption,
    h(
      "div",
      { class: "hw-table" },
      h(
        "table",
        { role: "table", class: "nhsuk-table nhsuk-table-responsive" },
        h(
          "caption",
          { class: hideCaption ? "nhsuk-u-visually-hidden" : "nhsuk-table__caption nhsuk-table__caption--s" },
          table.caption,
        ),
        h("thead", { role: "rowgroup", class: "nhsuk-table__head" }, head),
        h("tbody", { class: "nhsuk-table__body" }, body),
      ),
    ),
  );
}

// A table wider than its room can be scrolled by keyboard, and only then takes the focus.
function reachable(caption: string, frame: HTMLElement): HTMLElement {
  new ResizeObserver(() => {
    const scrolls = frame.scrollWidth > frame.clientWidth;
    for (const [key, value] of [
      ["tabindex", "0"],
      ["role", "group"],
      ["aria-label", caption],
    ])
      if (scrolls) frame.setAttribute(key, value);
      else frame.removeAttribute(key);
  }).observe(frame);
  return frame;
}

// A text cell that a spreadsheet would take for a formula is kept as text by a leading apostrophe.
export function cellText(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const safe = /^[\s\u00a0]*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}

export function csvOf<Row>(table: Table<Row>): string {
  const lines = [table.columns.map((column) => cellText(column.heading)).join(",")];
  for (const row of table.rows) lines.push(table.columns.map((column) => cellText(column.value(row))).join(","));
  return `${lines.join("\r\n")}\r\n`;
}
