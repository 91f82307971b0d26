// One sentence a driver group, with intervals, for activity, resource and ratio; worded as association.
import { author, h, list, name, p } from "../dom";
import { clause, driversOf, effectOf, heading, subject } from "../effects";
import { level, pValue, plural, sentence, together } from "../format";
import { capital, roleOf, termInWords, usable, type Model } from "../names";
import type { Fit } from "../payload";
import type { Report } from "../report";

function termSentence(model: Model, term: string): string {
  const fits = model.fits.filter(usable).filter((fit) => fit.term.includes(term));
  const fit = fits[0];
  const clauses = fits.map((one) => clause(effectOf(one, one.term.indexOf(term)), one, level(one.level), level(one.power)));
  return sentence(`${subject(fit, termInWords(term))} ${together(clauses)}`);
}

function groupTest(fit: Fit, driver: string): number | null {
  const tests = fit.tests;
  if (!tests) return null;
  const at = tests.hypothesis.findIndex((hypothesis) => hypothesis.startsWith(`every coefficient of ${driver} is zero`));
  return at < 0 ? null : tests.p_value[at];
}

function groupSentence(model: Model, driver: string, terms: string[]): string {
  const parts = model.fits.filter(usable).map((fit) => ({ fit, p: groupTest(fit, driver) })).filter((part) => part.p !== null);
  if (parts.length === 0) return `${capital(plural(terms.length, "measure"))}, each given the others:`;
  const told = parts.filter((part) => (part.p ?? 1) < 1 - part.fit.level), silent = parts.filter((part) => !told.includes(part));
  const words = (some: typeof parts) => together(some.map((part) => `${roleOf(part.fit)} (joint test p ${pValue(part.p).startsWith("<") ? "" : "= "}${pValue(part.p)})`));
  const lead = `The ${terms.length} ${driver.replaceAll("_", " ")} measures together`;
  if (told.length === 0) return sentence(`${lead} are not told apart from no association with ${words(silent)}`);
  return sentence(`${lead} are associated with ${words(told)}${silent.length > 0 ? `, and not told apart from no association with ${words(silent)}` : ""}`);
}

function groupOf(report: Report, model: Model, driver: string): HTMLElement {
  const fit = model.main;
  const terms = fit.term.filter((_, i) => fit.driver[i] === driver);
  const lead = report.causal ? [h("strong", {}, "Effect, if "), author(report.assignment), ": "] : [];
  const body = terms.length === 1
    ? [h("p", { class: "hw-finding" }, lead, termSentence(model, terms[0]))]
    : [h("p", { class: "hw-finding" }, lead, groupSentence(model, driver, terms)), terms.length <= 12 ? list(terms.map((term) => termSentence(model, term))) : p(`The ${terms.length} coefficients are under “Coefficients”.`)];
  return h("section", { class: "hw-group" }, h("h3", {}, name(heading(driver))), ...body);
}

function missingGroups(model: Model): HTMLElement[] {
  const found = driversOf(model.main);
  const lost = model.main.unidentified;
  if (lost.length === 0) return [];
  return [p(`Not identified, and so without a finding: ${together(lost.map((term) => termInWords(term)))}.`, found.length === 0 ? " No driver group is left." : "")];
}

export function finding(report: Report): HTMLElement[] {
  const caution = report.causal
    ? "The author has stated why the drivers are as good as randomly assigned, and the falsification tests named in the configuration do not reject. The sentences hold if that statement does."
    : "These are associations: what was seen together, each driver given the others in the model. They do not say what would happen if a driver were changed.";
  return [
    p(caution),
    ...report.models.flatMap((model) => usable(model.main) ? [
      report.models.length > 1 ? h("h3", { class: "hw-model" }, author(model.title || model.id)) : null,
      ...driversOf(model.main).map((driver) => groupOf(report, model, driver)), ...missingGroups(model)] : []).filter((element): element is HTMLElement => element !== null),
  ];
}
