/* Reads and counts a staff list beside the page, so that the page stays quick. It is given the file, and gives back
   headings, words and totals; it asks no server for anything, and loses the means to before it sees a row. */
import { count, headingsOf, wordsOf } from "./counting.js";
import { sheetsOfText } from "./delimited.js";
import { Unreadable } from "./unreadable.js";
import { sheetsOfWorkbook } from "./xlsx.js";

for (const way of ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "WebTransport", "BroadcastChannel", "indexedDB", "caches"]) {
  Object.defineProperty(self, way, { value: undefined });
}

const MOST_BYTES = 60_000_000;
let sheets = [];
let late = [];

const answers = { read, words: wordsIn, count: counted, late: () => ({ text: lateAsCsv() }) };

self.addEventListener("message", async ({ data }) => {
  try {
    self.postMessage({ id: data.id, ...(await answers[data.do](data)) });
  } catch (problem) {
    const known = problem instanceof Unreadable;
    self.postMessage({ id: data.id, problem: known ? problem.message : "The file could not be read. Save it again as .xlsx or .csv, and choose that file." });
  }
});

async function read({ file }) {
  [sheets, late] = [[], []];
  if (!file.size) throw new Unreadable("The file is empty. Choose the staff list.");
  if (file.size > MOST_BYTES) throw new Unreadable("The file is larger than 60 MB. Copy only the staff list into a new workbook.");
  const buffer = await file.arrayBuffer();
  const head = new Uint8Array(buffer, 0, Math.min(8, buffer.byteLength));
  const begins = (...some) => some.every((byte, place) => head[place] === byte);
  if (begins(0xd0, 0xcf, 0x11, 0xe0)) {
    throw new Unreadable("This is a workbook of the old kind (.xls) or one with a password. Save it as .xlsx without a password.");
  }
  if (begins(0x25, 0x50, 0x44, 0x46)) throw new Unreadable("This is a PDF. Choose the staff list as .xlsx or .csv.");
  sheets = begins(0x50, 0x4b) ? await sheetsOfWorkbook(buffer) : sheetsOfText(buffer);
  const found = sheets.map(({ name, rows }, number) => ({ number, name, ...headingsOf(rows), rows: rows.length }));
  const usable = found.filter((sheet) => sheet.row >= 0);
  if (!usable.length) {
    throw new Unreadable("No row with headings was found. The first row of the list has to say what stands in each column.");
  }
  return { sheets: usable };
}

function wordsIn({ sheet, columns, ...where }) {
  const { rows } = sheets[sheet];
  return { words: Object.fromEntries(columns.map(([name, column]) => [name, wordsOf(rows, where, column)])) };
}

function counted({ sheet, chosen, asked }) {
  const found = count(sheets[sheet].rows, chosen, asked);
  late = found.late;
  return { ...found, late: late.length };
}

const FORMULA = /^\s*[=+\-@\t\r\n＝＋－＠]/;

function lateAsCsv() {
  const safe = (value) => {
    const text = FORMULA.test(value) ? `'${value}` : value;
    return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = late.map((each) => [each.said, each.name, each.group, each.line, each.missing]);
  const head = ["Person", "Name", "Staff group", "Line", "What is missing"];
  return [head, ...rows].map((row) => `${row.map(safe).join(",")}\r\n`).join("");
}
