/* Counts a staff list: who is eligible after exclusions, who of them is compliant by the line's refresh rule at the
   as-at date, by staff group. Pure: rows and what was chosen go in, totals and questions come out. docs/decisions/0031
   says how each rule is meant; the browser test counts the same list a second way. */
import { asksFor, day, hours, later, plain, words } from "./values.js";

export const STATUS = {
  counts: "Counts",
  maternity: "Maternity or adoption leave: not eligible",
  sick: "Long-term sick: not eligible",
  career_break: "Career break: not eligible",
  bank_active: "Bank, active: counts",
  bank_inactive: "Bank, not active: not eligible",
  left: "Has left: not in post",
};
const EXCLUDED = ["maternity", "sick", "career_break", "bank_inactive"];
const TOTAL = /^(?:grand ?)?(?:sub-?)?totals?\b/i;
const FIRST_YEAR = 12;

/** The headings of a sheet: {row, labels}. The row among the first with the most different words and no date. */
export function headingsOf(rows) {
  let best = { row: -1, labels: [], score: 1 };
  for (let row = 0; row < Math.min(rows.length, 30); row += 1) {
    const said = [...(rows[row] ?? [])].map((value) => words(value));
    const filled = said.filter(Boolean);
    const looksLikeData = [...(rows[row] ?? [])].some(
      (value) => typeof value === "number" || (value && (typeof value === "object" || isOfAPerson(value))),
    );
    const score = new Set(filled.map(plain)).size;
    if (!looksLikeData && score > best.score) best = { row, labels: said, score };
  }
  return { row: best.row, labels: told(best.labels, rows[best.row - 1]) };
}

/** A day, a long number or an address: no heading says that, and the first row of a list without headings does. */
const isOfAPerson = (value) => /\d{5}|@/.test(value) || (day(value) ?? null) !== null;

/** Headings that stand more than once are told apart by what stands above them, or by their column. */
function told(labels, above = []) {
  const times = new Map();
  for (const label of labels) times.set(plain(label), (times.get(plain(label)) ?? 0) + 1);
  const seen = new Set();
  return labels.map((label, place) => {
    const over = words(above[place]);
    let name = (times.get(plain(label)) > 1 && over ? `${over}: ${label}` : label).slice(0, 100);
    if (!label || seen.has(plain(name))) name = `${name} (column ${letters(place)})`.trim();
    seen.add(plain(name));
    return name;
  });
}

export function letters(column) {
  let [name, rest] = ["", column + 1];
  while (rest) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
    rest = Math.floor((rest - 1) / 26);
  }
  return name;
}

/** Every different word of a column with how many rows and people have it, the commonest first. */
export function wordsOf(rows, { headingRow, person }, column) {
  const found = new Map();
  for (let at = headingRow + 1; at < rows.length; at += 1) {
    const word = words(rows[at]?.[column]);
    if (!word) continue;
    const known = found.get(plain(word)) ?? { word, count: 0, who: new Set() };
    known.count += 1;
    known.who.add(plain(rows[at]?.[person]));
    found.set(plain(word), known);
  }
  const all = [...found.values()].map(({ word, count, who }) => ({ word, count, people: who.size }));
  return all.sort((one, other) => other.count - one.count);
}

/** What came of it: {rows, people, excluded, totals, questions, late}. */
export function count(rows, chosen, asked) {
  const notes = new Notes();
  const people = peopleOf(rows, chosen, asked, notes);
  const lines = asked.lines.filter((line) => isMapped(chosen.lines[line.code], line));
  const totals = new Map();
  for (const line of lines) for (const group of line.groups.length ? line.groups : [""]) totals.set(key(line, group), none(line, group));
  const [late, excluded] = [[], {}];
  for (const person of people.values()) {
    const why = standing(person, chosen, asked, notes);
    if (why) excluded[why] = (excluded[why] ?? 0) + 1;
    if (why === "left" || why === "not_started") continue;
    for (const line of lines) tally(person, why, line, { chosen, asked, totals, late, notes });
  }
  for (const line of lines) askWhetherAnybodyNeeds(line, totals, chosen, notes);
  return {
    rows: notes.rows,
    people: people.size,
    excluded,
    totals: [...totals.values()],
    questions: notes.said(),
    late,
  };
}

