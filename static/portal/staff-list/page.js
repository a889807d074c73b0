/* Counting a staff list on this page: choose the file, say which column is which, look at the totals. The file goes to
   the worker beside the page and nowhere else. What leaves the machine: the choice of columns, when it is to be
   remembered (headings and words that five people share, by the portal's codes), and the totals, when they are put
   into the figures. */
import { post } from "../send.js";
import { stackTables } from "../stack.js";
import { suggestColumn, suggestLine, suggestWord } from "./suggest.js";
import { STATUS, isMapped } from "./counting.js";
import { plain } from "./values.js";
import { element, notCounted, option, questionWords, showTotals } from "./drawing.js";

const MOST_WORDS = 60;
const SHARED_BY = 5;
const COLUMNS = ["person", "name", "group", "status", "start", "leave", "course"];
const WORDED = ["group", "status", "course"];

class StaffList {
  constructor(root) {
    this.root = root;
    this.asked = JSON.parse(root.dataset.asked);
    this.find("column-group").closest(".nhsuk-form-group").hidden = !this.asked.groups.length;
    this.remembered = this.asked.remembered;
    this.worker = new Worker(root.dataset.worker, { type: "module" });
    this.waiting = new Map();
    this.meant = new Map();
    this.worker.addEventListener("message", ({ data }) => {
      this.waiting.get(data.id)?.(data);
      this.waiting.delete(data.id);
    });
    this.worker.addEventListener("error", () => this.say("This browser cannot count a list. Use the grid or the workbook."));
    this.find("file").addEventListener("change", () => this.choose());
    this.find("sheet").addEventListener("change", () => this.showColumns());
    this.find("count").addEventListener("click", () => this.count());
    this.find("late").addEventListener("click", () => this.handBack());
    this.find("file").disabled = false;
  }

  find(name) {
    return this.root.querySelector(`[data-staff-list-${name}]`);
  }

  ask(question) {
    const id = crypto.randomUUID?.() ?? String(Math.random());
    const answered = new Promise((resolve) => this.waiting.set(id, resolve));
    this.worker.postMessage({ id, ...question });
    return answered;
  }

  say(words) {
    this.find("said").textContent = words;
  }

  refuse(problems) {
    const box = this.find("problems");
    box.hidden = !problems.length;
    this.find("problem-list").replaceChildren(...problems.map((words) => element("li", {}, words)));
    if (problems.length) box.focus();
    return problems.length > 0;
  }

  async choose() {
    const [file] = this.find("file").files;
    for (const step of ["columns", "words", "counting", "result"]) this.find(step).hidden = true;
    this.refuse([]);
    if (!file) return;
    this.say("Reading the list on this computer …");
    const found = await this.ask({ do: "read", file });
    this.say("");
    if (found.problem) {
      this.refuse([found.problem]);
      return;
    }
    this.sheets = found.sheets;
    const best = found.sheets.reduce((one, other) => (fits(other, this.remembered) > fits(one, this.remembered) ? other : one));
    this.find("sheet").replaceChildren(
      ...found.sheets.map((each, place) => option(place, each.name || file.name, each === best)),
    );
    this.find("sheets").hidden = found.sheets.length < 2;
    await this.showColumns();
  }

  get sheet() {
    return this.sheets[Number(this.find("sheet").value)];
  }

  async showColumns() {
    const { labels, row, rows } = this.sheet;
    this.find("read").textContent =
      `Headings are in row ${row + 1}; ${(rows - row - 1).toLocaleString("en-GB")} rows below it.`;
    for (const name of COLUMNS) {
      const select = this.find(`column-${name}`);
      const wanted = name !== "group" || this.asked.groups.length > 0;
      fill(select, labels, wanted ? suggestColumn(name, labels, this.remembered) : -1);
      select.onchange = () => this.showWords();
    }
    this.find("grace").value = this.remembered.grace ?? 3;
    for (const select of this.root.querySelectorAll("[data-line]")) {
      const line = this.asked.lines.find((each) => each.code === select.dataset.line);
      fill(select, labels, suggestLine(line, select.dataset.part, labels, { remembered: this.remembered, lines: this.asked.lines }));
    }
    for (const step of ["columns", "counting"]) this.find(step).hidden = false;
    this.find("columns").querySelector("h2").focus();
    await this.showWords();
  }

