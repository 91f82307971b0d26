// What the data can and cannot say: identification, how much is explained at all, what could have been found.
import { stack, type Slice } from "../charts/stack";
import { forest, type Point } from "../charts/forest";
import { author, code, h, list, name, p } from "../dom";
import { driversOf, effectOf, heading, sizeOf } from "../effects";
import { figureElement } from "../figure";
import { level, number, plural, share, together } from "../format";
import { capital, roleOf, termInWords, usable, type Model } from "../names";
import { logOf, mainFits, sampleText, type Report } from "../report";
import type { Fit } from "../payload";

function identified(report: Report): HTMLElement {
  const fits = mainFits(report);
  const items = fits.map((fit) => {
    const groups = driversOf(fit);
    const text = `${capital(plural(fit.term.length, "coefficient"))}, from ${sampleText(fit)}`;
    return [
      report.models.length > 1 ? h("strong", {}, `${fit.title || fit.id}: `) : null,
      `${text}.`,
      groups.length > 0 ? ` Driver groups: ${together(groups.map((g) => g.replaceAll("_", " ")))}.` : "",
    ];
  });
  return h(
    "div",
    {},
    h("h3", {}, "What is identified"),
    p(
      "Differences over time within units, after the effects in the model are taken out. A driver that does not move within a unit cannot be seen this way.",
    ),
    list(items),
  );
}

function unidentified(report: Report): HTMLElement {
  const seen = new Map<string, { because: string; fits: string[] }>();
  for (const fit of report.payload.fits.filter(usable))
    fit.unidentified.forEach((term, i) => {
      const entry = seen.get(term) ?? { because: fit.unidentified_because[i], fits: [] };
      entry.fits.push(roleOf(fit));
      seen.set(term, entry);
    });
  const limits = logOf(report, "limits");
  const items = [...seen].map(([term, { because }]) => [
    h("strong", {}, name(capital(termInWords(term)))),
    " (",
    code(term),
    "): not identified, and not zero. It cannot be told apart from ",
    name(because),
    ".",
  ]);
  return h(
    "div",
    {},
    h("h3", {}, "What is not identified"),
    items.length > 0 ? list(items) : p("Every regressor of the models has variation of its own."),
    limits.length > 0 ? [p("These data do not speak about:"), list(limits.map((limit) => author(limit)))] : null,
  );
}

function explainedRow(fit: Fit): { within: number; total: number; effects: number; rest: number } {
  const absorbed = fit.tss_within ?? fit.tss;
  return {
    within: absorbed > 0 ? 1 - fit.rss / absorbed : 0,
    total: (absorbed - fit.rss) / fit.tss,
    effects: 1 - absorbed / fit.tss,
    rest: fit.rss / fit.tss,
  };
}

function explained(report: Report, model: Model, at: number): HTMLElement | null {
  const fits = model.fits.filter(usable).filter((fit) => fit.tss > 0 && fit.tss_within !== null);
  if (fits.length === 0) return null;
  const rows = fits.map((fit) => ({ fit, ...explainedRow(fit) }));
  const main = rows.find((row) => row.fit === model.main) ?? rows[0];
  const slices: Slice[] = rows.flatMap((row) => [
    { label: capital(roleOf(row.fit)), part: "drivers", value: row.total, text: share(row.total) },
    { label: capital(roleOf(row.fit)), part: "effects (unexplained)", value: row.effects, text: share(row.effects) },
    { label: capital(roleOf(row.fit)), part: "residual (unexplained)", value: row.rest, text: share(row.rest) },
  ]);
  return h(
    "div",
    {},
    p(
      (main.fit.effect.length > 0
        ? `Of the variance that is left within the effects, the drivers account for ${share(main.within)}. That is ${share(main.total)} of the total variance of ${roleOf(main.fit)}. `
        : `The drivers account for ${share(main.total)} of the variance of ${roleOf(main.fit)}. `) +
        "Every share of a driver further down is a share of this.",
    ),
    figureElement(
      {
        id: `explained-${at}`,
        title: `Drivers account for ${share(main.total)} of all variance`,
        alt: `Stacked bars of the total variance. ${rows.map((row) => `${roleOf(row.fit)}: drivers ${share(row.total)}, effects ${share(row.effects)}, residual ${share(row.rest)}`).join(". ")}.`,
        caption:
          "Effects are persistent differences and common movements that the model takes out without explaining them.",
        spec: (shape) => stack(slices, "share of the total variance", shape),
        table: {
          caption: "How much of the variance the drivers account for",
          rows,
          columns: [
            { heading: "outcome", value: (row) => roleOf(row.fit) },
            {
              heading: "drivers, share within the effects",
              numeric: true,
              value: (row) => row.within,
              shown: (row) => share(row.within),
            },
            {
              heading: "drivers, share of total",
              numeric: true,
              value: (row) => row.total,
              shown: (row) => share(row.total),
            },
            {
              heading: "effects, share of total",
              numeric: true,
              value: (row) => row.effects,
              shown: (row) => share(row.effects),
            },
            {
              heading: "residual, share of total",
              numeric: true,
              value: (row) => row.rest,
              shown: (row) => share(row.rest),
            },
          ],
        },
      },
      report.captions,
    ),
  );
}

