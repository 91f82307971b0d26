// What terms, columns, units and periods are called: the command wrote it, from [report] names and the formula.
import type { Fit, Payload } from "./payload";

let spoken: Payload["words"] = { unit: "unit", period: "period", terms: {}, columns: {} };
export function speak(words: Payload["words"]): void {
  spoken = words;
}

function own(names: Record<string, string>, key: string): string | undefined {
  return Object.prototype.hasOwnProperty.call(names, key) ? names[key] : undefined;
}

function words(name: string): string {
  return name
    .replaceAll("`", "")
    .replaceAll(/[\p{L}_.][\p{L}\p{N}_.]*/gu, (column) => own(spoken.columns, column) ?? column.replaceAll("_", " "))
    .trim();
}

export function termInWords(term: string): string {
  return own(spoken.terms, term) ?? words(term);
}

export function unitWord(): string {
  return spoken.unit;
}
export function periodWord(): string {
  return spoken.period;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// What a component is, and what it is called in a report.
export type Kind = "driver" | "effects" | "residual" | "composition" | "other";
export interface Part {
  label: string;
  kind: Kind;
}

export function partOf(component: string, fit: Fit | undefined): Part {
  const effect = /^effects?\b:?\s*(.*)$/s.exec(component);
  if (effect) {
    const of = effect[1] ? ` (${words(effect[1])})` : "";
    const moves = fit?.time && effect[1].split(/[^\w.]+/).includes(fit.time);
    return {
      label: moves ? `common movements, unexplained${of}` : `persistent differences, unexplained${of}`,
      kind: "effects",
    };
  }
  if (/^residual/.test(component))
    return { label: component.replace("residual", "residual, unexplained"), kind: "residual" };
  if (/^(composition|entry|exit|weights)/.test(component)) return { label: words(component), kind: "composition" };
  if (/^(other|constant|\(Intercept\))/.test(component)) return { label: words(component), kind: "other" };
  if (fit?.term?.includes(component)) return { label: termInWords(component), kind: "driver" };
  return { label: words(component), kind: isDriver(component, fit) ? "driver" : "other" };
}

// A driver group, or a driver group in a part of its own: "capital", "capital, within trust".
function isDriver(component: string, fit: Fit | undefined): boolean {
  return (fit?.driver ?? []).some(
    (driver) => driver !== "" && (component === driver || component.startsWith(`${driver},`)),
  );
}

// Without the name of the effect, where room is short.
export function shortLabel(label: string): string {
  return label.replace(/, unexplained \(.*\)$/s, ", unexplained");
}

// Fits that belong together: one model's activity, resource and ratio, or one fit alone.
export interface Model {
  id: string;
  title: string;
  fits: Fit[];
  main: Fit;
}

export function modelsOf(fits: Fit[]): Model[] {
  const models: Model[] = [];
  for (const fit of fits) {
    const last = models[models.length - 1];
    const continues =
      last &&
      fit.role !== "" &&
      last.main.role !== "" &&
      last.title === fit.title &&
      !last.fits.some((one) => one.role === fit.role);
    if (continues) last.fits.push(fit);
    else models.push({ id: fit.id, title: fit.title, fits: [fit], main: fit });
  }
  for (const model of models) model.main = model.fits.find((fit) => fit.role === "ratio") ?? model.fits[0];
  return models;
}

export function usable(fit: Fit): boolean {
  return fit.error_message === undefined;
}

export function logged(fit: Fit): boolean {
  return fit.role !== "" || /^log\(/.test(fit.outcome);
}

const kRoles: Record<string, string> = {
  activity: "activity",
  resource: "resource",
  ratio: "activity per unit of resource",
};
export function roleOf(fit: Fit): string {
  return (
    own(spoken.columns, fit.outcome) ?? own(spoken.columns, fit.role) ?? kRoles[fit.role] ?? termInWords(fit.outcome)
  );
}
