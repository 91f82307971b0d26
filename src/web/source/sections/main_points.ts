// The answer first. The command wrote the sentences (report/main_points.cpp), or the author did.
import { author, h, list } from "../dom";
import type { Report } from "../report";

export function mainPoints(report: Report): HTMLElement | null {
  const { headline, headline_by_author, points, points_by_author } = report.payload.main_points;
  if (points.length === 0 && headline === "") return null;
  return h(
    "section",
    { class: "hw-points", "aria-labelledby": "points-heading" },
    h("h2", { id: "points-heading" }, points_by_author ? "Main points, in the author’s words" : "Main points"),
    headline === ""
      ? null
      : h(
          "p",
          { class: "hw-headline" },
          headline_by_author ? [author(headline), h("small", {}, " (the author’s words)")] : headline,
        ),
    points.length > 0 ? list(points_by_author ? points.map((text) => author(text)) : points) : null,
  );
}
