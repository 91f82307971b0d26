// What every section needs to know about the report as a whole.
import type { Captions } from "./figure";
import { count, entries, plural } from "./format";
import { modelsOf, periodWord, speak, unitWord, usable, type Model } from "./names";
import type { Fit, Payload } from "./payload";

export interface Report {
  payload: Payload;
  models: Model[]; // those that this form of the report speaks of
  further: number; // how many more there are in the full form
  full: boolean;
  simulated: boolean;
  internal: boolean;
  captions: Captions;
}

// How many models each form speaks of.
const kModels = { summary: 1, report: 2, full: Infinity };

function capitalless(text: string): string {
  return text.trim().replace(/\.$/, "");
}

export function reportOf(payload: Payload): Report {
  const about = payload.report;
  const fits = payload.fits;
  speak(payload.words);
  const models = modelsOf(fits);
  const spoken = models.slice(0, kModels[payload.form]);
  return {
    payload,
    models: spoken,
    further: models.length - spoken.length,
    full: payload.form === "full",
    simulated: payload.run.simulated !== 0,
    internal: payload.audience === "internal",
    captions: {
      simulated: payload.run.simulated !== 0,
      fixed: `Measure: ${capitalless(about.measure)}. Source: ${capitalless(about.source)}, ${capitalless(about.vintage)}. Population and period: ${capitalless(about.population)}.`,
    },
  };
}

export function mainFits(report: Report): Fit[] {
  return report.models.map((model) => model.main).filter(usable);
}

export function titleOf(report: Report): string {
  return report.payload.report.title || report.payload.fits[0]?.title || report.payload.report.measure;
}

export function sampleText(fit: Fit): string {
  const units = fit.units > 0 ? ` of ${plural(fit.units, unitWord())}` : "",
    periods = fit.periods > 0 ? ` over ${plural(fit.periods, periodWord())}` : "";
  return `${count(fit.nobs)} rows${units}${periods}`;
}

export function logOf(report: Report, key: string): string[] {
  return entries(report.payload.report[key]);
}
