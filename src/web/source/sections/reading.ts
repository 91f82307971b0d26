import { author, h, inset, list, p } from "../dom";
import { level } from "../format";
import { mainFits, type Report } from "../report";

export function reading(report: Report): HTMLElement[] {
  return [
    ...(report.payload.form === "summary" ? [] : [statusOf(report), ...howTo(report)]),
    h("h3", {}, "What it must not be used for"),
    list([
      "to order, reward or penalise single trusts;",
      "to say what would follow if a driver were changed;",
      "to read the residual or a persistent difference as efficiency or effort;",
      "to compare trusts whose output is measured on different scales, such as acute and mental health;",
      "to speak of drivers that are listed above as not identified.",
    ]),
  ];
}

function statusOf(report: Report): HTMLElement {
  return inset(
    p(
      h("strong", {}, "Status of the measure: "),
      author(report.payload.report.status),
      ". It is not a verdict on the effort of anyone, and it carries the errors of the records it is made from.",
    ),
  );
}

function howTo(report: Report): HTMLElement[] {
  const about = report.payload.report;
  const fit = mainFits(report)[0];
  const wide = fit ? level(fit.level) : "95%";
  return [
    h("h3", {}, "How to read it"),
    list([
      ["Estimand: ", author(about.estimand), ". Weights: ", author(about.weights), "."],
      "Activity, resource and their ratio are fitted on the same rows with the same drivers. The ratio's coefficients are the activity ones minus the resource ones, so read the three together: a lower ratio can mean more resource rather than less activity.",
      `An interval of ${wide} would cover the true value in about ${wide} of repeated samples, if the model holds. It does not cover a wrong model.`,
      "An interval that spans zero is not evidence of no association: read it beside the smallest difference the data could have found.",
      "“Persistent differences, unexplained” are what the model takes out for each unit. They hold everything that does not move: case mix, buildings, place, history, recording.",
    ]),
  ];
}
