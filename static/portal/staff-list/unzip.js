/* The parts of a zip archive (which an .xlsx file is), unpacked by the browser itself. Knows no worksheet. */
import { Unreadable } from "./unreadable.js";

const MOST_UNPACKED = 400_000_000;
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const SAVE_AGAIN = "Open it in Excel or LibreOffice, save it again as .xlsx or .csv, and choose that file.";

/** The archive's parts by name, each with text(): a promise of what it holds. */
export function unzip(buffer) {
  const view = new DataView(buffer);
  const end = lastRecord(view);
  const parts = new Map();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== ENTRY) throw damaged();
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [packed, length] = [view.getUint32(at + 20, true), view.getUint16(at + 28, true)];
    const name = new TextDecoder().decode(new Uint8Array(buffer, at + 46, length));
    if (flags & 1) throw new Unreadable("The file has a password. Take the password off, save it and choose it again.");
    const where = view.getUint32(at + 42, true);
    parts.set(name, { text: () => unpacked(buffer, view, { where, packed, method }) });
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return parts;
}

const damaged = () => new Unreadable(`The file is damaged or was not saved completely. ${SAVE_AGAIN}`);

/** The record at the end that says where the list of parts is. */
function lastRecord(view) {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 65_557); at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw damaged();
}

async function unpacked(buffer, view, { where, packed, method }) {
  const begin = where + 30 + view.getUint16(where + 26, true) + view.getUint16(where + 28, true);
  const bytes = new Uint8Array(buffer, begin, packed);
  if (method === 0) return new TextDecoder().decode(bytes);
  if (method !== 8) throw damaged();
  const decoder = new TextDecoder();
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const pieces = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => Promise.reject(damaged()));
    if (done) break;
    size += value.length;
    if (size > MOST_UNPACKED) {
      await reader.cancel();
      throw new Unreadable(
        "The sheet becomes far larger when it is opened than a staff list is. Copy only the staff list into a new " +
          "workbook, save it and choose that one.",
      );
    }
    pieces.push(decoder.decode(value, { stream: true }));
  }
  return pieces.join("") + decoder.decode();
}
