// The answer first: what changed, what goes with it, what could have gone unseen, what cannot be said.
import { author, h, list } from "../dom";
import { driversOf, effectOf, heading, sizeOf } from "../effects";
import { interval, level, number, sentence, share, together } from "../format";
import { capital, roleOf, termInWords, unitWord, usable, type Model } from "../names";
import type { Decomposition, Fit, Maybe } from "../payload";
import { logOf, type Report } from "../report";
import { groupTest, verdictText } from "./finding";
import { scaleOf } from "./parts";

const kMostPoints = 4;

function spans(low: Maybe, high: Maybe): boolean {
  return low === null || high === null || (low <= 0 && high >= 0);
}

// "fell by 7.7% (95% interval 6.1% to 9.3%)"; sizes of a fall are positive.
function moved(value: number, low: Maybe, high: Maybe, error: Maybe, unit: string, wide: string): string {
  if (low === null || high === null || error === null)
    return `${value < 0 ? "fell" : "rose"} by ${number(Math.abs(value))}${unit}; no interval can be given`;
  if (spans(low, high))
    return `moved by ${number(value, error)}${unit} (${wide} interval ${interval(low, high, error, unit)}), which cannot be told apart from no change`;
  const [near, far] = value < 0 ? [-high, -low] : [low, high];
  return `${value < 0 ? "fell" : "rose"} by ${number(Math.abs(value), error)}${unit} (${wide} interval ${interval(near, far, error, unit)})`;
}

function changeOf(report: Report, fit: Fit): Decomposition | undefined {
  return report.payload.decompositions.find(
    (d) => d.method === "change" && d.fit === fit.id && d.total !== null && d.choices.group === undefined,
  );
}

export function changePoint(fit: Fit, d: Decomposition): string {
  const { by, unit } = scaleOf(d),
    times = (value: Maybe) => (value === null ? null : value * by);
  const wide = level(d.level);
  const whole = `From ${d.choices.from} to ${d.choices.to}, ${roleOf(fit)} of the mean ${unitWord()} ${moved(
    (d.total ?? 0) * by,
    times(d.total_conf_low),
    times(d.total_conf_high),
    times(d.total_std_error),
    unit,
    wide,
  )}`;
  const sum = d.driver_sum;
  if (!sum || sum.estimate === null) return sentence(whole);
  const part = `${sum.estimate > 0 ? "+" : ""}${number(sum.estimate * by, times(sum.std_error))}`;
  const reach =
    sum.std_error === null || sum.std_error === 0
      ? ""
      : ` (${interval(times(sum.low), times(sum.high), times(sum.std_error), unit)})`;
  return sentence(
    `${whole}; the drivers together make up ${part}${unit}${reach} of that, and the rest lies outside them`,
  );
}

function groupPoint(model: Model): string {
  const fit = model.main;
  const state = (driver: string): "told" | "silent" | "marked" => {
    const terms = fit.term.map((_, i) => i).filter((i) => fit.driver[i] === driver && !fit.lead[i]);
    const test = terms.length > 1 ? groupTest(fit, driver) : null;
    if (test) return test.mark !== "" ? "marked" : test.p < 1 - fit.level ? "told" : "silent";
    return terms.some((i) => effectOf(fit, i).told) ? "told" : "silent";
  };
  const groups = driversOf(fit).filter((driver) => fit.term.some((_, i) => fit.driver[i] === driver && !fit.lead[i]));
  if (groups.length === 0) return "";
  const named = (wanted: string) =>
    groups.filter((driver) => state(driver) === wanted).map((driver) => heading(driver).toLowerCase());
  const told = named("told"),
    silent = named("silent"),
    marked = named("marked");
  return sentence(
    [
      told.length > 0 ? `${together(told)} can be told to go with ${roleOf(fit)}` : "",
      silent.length > 0 ? `for ${together(silent)} no association can be told from zero` : "",
      marked.length > 0 ? `the test of ${together(marked)} rests on a handful of ${unitWord()}s and tells nothing` : "",
    ]
      .filter((text) => text !== "")
      .join("; "),
  );
}

// How little is explained, and what could have been missed.
function limitPoint(model: Model): string {
  const fit = model.main;
  const within = fit.tss_within > 0 ? 1 - fit.rss / fit.tss_within : null;
  const silent = fit.term.map((_, i) => effectOf(fit, i)).filter((effect) => !effect.told && !effect.lead);
  const unseen = silent
    .filter((effect) => effect.term !== "(Intercept)" && effect.mde !== null)
    .sort((a, b) => (b.mde ?? 0) - (a.mde ?? 0))[0];
  const explained =
    within === null
      ? ""
      : `the drivers account for ${share(within)} of the variance of ${roleOf(fit)}${fit.effect.length > 0 ? ` within ${unitWord()}s and periods` : ""}`;
  const missed = unseen
    ? `a difference of up to ${number(unseen.mde, sizeOf(unseen))}${unseen.unit} for one standard deviation of ${unseen.words} could have gone unseen`
    : "";
  return sentence([explained, missed].filter((text) => text !== "").join("; "));
}

function lostPoint(report: Report): string {
  const lost = [...new Set(report.payload.fits.filter(usable).flatMap((fit) => fit.unidentified))];
  return lost.length === 0
    ? ""
    : sentence(
        `nothing can be said of ${together(lost.map(termInWords))}: the data cannot tell it apart from the rest`,
      );
}

function generated(report: Report): string[] {
  const against = report.payload.claims.flatMap((claim) =>
    claim.tests.filter((test) => test.verdict === "rejected").map((test) => verdictText(report, claim, test)),
  );
  const model = report.models.find((one) => usable(one.main));
  if (!model) return [];
  const change = changeOf(report, model.main);
  return [
    ...against.slice(0, 1),
    change ? changePoint(model.main, change) : "",
    capital(groupPoint(model)),
    limitPoint(model),
    lostPoint(report),
  ]
    .filter((text) => text !== "" && text !== ".")
    .slice(0, kMostPoints + Math.min(1, against.length));
}

export function mainPoints(report: Report): HTMLElement | null {
  const own = logOf(report, "summary");
  const points = own.length > 0 ? own.map((text) => author(text)) : generated(report);
  if (points.length === 0) return null;
  return h(
    "section",
    { class: "hw-points", "aria-labelledby": "points-heading" },
    h("h2", { id: "points-heading" }, own.length > 0 ? "Main points, in the author’s words" : "Main points"),
    list(points),
  );
}
