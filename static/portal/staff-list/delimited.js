/* A CSV file as rows of text, whatever program on whatever machine wrote it: UTF-8, UTF-16 or the Windows encoding;
   commas, semicolons, tabs or bars. */
import { Unreadable } from "./unreadable.js";
import { MOST_ROWS } from "./xlsx.js";

const SEPARATORS = [",", ";", "\t", "|"];

/** [{name, rows}]: a CSV file is one sheet without a name. */
export function sheetsOfText(buffer) {
  const text = decoded(new Uint8Array(buffer));
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text)) {
    throw new Unreadable("This is a web page, whatever its name says. Save it as .xlsx or .csv and choose that file.");
  }
  return [{ name: "", rows: rowsOf(text) }];
}

function decoded(bytes) {
  const begins = (...some) => some.every((byte, place) => bytes[place] === byte);
  if (begins(0xff, 0xfe)) return new TextDecoder("utf-16le").decode(bytes);
  if (begins(0xfe, 0xff)) return new TextDecoder("utf-16be").decode(bytes);
  const some = bytes.subarray(0, 2000);
  const noughts = [0, 1].map((odd) => some.filter((byte, place) => byte === 0 && place % 2 === odd).length);
  if (noughts[1] > some.length / 4) return new TextDecoder("utf-16le").decode(bytes);
  if (noughts[0] > some.length / 4) return new TextDecoder("utf-16be").decode(bytes);
  if (noughts[0] + noughts[1]) {
    throw new Unreadable("This is neither a workbook nor a CSV file. Choose the staff list as .xlsx or .csv.");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function rowsOf(whole) {
  const told = /^\uFEFF?sep=(.)\r?\n/i.exec(whole);
  const text = told ? whole.slice(told[0].length) : whole.replace(/^\uFEFF/, "");
  const separator = told?.[1] ?? separatorOf(text);
  const rows = [];
  let row = [];
  let at = 0;
  const add = (value) => row.push(value.trim() === "" ? null : value);
  while (at < text.length) {
    let value = "";
    if (text[at] === '"') {
      [value, at] = quoted(text, at + 1);
    }
    let end = at;
    while (end < text.length && text[end] !== separator && text[end] !== "\n" && text[end] !== "\r") end += 1;
    add(value + text.slice(at, end));
    at = end + 1;
    if (text[end] === separator) continue;
    if (text[end] === "\r" && text[at] === "\n") at += 1;
    rows.push(row);
    row = [];
    if (rows.length > MOST_ROWS) {
      throw new Unreadable(
        `The file has more than ${MOST_ROWS.toLocaleString("en-GB")} rows. Remove what is not the staff list.`,
      );
    }
  }
  if (row.length) rows.push(row);
  return rows;
}

/** The words up to the closing quotation mark (two in a row are one), and where they end. */
function quoted(text, from) {
  let [words, at] = ["", from];
  for (;;) {
    const end = text.indexOf('"', at);
    if (end < 0) return [words + text.slice(at), text.length];
    words += text.slice(at, end);
    if (text[end + 1] !== '"') return [words, end + 1];
    words += '"';
    at = end + 2;
  }
}

/** The one that the first lines hold most of, outside quotation marks. */
function separatorOf(text) {
  const first = text.slice(0, 5000).replace(/"[^"]*"/g, "").split(/\r\n|\r|\n/, 8).join("\n");
  const count = (each) => first.split(each).length;
  return SEPARATORS.reduce((best, each) => (count(each) > count(best) ? each : best));
}
