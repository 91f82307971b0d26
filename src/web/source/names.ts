// Terms of a formula in words: l(log(capital_stock), 1) -> "capital stock (log), 1 period earlier".
import type { Fit } from "./payload";

// What the author calls columns: "fte = staff in post".
const called = new Map<string, string>();
export function callColumns(names: string[]): void {
  for (const entry of names) {
    const equals = entry.indexOf("=");
    called.set(entry.slice(0, equals).trim(), entry.slice(equals + 1).trim());
  }
}

function words(name: string): string {
  return name
    .replaceAll("`", "")
    .replaceAll(/[\p{L}_.][\p{L}\p{N}_.]*/gu, (column) => called.get(column) ?? column.replaceAll("_", " "))
    .trim();
}

const kCall = /^([a-z.A-Z]+)\((.*)\)$/s;

export function termInWords(term: string): string {
  const text = term.trim();
  if (text === "(Intercept)") return "constant";
  const event = /^(.*?)::(.*?)(?::(.+))?$/s.exec(text);
  if (event) return `${event[3] ? termInWords(event[3]) + ", " : ""}${words(event[1])} ${event[2]}`;
  const call = kCall.exec(text);
  if (!call || !balanced(call[2])) return words(text);
  const inside = call[2];
  const lag = /^(.*),\s*(-?\d+)$/s.exec(inside);
  switch (call[1]) {
    case "l":
      return lag ? `${termInWords(lag[1])}, ${periods(Number(lag[2]))}` : `${termInWords(inside)}, ${periods(1)}`;
    case "f":
      return lag ? `${termInWords(lag[1])}, ${periods(-Number(lag[2]))}` : `${termInWords(inside)}, ${periods(-1)}`;
    case "d":
      return `change in ${termInWords(inside)}`;
    case "ifelse":
      return choice(inside) ?? words(text);
    case "log":
      return logInWords(inside) ?? words(text);
    case "I":
      return words(inside).replaceAll("==", "=").replaceAll("/", " / ").replaceAll(/\s+/g, " ");
    default:
      return words(text);
  }
}

function logInWords(inside: string): string | null {
  const own = choice(/^ifelse\((.*)\)$/s.exec(inside)?.[1] ?? "");
  if (own) return `${own.replace(/\)$/, "")}, log)`;
  return /^[\w.` ]+$/.test(inside) ? `${words(inside)} (log)` : null;
}

// ifelse(x == 0, 1, x) and ifelse(is.na(x), 0, x): x with one value put for another.
function choice(inside: string): string | null {
  const parts = /^(?:(.+?) == ([\d.]+)|is\.na\((.+?)\)), ([\d.]+), (.+)$/s.exec(inside);
  const of = parts?.[1] ?? parts?.[3];
  return parts && of === parts[5] ? `${words(of)} (${parts[2] ?? "missing"} as ${parts[4]})` : null;
}

function balanced(text: string): boolean {
  let depth = 0;
  for (const c of text) {
    if (c === "(") depth += 1;
    if (c === ")") depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

function periods(lag: number): string {
  if (lag === 0) return "same period";
  const n = Math.abs(lag);
  return `${n} ${n === 1 ? spoken.period : `${spoken.period}s`} ${lag > 0 ? "earlier" : "later"}`;
}

// What a unit and a period are called: the key columns' own names when they are words.
const spoken = { unit: "unit", period: "period" };
export function speakOf(unit: string, time: string): void {
  if (/^[a-z]{3,12}$/i.test(unit)) spoken.unit = unit.toLowerCase();
  if (/^[a-z]{3,12}$/i.test(time)) spoken.period = time.toLowerCase();
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
    const of = effect[1] ? ` (${effect[1]})` : "";
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
  return kRoles[fit.role] ?? words(fit.outcome);
}
