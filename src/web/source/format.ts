// Numbers as a reader wants them: as many digits as their error deserves, a true minus sign, thousands grouped.
import type { Maybe } from "./payload";

export const kNone = "–";

function signed(text: string): string {
  return text.replace("-", "\u2212");
}

function fixed(value: number, decimals: number): string {
  const text = value.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return signed(/^-0(\.0*)?$/.test(text) ? text.slice(1) : text);
}

// Decimals that show `digits` significant digits of `size`.
export function decimalsFor(size: number, digits = 2): number {
  if (!(Math.abs(size) > 0) || !Number.isFinite(size)) return 2;
  return Math.min(8, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(size)))));
}

export function number(value: Maybe | undefined, size?: Maybe): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return kNone;
  if (Math.abs(value) < 1e-9 && size && Math.abs(size) < 1e-9) return "0";
  if (value !== 0 && !size && (Math.abs(value) < 1e-6 || Math.abs(value) >= 1e9)) return signed(value.toExponential(2));
  return fixed(value, decimalsFor(size ?? value, size ? 2 : 3));
}

export function count(value: number | undefined): string {
  return value === undefined ? kNone : value.toLocaleString("en-GB");
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

export function pValue(p: Maybe | undefined): string {
  if (p === null || p === undefined) return kNone;
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

export function share(value: Maybe | undefined): string {
  if (value === null || value === undefined) return kNone;
  const percent = 100 * value;
  const decimals = Math.abs(percent) >= 10 ? 0 : Math.abs(percent) >= 1 ? 1 : 2;
  return `${fixed(percent, decimals)}%`;
}

export function percent(value: Maybe | undefined, size?: Maybe): string {
  return value === null || value === undefined ? kNone : `${number(value, size)}%`;
}

export function level(value: number): string {
  return `${Number((100 * value).toPrecision(4))}%`;
}

// "0.21% (95% interval 0.05% to 0.37%)"
export function interval(low: Maybe, high: Maybe, size: Maybe, unit: string): string {
  return `${number(low, size)}${unit} to ${number(high, size)}${unit}`;
}

export function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}

export function together(parts: string[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

export function entries(log: string | undefined): string[] {
  return (log ?? "")
    .split(";")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
