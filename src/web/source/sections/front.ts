import { author, callout, h, p, summaryList } from "../dom";
import { plural, together } from "../format";
import { titleOf, type Report } from "../report";
import { mainPoints } from "./main_points";
import { outcomePath } from "./outcome_path";

export function banner(report: Report): HTMLElement {
  const about = report.payload.report;
  return h(
    "header",
    { class: "hw-banner" },
    h(
      "div",
      { class: "nhsuk-width-container hw-width" },
      h(
        "p",
        { class: "hw-banner__tags" },
        h("strong", { class: "nhsuk-tag nhsuk-tag--white" }, author(about.status)),
        report.simulated ? h("strong", { class: "nhsuk-tag nhsuk-tag--yellow" }, "Simulated data") : null,
        report.internal
          ? h("strong", { class: "nhsuk-tag nhsuk-tag--red" }, "Internal: single trusts are named")
          : null,
      ),
      h("h1", { class: "hw-banner__title" }, author(titleOf(report))),
      h("p", { class: "hw-banner__measure" }, author(about.measure)),
    ),
  );
}

export function front(report: Report): HTMLElement {
  const about = report.payload.report;
  const failed = report.payload.fits.filter((fit) => fit.error_message !== undefined);
  return h(
    "div",
    { class: "hw-front" },
    report.simulated
      ? callout(
          "Simulated data",
          p(
            "Every number in this report comes from a simulation. No real trust is described here, and nothing in it says anything about the National Health Service.",
          ),
        )
      : null,
    failed.length > 0
      ? callout(
          "Models that could not be fitted",
          p(
            `${plural(failed.length, "model")} failed: `,
            together(failed.map((fit) => `${fit.id} (${fit.error_message})`)),
            ".",
          ),
        )
      : null,
    mainPoints(report),
    outcomePath(report),
    summaryList([
      ["Status of the measure", author(about.status)],
      ["Population", author(about.population)],
      ["Source", author(about.source)],
      ["Vintage", author(about.vintage)],
      ["Commissioner", author(about.commissioner)],
      ["Author", author(about.author)],
      ["Assurer", author(about.assurer)],
      ["Review date", author(about.review_date)],
    ]),
  );
}
