import { forest, type Point } from "../charts/forest";
import { author, code, details, h, list, name, p } from "../dom";
import { effectOf, heading, sizeOf, type Effect } from "../effects";
import { figureElement } from "../figure";
import { count, level, number, pValue, plural, sentence, share, together } from "../format";
import { capital, logged, roleOf, usable, type Model } from "../names";
import type { Fit } from "../payload";
import type { Report } from "../report";
import { tableElement } from "../table";
import { paths } from "./paths";

interface Row {
  fit: Fit;
  i: number;
  effect: Effect;
}

const kMostDrawn = 20;

// Of a coefficient's t; files of the first version have one number for all.
const degrees = (fit: Fit, i: number) => fit.term_df?.[i] ?? fit.df;
const ownDegrees = (fit: Fit) => fit.term.some((_, i) => fit.std_error[i] !== null && degrees(fit, i) !== fit.df);

function rowsOf(model: Model): Row[] {
  const fits = model.fits.filter(usable);
  const terms = [...new Set(fits.flatMap((fit) => fit.term))].filter((term) => term !== "(Intercept)");
  return terms.flatMap((term) =>
    fits
      .filter((fit) => fit.term.includes(term))
      .map((fit) => ({ fit, i: fit.term.indexOf(term), effect: effectOf(fit, fit.term.indexOf(term)) })),
  );
}

