import { forest, type Point } from "../charts/forest";
import { author, code, h, name, p } from "../dom";
import { figureElement } from "../figure";
import { level, number, plural } from "../format";
import { capital, roleOf, termInWords, unitWord, usable, type Model } from "../names";
import type { Report } from "../report";
import { sensitivities } from "./attribution";

// The same coefficient under several covariances.
function covariances(report: Report, model: Model, at: number): HTMLElement | null {
  const fit = model.main,
    own = fit.covariances;
  if (!own || own.rule.length < 2) return null;
  const rows = fit.term
    .flatMap((term, j) =>
      own.rule.map((rule, r) => ({
        term,
        words: capital(termInWords(term)),
        rule,
        ratio: ratioOf(own.std_error[r][j], fit.std_error[j]),
        error: own.std_error[r][j],
        estimate: fit.estimate[j],
      })),
    )
    .filter((row) => row.term !== "(Intercept)");
  const points: Point[] = rows
    .filter((row) => row.ratio !== null)
    .map((row) => ({ label: row.rule, series: "one coefficient", value: row.ratio!, low: null, high: null }));
  const ratios = rows.map((row) => row.ratio).filter((ratio): ratio is number => ratio !== null);
  const least = Math.min(...ratios),
    most = Math.max(...ratios);
  return figureElement(
    {
      id: `covariances-${at}`,
      title: `Standard errors are ${number(least, 0.1)} to ${number(most, 0.1)} times the reported`,
      alt: `Standard errors under each covariance rule divided by the reported ones (${fit.covariance}). ${own.rule
        .map((rule) => {
          const some = rows.filter((row) => row.rule === rule && row.ratio !== null).map((row) => row.ratio!);
          return `${rule}: ${number(Math.min(...some), 0.02)} to ${number(Math.max(...some), 0.02)}`;
        })
        .join("; ")}.`,
      caption: `One dot a coefficient of ${roleOf(fit)}: its standard error under each rule over the one reported, ${fit.covariance} with profile ${fit.profile}.`,
      spec: (shape) => forest(points, "standard error over the reported one", shape, 1),
      table: {
        caption: "Standard errors under several covariances",
        rows,
        columns: [
          { heading: "term", value: (row) => row.term, shown: (row) => name(row.words) },
          { heading: "covariance", value: (row) => row.rule },
          {
            heading: "coefficient",
            numeric: true,
            value: (row) => row.estimate,
            shown: (row) => number(row.estimate, row.error),
          },
          {
            heading: "standard error",
            numeric: true,
            value: (row) => row.error,
            shown: (row) => number(row.error, row.error),
          },
          {
            heading: "over the reported one",
            numeric: true,
            value: (row) => row.ratio,
            shown: (row) => number(row.ratio, 0.02),
          },
        ],
      },
    },
    report.captions,
  );
}

function ratioOf(error: number | null, reported: number | null): number | null {
  return error === null || reported === null || reported === 0 ? null : error / reported;
}

// How far a coefficient moves, in standard errors, without the unit that moves it most.
function movers(report: Report, model: Model, at: number): HTMLElement | null {
  const fit = model.main,
    own = fit.movers;
  if (!own || own.mover_term.length === 0) return null;
  const rows = own.mover_term
    .map((term, i) => ({
      term,
      words: capital(termInWords(term)),
      unit: own.mover_unit?.[i] ?? "",
      change: own.mover_change[i],
      inErrors: own.mover_change_in_se[i],
    }))
    .filter((row) => row.term !== "(Intercept)");
  const points: Point[] = rows.map((row) => ({
    label: row.words,
    series: "left out",
    value: row.inErrors ?? 0,
    low: null,
    high: null,
  }));
  const most = Math.max(...rows.map((row) => Math.abs(row.inErrors ?? 0)));
  const size =
    most < 0.5
      ? `No ${unitWord()} moves a coefficient by half a standard error`
      : most < 1
        ? `No ${unitWord()} moves a coefficient by one standard error`
        : `Single ${unitWord()}s move coefficients by over one standard error`;
  return figureElement(
    {
      id: `movers-${at}`,
      title: size,
      alt: `Change of each coefficient when one of the units that move it most is left out, in standard errors. Largest: ${number(most, 0.02)}. ${[
        ...new Set(rows.map((row) => row.words)),
      ]
        .map(
          (words) =>
            `${words}: ${rows
              .filter((row) => row.words === words)
              .map((row) => number(row.inErrors, 0.02))
              .join(", ")}`,
        )
        .join("; ")}.`,
      caption: `One dot a ${unitWord()} left out; the ${plural(Math.round(rows.length / Math.max(1, new Set(rows.map((row) => row.term)).size)), unitWord())} that move each coefficient of ${roleOf(fit)} most, to first order.${report.internal ? "" : " Units are named in the internal report only."}`,
      spec: (shape) =>
        forest(points, shape.narrow ? "in standard errors" : "change of the coefficient, in standard errors", shape),
      table: {
        caption: "Units that move the coefficients",
        rows,
        columns: [
          { heading: "term", value: (row) => row.term, shown: (row) => name(row.words) },
          ...(report.internal
            ? [
                {
                  heading: "unit left out",
                  value: (row: (typeof rows)[number]) => row.unit,
                  shown: (row: (typeof rows)[number]) => name(row.unit),
                },
              ]
            : []),
          { heading: "change", numeric: true, value: (row) => row.change, shown: (row) => number(row.change) },
          {
            heading: "in standard errors",
            numeric: true,
            value: (row) => row.inErrors,
            shown: (row) => number(row.inErrors, 0.02),
          },
        ],
      },
    },
    report.captions,
  );
}

export function robustness(report: Report): HTMLElement[] {
  const parts = report.models
    .filter((model) => usable(model.main))
    .map((model, at) => {
      const own = [covariances(report, model, at + 1), report.full ? movers(report, model, at + 1) : null].filter(
        (part): part is HTMLElement => part !== null,
      );
      if (own.length === 0) return null;
      return h(
        "section",
        { class: "hw-part" },
        h(
          "h3",
          {},
          report.models.length > 1 ? author(model.title || model.id) : `Other errors, and ${unitWord()}s left out`,
        ),
        p(
          "The coefficients again, with other assumptions about the errors and without the units that move them most. Reported: ",
          code(model.main.covariance),
          ", ",
          level(model.main.level),
          " intervals.",
        ),
        ...own,
      );
    })
    .filter((part): part is HTMLElement => part !== null);
  const further = report.full ? sensitivities(report) : [];
  const comparison = report.payload.comparison;
  const differ = comparison && new Set(comparison.model_nobs).size > 1;
  return [
    ...(differ ? [p("The models use different rows, so differences between them mix models and samples.")] : []),
    ...(parts.length + further.length > 0 ? [...parts, ...further] : [p("This result holds no robustness checks.")]),
  ];
}
