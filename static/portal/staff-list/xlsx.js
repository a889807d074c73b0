/* The sheets of an Excel workbook as rows of plain values: text, numbers, {day: "2026-09-30"} for dates, null for
   nothing. Formulas are never run: what the program that saved the file showed is read. */
import { Unreadable } from "./unreadable.js";
import { unzip } from "./unzip.js";

export const MOST_ROWS = 100_000;
const MOST_COLUMNS = 300;
const HEADINGS_WITHIN = 30;
const DAY = 86_400_000;
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** [{name, rows}] of every sheet that is shown. */
export async function sheetsOfWorkbook(buffer) {
  const parts = unzip(buffer);
  const workbook = await textOf(parts, "xl/workbook.xml");
  if (!workbook) throw new Unreadable("This is not an Excel workbook. Choose the staff list as .xlsx or .csv.");
  const targets = new Map(
    [...(await textOf(parts, "xl/_rels/workbook.xml.rels")).matchAll(/<(?:\w+:)?Relationship\b([^>]*)>/g)].map(
      ([, about]) => [attribute(about, "Id"), attribute(about, "Target")],
    ),
  );
  const shared = sharedStrings(await textOf(parts, "xl/sharedStrings.xml"));
  const dates = dateStyles(await textOf(parts, "xl/styles.xml"));
  const from1904 = /<(?:\w+:)?workbookPr\b[^>]*date1904="(?:1|true)"/.test(workbook);
  const found = [];
  for (const [, about] of workbook.matchAll(/<(?:\w+:)?sheet\b([^>]*)>/g)) {
    if (/\bstate="(?:hidden|veryHidden)"/.test(about)) continue;
    const target = targets.get(/\b\w+:id="([^"]*)"/.exec(about)?.[1]) ?? "";
    const text = await textOf(parts, target.startsWith("/") ? target.slice(1) : `xl/${target}`);
    const name = unescaped(attribute(about, "name"));
    if (text) found.push({ name, rows: rowsOf(text, { name, shared, dates, from1904 }) });
  }
  return found;
}

