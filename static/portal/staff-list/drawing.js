/* The parts of the page that are drawn when a list was counted. */

export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function option(value, words, selected = false) {
  return new Option(words, String(value), selected, selected);
}

const number = (value) => (value === null || value === undefined ? "" : value.toLocaleString("en-GB"));

const EXCLUDED = {
  maternity: "on maternity or adoption leave",
  sick: "long-term sick",
  career_break: "on a career break",
  bank_inactive: "bank, not active",
  starter: "starters who still have time",
  left: "have left",
  not_started: "start after the as-at date",
};

/** The table of totals beside what is in the figures now, and one sentence about who was counted. */
export function showTotals(root, found, asked) {
  const out = Object.entries(found.excluded).map(([why, count]) => `${number(count)} ${EXCLUDED[why]}`);
  root.querySelector("[data-summary]").textContent =
    `${number(found.people)} ${found.people === 1 ? "person" : "people"} in ${number(found.rows)} rows. ` +
    (out.length ? `Not eligible: ${out.join(", ")}.` : "Nobody was left out.");
  const names = new Map(asked.groups.map((each) => [each.code, each.name]));
  root.querySelector("tbody").replaceChildren(
    ...found.totals.map((total) => {
      const line = asked.lines.find((each) => each.code === total.code);
      const now = line.now[total.group] ?? {};
      const cells = [line.headcount ? total.headcount : null, total.denominator, total.numerator].map((value) =>
        element("td", { class: "portal-number" }, value === null ? "–" : number(value)),
      );
      const before = now.numerator === null || now.numerator === undefined ? "Nothing" : `${number(now.numerator)} of ${number(now.denominator)}`;
      return element(
        "tr", {},
        element("th", { scope: "row" }, line.name),
        element("td", {}, total.group ? (names.get(total.group) ?? total.group) : "Everybody"),
        ...cells,
        element("td", {}, before),
      );
    }),
  );
}

/** A line for which no column was chosen is left as it is in the figures, and that is said. */
export function notCounted(lines) {
  if (!lines.length) return "";
  const named = lines.map((line) => `${line.name} (no column of ${line.refresh === "hours" ? "hours" : "dates"})`);
  return `Not counted, and left as they are in the figures: ${named.join("; ")}.`;
}

const QUESTIONS = {
  twice: (n) => `${people(n)} in more than one row: each is counted once`,
  two_groups: (n) => `${people(n)} with different staff groups in their rows: the first is taken`,
  nobody: (n) => `${rows(n)} without anybody in the column that says who: not counted`,
  total: (n) => `${rows(n)} of totals: left out`,
  no_group: (n) => `${people(n)} without a staff group: not counted where figures are split by group`,
  unknown_group: (n) => `${people(n)} in a staff group that a line is not asked for: not counted there`,
  unknown_status: (n) => `${people(n)} with a status that nobody explained: counted`,
  not_started: (n) => `${people(n)} starting after the as-at date: not counted`,
  not_a_day: (n, column) => `${rows(n)} where “${column}” is not a date that can be read: taken as empty`,
  not_hours: (n, column) => `${rows(n)} where “${column}” is not a number of hours: taken as none`,
  future: (n, column) => `${rows(n)} where “${column}” is a day in the future: look at them`,
  nobody_needs: (n, column) => {
    const [line, level] = [column.slice(0, column.lastIndexOf("/")), column.slice(column.lastIndexOf("/") + 1)];
    return `“${level}” says of nobody that they need “${line}”: nobody is eligible. Is it the right column?`;
  },
  after: (n, column) => `${rows(n)} where “${column}” is after the as-at date: not done by then`,
};
const people = (n) => (n === 1 ? "1 person" : `${number(n)} people`);
const rows = (n) => (n === 1 ? "1 row" : `${number(n)} rows`);

/** One question in words, with the rows in which it stands. */
export function questionWords({ code, count, column, rows: where, more }) {
  if (!where.length) return QUESTIONS[code](count, column);
  const listed = where.map(number).join(", ") + (more ? ` and ${number(more)} more` : "");
  return `${QUESTIONS[code](count, column)} (row${where.length === 1 ? "" : "s"} ${listed}).`;
}
