// Distributed lags, l(x, k), and event studies, i(time, x): coefficients along an ordered axis.
import { ladder, type Sample } from "../charts/lines";
import { h, name, p } from "../dom";
import { figureElement } from "../figure";
import { level, number } from "../format";
import { capital, periodWord, roleOf, termInWords, usable, type Model } from "../names";
import type { Fit } from "../payload";
import type { Report } from "../report";

interface Place {
  key: string;
  kind: "lag" | "event";
  position: string;
  order: number;
  base: string;
}

function placeOf(term: string): Place | null {
  const event = /^(.*?)::(.*?)(?::(.+))?$/s.exec(term);
  if (event)
    return {
      key: `${event[1]}::${event[3] ?? ""}`,
      kind: "event",
      position: event[2],
      order: Number.NaN,
      base: event[3] ?? event[1],
    };
  const lag = /^([lf])\((.*),\s*(-?\d+)\)$/s.exec(term);
  if (!lag) return null;
  const k = lag[1] === "l" ? Number(lag[3]) : -Number(lag[3]);
  return { key: `lag ${lag[2]}`, kind: "lag", position: k < 0 ? `lead ${-k}` : String(k), order: k, base: lag[2] };
}

interface Row {
  fit: Fit;
  i: number;
  place: Place;
}

function figureOf(report: Report, model: Model, rows: Row[], id: string): HTMLElement {
  const { kind, base } = rows[0].place;
  const reference = rows[0].fit.reference[rows[0].i];
  const positions = [...new Map(rows.map((row) => [row.place.position, row.place.order])).entries()];
  if (kind === "lag") positions.sort((a, b) => a[1] - b[1]);
  const labels = positions.map(([position]) => position);
  if (reference !== "" && !labels.includes(reference)) {
    labels.push(reference);
    labels.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  }
  // Leads, and periods before the reference, can speak against a finding and are none.
  const before = (row: Row) =>
    row.fit.lead[row.i] || (reference !== "" && labels.indexOf(row.place.position) < labels.indexOf(reference));
  const samples: Sample[] = rows.map((row) => ({
    series: `${capital(roleOf(row.fit))}${before(row) ? (kind === "lag" ? ", leads (a check)" : ", before (a check)") : ""}`,
    at: row.place.position,
    value: row.fit.estimate[row.i],
    low: row.fit.conf_low[row.i],
    high: row.fit.conf_high[row.i],
  }));
  if (reference !== "")
    samples.push({ series: "Reference, zero by construction", at: reference, value: 0, low: null, high: null });
  const own = rows.filter((row) => row.fit === model.main && !before(row));
  const clear = own.filter((row) => (row.fit.conf_low[row.i] ?? 0) > 0 || (row.fit.conf_high[row.i] ?? 0) < 0).length;
  const axis = kind === "lag" ? `${periodWord()}s before the outcome` : periodWord();
  return figureElement(
    {
      id,
      title: `${clear} of ${own.length} ${kind === "lag" ? "lags stand" : "periods stand"} clear of zero`,
      alt: `Coefficients of ${termInWords(base)} by ${axis}: ${own.map((row) => `${row.place.position} ${number(row.fit.estimate[row.i], row.fit.std_error[row.i])}`).join("; ")}.`,
      caption: `Coefficients of ${termInWords(base)} by ${axis}, with ${level(model.main.level)} intervals${kind === "event" ? "; the period left out is the reference" : ""}.`,
      spec: (shape) => ladder(samples, labels, axis, "coefficient", shape),
      table: {
        caption: `Coefficients of ${base} by ${axis}`,
        rows,
        columns: [
          { heading: axis, value: (row) => row.place.position, shown: (row) => name(row.place.position) },
          { heading: "outcome", value: (row) => roleOf(row.fit) },
          {
            heading: "coefficient",
            numeric: true,
            value: (row) => row.fit.estimate[row.i],
            shown: (row) => number(row.fit.estimate[row.i], row.fit.std_error[row.i]),
          },
          {
            heading: "low",
            numeric: true,
            value: (row) => row.fit.conf_low[row.i],
            shown: (row) => number(row.fit.conf_low[row.i], row.fit.std_error[row.i]),
          },
          {
            heading: "high",
            numeric: true,
            value: (row) => row.fit.conf_high[row.i],
            shown: (row) => number(row.fit.conf_high[row.i], row.fit.std_error[row.i]),
          },
        ],
      },
    },
    report.captions,
  );
}

export function paths(report: Report, model: Model, at: number): HTMLElement[] {
  const keyed = new Map<string, Row[]>();
  for (const fit of model.fits.filter(usable))
    fit.term.forEach((term, i) => {
      const place = placeOf(term);
      if (place) keyed.set(place.key, [...(keyed.get(place.key) ?? []), { fit, i, place }]);
    });
  return [...keyed.values()]
    .filter((rows) => new Set(rows.map((row) => row.place.position)).size >= 3)
    .map((rows, i) =>
      h(
        "div",
        {},
        h(
          "h4",
          {},
          capital(
            rows[0].place.kind === "lag"
              ? `Lags of ${termInWords(rows[0].place.base)}`
              : `${termInWords(rows[0].place.base)} by period`,
          ),
        ),
        rows[0].place.kind === "event"
          ? p(
              "Coefficients before the reference period that differ from zero speak against reading the later ones as anything but a continued difference.",
            )
          : null,
        figureOf(report, model, rows, `path-${at}-${i + 1}`),
      ),
    );
}