const textOf = async (parts, name) => (parts.has(name) ? parts.get(name).text() : "");
const attribute = (text, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? "";

function unescaped(text) {
  if (!text.includes("&") && !text.includes("_x")) return text;
  return text
    .replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, number, name) => {
      if (name) return NAMED[name] ?? all;
      const code = hex ? Number.parseInt(hex, 16) : Number(number);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    })
    .replace(/_x([0-9A-F]{4})_/g, (all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The words inside <t>, without the reading aids of East Asian text. */
function wordsIn(text) {
  const bare = text.includes("rPh") ? text.replace(/<(?:\w+:)?rPh\b[\s\S]*?<\/(?:\w+:)?rPh>/g, "") : text;
  let found = "";
  for (const [, words] of bare.matchAll(/<(?:\w+:)?t(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?t>/g)) found += words;
  return unescaped(found);
}

const sharedStrings = (text) =>
  [...text.matchAll(/<(?:\w+:)?si(?:\s[^>]*)?(?:\/>|>([\s\S]*?)<\/(?:\w+:)?si>)/g)].map(([, inside]) =>
    wordsIn(inside ?? ""),
  );

/** For each style of the workbook: does it show a date? */
function dateStyles(text) {
  const own = new Map(
    [...text.matchAll(/<(?:\w+:)?numFmt\b([^>]*)>/g)].map(([, about]) => [
      attribute(about, "numFmtId"),
      /[dmyh]/i.test(unescaped(attribute(about, "formatCode")).replace(/"[^"]*"|\\.|\[[^\]]*\]/g, "")),
    ]),
  );
  const styles = /<(?:\w+:)?cellXfs\b[\s\S]*?<\/(?:\w+:)?cellXfs>/.exec(text)?.[0] ?? "";
  return [...styles.matchAll(/<(?:\w+:)?xf\b([^>]*)>/g)].map(([, about]) => {
    const format = attribute(about, "numFmtId");
    const number = Number(format);
    return own.get(format) ?? ((number >= 14 && number <= 22) || (number >= 45 && number <= 47));
  });
}

function rowsOf(text, { name, shared, dates, from1904 }) {
  const rows = [];
  let [row, column] = [-1, -1];
  const cells = /<(?:\w+:)?(?:row\b([^>]*)>|c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?c>))/g;
  for (let found = cells.exec(text); found; found = cells.exec(text)) {
    const [, ofRow, about, inside] = found;
    if (ofRow !== undefined) {
      row = Number(/\br="(\d+)"/.exec(ofRow)?.[1] ?? row + 2) - 1;
      column = -1;
      continue;
    }
    const place = /\br="([A-Z]{1,3})(\d+)"/.exec(about);
    [row, column] = place ? [Number(place[2]) - 1, columnOf(place[1])] : [row, column + 1];
    if (inside && isEmptyFormula(inside)) {
      throw new Unreadable(
        `The cell ${place?.[0].slice(3, -1) ?? ""} of the sheet “${name}” is a formula without a value. Open the workbook, ` +
          "save it again, and choose it again.",
      );
    }
    const value = inside === undefined ? null : valueOf(about, inside, shared, dates, from1904);
    if (value === null || column >= MOST_COLUMNS) continue;
    if (row >= MOST_ROWS) {
      throw new Unreadable(
        `The sheet “${name}” has more than ${MOST_ROWS.toLocaleString("en-GB")} rows (something stands in row ` +
          `${(row + 1).toLocaleString("en-GB")}). Remove what is not the staff list and choose it again.`,
      );
    }
    (rows[row] ??= [])[column] = value;
  }
  for (let each = 0; each < rows.length; each += 1) rows[each] ??= [];
  spreadMergedHeadings(rows, text);
  return rows;
}

/** A formula that no program has worked out: nothing may be guessed from it, and an empty cell is not what it says. */
const isEmptyFormula = (inside) => /<(?:\w+:)?f[\s>/]/.test(inside) && !/<(?:\w+:)?v[\s>/]/.test(inside);

function columnOf(letters) {
  let number = 0;
  for (const letter of letters) number = number * 26 + letter.charCodeAt(0) - 64;
  return number - 1;
}

function valueOf(about, inside, shared, dates, from1904) {
  const kind = /\bt="(\w+)"/.exec(about)?.[1] ?? "n";
  if (kind === "inlineStr") return wordsIn(inside) || null;
  const said = /<(?:\w+:)?v(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?v>/.exec(inside)?.[1];
  if (said === undefined || said === "") return null;
  if (kind === "s") return shared[Number(said)] || null;
  if (kind === "b") return said === "1" ? "Yes" : "No";
  if (kind !== "n") return kind === "d" ? { day: said.slice(0, 10) } : unescaped(said) || null;
  const number = Number(said);
  const style = /\bs="(\d+)"/.exec(about)?.[1];
  return style !== undefined && dates[Number(style)] ? (dayOfSerial(number, from1904) ?? number) : number;
}

/** The day that a spreadsheet keeps as a number; null when it is none that a list of staff could mean. */
export function dayOfSerial(number, from1904 = false) {
  const serial = Math.floor(number) + (from1904 ? 1462 : 0);
  if (!(serial >= 61 && serial < 110_000)) return null;
  return { day: new Date(Date.UTC(1899, 11, 30) + serial * DAY).toISOString().slice(0, 10) };
}

/** A heading over several columns is the heading of each of them. */
function spreadMergedHeadings(rows, text) {
  for (const [, from, top, to, bottom] of text.matchAll(/<(?:\w+:)?mergeCell\b[^>]*ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"/g)) {
    if (Number(bottom) > HEADINGS_WITHIN || !rows[top - 1]) continue;
    const [left, right] = [columnOf(from), Math.min(columnOf(to), MOST_COLUMNS)];
    for (let column = left + 1; column <= right; column += 1) rows[top - 1][column] ??= rows[top - 1][left];
  }
}
