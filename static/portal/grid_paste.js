/* A block as Excel, a browser or a summary of the Electronic Staff Record puts it on the clipboard: lines of cells with tabs
   between them. What is no count is recognised and said: headings, labels, per cents beside counts, totals. */
import { isPercent, readCount } from "./grid_numbers.js";

const TOTAL = /^(grand |sub-?)?totals?\b|^sum\b|^(all staff|overall|together)$/i;
const isEmpty = (cell) => !cell.text;
const isWords = ({ text }) => /\p{L}/u.test(text) && !/^=|^[0-9]+e[0-9]+$/i.test(text);
const isNumber = (cell) => /[0-9]/.test(cell.text) && !isWords(cell);
const isShare = ({ text }) => isPercent(text);

/** {rows: [["82", "96"], …], notes: ["headings left out"]}, or {problem} when a cell cannot be a count. */
export function readBlock(pasted) {
  let rows = cellsOf(pasted);
  const notes = [];
  const headings = headingRows(rows);
  if (headings) {
    rows = rows.slice(headings);
    notes.push(headings === 1 ? "the row of headings was left out" : `${headings} rows of headings were left out`);
  }
  const totals = rows.filter((row) => TOTAL.test(row.find((cell) => !isEmpty(cell))?.text ?? ""));
  if (totals.length && totals.length < rows.length) {
    rows = rows.filter((row) => !totals.includes(row));
    notes.push(totals.length === 1 ? "the row of totals was left out" : `${totals.length} rows of totals were left out`);
  }
  rows = withoutColumns(rows, isWords, "labels", notes);
  rows = withoutColumns(rows, isShare, "per cents", notes);
  const problem = firstProblem(rows);
  return problem ? { problem } : { rows: rows.map((row) => row.map((cell) => cell.text)), notes };
}

/** Each cell with its row and column as they were pasted. */
function cellsOf(pasted) {
  const lines = pasted.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
  const text = (cell) => cell.replace(/^"(.*)"$/, "$1").trim();
  return lines.map((line, row) => line.split("\t").map((cell, column) => ({ text: text(cell), row, column })));
}

/** How many rows at the top are headings: the last one above the numbers has words over a number, those above it are
    titles. A row with a label and no number yet has none, and is a row. */
function headingRows(rows) {
  const first = rows.findIndex((row) => row.some((cell) => isNumber(cell)));
  const below = rows.slice(Math.max(first, 0));
  const isHeading = (row) => row.some((cell, column) => isWords(cell) && below.some((each) => each[column] && isNumber(each[column])));
  return rows.slice(0, Math.max(first, 0)).findLastIndex(isHeading) + 1;
}

/** A column that is all words, or all per cents, beside others is none of counts. */
function withoutColumns(rows, isOne, what, notes) {
  const width = Math.max(...rows.map((row) => row.length));
  const out = [...Array(width).keys()].filter((column) => {
    const filled = rows.map((row) => row[column]).filter((cell) => cell && !isEmpty(cell));
    return filled.length > 0 && filled.every(isOne);
  });
  if (!out.length || out.length === width) return rows;
  notes.push(out.length === 1 ? `the column of ${what} was left out` : `${out.length} columns of ${what} were left out`);
  return rows.map((row) => row.filter((_, column) => !out.includes(column)));
}

function firstProblem(rows) {
  for (const { text, row, column } of rows.flat()) {
    const { problem } = readCount(text);
    if (problem) return `Row ${row + 1}, cell ${column + 1} of what you pasted: ${problem}. Nothing was pasted`;
  }
  return "";
}
