// One coefficient as a reader meets it: what goes with a typical swing of the regressor, in per cent where the outcome is a log.
import { capital, logged, termInWords } from "./names";
import { interval, number } from "./format";
import type { Fit, Maybe } from "./payload";

export interface Effect {
  term: string;
  words: string;
  value: number;
  low: Maybe;
  high: Maybe;
  mde: Maybe;
  unit: string; // "%" or ""
  lead: boolean; // a check, not a finding
  mark: string; // why the interval tells nothing, or ""
  told: boolean; // the interval leaves zero out, and enough units carry it
  swing: Maybe;
}

function scaled(fit: Fit, value: Maybe): Maybe {
  if (value === null) return null;
  return logged(fit) ? 100 * Math.expm1(value) : value;
}

export function effectOf(fit: Fit, i: number): Effect {
  const swing = fit.within_sd?.[i] ?? null;
  const by = swing && swing > 0 ? swing : 1;
  const times = (value: Maybe) => (value === null ? null : value * by);
  const low = scaled(fit, times(fit.conf_low[i])),
    high = scaled(fit, times(fit.conf_high[i]));
  return {
    term: fit.term[i],
    words: fit.lead[i] ? `lead (a check): ${termInWords(fit.term[i])}` : termInWords(fit.term[i]),
    lead: fit.lead[i],
    value: scaled(fit, times(fit.estimate[i])) ?? 0,
    low,
    high,
    mde: scaled(fit, times(fit.mde[i])),
    unit: logged(fit) ? "%" : "",
    mark: fit.mark[i],
    told: low !== null && high !== null && (low > 0 || high < 0) && fit.mark[i] === "",
    swing,
  };
}

export function sizeOf(effect: Effect): Maybe {
  return effect.low !== null && effect.high !== null ? Math.max((effect.high - effect.low) / 4, 1e-9) : null;
}

export function magnitude(effect: Effect, fit: Fit): string {
  const size = number(Math.abs(effect.value), sizeOf(effect));
  return logged(fit)
    ? `${size}% ${effect.value < 0 ? "lower" : "higher"}`
    : `${effect.value < 0 ? "lower" : "higher"} by ${size}`;
}

export function intervalText(effect: Effect, level: string): string {
  return `${level} interval ${interval(effect.low, effect.high, sizeOf(effect), effect.unit)}`;
}

export function driversOf(fit: Fit): string[] {
  return [...new Set(fit.driver ?? [])].filter((driver) => driver !== "" && driver !== "other");
}

export function heading(driver: string): string {
  return capital(driver.replaceAll("_", " "));
}
