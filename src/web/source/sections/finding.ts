// One sentence a driver group, with intervals, for activity, resource and ratio; worded as association.
import { author, callout, h, list, name, p } from "../dom";
import { driversOf, effectOf, heading, intervalText, magnitude, sizeOf, type Effect } from "../effects";
import { level, number, pValue, sentence, together } from "../format";
import { capital, roleOf, termInWords, unitWord, usable, type Model } from "../names";
import type { Fit } from "../payload";
import type { Report } from "../report";
import { tableElement } from "../table";

function fitsWith(model: Model, term: string): Fit[] {
  return model.fits.filter(usable).filter((fit) => fit.term.includes(term));
}

function effectIn(fit: Fit, term: string): Effect {
  return effectOf(fit, fit.term.indexOf(term));
}

function subject(fit: Fit, term: string): string {
  const units = capital(`${unitWord()}s`),
    across = /^(between|pooled)/.test(fit.estimator);
  return across
    ? `${units} one standard deviation higher in ${termInWords(term)} had`
    : `${units} one standard deviation above their own usual level of ${termInWords(term)} had`;
}

// What a null could have missed.
function silence(silent: { fit: Fit; effect: Effect }[], all: number): string {
  if (silent.length === 0) return "";
  const power = level(silent[0].fit.power);
  const sizes = together(silent.map(({ effect }) => `${number(effect.mde, sizeOf(effect))}${effect.unit}`));
  const which =
    silent.length === all
      ? all === 1
        ? "the interval spans"
        : `${all === 2 ? "both" : "all"} intervals span`
      : `${silent.length === 1 ? "the interval" : "the intervals"} for ${together(silent.map(({ fit }) => roleOf(fit)))} ${silent.length === 1 ? "spans" : "span"}`;
  return `; ${which} zero, and differences below ${sizes}${silent.length > 1 ? ", in turn," : ""} could have gone unseen (${power} power)`;
}

function termSentence(model: Model, term: string): string {
  const all = fitsWith(model, term).map((fit) => ({ fit, effect: effectIn(fit, term) }));
  const clauses = all.map(
    ({ fit, effect }) =>
      `${roleOf(fit)} ${magnitude(effect, fit)} (${effect.mark || intervalText(effect, level(fit.level))})`,
  );
  return sentence(
    `${subject(all[0].fit, term)} ${together(clauses)}${silence(
      all.filter(({ effect }) => !effect.told && effect.mark === ""),
      all.length,
    )}`,
  );
}

interface GroupTest {
  fit: Fit;
  p: number;
  mark: string; // why the test tells nothing, or ""
}

function groupTest(fit: Fit, driver: string): GroupTest | null {
  const at = (fit.tests?.hypothesis ?? []).findIndex((hypothesis) =>
    hypothesis.startsWith(`every coefficient of ${driver} is zero`),
  );
  const p = at < 0 ? null : fit.tests!.p_value[at];
  return p === null ? null : { fit, p, mark: fit.tests!.mark[at] };
}

function groupSentence(model: Model, driver: string, terms: string[]): string {
  const parts = model.fits
    .filter(usable)
    .map((fit) => groupTest(fit, driver))
    .filter((part) => part !== null);
  const lead = `The ${terms.length} ${driver.replaceAll("_", " ")} measures together`;
  if (parts.length === 0) return `${lead}, each given the others:`;
  const few = parts.filter((part) => part.mark !== ""),
    told = parts.filter((part) => part.mark === "" && part.p < 1 - part.fit.level),
    silent = parts.filter((part) => part.mark === "" && !told.includes(part));
  const words = (some: GroupTest[]) =>
    together(
      some.map((part) => `${roleOf(part.fit)} (p ${pValue(part.p).startsWith("<") ? "" : "= "}${pValue(part.p)})`),
    );
  const clauses = [
    told.length > 0 ? `${lead} are associated with ${words(told)}` : "",
    silent.length > 0
      ? told.length > 0
        ? `with ${words(silent)} none can be told from zero`
        : `${lead} show no association that can be told from zero with ${words(silent)}; the table has what could have gone unseen`
      : "",
    few.length > 0
      ? `${told.length + silent.length > 0 ? "the test" : `${lead}: the test`} for ${together(few.map((part) => roleOf(part.fit)))} ${few[0].mark}`
      : "",
  ];
  return sentence(clauses.filter((clause) => clause !== "").join("; "));
}

function cell(fit: Fit, term: string): string {
  if (!fit.term.includes(term)) return "";
  const effect = effectIn(fit, term),
    size = sizeOf(effect);
  if (effect.mark) return `${number(effect.value, size)}${effect.unit} (${effect.mark})`;
  const text = `${number(effect.value, size)}${effect.unit} (${number(effect.low, size)} to ${number(effect.high, size)})`;
  return effect.told ? text : `${text}; detectable from ${number(effect.mde, size)}${effect.unit}`;
}

