// What a method adds to its components: scalars as facts, lists and tables as they are.
import { details, h, name } from "../dom";
import { number } from "../format";
import type { Decomposition, Extra } from "../payload";
import { tableElement } from "../table";

const kShownElsewhere = new Set(["explained_within", "explained_total"]);
const kMostRows = 200;

interface Row {
  keys: string[];
  value: number | string | null;
}

function rowsOf(extra: Extra): Row[] {
  const sizes = extra.labels.map((labels) => labels.length);
  return extra.values.map((value, at) => {
    const keys: string[] = [];
    let rest = at;
    for (let i = sizes.length - 1; i >= 0; --i) {
      keys.unshift(String(extra.labels[i][rest % sizes[i]]));
      rest = Math.floor(rest / sizes[i]);
    }
    return { keys, value };
  });
}

export function extras(d: Decomposition, id: string): HTMLElement | null {
  const shown = d.extras.filter(
    (extra) =>
      !kShownElsewhere.has(extra.name) &&
      !extra.name.startsWith("cell_") &&
      extra.values.length > 0 &&
      extra.values.length <= kMostRows,
  );
  if (shown.length === 0) return null;
  return details(
    "What this method adds",
    shown.map((extra, i) =>
      h(
        "div",
        { id: `${id}-extra-${i}` },
        tableElement({
          caption: extra.description || extra.name,
          rows: rowsOf(extra),
          columns: [
            ...extra.dims.map((dim, j) => ({
              heading: dim.replaceAll("_", " "),
              value: (row: Row) => row.keys[j],
              shown: (row: Row) => name(row.keys[j]),
            })),
            {
              heading:
                extra.unit && extra.unit !== "1"
                  ? `${extra.name.replaceAll("_", " ")}, ${extra.unit}`
                  : extra.name.replaceAll("_", " "),
              numeric: true,
              value: (row: Row) => row.value,
              shown: (row: Row) =>
                typeof row.value === "number" || row.value === null ? number(row.value) : name(row.value),
            },
          ],
        }),
      ),
    ),
    false,
  );
}
