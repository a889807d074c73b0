/* What stands in the cells of a staff list: days, hours, levels. A value that cannot be understood is undefined, an
   empty one null; nothing is guessed. */
import { dayOfSerial } from "./xlsx.js";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const YES = new Set(["yes", "y", "true", "x", "required", "mandatory", "✓", "✔"]);
const NO = new Set(["no", "n", "false", "notrequired", "na", "none"]);

/** The cell in words, as it stands. */
export function words(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return value.day;
  return String(value).replace(/\s+/g, " ").trim();
}

/** For comparing: without capitals, and with letters and digits only. */
export const plain = (value) =>
  words(value)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}✓✔]/gu, "");

const pad = (number) => String(number).padStart(2, "0");

function real(year, month, day) {
  const full = year < 100 ? 2000 + year : year;
  const at = new Date(Date.UTC(full, month - 1, day));
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day || full < 1950 || full > 2100) return undefined;
  return `${full}-${pad(month)}-${pad(day)}`;
}

/** A day as "2026-09-30"; the day comes before the month. */
export function day(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === "object") return value.day >= "1950-01-01" && value.day <= "2100-12-31" ? value.day : undefined;
  if (typeof value === "number") return value >= 18_264 ? dayOfSerial(value)?.day : undefined;
  const said = words(value);
  if (said === "") return null;
  let found = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$/.exec(said);
  if (found) return real(Number(found[1]), Number(found[2]), Number(found[3]));
  found = /^(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})(?: [\d:.]+)?$/.exec(said);
  if (found) return real(Number(found[3]), Number(found[2]), Number(found[1]));
  found = /^(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?,?[ -](\d{4}|\d{2})(?: [\d:.]+)?$/i.exec(said);
  const month = found ? MONTHS.indexOf(found[2].slice(0, 3).toLowerCase()) + 1 : 0;
  return month ? real(Number(found[3]), month, Number(found[1])) : undefined;
}

/** The same day so many months later; the last of a shorter month. */
export function later(from, months) {
  const [year, month, date] = from.split("-").map(Number);
  const count = year * 12 + month - 1 + months;
  const [newYear, newMonth] = [Math.floor(count / 12), count % 12];
  const last = new Date(Date.UTC(newYear, newMonth + 1, 0)).getUTCDate();
  return `${newYear}-${pad(newMonth + 1)}-${pad(Math.min(date, last))}`;
}

/** Hours in hundredths, so that they can be added exactly. */
export function hours(value) {
  if (value === null || value === undefined || words(value) === "") return null;
  const said = words(value).replace(/ ?(?:hours|hour|hrs|h)$/i, "");
  if (!/^\d{1,4}(?:\.\d+|,\d{1,2})?$/.test(said)) return undefined;
  return Math.round(Number(said.replace(",", ".")) * 100);
}

/** Does the cell ask for this level? "3", "Level 3" and "L3" are the same; "Yes" asks for the line's own level. */
export function asksFor(value, level) {
  const said = plain(value);
  if (said === "" || NO.has(said)) return false;
  if (YES.has(said)) return true;
  return words(value)
    .split(/[,;/+&]|\band\b/i)
    .some((each) => bare(each) === bare(level));
}

const bare = (value) => plain(value).replace(/^(?:level|lvl|l)(?=[\p{L}\p{N}])/u, "");
