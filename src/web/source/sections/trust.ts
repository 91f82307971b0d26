// Internal only: one unit, found through a search box, with its peers as a spread, never in an order.
import { quantile, spreads, type Spread } from "../charts/spread";
import { panels, type Sample } from "../charts/lines";
import { h, name, p } from "../dom";
import { figureElement, redraw, type Figure } from "../figure";
import { level, number } from "../format";
import { capital, logged, partOf, roleOf, shortLabel } from "../names";
import type { Decomposition, Fit } from "../payload";
import type { Report } from "../report";
import type { Table } from "../table";

interface Cells {
  d: Decomposition;
  fit: Fit;
  scale: number;
  unit: string;
}
interface PartRow {
  part: string;
  label: string;
  estimable: boolean;
  p50: number;
  own: number | null;
  low: number | null;
  high: number | null;
  spread: Spread;
}

const kMillion = 1e6;

function cellsOf(report: Report): Cells | null {
  for (const d of report.payload.decompositions) {
    const fit = report.payload.fits.find((one) => one.id === d.fit);
    if (d.cells && fit && report.models.some((model) => model.main === fit))
      return { d, fit, scale: (logged(fit) ? 100 : 1) / kMillion, unit: logged(fit) ? "log points × 100" : d.unit };
  }
  return null;
}

function reachOf(cells: Cells): number {
  const at = cells.d.over_time?.reach;
  return at ?? 1.96;
}

function latestOf(cells: Cells, unit: number): number | null {
  const { unit: units, period } = cells.d.cells!;
  let found: number | null = null;
  units.forEach((own, i) => {
    if (own === unit && (found === null || period[i] >= period[found])) found = i;
  });
  return found;
}

function partRows(cells: Cells, unit: number): { rows: PartRow[]; period: string } {
  const own = cells.d.cells!,
    at = latestOf(cells, unit);
  const period = at === null ? 0 : own.period[at];
  const peers = own.period.map((p, i) => (p === period ? i : -1)).filter((i) => i >= 0);
  const rows = own.parts.map((part, j) => {
    const all = peers
      .map((i) => own.estimate[i][j])
      .filter((value): value is number => value !== null)
      .map((value) => value * cells.scale)
      .sort((a, b) => a - b);
    const value = at === null ? null : own.estimate[at][j],
      error = at === null ? null : own.std_error[at][j];
    const mine = value === null ? null : value * cells.scale,
      reach = error === null ? null : error * cells.scale * reachOf(cells);
    const label = capital(partOf(part, cells.fit).label),
      estimable = reach !== null;
    const low = mine === null || reach === null ? null : mine - reach,
      high = mine === null || reach === null ? null : mine + reach;
    const spread: Spread = {
      label,
      p5: quantile(all, 0.05),
      p25: quantile(all, 0.25),
      p50: quantile(all, 0.5),
      p75: quantile(all, 0.75),
      p95: quantile(all, 0.95),
      own: mine,
      low,
      high,
      note: "",
    };
    return { part, label, estimable, p50: spread.p50, own: mine, low, high, spread };
  });
  return { rows, period: own.periods[period] };
}

function tableOf(rows: PartRow[], unit: string, who: string): Table<PartRow> {
  return {
    caption: `Parts of ${who}`,
    rows,
    columns: [
      { heading: "part", value: (row) => row.part, shown: (row) => name(row.label) },
      { heading: `this trust, ${unit}`, numeric: true, value: (row) => row.own, shown: (row) => number(row.own, 0.1) },
      {
        heading: "interval",
        value: (row) => (row.estimable ? `${row.low} to ${row.high}` : "not estimable"),
        shown: (row) => (row.estimable ? `${number(row.low, 0.1)} to ${number(row.high, 0.1)}` : "not estimable"),
      },
      { heading: "median of all", numeric: true, value: (row) => row.p50, shown: (row) => number(row.p50, 0.1) },
      {
        heading: "middle half of all",
        value: (row) => `${row.spread.p25} to ${row.spread.p75}`,
        shown: (row) => `${number(row.spread.p25, 0.1)} to ${number(row.spread.p75, 0.1)}`,
      },
    ],
  };
}

function spreadFigure(cells: Cells, unit: number): Figure<PartRow> & { table: Table<PartRow> } {
  const who = cells.d.cells!.units[unit],
    { rows, period } = partRows(cells, unit);
  return {
    id: "trust-parts",
    title: "One trust among all trusts, part by part",
    alt: `Parts of ${who} in ${period} beside the spread of all trusts. ${rows.map((row) => `${row.label}: ${number(row.own, 0.1)}, median ${number(row.p50, 0.1)}${row.estimable ? "" : ", interval not estimable"}`).join("; ")}.`,
    caption: `Parts of the difference in ${roleOf(cells.fit)} from the reference in ${period}, ${cells.unit}. Black tick: median. Line: ${level(cells.d.level)} interval through the coefficients. Persistent differences and the residual have no interval: no reliability of the outcome was declared, so theirs is not estimable.`,
    spec: (shape) =>
      spreads(
        rows.map((row) => row.spread),
        cells.unit,
        "this trust",
        shape,
      ),
    table: tableOf(rows, cells.unit, `${who} in ${period}`),
  };
}

