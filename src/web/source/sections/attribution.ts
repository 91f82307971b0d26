// Any decomposition from its components alone: bars from zero when they are parts of a total, a forest when they are not.
import { code, details, h, list, name, p, summaryList } from "../dom";
import { number, sentence, share, together } from "../format";
import { capital, logged, roleOf } from "../names";
import type { Decomposition, Maybe } from "../payload";
import type { Report } from "../report";
import { extras } from "./extras";
import { groups } from "./groups";
import { overTime } from "./over_time";
import { partFigure } from "./parts";

function choicesText(d: Decomposition): string {
  return together(Object.entries(d.choices).map(([key, value]) => `${key.replaceAll("_", " ")} = ${value}`));
}

function explainedFirst(d: Decomposition): HTMLElement | null {
  const scalar = (wanted: string) =>
    d.extras.find((extra) => extra.name === wanted && extra.dims.length === 0)?.values[0] as Maybe | undefined;
  const within = scalar("explained_within"),
    total = scalar("explained_total");
  if (total === undefined) return null;
  const part =
    within === undefined
      ? `${share(total)} of the variance`
      : `${share(within)} of the variance within the effects and ${share(total)} of the total variance`;
  return p(`Before any share: the drivers account for ${part} of the outcome.`);
}

function fineprint(d: Decomposition): HTMLElement {
  const rows: [string, HTMLElement | string][] = [
    ["Call", code(d.call)],
    ["Uncertainty", d.frame],
    ["Kind of uncertainty", d.kind],
    ["Choices", choicesText(d) || "none"],
    [
      "Closure",
      d.closure_error === null
        ? "the items are not parts of one total"
        : `parts sum to the total, computed apart, to ${number(d.closure_error)} (tolerance ${number(d.tolerance)})`,
    ],
  ];
  if (d.shares_reason) rows.push(["Shares", `not shown: ${d.shares_reason}`]);
  if (d.unidentified.length > 0)
    rows.push(["Not identified", d.unidentified.map((term, i) => `${term} (${d.unidentified_because[i]})`).join("; ")]);
  return details(
    "How these parts were computed",
    [
      summaryList(rows),
      d.note_message.length > 0 ? [p("Notes:"), list(d.note_message.map((note) => sentence(note)))] : null,
    ],
    false,
  );
}

// Questions about how far an answer can be trusted stand under "Robustness".
const kRobustness = new Set([
  "robustness_value",
  "oster",
  "leave_one_out",
  "errors_in_variables",
  "missing_bounds",
  "specification_curve",
]);

export function sensitivities(report: Report): HTMLElement[] {
  const main = new Set(report.models.map((model) => model.main.id));
  return report.payload.decompositions.flatMap((d, i) =>
    kRobustness.has(d.method) && (main.has(d.fit) || d.fit === "") ? [single(report, d, i + 1)] : [],
  );
}

function single(report: Report, d: Decomposition, at: number): HTMLElement {
  const fit = report.payload.fits.find((one) => one.id === d.fit);
  return h(
    "section",
    { class: "hw-part" },
    h("h3", {}, `${capital(d.method.replaceAll("_", " "))}: ${fit ? roleOf(fit) : d.fit}`),
    d.question ? p(name(d.question)) : null,
    explainedFirst(d),
    partFigure(report, d, fit, `parts-${at}`),
    report.full ? [extras(d, `parts-${at}`), fineprint(d)] : null,
  );
}

// The change, else the first answer: what the reader of anything but the full form is shown.
function answered(all: Decomposition[]): Decomposition[] {
  return [all.find((d) => d.method === "change") ?? all[0]].filter(Boolean);
}

export function attribution(report: Report): HTMLElement[] {
  const all = report.payload.decompositions;
  const answers = all.filter((d) => !kRobustness.has(d.method));
  if (answers.length === 0)
    return [
      p(
        report.payload.left_out > 0
          ? "The decompositions of this result are about single units or groups too small to publish, and are in the internal report only."
          : "This result holds no decomposition.",
      ),
    ];
  const grouped = answers.filter((d) => d.choices.group !== undefined),
    alone = answers.filter((d) => d.choices.group === undefined);
  const main = new Set(report.models.map((model) => model.main.id));
  const isMain = (d: Decomposition) => main.has(d.fit) || !report.payload.fits.some((fit) => fit.id === d.fit);
  const first = alone.filter(isMain),
    second = alone.filter((d) => !isMain(d));
  const at = (d: Decomposition) => all.indexOf(d) + 1;
  const logs = report.payload.fits.some(logged);
  return [
    p(
      "A driver group's part is the difference in its measures times their coefficients. The parts add up to the total, and what no driver accounts for is always shown as a bar of its own.",
      logs
        ? " Outcomes are logarithms; parts are shown in per cent by the logarithmic mean, so that they still add."
        : "",
    ),
    ...(report.full ? first : answered(first)).map((d) => single(report, d, at(d))),
    ...(report.full && second.length > 0
      ? [
          details(
            "The same for activity and resource apart",
            second.map((d) => single(report, d, at(d))),
          ),
        ]
      : []),
    ...(report.full ? [...overTime(report), ...groups(report, grouped)] : []),
  ];
}
