import { code, details, h, list, p, summaryList } from "../dom";
import { number, plural } from "../format";
import { capital, roleOf, usable } from "../names";
import type { Fit } from "../payload";
import type { Report } from "../report";
import { tableElement } from "../table";

interface Check {
  what: string;
  found: string;
  fine: boolean;
}

// β(ratio) = β(activity) − β(resource), worked out again from the numbers in this page.
function triplets(report: Report): Check[] {
  return report.models.flatMap((model) => {
    const by = (role: string) => model.fits.find((fit) => fit.role === role && usable(fit));
    const [a, r, ratio] = [by("activity"), by("resource"), by("ratio")];
    if (!a || !r || !ratio) return [];
    const at = (fit: Fit, term: string) => fit.estimate[fit.term.indexOf(term)] ?? Number.NaN;
    const gaps = ratio.term.map(
      (term) => Math.abs(at(a, term) - at(r, term) - at(ratio, term)) / Math.max(Math.abs(at(ratio, term)), 1e-3),
    );
    const worst = Math.max(...gaps);
    return [
      {
        what: "ratio coefficients equal activity minus resource",
        found: `to ${number(worst)} relative`,
        fine: worst < 1e-8,
      },
    ];
  });
}

function checks(report: Report): Check[] {
  const fits = report.payload.fits.filter(usable);
  const rows: Check[] = triplets(report);
  for (const fit of fits) {
    rows.push({
      what: `${roleOf(fit)}: estimation`,
      found: fit.status.replaceAll("_", " "),
      fine: fit.status === "converged",
    });
    if (fit.effect.length > 0)
      rows.push({
        what: `${roleOf(fit)}: normal equations of the effects`,
        found: `hold to ${number(fit.certificate)}`,
        fine: fit.certificate < 1e-9,
      });
    if (fit.smallest_eigenvalue !== null && fit.smallest_eigenvalue !== undefined)
      rows.push({
        what: `${roleOf(fit)}: covariance has no negative direction`,
        found: `smallest eigenvalue ${number(fit.smallest_eigenvalue)}`,
        fine: fit.smallest_eigenvalue >= -1e-12,
      });
  }
  for (const d of report.payload.decompositions)
    if (d.closure_error !== null && d.tolerance !== null)
      rows.push({
        what: `${d.method.replaceAll("_", " ")}${d.choices.group ? `, ${d.choices.group}` : ""} (${roleText(report, d.fit)}): parts sum to the total`,
        found: `to ${number(d.closure_error)}`,
        fine: d.closure_error <= d.tolerance,
      });
  return rows;
}

function roleText(report: Report, id: string): string {
  const fit = report.payload.fits.find((one) => one.id === id);
  return fit ? roleOf(fit) : id;
}

export function provenance(report: Report): HTMLElement[] {
  const { run, data } = report.payload;
  const sample = report.models.find((model) => usable(model.main))?.main.sample_hash;
  return [
    summaryList([
      ["Program", `headwater ${run.program_version}, commit ${run.git_hash}`],
      ["Input", data ? [data.file, h("br"), code(`SHA-256 ${data.sha256}`)] : "none"],
      ["Sample", sample ? code(sample) : "none"],
      ["Result content", run.content_sha256 ? code(`SHA-256 ${run.content_sha256}`) : "not kept in a file"],
      ["Seed", String(run.seed)],
      ["Run", `${run.status.replaceAll("_", " ")}, ${plural(run.threads, "thread")}, ${number(run.wall_time, 0.1)} s`],
    ]),
    ...(report.full ? record(report) : []),
  ];
}

function record(report: Report): HTMLElement[] {
  const run = report.payload.run;
  const rows = checks(report),
    failed = rows.filter((row) => !row.fine).length;
  return [
    h("h3", {}, "To reproduce it"),
    p("The result file holds the whole configuration. With the input beside it:"),
    h(
      "pre",
      { class: "hw-pre", tabindex: 0, role: "region", "aria-label": "Commands that reproduce this report" },
      "headwater show RESULT.h5 --config > run.cfg\nheadwater run run.cfg\n" +
        `headwater report RESULT.h5 -o report.html --audience ${report.payload.audience}`,
    ),
    h("h3", {}, "Quality assurance record"),
    p(
      failed === 0
        ? `All ${rows.length} checks made on this result hold.`
        : `${failed} of ${rows.length} checks do not hold.`,
      " The program's own numbers are compared with those of other software when it is built and tested, not in each run.",
    ),
    details("The checks", [
      tableElement({
        caption: "Checks on this result",
        rows,
        columns: [
          { heading: "check", value: (row) => row.what, shown: (row) => capital(row.what) },
          { heading: "found", value: (row) => row.found },
          { heading: "holds", value: (row) => (row.fine ? "yes" : "no") },
        ],
      }),
    ]),
    ...(run.config
      ? [
          details(
            "The configuration of this run",
            [
              h(
                "pre",
                { class: "hw-pre", tabindex: 0, role: "region", "aria-label": "Configuration" },
                run.config
                  .map((line) => (line.length > 2000 ? `${line.slice(0, 2000)}…` : line))
                  .join("\n")
                  .trim(),
              ),
            ],
            false,
          ),
        ]
      : []),
    ...(report.payload.audience === "publish"
      ? []
      : [list(["This internal report names single units. It is for the organisation that holds the data."])]),
  ];
}
