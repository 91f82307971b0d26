// A chart, the same numbers as a table one click away, and both to take home.
import { draw, pngOf, svgOf, type Spec } from "./charts/draw";
import { h } from "./dom";
import { save } from "./save";
import { csvOf, tableElement, type Table } from "./table";

export interface Shape {
  width: number;
  narrow: boolean; // names stand above their marks
}

export interface Figure<Row> {
  id: string;
  title: string; // the finding, in at most ten words
  heading?: "h3"; // where it stands right under a heading of the second level; otherwise its title is of the fourth
  alt: string; // the chart in words, from its data
  caption: string; // what else the reader must know
  spec: (shape: Shape) => Spec;
  table: Table<Row>;
}

export interface Captions {
  fixed: string; // measure, source, population, period
  simulated: boolean;
}

const kNarrow = 560;
const kPaper = 640;

interface Drawn {
  place: HTMLElement;
  render: (width: number) => void;
  width: number;
}
const drawn: Drawn[] = [];

const kSimulated = "Simulated data: no real trust is described.";

function withCaption<Row>(figure: Figure<Row>, captions: Captions): Spec {
  const spec = figure.spec({ width: 900, narrow: false });
  const subtitle = captions.simulated ? [kSimulated, captions.fixed] : [captions.fixed];
  return {
    ...spec,
    title: { text: figure.title, subtitle: subtitle.flatMap((line) => folded(line, 110)) },
    padding: 16,
  } as Spec;
}

function folded(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    if (lines[lines.length - 1].length + word.length > width) lines.push("");
    lines[lines.length - 1] += (lines[lines.length - 1] ? " " : "") + word.slice(0, width);
  }
  return lines;
}

function button(text: string, label: string, click: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "hw-button", "aria-label": label, click }, text);
}

export function figureElement<Row>(figure: Figure<Row>, captions: Captions): HTMLElement {
  const place = h("div", { class: "hw-chart", role: "img", "aria-label": figure.alt, id: `${figure.id}-chart` });
  const table = tableElement(figure.table, true);
  table.id = `${figure.id}-table`;
  table.hidden = true;
  const switches: [string, HTMLElement, HTMLButtonElement][] = [];
  const show = (chosen: HTMLElement) => {
    for (const [, view, own] of switches) {
      view.hidden = view !== chosen;
      own.setAttribute("aria-pressed", String(view === chosen));
    }
  };
  for (const [text, view] of [
    ["Chart", place],
    ["Table", table],
  ] as [string, HTMLElement][]) {
    const own = button(text, `${text}: ${figure.title}`, () => show(view));
    own.setAttribute("aria-controls", view.id);
    switches.push([text, view, own]);
  }
  show(place);
  const files = [
    button("CSV", `Download the numbers as CSV: ${figure.title}`, () =>
      save(`${figure.id}.csv`, new Blob([csvOf(figure.table)], { type: "text/csv;charset=utf-8" })),
    ),
    button(
      "SVG",
      `Download the chart as SVG: ${figure.title}`,
      () => void svgOf(withCaption(figure, captions)).then((file) => save(`${figure.id}.svg`, file)),
    ),
    button(
      "PNG",
      `Download the chart as PNG: ${figure.title}`,
      () => void pngOf(withCaption(figure, captions)).then((file) => save(`${figure.id}.png`, file)),
    ),
  ];
  drawn.push({ place, width: 0, render: (width) => draw(place, figure.spec({ width, narrow: width < kNarrow })) });
  return h(
    "figure",
    { class: "hw-figure", id: figure.id },
    h(figure.heading ?? "h4", { class: "hw-figure__title" }, figure.title),
    h(
      "div",
      { class: "hw-figure__bar" },
      h(
        "div",
        { class: "hw-buttons", role: "group", "aria-label": "Show as" },
        switches.map(([, , own]) => own),
      ),
      h(
        "div",
        { class: "hw-buttons", role: "group", "aria-label": "Download" },
        h("span", { class: "hw-buttons__label" }, "Download"),
        files,
      ),
    ),
    captions.simulated ? h("p", { class: "hw-simulated" }, kSimulated) : null,
    place,
    table,
    h("figcaption", { class: "hw-figure__caption" }, figure.caption ? `${figure.caption} ` : "", captions.fixed),
  );
}

function render(one: Drawn, width: number): void {
  if (width === one.width || width < 1) return;
  one.width = width;
  one.render(width);
}

function roomOf(place: HTMLElement): number {
  const box = place.closest(".hw-figure") ?? place;
  return Math.floor(box.clientWidth);
}

// Draws what is in sight first and the rest when the browser has time; again when the room changes, and before printing.
export function drawFigures(): void {
  const sight = new IntersectionObserver(
    (seen) => {
      for (const entry of seen)
        if (entry.isIntersecting) {
          const one = drawn.find((candidate) => candidate.place === entry.target);
          if (one) render(one, roomOf(one.place));
        }
    },
    { rootMargin: "600px" },
  );
  for (const one of drawn) sight.observe(one.place);
  const idle = window.requestIdleCallback ?? ((work: () => void) => window.setTimeout(work, 50));
  const drawRest = () => {
    const next = drawn.find((one) => one.width === 0 && one.place.isConnected && roomOf(one.place) > 0);
    if (!next) return;
    render(next, roomOf(next.place));
    idle(drawRest);
  };
  idle(drawRest);
  let pending = 0;
  window.addEventListener("resize", () => {
    clearTimeout(pending);
    pending = window.setTimeout(
      () => drawn.filter((one) => one.width > 0).forEach((one) => render(one, roomOf(one.place))),
      120,
    );
  });
  document.addEventListener(
    "toggle",
    (event) => {
      const opened = event.target as HTMLElement;
      for (const one of drawn) if (opened.contains(one.place)) render(one, roomOf(one.place));
    },
    true,
  );
  const closed: HTMLDetailsElement[] = [];
  window.addEventListener("beforeprint", () => {
    for (const element of document.querySelectorAll<HTMLDetailsElement>("details.hw-printed:not([open])")) {
      closed.push(element);
      element.open = true;
    }
    for (const one of drawn) render(one, kPaper);
  });
  window.addEventListener("afterprint", () => {
    for (const element of closed.splice(0)) element.open = false;
    for (const one of drawn) render(one, roomOf(one.place));
  });
}

// Draws a chart that changes with what the reader chooses.
export function redraw(place: HTMLElement, figure: { spec: (shape: Shape) => Spec }): void {
  for (let i = drawn.length - 1; i >= 0; --i) if (!drawn[i].place.isConnected) drawn.splice(i, 1); // of what was looked at before
  const own = drawn.find((one) => one.place === place);
  if (!own) return;
  own.render = (width) => draw(place, figure.spec({ width, narrow: width < kNarrow }));
  own.width = 0;
  render(own, roomOf(place));
}
