// One sentence a driver group, with intervals, for activity, resource and ratio; worded as association.
import { author, h, name, p } from "../dom";
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
    ({ fit, effect }) => `${roleOf(fit)} ${magnitude(effect, fit)} (${intervalText(effect, level(fit.level))})`,
  );
  return sentence(
    `${subject(all[0].fit, term)} ${together(clauses)}${silence(
      all.filter(({ effect }) => !effect.told),
      all.length,
    )}`,
  );
}

interface GroupTest {
  fit: Fit;
  p: number;
  few: boolean; // a handful of units carry what decides the test
}

const kFewUnits = 5;

function groupTest(fit: Fit, driver: string): GroupTest | null {
  const at = (fit.tests?.hypothesis ?? []).findIndex((hypothesis) =>
    hypothesis.startsWith(`every coefficient of ${driver} is zero`),
  );
  const p = at < 0 ? null : fit.tests!.p_value[at];
  return p === null ? null : { fit, p, few: (fit.tests!.effective_units[at] ?? kFewUnits) < kFewUnits };
}

function groupSentence(model: Model, driver: string, terms: string[]): string {
  const parts = model.fits
    .filter(usable)
    .map((fit) => groupTest(fit, driver))
    .filter((part) => part !== null);
  const lead = `The ${terms.length} ${driver.replaceAll("_", " ")} measures together`;
  if (parts.length === 0) return `${lead}, each given the others:`;
  const few = parts.filter((part) => part.few),
    told = parts.filter((part) => !part.few && part.p < 1 - part.fit.level),
    silent = parts.filter((part) => !part.few && !told.includes(part));
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
      ? `${told.length + silent.length > 0 ? "the test" : `${lead}: the test`} for ${together(few.map((part) => roleOf(part.fit)))} rests on fewer than ${kFewUnits} ${unitWord()}s in effect and tells nothing`
      : "",
  ];
  return sentence(clauses.filter((clause) => clause !== "").join("; "));
}

function cell(fit: Fit, term: string): string {
  if (!fit.term.includes(term)) return "";
  const effect = effectIn(fit, term),
    size = sizeOf(effect);
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

function groupOf(report: Report, model: Model, driver: string): HTMLElement {
  const fit = model.main;
  const terms = fit.term.filter((_, i) => fit.driver[i] === driver);
  const lead = report.causal ? [h("strong", {}, "Effect, if "), author(report.assignment), ": "] : [];
  const body =
    terms.length === 1
      ? [h("p", { class: "hw-finding" }, lead, termSentence(model, terms[0]))]
      : [
          h("p", { class: "hw-finding" }, lead, groupSentence(model, driver, terms)),
          terms.length <= 12
            ? groupTable(model, driver, terms)
            : p(`The ${terms.length} coefficients are under “Coefficients”.`),
        ];
  return h("section", { class: "hw-group" }, h("h3", {}, name(heading(driver))), ...body);
}

function lostTerms(model: Model): HTMLElement[] {
  const lost = model.main.unidentified;
  return lost.length === 0 ? [] : [p(`Not identified, and so without a finding: ${together(lost.map(termInWords))}.`)];
}

export function finding(report: Report): HTMLElement[] {
  const caution = report.causal
    ? "The author has stated why the drivers are as good as randomly assigned, and the falsification tests named in the configuration do not reject. The sentences hold if that statement does."
    : "These are associations: what was seen together, each driver given the others in the model. They do not say what would happen if a driver were changed.";
  return [
    p(caution),
    ...report.models
      .filter((model) => usable(model.main))
      .flatMap((model) => [
        ...(report.models.length > 1 ? [h("h3", { class: "hw-model" }, author(model.title || model.id))] : []),
        ...driversOf(model.main).map((driver) => groupOf(report, model, driver)),
        ...lostTerms(model),
      ]),
  ];
}