function detectable(report: Report, model: Model, at: number): HTMLElement | null {
  const fit = model.main;
  if (!usable(fit) || fit.term.length === 0) return null;
  const rows = fit.term
    .map((_, i) => ({ ...effectOf(fit, i), driver: fit.driver[i] }))
    .filter((row) => row.driver !== "");
  if (rows.length === 0 || rows.length > 40) return null;
  const counted = rows.filter((row) => !row.lead);
  const silent = counted.filter((row) => !row.told).length;
  const points: Point[] = rows.map((row) => ({
    label: capital(row.words),
    series: "estimate",
    value: row.value,
    low: row.low,
    high: row.high,
    detectable: row.mde,
  }));
  const unit = rows[0].unit === "%" ? "per cent" : `in units of ${roleOf(fit)}`;
  return figureElement(
    {
      id: `detectable-${at}`,
      title:
        silent === 0
          ? "Every association stands clear of zero"
          : `${silent} of ${counted.length} associations cannot be told from zero`,
      alt: `Estimates with ${level(fit.level)} intervals over the band that could not have been detected. ${rows.map((row) => `${row.words}: ${number(row.value, sizeOf(row))}${row.unit}, smallest detectable ${number(row.mde, sizeOf(row))}${row.unit}`).join(". ")}.`,
      caption: `Differences in ${roleOf(fit)} that go with one standard deviation of each driver after the effects are taken out, with ${level(fit.level)} intervals. Grey band: differences too small to be found with ${level(fit.power)} power. An estimate inside it is no evidence that there is none.`,
      spec: (shape) => forest(points, shape.narrow ? unit : `difference in ${roleOf(fit)}, ${unit}`, shape),
      table: {
        caption: "Smallest detectable differences",
        rows,
        columns: [
          { heading: "term", value: (row) => row.term, shown: (row) => name(capital(row.words)) },
          { heading: "driver group", value: (row) => row.driver, shown: (row) => heading(row.driver) },
          {
            heading: "estimate",
            numeric: true,
            value: (row) => row.value,
            shown: (row) => `${number(row.value, sizeOf(row))}${row.unit}`,
          },
          {
            heading: "low",
            numeric: true,
            value: (row) => row.low,
            shown: (row) => `${number(row.low, sizeOf(row))}${row.unit}`,
          },
          {
            heading: "high",
            numeric: true,
            value: (row) => row.high,
            shown: (row) => `${number(row.high, sizeOf(row))}${row.unit}`,
          },
          {
            heading: "smallest detectable",
            numeric: true,
            value: (row) => row.mde,
            shown: (row) => `${number(row.mde, sizeOf(row))}${row.unit}`,
          },
        ],
      },
    },
    report.captions,
  );
}

export function limits(report: Report): HTMLElement[] {
  const per = report.models.map((model, at) => [
    report.models.length > 1
      ? h("h3", {}, author(model.title || model.id))
      : h("h3", {}, "How much the drivers account for"),
    explained(report, model, at),
    detectable(report, model, at),
  ]);
  return report.payload.form === "summary"
    ? [unidentified(report)]
    : [identified(report), unidentified(report), h("div", {}, ...per)];
}