function forestFigure(report: Report, model: Model, at: number): HTMLElement | null {
  const rows = rowsOf(model).filter((row) => model.main.driver[model.main.term.indexOf(row.effect.term)] !== "");
  const terms = new Set(rows.map((row) => row.effect.term));
  if (rows.length === 0 || terms.size > kMostDrawn) return null;
  const points: Point[] = rows.map((row) => ({
    label: capital(row.effect.words),
    series: capital(roleOf(row.fit)),
    value: row.effect.value,
    low: row.effect.low,
    high: row.effect.high,
  }));
  const counted = rows.filter((row) => !row.effect.lead && row.fit === model.main);
  const told = counted.filter((row) => row.effect.told).length;
  const unit = rows.every((row) => logged(row.fit)) ? "per cent" : "in the outcome's unit";
  return figureElement(
    {
      id: `forest-${at}`,
      title: `${told} of ${counted.length} ${counted.length === 1 ? "association stands" : "associations stand"} clear of zero`,
      alt: `Estimates with intervals. ${rows.map((row) => `${row.effect.words}, ${roleOf(row.fit)}: ${number(row.effect.value, sizeOf(row.effect))}${row.effect.unit}`).join("; ")}.`,
      caption: `Differences that go with one standard deviation of each driver after the effects are taken out, with ${level(model.main.level)} intervals; counted for ${roleOf(model.main)}.`,
      spec: (shape) =>
        forest(points, shape.narrow ? unit : `difference that goes with one standard deviation, ${unit}`, shape),
      table: {
        caption: "Coefficients",
        rows,
        columns: [
          { heading: "term", value: (row) => row.effect.term, shown: (row) => name(capital(row.effect.words)) },
          { heading: "outcome", value: (row) => roleOf(row.fit) },
          {
            heading: "coefficient",
            numeric: true,
            value: (row) => row.fit.estimate[row.i],
            shown: (row) => number(row.fit.estimate[row.i], row.fit.std_error[row.i]),
          },
          {
            heading: "standard error",
            numeric: true,
            value: (row) => row.fit.std_error[row.i],
            shown: (row) => number(row.fit.std_error[row.i], row.fit.std_error[row.i]),
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
          {
            heading: "p",
            numeric: true,
            value: (row) => row.fit.p_value[row.i],
            shown: (row) => pValue(row.fit.p_value[row.i]),
          },
          ...(rows.some((row) => ownDegrees(row.fit))
            ? [
                {
                  heading: "degrees of freedom",
                  numeric: true,
                  value: (row: Row) => degrees(row.fit, row.i),
                  shown: (row: Row) => number(degrees(row.fit, row.i), degrees(row.fit, row.i)),
                },
              ]
            : []),
          {
            heading: "minimum detectable",
            numeric: true,
            value: (row) => row.fit.mde[row.i],
            shown: (row) => number(row.fit.mde[row.i], row.fit.std_error[row.i]),
          },
          ...(rows.some((row) => row.effect.mark !== "")
            ? [{ heading: "mark", value: (row: Row) => row.effect.mark }]
            : []),
        ],
      },
    },
    report.captions,
  );
}

// Models side by side: estimate with its standard error under it, counts at the foot.
function sideBySide(model: Model): HTMLElement {
  const fits = model.fits.filter(usable);
  const terms = [...new Set(fits.flatMap((fit) => [...fit.term, ...fit.unidentified]))];
  const cell = (fit: Fit, term: string) => {
    const i = fit.term.indexOf(term);
    if (i < 0) return fit.unidentified.includes(term) ? "not identified" : "";
    return `${number(fit.estimate[i], fit.std_error[i])} (${number(fit.std_error[i], fit.std_error[i])})`;
  };
  interface Line {
    label: string;
    words: string;
    cells: string[];
  }
  const lines: Line[] = terms.map((term) => ({ label: term, words: term, cells: fits.map((fit) => cell(fit, term)) }));
  const foot: [string, (fit: Fit) => string][] = [
    ["rows", (fit) => count(fit.nobs)],
    ["units", (fit) => count(fit.units)],
    ["clusters", (fit) => fit.cluster.map((own, i) => `${own} ${count(fit.cluster_count[i])}`).join(", ") || "none"],
    ["effects", (fit) => fit.effect.join(", ") || "none"],
    ["outcome mean", (fit) => number(fit.outcome_mean)],
    ["R² within the effects", (fit) => (fit.effect.length > 0 ? number(fit.r_squared_within, 0.01) : "no effects")],
    ["R² total", (fit) => number(fit.r_squared, 0.01)],
  ];
  if (fits.some((fit) => fit.pseudo_r_squared !== undefined))
    foot.push(["pseudo R²", (fit) => number(fit.pseudo_r_squared, 0.01)]);
  for (const [label, value] of foot) lines.push({ label, words: label, cells: fits.map(value) });
  return tableElement({
    caption: "Coefficients side by side, standard errors in brackets",
    rows: lines,
    columns: [
      {
        heading: "term",
        value: (line) => line.label,
        shown: (line) => (terms.includes(line.label) ? code(line.label) : h("em", {}, line.label)),
      },
      ...fits.map((fit, i) => ({ heading: roleOf(fit), numeric: true, value: (line: Line) => line.cells[i] })),
    ],
  });
}

function variation(fit: Fit): HTMLElement {
  const rows = fit.regressor.map((term, i) => ({
    term,
    i,
    gone: fit.unidentified.includes(term),
    at: fit.term.indexOf(term),
  }));
  return tableElement({
    caption: "How much each driver varies, and what goes with one within-unit standard deviation",
    rows,
    columns: [
      { heading: "regressor", value: (row) => row.term, shown: (row) => code(row.term) },
      { heading: "mean", numeric: true, value: (row) => fit.mean[row.i], shown: (row) => number(fit.mean[row.i]) },
      {
        heading: "between units",
        numeric: true,
        value: (row) => fit.sd_between[row.i],
        shown: (row) => number(fit.sd_between[row.i]),
      },
      {
        heading: "within units",
        numeric: true,
        value: (row) => fit.sd_within[row.i],
        shown: (row) => number(fit.sd_within[row.i]),
      },
      {
        heading: "after the effects",
        numeric: true,
        value: (row) => (row.gone ? null : fit.sd_absorbed[row.i]),
        shown: (row) => (row.gone ? "not identified" : number(fit.sd_absorbed[row.i])),
      },
      {
        heading: `${roleOf(fit)}, per standard deviation`,
        numeric: true,
        value: (row) => (row.at < 0 ? null : effectOf(fit, row.at).value),
        shown: (row) => {
          if (row.at < 0) return "";
          const effect = effectOf(fit, row.at);
          return `${number(effect.value, sizeOf(effect))}${effect.unit}`;
        },
      },
    ],
  });
}

function testsOf(model: Model): HTMLElement | null {
  const rows = model.fits
    .filter(usable)
    .flatMap((fit) => (fit.tests?.hypothesis ?? []).map((hypothesis, i) => ({ fit, i, hypothesis })));
  if (rows.length === 0) return null;
  return tableElement({
    caption: "Tests of driver groups and sums",
    rows,
    columns: [
      { heading: "hypothesis", value: (row) => row.hypothesis },
      { heading: "outcome", value: (row) => roleOf(row.fit) },
      {
        heading: "statistic",
        numeric: true,
        value: (row) => row.fit.tests!.statistic[row.i],
        shown: (row) => number(row.fit.tests!.statistic[row.i]),
      },
      { heading: "under it", value: (row) => row.fit.tests!.distribution[row.i] },
      {
        heading: "p",
        numeric: true,
        value: (row) => row.fit.tests!.p_value[row.i],
        shown: (row) =>
          row.fit.tests!.mark[row.i]
            ? `${pValue(row.fit.tests!.p_value[row.i])}: ${row.fit.tests!.mark[row.i]}`
            : pValue(row.fit.tests!.p_value[row.i]),
      },
      {
        heading: "estimate",
        numeric: true,
        value: (row) => row.fit.tests!.estimate[row.i],
        shown: (row) => number(row.fit.tests!.estimate[row.i], row.fit.tests!.std_error[row.i]),
      },
      {
        heading: "minimum detectable",
        numeric: true,
        value: (row) => row.fit.tests!.mde[row.i],
        shown: (row) => number(row.fit.tests!.mde[row.i], row.fit.tests!.std_error[row.i]),
      },
    ],
  });
}

function explained(fit: Fit): string {
  if (fit.pseudo_r_squared !== undefined) return `pseudo R² ${number(fit.pseudo_r_squared, 0.01)}`;
  return fit.effect.length > 0 ? `R² within the effects ${share(fit.r_squared_within)}` : `R² ${share(fit.r_squared)}`;
}

function diagnostics(model: Model): HTMLElement {
  const items: string[] = [];
  for (const fit of model.fits.filter(usable)) {
    const clusters = fit.cluster_count.length > 0 ? Math.min(...fit.cluster_count) : 0;
    items.push(
      sentence(
        `${capital(roleOf(fit))}: ${fit.status.replaceAll("_", " ")}; errors ${fit.covariance}, profile ${fit.profile}` +
          `${clusters > 0 ? `, ${plural(clusters, "cluster")}${clusters < 40 ? ", which is few: read the intervals with care" : ""}` : ""}; ` +
          explained(fit),
      ),
    );
  }
  const notes = [...new Set(model.fits.flatMap((fit) => fit.note_message ?? []))];
  return h("div", {}, h("h4", {}, "Diagnostics in words"), list([...items, ...notes.map(sentence)]));
}

export function coefficients(report: Report): HTMLElement[] {
  return report.models
    .filter((model) => model.fits.some(usable))
    .map((model, at) =>
      h(
        "section",
        { class: "hw-part" },
        h("h3", {}, report.models.length > 1 ? author(model.title || model.id) : "Term by term"),
        p(
          "Each coefficient is given the other drivers and what the model takes out. Driver groups: ",
          together([...new Set(model.main.driver)].filter(Boolean).map(heading)),
          ".",
        ),
        report.full ? forestFigure(report, model, at + 1) : null,
        ...paths(report, model, at + 1),
        sideBySide(model),
        report.full ? details("Means, variation between and within units", [variation(model.main)]) : null,
        report.full && testsOf(model) ? details("Tests of driver groups and sums", [testsOf(model)]) : null,
        diagnostics(model),
      ),
    );
}
