/* What training/numbers.py and training/sheet.py say about counts and totals, said again while somebody types. The server
   decides; tests hold the two together. Sums are made with BigInt, so that a share is compared unrounded. */

const MOST = 9_999_999;

/** {count: 1799}, {count: null} for an empty box, or {problem: "“85%” is a per cent: enter how many"}. */
export function readCount(text) {
  let typed = text.trim();
  if (!typed) return { count: null };
  if (/^[0-9]{1,3}(?:[, \u00a0\u202f][0-9]{3})+$/.test(typed)) typed = typed.replace(/[^0-9]/g, "");
  if (!/^[0-9]+(?:\.0+)?$/.test(typed)) return { problem: `“${typed.slice(0, 20)}” ${why(typed)}` };
  const digits = typed.split(".")[0].replace(/^0+(?=[0-9])/, "");
  if (digits.length > String(MOST).length) return { problem: `“${typed.slice(0, 20)}” is more than ${MOST.toLocaleString("en-GB")}` };
  return { count: Number(digits) };
}

function why(typed) {
  if (isPercent(typed)) return "is a per cent: enter how many";
  if (typed.startsWith("-")) return "is below nought: enter how many";
  if (/^-?[0-9]*[.,][0-9]+$/.test(typed)) return "is not a whole number: enter how many, not a share";
  return "is not a number: enter a whole number such as 85";
}

export const isPercent = (text) => /^-?[0-9.,]+\s*%$/.test(text.trim());

const said = (count) => count.toLocaleString("en-GB");

/** n of d in per cent with one decimal, half up, never none or all by rounding alone; d is not 0. */
function percent(n, d) {
  const tenths = (2000n * BigInt(n) + BigInt(d)) / (2n * BigInt(d));
  if (tenths === 1000n && n < d) return "over 99.9 %";
  if (tenths === 0n && n > 0) return "under 0.1 %";
  return `${said(tenths / 10n)}.${tenths % 10n} %`;
}

/** "82 of 96, 85.4 %: 5 short of 90 %"; nothing while a number is missing. threshold is text, "" for none. */
export function summary({ form, direction, threshold }, { numerator: n, denominator: d }) {
  if (!["share", "rate"].includes(form)) return n === null ? "" : said(n);
  if (n === null || d === null) return "";
  const counted = `${said(n)} of ${said(d)}`;
  if (form === "rate" || n > d) return counted;
  const whole = d ? `${counted}, ${percent(n, d)}` : `${counted}, n/a`;
  if (!d || !threshold || direction === "none") return whole;
  const limit = thousandths(threshold);
  const [has, needs] = [BigInt(n) * 100_000n, limit * BigInt(d)];
  const wanted = `${goal(limit)} %`;
  if (direction === "down" ? has <= needs : has >= needs) return `${whole}: meets ${wanted}`;
  if (direction === "down") return `${whole}: ${said(BigInt(n) - needs / 100_000n)} too many for ${wanted}`;
  return `${whole}: ${said((needs + 99_999n) / 100_000n - BigInt(n))} short of ${wanted}`;
}

/** A threshold as training/arithmetic.py writes it: whole without a decimal, else with one, half up. */
function goal(limit) {
  const tenths = (limit + 50n) / 100n;
  return limit % 1000n ? `${said(tenths / 10n)}.${tenths % 10n}` : said(limit / 1000n);
}

function thousandths(text) {
  const [whole, part = ""] = text.split(".");
  return BigInt(whole + part.padEnd(3, "0").slice(0, 3));
}