const key = (line, group) => `${line.code}/${group}`;
const none = (line, group) => ({ code: line.code, group, headcount: 0, denominator: 0, numerator: 0 });

/** Is there a column by which the line can be counted? */
export function isMapped(columns, line) {
  if (!columns) return false;
  return line.refresh === "hours" ? columns.hours >= 0 : columns.date >= 0 || columns.until >= 0;
}

/** A wrong column for the level would leave everybody out without a word. */
function askWhetherAnybodyNeeds(line, totals, chosen, notes) {
  const { level } = chosen.lines[line.code];
  const eligible = [...totals.values()].some((total) => total.code === line.code && total.denominator > 0);
  if (level >= 0 && !eligible) notes.add("nobody_needs", null, null, `${line.name}/${chosen.labels[level]}`);
}

function peopleOf(rows, chosen, asked, notes) {
  const people = new Map();
  for (let at = chosen.headingRow + 1; at < rows.length; at += 1) {
    const row = rows[at] ?? [];
    if (!row.some((value) => words(value) !== "")) continue;
    const said = words(row[chosen.person]);
    if (TOTAL.test(said)) {
      notes.add("total", at);
      continue;
    }
    if (!said) {
      notes.add("nobody", at);
      continue;
    }
    notes.rows += 1;
    const who = plain(said) || said;
    const before = people.get(who);
    const person = before ?? begun(row, chosen, at);
    if (before) {
      if (!(chosen.course >= 0)) notes.add("twice", at, person.at);
      if (chosen.group >= 0 && plain(row[chosen.group]) !== plain(person.group)) notes.add("two_groups", at, person.at);
    } else people.set(who, person);
    read(person, row, at, chosen, asked, notes);
  }
  return people;
}

const begun = (row, chosen, at) => ({
  at,
  said: words(row[chosen.person]),
  name: chosen.name >= 0 ? words(row[chosen.name]) : "",
  group: chosen.group >= 0 ? words(row[chosen.group]) : "",
  status: new Set(),
  start: null,
  leave: null,
  stays: false,
  done: {},
});

/** Add what one row says about a person. */
function read(person, row, at, chosen, asked, notes) {
  const date = (column, code) => {
    const found = column >= 0 ? day(row[column]) : null;
    if (found === undefined) notes.add("not_a_day", at, null, chosen.labels[column]);
    if (found && found > asked.today) notes.add("future", at, null, chosen.labels[column]);
    else if (found && code === "done" && found > asked.asAt) notes.add("after", at, null, chosen.labels[column]);
    return found ?? null;
  };
  const status = chosen.status >= 0 ? words(row[chosen.status]) : "";
  person.status.add(status ? (chosen.words.status[plain(status)] ?? "unknown") : "counts");
  const start = date(chosen.start, "start");
  if (start && (!person.start || start < person.start)) person.start = start;
  const leave = chosen.leave >= 0 ? day(row[chosen.leave]) : null;
  if (leave === undefined) notes.add("not_a_day", at, null, chosen.labels[chosen.leave]);
  if (!leave) person.stays = true;
  else if (!person.leave || leave > person.leave) person.leave = leave;
  const course = chosen.course >= 0 ? (chosen.words.course[plain(row[chosen.course])] ?? "") : null;
  for (const line of asked.lines) {
    const columns = chosen.lines[line.code];
    if (!columns || (course !== null && course !== line.code)) continue;
    const known = (person.done[line.code] ??= { on: null, until: null, counted: 0, listed: 0, asked: false });
    if (columns.level >= 0 && asksFor(row[columns.level], line.level)) known.asked = true;
    const on = date(columns.date, "done");
    const until = columns.until >= 0 ? day(row[columns.until]) : null;
    if (until === undefined) notes.add("not_a_day", at, null, chosen.labels[columns.until]);
    if (on && on <= asked.asAt && (!known.on || on > known.on)) known.on = on;
    if (until && (!known.until || until > known.until)) known.until = until;
    if (line.refresh === "hours" && columns.hours >= 0) addHours(known, row, at, { line, columns, on, chosen, asked, notes });
  }
}

