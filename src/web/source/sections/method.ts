import { author, code, h, list, name, p } from "../dom";
import { level } from "../format";
import { usable } from "../names";
import { logOf, type Report } from "../report";
import { tableElement } from "../table";
import { referencesFor } from "./references";

function equations(report: Report): HTMLElement[] {
  return report.models
    .filter((model) => usable(model.main))
    .map((model) =>
      h(
        "div",
        {},
        h("h3", {}, author(model.title || model.id)),
        model.main.question ? h("blockquote", { class: "hw-question" }, author(model.main.question)) : null,
        p("Model: ", code(model.main.formula, 4000)),
        list([
          [
            "Estimator: ",
            name(model.main.estimator),
            ". ",
            model.main.effect.length > 0
              ? "Each outcome is a sum of its regressors times their coefficients, plus the effects, plus an error; the effects are taken out exactly."
              : "Each outcome is a sum of its regressors times their coefficients, plus an error.",
          ],
          ["Effects: ", name(model.main.effect.join(", ") || "none"), "."],
          [
            "Covariance: ",
            name(model.main.covariance),
            `, small-sample profile ${model.main.profile} (${model.main.arithmetic}). Intervals at ${level(model.main.level)}; minimum detectable effects at ${level(model.main.power)} power.`,
          ],
          model.fits.length > 1
            ? "The outcome is a ratio. Activity, resource and ratio are fitted on one sample, so the ratio's coefficients are the activity ones minus the resource ones."
            : `Outcome: ${model.main.outcome}.`,
        ]),
      ),
    );
}

function log(report: Report, key: string, heading: string, none: string): HTMLElement {
  const entries = logOf(report, key);
  return h(
    "div",
    {},
    h("h3", {}, heading),
    entries.length > 0
      ? list(
          entries.map((entry) => author(entry)),
          "number",
        )
      : p(none),
  );
}

function options(report: Report): HTMLElement {
  const run = report.payload.run;
  const rows = (run.option ?? []).map((option, i) => ({
    option,
    value: run.option_value![i],
    usual: run.option_default![i],
  }));
  return h(
    "div",
    {},
    h("h3", {}, "Options that differ from their default"),
    rows.length === 0
      ? p("None.")
      : tableElement(
          {
            caption: "Options that differ from their default",
            rows,
            columns: [
              { heading: "option", value: (row) => row.option, shown: (row) => code(row.option) },
              { heading: "used", value: (row) => row.value, shown: (row) => code(row.value) },
              { heading: "default", value: (row) => row.usual, shown: (row) => code(row.usual) },
            ],
          },
          true,
        ),
  );
}

export function method(report: Report): HTMLElement[] {
  return [
    ...equations(report),
    log(report, "assumptions", "Assumptions log", "The author declared no assumptions."),
    log(report, "decisions", "Decisions log", "The author logged no decisions."),
    ...report.payload.claims.map((claim) =>
      h(
        "div",
        {},
        h("h3", {}, `Whether ${claim.driver.replaceAll("_", " ")} is as good as randomly assigned`),
        claim.argument ? p(author(claim.argument)) : p("The author gives no argument that it is."),
        claim.tests.length > 0
          ? list(claim.tests.map((test) => [name(test.hypothesis), ". ", test.text]))
          : p("No falsification test is named, so this report speaks of associations only."),
      ),
    ),
    ...(report.full ? [options(report), references(report)] : []),
  ];
}

function references(report: Report): HTMLElement {
  return h(
    "div",
    {},
    h("h3", {}, "References"),
    list(referencesFor(report).map((reference) => h("span", { "data-author": true }, reference))),
  );
}
