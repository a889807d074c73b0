/* Which column is probably which, and what a word probably means: as last time, else by the words themselves. */
import { plain } from "./values.js";

const COLUMN = {
  person: /(?:employee|assignment|staff|payroll|person|esr).{0,10}(?:number|no\b|id\b|ref)|^(?:id|number)$/i,
  name: /name/i,
  group: /staff ?group|^role|\brole\b|job (?:title|role|group)|profession/i,
  status: /status|absence|leave type/i,
  start: /start|hire|joined|commence/i,
  leave: /leaving|leaver.{0,5}date|date.{0,5}left|terminat|last (?:working )?day/i,
  course: /^(?:course|competence|subject|module)(?: name| title)?$/i,
};
const STATUS = [
  ["maternity", /matern|adopt|parental/i],
  ["career_break", /career ?break|sabbat|secondment out/i],
  ["sick", /sick|long.?term/i],
  ["bank_inactive", /bank.*(?:inactive|not active)|inactive.*bank/i],
  ["bank_active", /bank/i],
  ["left", /left|leaver|terminat|ended/i],
  ["counts", /^(?:active|active assignment|permanent|fixed term|full.?time|part.?time|in post|acting up|working)/i],
];

const placeOf = (label, labels) => (label ? labels.findIndex((each) => plain(each) === plain(label)) : -1);

/** The column's place, or -1. */
export function suggestColumn(name, labels, remembered) {
  if (remembered.columns) return placeOf(remembered.columns[name], labels);
  const found = labels.findIndex((label) => COLUMN[name].test(label));
  return found < 0 && name === "person" ? labels.findIndex((label) => COLUMN.name.test(label)) : found;
}

/** The column of one part of a line: as last time, else the heading that says the line's own name. */
export function suggestLine(line, part, labels, { remembered, lines }) {
  const known = remembered.lines?.[line.code];
  if (known) return placeOf(known[part], labels);
  const names = [line.name, line.short, line.code].map(plain);
  const found = labels.findIndex((label) => names.some((name) => name && plain(label).includes(name)) && partOf(label) === part);
  // "Prevent" means "Prevent: basic awareness" where no other line begins so.
  const begins = (each, label) => plain(label).length > 2 && plain(each.name).startsWith(plain(label));
  return found >= 0 ? found : labels.findIndex((label) => partOf(label) === part && begins(line, label) && lines.filter((each) => begins(each, label)).length === 1);
}

/** What a heading says about a line. Many lines have a level in their own name, so that word alone says nothing. */
function partOf(label) {
  if (/required|requirement|needed|applicable/i.test(label)) return "level";
  if (/hour|hrs/i.test(label)) return "hours";
  return /expir|until|valid|renew|due/i.test(label) ? "until" : "date";
}

/** The portal's code for a word of the list, or "". */
export function suggestWord(name, word, { asked, remembered }) {
  const known = Object.entries(remembered.words?.[name] ?? {}).find(([each]) => plain(each) === plain(word));
  if (known) return known[1];
  if (name === "status") return STATUS.find(([, words]) => words.test(word))?.[0] ?? "";
  const offered = name === "group" ? asked.groups : asked.lines;
  const found = offered.find((each) => [each.name, each.short, each.code, ...(each.also ?? [])].some((one) => one && plain(one) === plain(word)));
  return found?.code ?? "";
}