function groupTable(model: Model, driver: string, terms: string[]): HTMLElement {
  const fits = model.fits.filter(usable);
  return tableElement({
    caption: `${heading(driver)}: differences that go with one standard deviation`,
    rows: terms,
    columns: [
      { heading: "measure", value: (term) => term, shown: (term) => name(capital(termInWords(term))) },
      ...fits.map((fit) => ({ heading: roleOf(fit), value: (term: string) => cell(fit, term) })),
    ],
  });
}

// A lead is next period's driver beside this period's outcome: it can speak against a finding, never be one.
function leadSentence(model: Model, term: string): string {
  const all = fitsWith(model, term).map((fit) => effectIn(fit, term));
  const told = all.filter((effect) => effect.told).length;
  return sentence(
    told > 0
      ? `The lead of ${termInWords(term)} stands clear of zero: what comes later goes with the outcome already, which speaks against reading the driver's own coefficient as more than association`
      : `The lead of ${termInWords(term)} cannot be told apart from zero; differences below ${together(all.map((effect) => `${number(effect.mde, sizeOf(effect))}${effect.unit}`))} could have gone unseen`,
  );
}

function groupOf(report: Report, model: Model, driver: string): HTMLElement {
  const fit = model.main;
  const own = fit.term.filter((_, i) => fit.driver[i] === driver);
  const leads = own.filter((term) => fit.lead[fit.term.indexOf(term)]),
    terms = own.filter((term) => !leads.includes(term));
  const claim = report.payload.claims.find((one) => one.driver === driver);
  const lead = claim?.made ? [h("strong", {}, "Effect, if "), author(claim.argument), ": "] : [];
  const table =
    report.payload.form === "summary"
      ? null
      : terms.length <= 12
        ? groupTable(model, driver, terms)
        : p(`The ${terms.length} coefficients are under “Coefficients”.`);
  const body =
    terms.length === 0
      ? []
      : terms.length === 1
        ? [h("p", { class: "hw-finding" }, lead, termSentence(model, terms[0]))]
        : [h("p", { class: "hw-finding" }, lead, groupSentence(model, driver, terms)), table];
  return h(
    "section",
    { class: "hw-group" },
    h("h3", {}, name(heading(driver))),
    ...body,
    ...leads.map((term) => p(leadSentence(model, term))),
  );
}

// What speaks against the author's argument stands before every finding.
function rejected(report: Report): HTMLElement[] {
  return report.payload.claims.flatMap((claim) => {
    const against = claim.tests.filter((test) => test.verdict === "rejected");
    return against.length === 0
      ? []
      : [
          callout(
            `A falsification test of ${claim.driver.replaceAll("_", " ")} rejects`,
            list(against.map((test) => [test.text, " Hypothesis: ", name(test.hypothesis), "."])),
          ),
        ];
  });
}

function lostTerms(model: Model): HTMLElement[] {
  const lost = model.main.unidentified;
  return lost.length === 0 ? [] : [p(`Not identified, and so without a finding: ${together(lost.map(termInWords))}.`)];
}

// Coefficients that weak instruments decide are told of before any of them.
function weakInstruments(report: Report): HTMLElement[] {
  return report.payload.fits.flatMap((fit) =>
    fit.weak_instruments
      ? [callout(`The instruments of ${roleOf(fit)} are weak`, p(sentence(fit.weak_instruments)))]
      : [],
  );
}

export function finding(report: Report): HTMLElement[] {
  const made = report.payload.claims.filter((claim) => claim.made).map((claim) => heading(claim.driver).toLowerCase());
  const caution =
    made.length > 0
      ? `For ${together(made)} the author has stated why the driver is as good as randomly assigned, and falsification tests that could have shown otherwise did not: those sentences hold if that statement does. All others are associations.`
      : "These are associations: what was seen together, each driver given the others in the model. They do not say what would happen if a driver were changed.";
  // Two pages have room for the outcome that the report is about, and not for what it is made of.
  const told = (model: Model): Model => (report.payload.form === "summary" ? { ...model, fits: [model.main] } : model);
  return [
    ...weakInstruments(report),
    ...rejected(report),
    p(caution),
    ...report.models
      .filter((model) => usable(model.main))
      .map(told)
      .flatMap((model) => [
        ...(report.models.length > 1 ? [h("h3", { class: "hw-model" }, author(model.title || model.id))] : []),
        ...driversOf(model.main).map((driver) => groupOf(report, model, driver)),
        ...lostTerms(model),
      ]),
  ];
}
