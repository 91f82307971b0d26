// The mean of every part in each period, against the reference, from the cells of contributions.
import { panels, type Sample } from "../charts/lines";
import { h, name, p } from "../dom";
import { figureElement } from "../figure";
import { count, level, number } from "../format";
import { capital, logged, partOf, roleOf, shortLabel } from "../names";
import type { Report } from "../report";

export function overTime(report: Report): HTMLElement[] {
  const main = new Set(report.models.map((model) => model.main.id));
  return report.payload.decompositions
    .filter((d) => d.over_time && main.has(d.fit))
    .map((d, at) => {
      const own = d.over_time!;
      const fit = report.payload.fits.find((one) => one.id === d.fit);
      const scale = fit && logged(fit) ? 100 : 1;
      const rows = own.part.flatMap((part, j) =>
        own.period.map((period, i) => {
          const value = own.mean[i][j],
            error = own.std_error[i][j];
          const reach = error === null ? null : own.reach * error;
          const known = partOf(part, fit);
          return {
            part,
            label: capital(known.label),
            kind: known.kind,
            period,
            units: own.units[i],
            value,
            error,
            low: value === null || reach === null ? null : value - reach,
            high: value === null || reach === null ? null : value + reach,
          };
        }),
      );
      const samples = rows.map((row): Sample & { driver: boolean } => ({
        driver: row.kind === "driver",
        series: shortLabel(row.label),
        at: row.period,
        value: row.value === null ? null : row.value * scale,
        low: row.low === null ? (row.value ?? 0) * scale : row.low * scale,
        high: row.high === null ? (row.value ?? 0) * scale : row.high * scale,
      }));
      const drivers = rows.filter((row) => row.kind === "driver").map((row) => Math.abs(row.value ?? 0)),
        rest = rows.filter((row) => row.kind !== "driver").map((row) => Math.abs(row.value ?? 0));
      const unit = scale === 100 ? "log points × 100" : d.unit;
      return h(
        "section",
        { class: "hw-part" },
        h("h3", {}, "Over time"),
        p(
          `Each period's mean over the units that are in it, against ${d.choices.reference === "mean" ? "the mean of all rows" : d.choices.reference.replaceAll("_", " ")}. Units enter and leave, so the mean moves with who is there.`,
        ),
        figureElement(
          {
            id: `over-time-${at + 1}`,
            title:
              Math.max(...drivers) < Math.max(...rest)
                ? "Unexplained parts move more than the drivers do"
                : "Driver parts move more than the unexplained ones",
            alt: `Lines of the mean part in each period from ${own.period[0]} to ${own.period[own.period.length - 1]}. ${own.part.map((part, j) => `${partOf(part, fit).label}: first ${number((own.mean[0][j] ?? 0) * scale, 0.01)}, last ${number((own.mean[own.mean.length - 1][j] ?? 0) * scale, 0.01)}`).join("; ")}.`,
            caption: `Parts of the difference in ${fit ? roleOf(fit) : d.fit} from the reference, ${unit}. Bands: ${level(d.level)} intervals through the coefficients; unexplained parts have none. Drivers share one scale, unexplained parts another.`,
            spec: (shape) =>
              panels(
                [samples.filter((sample) => sample.driver), samples.filter((sample) => !sample.driver)],
                own.period,
                unit,
                shape,
              ),
            table: {
              caption: "Mean parts by period",
              rows,
              columns: [
                { heading: "part", value: (row) => row.part, shown: (row) => name(row.label) },
                { heading: "period", value: (row) => row.period },
                { heading: "units", numeric: true, value: (row) => row.units, shown: (row) => count(row.units) },
                {
                  heading: `mean, ${d.unit}`,
                  numeric: true,
                  value: (row) => row.value,
                  shown: (row) => number(row.value, row.error ?? 0.0005),
                },
                { heading: "low", numeric: true, value: (row) => row.low, shown: (row) => number(row.low, row.error) },
                {
                  heading: "high",
                  numeric: true,
                  value: (row) => row.high,
                  shown: (row) => number(row.high, row.error),
                },
              ],
            },
          },
          report.captions,
        ),
      );
    });
}