  async showWords() {
    const columns = WORDED.map((name) => [name, this.column(name)]).filter(([, column]) => column >= 0);
    const { words } = await this.ask({
      do: "words", sheet: this.sheet.number, headingRow: this.sheet.row, person: this.column("person"), columns,
    });
    this.words = words;
    // Another column was chosen: what was said of words stays said.
    for (const select of this.root.querySelectorAll("[data-word]")) this.meant.set(`${select.dataset.kind}/${select.dataset.word}`, select.value);
    for (const name of WORDED) {
      const list = words[name] ?? [];
      const body = this.find(`words-${name}`).querySelector("tbody");
      const many = list.length > MOST_WORDS;
      body.replaceChildren(...(many ? [] : list.map((each) => this.wordRow(name, each))));
      this.find(`words-${name}`).hidden = many || !list.length;
    }
    stackTables(this.find("words"));
    this.find("words").hidden = WORDED.every((name) => this.find(`words-${name}`).hidden);
  }

  wordRow(name, { word, count }) {
    const offered = this.meanings(name);
    const suggested = this.meant.get(`${name}/${plain(word)}`) || suggestWord(name, word, { asked: this.asked, remembered: this.remembered });
    const select = element("select", {
      class: "nhsuk-select", "aria-label": `What “${word}” means`, "data-word": plain(word), "data-kind": name,
    });
    select.append(option("", "Choose", !suggested), ...offered.map(([code, words]) => option(code, words, code === suggested)));
    return element(
      "tr", {},
      element("th", { scope: "row" }, word),
      element("td", { class: "portal-number" }, count.toLocaleString("en-GB")),
      element("td", {}, select),
    );
  }

  meanings(name) {
    if (name === "status") return Object.entries(STATUS);
    if (name === "group") {
      return [...this.asked.groups.map((each) => [each.code, each.name]), ["none", "None of these: not counted"]];
    }
    return [...this.asked.lines.map((each) => [each.code, each.name]), ["none", "None of these"]];
  }

  column(name) {
    const { value } = this.find(`column-${name}`);
    return value === "" ? -1 : Number(value);
  }

  /** What was chosen, as the worker needs it. */
  chosen() {
    const lines = {};
    for (const select of this.root.querySelectorAll("[data-line]")) {
      (lines[select.dataset.line] ??= { date: -1, until: -1, hours: -1, level: -1 })[select.dataset.part] =
        select.value === "" ? -1 : Number(select.value);
    }
    const words = { group: {}, status: {}, course: {} };
    for (const select of this.root.querySelectorAll("[data-word]")) words[select.dataset.kind][select.dataset.word] = select.value;
    const columns = Object.fromEntries(COLUMNS.map((name) => [name, this.column(name)]));
    return {
      ...columns, headingRow: this.sheet.row, labels: this.sheet.labels, lines, words,
      grace: Number(this.find("grace").value || 0),
    };
  }

  problemsOf(chosen) {
    const counted = this.asked.lines.filter((line) => isMapped(chosen.lines[line.code], line));
    const problems = [];
    if (chosen.person < 0) problems.push("Choose the column that says who each row is about");
    if (!counted.length) problems.push("Choose for at least one line the column with its dates or hours");
    if (chosen.group < 0 && counted.some((line) => line.groups.length)) problems.push("Choose the column with the staff group or role");
    if (!Number.isInteger(chosen.grace) || chosen.grace < 0 || chosen.grace > 24) problems.push("Enter the months that starters have, from 0 to 24");
    for (const line of counted) {
      const places = Object.values(chosen.lines[line.code]).filter((column) => column >= 0);
      if (new Set(places).size < places.length) problems.push(`Choose different columns for “${line.name}”`);
    }
    for (const name of WORDED) {
      const list = this.words?.[name] ?? [];
      const heading = chosen.labels[chosen[name]];
      if (list.length > MOST_WORDS) {
        problems.push(`“${heading}” holds ${list.length.toLocaleString("en-GB")} different words, too many for this. Choose another column`);
      } else if (list.some((each) => !chosen.words[name][plain(each.word)])) {
        problems.push(`Say for every word of “${heading}” what it means`);
      }
    }
    return problems;
  }

