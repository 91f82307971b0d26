// What a method adds to its components: arrays along the same axes stand in one table.
import { details, h, name } from "../dom";
import { number } from "../format";
import type { Decomposition, Extra } from "../payload";
import { tableElement } from "../table";

const kShownElsewhere = new Set(["explained_within", "explained_total"]);
const kMostRows = 200;

interface Row {
  keys: string[];
  at: number;
}

function rowsOf(extra: Extra): Row[] {
  const sizes = extra.labels.map((labels) => labels.length);
  return extra.values.map((_, at) => {
    const keys: string[] = [];
    let rest = at;
    for (let i = sizes.length - 1; i >= 0; --i) {
      keys.unshift(String(extra.labels[i][rest % sizes[i]]));
      rest = Math.floor(rest / sizes[i]);
    }
    return { keys, at };
  });
}

// "robustness_value" along "robustness" is headed "value".
function headingOf(extra: Extra): string {
  const own = extra.dims.length === 1 ? extra.name.replace(`${extra.dims[0]}_`, "") : extra.name;
  return (
    own.replaceAll("_", " ") + (extra.unit && !["1", "text", "code"].includes(extra.unit) ? `, ${extra.unit}` : "")
  );
}

function shown(value: Extra["values"][number]): Node | string {
  return typeof value === "number" || value === null ? number(value) : name(value);
}

function table(own: Extra[]): HTMLElement {
  const first = own[0];
  return tableElement({
    caption:
      own.length === 1
        ? first.description || headingOf(first)
        : first.dims.join(" by ").replaceAll("_", " ") || "figures",
    rows: rowsOf(first),
    columns: [
      ...first.dims.map((dim, j) => ({
        heading: dim.replaceAll("_", " "),
        value: (row: Row) => row.keys[j],
        shown: (row: Row) => name(row.keys[j]),
      })),
      ...own.map((extra) => ({
        heading: headingOf(extra),
        numeric: extra.values.every((value) => typeof value !== "string"),
        value: (row: Row) => extra.values[row.at],
        shown: (row: Row) => shown(extra.values[row.at]),
      })),
    ],
  });
}

export function extras(d: Decomposition, id: string): HTMLElement | null {
  const groups = new Map<string, Extra[]>();
  for (const extra of d.extras) {
    if (kShownElsewhere.has(extra.name) || extra.values.length === 0 || extra.values.length > kMostRows) continue;
    const key = extra.dims.join(" ");
    groups.set(key, [...(groups.get(key) ?? []), extra]);
  }
  if (groups.size === 0) return null;
  const tables = [...groups.values()].map((own, i) => h("div", { id: `${id}-extra-${i}` }, table(own)));
  return details("What this method adds", tables, false);
}
