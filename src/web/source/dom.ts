// Elements from values. Text only ever becomes text nodes: nothing here reads markup.
type Child = Node | string | number | null | undefined | false | Child[];
type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

function append(parent: Node, child: Child): void {
  if (Array.isArray(child)) child.forEach((one) => append(parent, one));
  else if (child instanceof Node) parent.appendChild(child);
  else if (child !== null && child !== undefined && child !== false)
    parent.appendChild(document.createTextNode(String(child)));
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

export function p(...children: Child[]): HTMLElement {
  return h("p", {}, ...children);
}

export function list(items: Child[], kind: "bullet" | "number" = "bullet"): HTMLElement {
  return h(
    kind === "bullet" ? "ul" : "ol",
    { class: `nhsuk-list nhsuk-list--${kind}` },
    items.map((item) => h("li", {}, item)),
  );
}

// A name from the data: isolated from the direction of the text around it, cut for the eye when it is very long.
const kLongest = 160;
export function shortened(text: string, most = kLongest): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length.toLocaleString("en-GB")} characters)`;
}
export function name(text: string): HTMLElement {
  return h("bdi", { class: "hw-name" }, shortened(text));
}
export function code(text: string, most = kLongest): HTMLElement {
  return h("code", { class: "hw-code", dir: "ltr" }, shortened(text, most));
}
// Words of the author, from the configuration.
export function author(text: string): HTMLElement {
  return h("span", { "data-author": true, dir: "auto" }, text.length > 4000 ? shortened(text) : text);
}

// `printed` details are open on paper.
export function details(summary: string, children: Child[], printed = true): HTMLDetailsElement {
  return h(
    "details",
    { class: printed ? "nhsuk-details hw-printed" : "nhsuk-details" },
    h("summary", { class: "nhsuk-details__summary" }, h("span", { class: "nhsuk-details__summary-text" }, summary)),
    h("div", { class: "nhsuk-details__text" }, children),
  );
}

export function summaryList(rows: [string, Child][]): HTMLElement {
  return h(
    "dl",
    { class: "nhsuk-summary-list" },
    rows.map(([key, value]) =>
      h(
        "div",
        { class: "nhsuk-summary-list__row" },
        h("dt", { class: "nhsuk-summary-list__key" }, key),
        h("dd", { class: "nhsuk-summary-list__value" }, value),
      ),
    ),
  );
}

export function callout(heading: string, ...children: Child[]): HTMLElement {
  return h(
    "div",
    { class: "nhsuk-warning-callout" },
    h("h3", { class: "nhsuk-warning-callout__label" }, heading),
    ...children,
  );
}

export function inset(...children: Child[]): HTMLElement {
  return h("div", { class: "nhsuk-inset-text" }, ...children);
}