function pathFigure(cells: Cells, unit: number): Figure<{ part: string; period: string; value: number | null }> {
  const own = cells.d.cells!,
    who = own.units[unit];
  const at = own.unit
    .map((u, i) => (u === unit ? i : -1))
    .filter((i) => i >= 0)
    .sort((a, b) => own.period[a] - own.period[b]);
  const positions = at.map((i) => own.periods[own.period[i]]);
  const rows = own.parts.flatMap((part, j) =>
    at.map((i) => ({
      part,
      period: own.periods[own.period[i]],
      value: own.estimate[i][j] === null ? null : own.estimate[i][j]! * cells.scale,
    })),
  );
  const samples = rows.map((row): Sample & { driver: boolean } => ({
    driver: partOf(row.part, cells.fit).kind === "driver",
    series: shortLabel(capital(partOf(row.part, cells.fit).label)),
    at: row.period,
    value: row.value,
    low: row.value,
    high: row.value,
  }));
  return {
    id: "trust-path",
    title: "The same trust over time, part by part",
    alt: `Parts of ${who} from ${positions[0]} to ${positions[positions.length - 1]}, one panel a part.`,
    caption: `Parts of the difference in ${roleOf(cells.fit)} from the reference, ${cells.unit}.`,
    spec: (shape) =>
      panels(
        [samples.filter((sample) => sample.driver), samples.filter((sample) => !sample.driver)],
        positions,
        cells.unit,
        shape,
      ),
    table: {
      caption: `Parts of ${who} by period`,
      rows,
      columns: [
        { heading: "part", value: (row) => row.part, shown: (row) => name(row.part) },
        { heading: "period", value: (row) => row.period },
        { heading: cells.unit, numeric: true, value: (row) => row.value, shown: (row) => number(row.value, 0.1) },
      ],
    },
  };
}

export function trust(report: Report): HTMLElement[] {
  const cells = cellsOf(report);
  if (!cells)
    return [
      p(
        "This result has no cells of contributions. Add ",
        h("code", {}, "use = contributions"),
        " under [decompose] to look at one unit.",
      ),
    ];
  const units = cells.d.cells!.units;
  const place = h("div", { class: "hw-trust", "aria-live": "polite" });
  const said = h("p", { class: "hw-search__said", role: "status" });
  const box = h("input", {
    class: "nhsuk-input",
    id: "trust-search",
    list: "trust-names",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 200,
  });
  const show = (unit: number) => {
    const figures = [spreadFigure(cells, unit), pathFigure(cells, unit)];
    place.replaceChildren(
      h("h3", { class: "hw-trust__name" }, name(units[unit])),
      ...figures.map((figure) => figureElement(figure as Figure<unknown>, report.captions)),
    );
    for (const figure of figures) redraw(place.querySelector<HTMLElement>(`#${figure.id}-chart`)!, figure);
    said.textContent = "";
  };
  const search = () => {
    const wanted = box.value.trim().toLowerCase();
    if (wanted === "") return;
    const exact = units.findIndex((unit) => unit.toLowerCase() === wanted);
    const some = units.map((unit, i) => (unit.toLowerCase().includes(wanted) ? i : -1)).filter((i) => i >= 0);
    if (exact >= 0 || some.length === 1) show(exact >= 0 ? exact : some[0]);
    else
      said.textContent =
        some.length === 0
          ? "No trust has that name."
          : `${some.length} trusts have that in their name; type more of it.`;
  };
  const form = h(
    "form",
    {
      class: "hw-search",
      role: "search",
      submit: (event) => {
        event.preventDefault();
        search();
      },
    },
    h(
      "div",
      { class: "nhsuk-form-group" },
      h("label", { class: "nhsuk-label", for: "trust-search" }, "Name or code of a trust"),
      box,
      h(
        "datalist",
        { id: "trust-names" },
        units.map((unit) => h("option", { value: unit.slice(0, 200) })),
      ),
    ),
    h("button", { type: "submit", class: "nhsuk-button hw-search__button" }, "Show"),
    said,
  );
  box.addEventListener("change", search);
  return [
    p(
      "One trust beside the spread of all. The spread has no order: where a trust lies in it is not a verdict, and most of what sets trusts apart is not explained by the drivers.",
    ),
    form,
    place,
  ];
}
