import { h } from "./dom";
import { drawFigures } from "./figure";
import { readPayload } from "./payload";
import { reportOf, titleOf, type Report } from "./report";
import { attribution } from "./sections/attribution";
import { coefficients } from "./sections/coefficients";
import { dataSection } from "./sections/data";
import { finding } from "./sections/finding";
import { banner, front } from "./sections/front";
import { limits } from "./sections/limits";
import { method } from "./sections/method";
import { provenance } from "./sections/provenance";
import { reading } from "./sections/reading";
import { robustness } from "./sections/robustness";
import { trust } from "./sections/trust";

const kSummary = new Set(["limits", "finding", "reading"]);

interface Section {
  id: string;
  heading: string;
  build: (report: Report) => HTMLElement[];
}

function sectionsOf(report: Report): Section[] {
  const all: Section[] = [
    { id: "limits", heading: "What the data can and cannot say", build: limits },
    { id: "finding", heading: "What was found", build: finding },
    { id: "reading", heading: "How to read this", build: reading },
    { id: "attribution", heading: "Attribution", build: attribution },
    ...(report.internal ? [{ id: "trust", heading: "One trust", build: trust }] : []),
    { id: "coefficients", heading: "Coefficients", build: coefficients },
    { id: "robustness", heading: "Robustness", build: robustness },
    { id: "data", heading: "Data", build: dataSection },
    { id: "method", heading: "Method", build: method },
    { id: "provenance", heading: "Provenance", build: provenance },
  ];
  return report.payload.form === "summary" ? all.filter((section) => kSummary.has(section.id)) : all;
}

function build(): void {
  const report = reportOf(readPayload());
  const sections = sectionsOf(report);
  const nav = h(
    "nav",
    { class: "nhsuk-contents-list hw-contents", "aria-label": "Contents" },
    h("h2", { class: "hw-contents__heading" }, "Contents"),
    h(
      "ol",
      { class: "nhsuk-contents-list__list" },
      sections.map((section) =>
        h(
          "li",
          { class: "nhsuk-contents-list__item" },
          h("a", { class: "nhsuk-contents-list__link", href: `#${section.id}` }, section.heading),
        ),
      ),
    ),
  );
  const main = h(
    "main",
    { class: "nhsuk-main-wrapper hw-main", id: "main" },
    front(report),
    sections.map((section) =>
      h(
        "section",
        { class: "hw-section", id: section.id, "aria-labelledby": `${section.id}-heading` },
        h("h2", { id: `${section.id}-heading` }, section.heading),
        section.build(report),
      ),
    ),
  );
  document.body.dataset.form = report.payload.form; // paper is set closer where pages are few
  document.title = `${titleOf(report).slice(0, 200)}${report.simulated ? " (simulated data)" : ""}`;
  document
    .getElementById("report")!
    .replaceChildren(
      h("a", { class: "nhsuk-skip-link", href: "#main" }, "Skip to main content"),
      banner(report),
      h("div", { class: "nhsuk-width-container hw-width hw-columns" }, nav, main),
      h(
        "footer",
        { class: "hw-footer" },
        h(
          "div",
          { class: "nhsuk-width-container hw-width" },
          h(
            "p",
            {},
            `Made by headwater ${report.payload.run.program_version} from one result file. This page needs no network. It contains the NHS design system, Vega and Vega-Lite under their own licences, which are in the page's source.`,
          ),
        ),
      ),
    );
  drawFigures();
}

build();