  async count() {
    const chosen = this.chosen();
    this.find("result").hidden = true;
    if (this.refuse(this.problemsOf(chosen))) return;
    this.say("Counting …");
    const { asked } = this;
    const found = await this.ask({ do: "count", sheet: this.sheet.number, chosen, asked: { ...asked, remembered: null } });
    this.say("");
    if (this.refuse(found.problem ? [found.problem] : [])) return;
    this.show(found, chosen);
    if (this.find("remember").checked) this.remember(chosen);
  }

  show(found, chosen) {
    showTotals(this.find("totals"), found, this.asked);
    this.find("left-out").textContent = notCounted(this.asked.lines.filter((line) => !isMapped(chosen.lines[line.code], line)));
    stackTables(this.find("totals"));
    const questions = found.questions.map(questionWords);
    this.find("questions").hidden = !questions.length;
    this.find("question-list").replaceChildren(...questions.map((words) => element("li", {}, words)));
    this.find("late").hidden = !found.late;
    this.find("late-count").textContent = found.late
      ? `${found.late.toLocaleString("en-GB")} to bring up to date; somebody who is out of date for two lines is counted twice.` : "Nobody is out of date.";
    const taken = found.totals.map(({ code, group, headcount, denominator, numerator }) => {
      const line = this.asked.lines.find((each) => each.code === code);
      const { version } = line.now[group];
      return { code, group, headcount: line.headcount ? headcount : null, denominator, numerator, version };
    });
    this.find("put").querySelector("[name=totals]").value = JSON.stringify(taken);
    this.find("result").hidden = false;
    this.find("result").querySelector("h2").focus();
  }

  /** Headings and the words that many share; never a word that could be somebody's name. */
  async remember(chosen) {
    const label = (column) => (column >= 0 ? chosen.labels[column] : "");
    const words = Object.fromEntries(
      WORDED.map((name) => [
        name,
        Object.fromEntries(
          (this.words[name] ?? [])
            .filter((each) => each.people >= SHARED_BY && chosen[name] >= 0)
            .map((each) => [each.word, chosen.words[name][plain(each.word)]]),
        ),
      ]),
    );
    const lines = Object.fromEntries(
      Object.entries(chosen.lines).map(([code, parts]) => [
        code,
        Object.fromEntries(Object.entries(parts).map(([part, column]) => [part, label(column)])),
      ]),
    );
    const columns = Object.fromEntries(COLUMNS.map((name) => [name, label(chosen[name])]));
    const body = new FormData();
    body.set("choices", JSON.stringify({ columns, lines, words, grace: chosen.grace }));
    const { outcome, response } = await post(this.root.dataset.remember, body);
    const why = outcome === "refused" ? (await response.json()).errors.choices?.[0] : "";
    this.find("remembered").textContent = outcome === "saved"
      ? "The choice of columns is remembered for next time." : `The choice of columns was not remembered. ${why ?? ""}`;
  }

  async handBack() {
    const { text } = await this.ask({ do: "late" });
    const address = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv;charset=utf-8" }));
    const link = element("a", { href: address, download: `out-of-date-${this.asked.asAt}.csv` });
    this.root.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
}

/** How many of its headings were chosen last time. */
function fits(sheet, remembered) {
  const known = new Set(Object.values(remembered.columns ?? {}).map(plain));
  return sheet.labels.filter((label) => known.has(plain(label))).length * 1000 + Math.min(999, sheet.rows);
}

function fill(select, labels, suggested) {
  select.replaceChildren(option("", "Not in the list", suggested < 0), ...labels.map((label, place) => option(place, label, place === suggested)));
}

for (const root of document.querySelectorAll("[data-staff-list]")) new StaffList(root);