function addHours(known, row, at, { line, columns, on, chosen, asked, notes }) {
  const found = hours(row[columns.hours]);
  if (found === undefined) notes.add("not_hours", at, null, chosen.labels[columns.hours]);
  if (!found) return;
  if (!(columns.date >= 0)) known.listed = Math.max(known.listed, found);
  else if (on && on <= asked.asAt && later(on, line.months) >= asked.asAt) known.counted += found;
}

/** Why somebody is not eligible for anything; empty when they are. */
function standing(person, chosen, asked, notes) {
  const all = [...person.status];
  if (all.includes("unknown")) notes.add("unknown_status", person.at);
  if (all.every((status) => status === "left")) return "left";
  if (!person.stays && person.leave < asked.asAt) return "left";
  if (person.start && person.start > asked.asAt) {
    notes.add("not_started", person.at);
    return "not_started";
  }
  const here = all.filter((status) => status !== "left");
  if (here.every((status) => EXCLUDED.includes(status))) return here[0];
  return person.start && later(person.start, chosen.grace) > asked.asAt ? "starter" : "";
}

function tally(person, why, line, { chosen, asked, totals, late, notes }) {
  const group = line.groups.length ? (chosen.words.group[plain(person.group)] ?? "") : "";
  const total = totals.get(key(line, group));
  if (!total) {
    if (chosen.words.group[plain(person.group)] !== "none") notes.add(person.group ? "unknown_group" : "no_group", person.at);
    return;
  }
  total.headcount += 1;
  if (why) return;
  const done = person.done[line.code] ?? { on: null, until: null, counted: 0, listed: 0, asked: false };
  if (chosen.lines[line.code].level >= 0 && !done.asked) return;
  total.denominator += 1;
  const missing = lacking(person, done, line, asked);
  if (missing === "") total.numerator += 1;
  else late.push({ said: person.said, name: person.name, group: person.group, line: line.name, missing });
}

/** What is missing for the line; empty when the person is compliant on the as-at date. */
function lacking(person, done, line, asked) {
  if (line.refresh === "hours") {
    const first = line.firstHours !== null && person.start && later(person.start, FIRST_YEAR) > asked.asAt;
    const wanted = Math.round((first ? line.firstHours : line.hours) * 100);
    const had = done.counted + done.listed;
    return had >= wanted ? "" : `${had / 100} of ${wanted / 100} hours`;
  }
  if (done.until && done.until >= asked.asAt) return "";
  if (done.on && later(done.on, line.months) >= asked.asAt) return "";
  if (done.until) return `Valid until ${done.until}`;
  return done.on ? `Done ${done.on}, valid until ${later(done.on, line.months)}` : "Not done";
}

/** What somebody should look at, by kind, with the rows in which it stands. */
class Notes {
  constructor() {
    this.rows = 0;
    this.found = new Map();
  }

  add(code, at, first = null, column = "") {
    const name = `${code}/${column}`;
    const known = this.found.get(name) ?? { code, column, rows: new Set(), people: new Set() };
    if (at !== null) {
      known.rows.add(at + 1);
      known.people.add(first ?? at);
    }
    this.found.set(name, known);
  }

  said() {
    return [...this.found.values()].map(({ code, column, rows, people }) => ({
      code,
      column,
      count: code === "twice" || code === "two_groups" ? people.size : rows.size,
      rows: [...rows].sort((one, other) => one - other).slice(0, 12),
      more: Math.max(0, rows.size - 12),
    }));
  }
}
