/* <table data-grid>: inputs that behave like a spreadsheet. Each is an ordinary box of an ordinary form, so that everything
   works without this, and autosave.js saves what changes here as it saves everything.

   A box that has just been reached is chosen: arrow keys, Enter, Tab, Home, End, Ctrl+Home and Ctrl+End move, typing
   replaces, F2 or a second click goes into it, Escape puts it back. Shift chooses a block; Ctrl+C, X, V, Delete, Ctrl+Z
   and Ctrl+Y do what they do everywhere. Totals and "how many short" follow every change, and what happened is said
   politely in [data-grid-said], which stays in sight. */
import { saveEverything } from "./autosave.js";
import { readCount, summary } from "./grid_numbers.js";
import { readBlock } from "./grid_paste.js";
import { startHosts } from "./hosts.js";

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const place = document.querySelector("[data-grid-said]");

function say(words) {
  if (!place) return;
  // The same words twice are only heard when they go away in between.
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = words; });
}

class Grid {
  constructor(table) {
    this.table = table;
    this.rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td.portal-grid__cell")].map((cell) => cell.querySelector("input")));
    this.places = new Map(this.rows.flatMap((row, r) => row.map((box, c) => [box, [r, c]])).filter(([box]) => box));
    this.done = [];
    this.undone = [];
    this.anchor = null;
    table.addEventListener("focusin", (event) => this.reached(event.target));
    table.addEventListener("focusout", (event) => this.left(event));
    table.addEventListener("keydown", (event) => this.pressed(event));
    table.addEventListener("input", (event) => this.typed(event.target));
    table.addEventListener("mousedown", (event) => this.pointed(event));
    table.addEventListener("dblclick", (event) => this.goInto(event.target));
    table.addEventListener("copy", (event) => this.copied(event));
    table.addEventListener("cut", (event) => this.copied(event, true));
    table.addEventListener("paste", (event) => this.pasted(event));
  }

  // --- Where we are ---------------------------------------------------------------------------

  reached(box) {
    if (!this.places.has(box)) return;
    this.inside = false;
    this.before = box.value;
    if (!this.choosing) this.choose(box, box);
    box.select();
  }

  left(event) {
    this.commit(event.target);
    if (!this.table.contains(event.relatedTarget)) this.mark([]);
  }

  pointed(event) {
    const box = event.target.closest("input");
    if (!this.places.has(box)) return;
    if (event.shiftKey && this.anchor) {
      event.preventDefault();
      this.chooseTo(box);
    } else if (box === document.activeElement) this.goInto(box);
    else {
      event.preventDefault();
      box.focus();
    }
  }

  goInto(box) {
    if (!this.places.has(box)) return;
    this.inside = true;
    this.choose(box, box);
  }

  choose(from, to) {
    this.anchor = from;
    this.end = to;
    this.mark(this.chosen());
  }

  chooseTo(box) {
    this.end = box;
    this.choosing = true;
    box.focus();
    this.choosing = false;
    const boxes = this.chosen();
    this.mark(boxes);
    if (boxes.length > 1) say(`${boxes.filter(Boolean).length} boxes chosen`);
  }

  corners() {
    const [[r1, c1], [r2, c2]] = [this.places.get(this.anchor), this.places.get(this.end)];
    return [Math.min(r1, r2), Math.min(c1, c2), Math.max(r1, r2), Math.max(c1, c2)];
  }

  /** The chosen boxes as rows, with gaps where none is asked. */
  block() {
    if (!this.places.has(this.anchor) || !this.places.has(this.end)) return [];
    const [top, left, bottom, right] = this.corners();
    return this.rows.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
  }

  chosen() { return this.block().flat(); }

  mark(boxes) {
    for (const box of this.table.querySelectorAll(".portal-grid__box--chosen")) box.classList.remove("portal-grid__box--chosen");
    if (boxes.length > 1) for (const box of boxes) box?.classList.add("portal-grid__box--chosen");
  }

  /** The next box that way, over places where none is asked; nothing at the edge. */
  towards(box, [down, across]) {
    let [r, c] = this.places.get(box);
    do {
      [r, c] = [r + down, c + across];
    } while (this.rows[r] !== undefined && c in this.rows[r] && !this.rows[r][c]);
    return this.rows[r]?.[c];
  }

  // --- Keys -----------------------------------------------------------------------------------

  pressed(event) {
    const box = event.target;
    if (!this.places.has(box) || event.altKey || event.isComposing) return;
    const control = event.ctrlKey || event.metaKey;
    const next = this.moveOf(event, box, control);
    if (next !== undefined) {
      event.preventDefault();
      if (!next) return;
      this.commit(box);
      if (event.shiftKey && event.key.startsWith("Arrow")) this.chooseTo(next);
      else next.focus();
    } else if (event.key === "F2") {
      event.preventDefault();
      this.goInto(box);
      box.setSelectionRange(box.value.length, box.value.length);
    } else if (event.key === "Escape") this.putBack(box);
    else if (event.key === "Delete" || event.key === "Backspace") this.clear(event);
    else if (control && ["z", "y"].includes(event.key.toLowerCase())) this.turnBack(event, box);
  }

  /** The box to go to; null to stay put at an edge; undefined when the key is no move. */
  moveOf(event, box, control) {
    const { key } = event;
    const [r] = this.places.get(box);
    const from = event.shiftKey && this.end ? this.end : box;
    if (key === "Enter") return this.towards(box, event.shiftKey ? [-1, 0] : [1, 0]) ?? null;
    if (this.inside && !control && !["ArrowUp", "ArrowDown"].includes(key)) return undefined;
    if (key in MOVES && !control) return this.towards(from, MOVES[key]) ?? null;
    if (key === "Home") return this.edge(control ? this.rows : [this.rows[r]], 1);
    if (key === "End") return this.edge(control ? this.rows : [this.rows[r]], -1);
    return undefined;
  }

  edge(rows, way) {
    const boxes = rows.flat().filter(Boolean);
    return boxes.at(way === 1 ? 0 : -1);
  }

  putBack(box) {
    if (box.value !== this.before) {
      box.value = this.before;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.inside = false;
    box.select();
  }

  clear(event) {
    const boxes = this.chosen().filter(Boolean);
    if (boxes.length < 2) return;
    event.preventDefault();
    this.change(boxes.map((box) => [box, ""]), `${boxes.length} boxes emptied`);
  }

  // --- Changes --------------------------------------------------------------------------------

  typed(box) {
    if (!this.places.has(box)) return;
    this.look(box);
    this.total(box.dataset.line);
  }

  /** One change to undo for what was typed in a box, once it is left. */
  commit(box) {
    if (!this.places.has(box) || box.value === this.before || this.before === undefined) return;
    this.keep([[box, this.before, box.value]]);
    if (box.hasAttribute("aria-invalid")) say(`${box.getAttribute("aria-label")}: ${document.getElementById(`${box.id}-wrong`).textContent}`);
    this.before = box.value;
    this.inside = false;
  }

  keep(change) {
    this.done.push(change);
    this.undone = [];
  }

  change(values, words) {
    const change = values.filter(([box, value]) => box.value !== value).map(([box, value]) => [box, box.value, value]);
    if (change.length) this.keep(change);
    this.put(change.map(([box, , after]) => [box, after]));
    say(words);
  }

  put(values) {
    for (const [box, value] of values) {
      box.value = value;
      if (box === document.activeElement) this.before = value;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  turnBack(event, box) {
    if (this.inside) return;
    event.preventDefault();
    this.commit(box);
    const again = event.key.toLowerCase() === "y" || event.shiftKey;
    const change = (again ? this.undone : this.done).pop();
    if (!change) return say(again ? "Nothing to do again" : "Nothing to take back");
    (again ? this.done : this.undone).push(change);
    this.put(change.map(([one, was, is]) => [one, again ? is : was]));
    change[0][0].focus();
    return say(`${again ? "Done again" : "Taken back"}: ${change.length === 1 ? "1 box" : `${change.length} boxes`}`);
  }

  copied(event, cutting = false) {
    const block = this.block();
    if (!block.length || (this.inside && block.flat().length === 1)) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", block.map((row) => row.map((box) => box?.value ?? "").join("\t")).join("\n"));
    const boxes = block.flat().filter(Boolean);
    const count = boxes.length === 1 ? "1 box" : `${boxes.length} boxes`;
    if (cutting) this.change(boxes.map((box) => [box, ""]), `${count} cut`);
    else say(`${count} copied`);
  }

  pasted(event) {
    const box = event.target;
    if (!this.places.has(box)) return;
    const text = event.clipboardData.getData("text/plain");
    event.preventDefault();
    const { rows, notes, problem } = readBlock(text);
    if (problem) return this.refuse(box, problem);
    const [top, left] = this.places.get(this.chosen().find(Boolean) ?? box);
    const values = this.landing(rows, top, left);
    if (!values) return this.refuse(box, `What you pasted is ${rows.length} by ${Math.max(...rows.map((row) => row.length))} and does not fit from here. Nothing was pasted`);
    this.change(values, [`${values.length} ${values.length === 1 ? "box" : "boxes"} pasted`, ...notes].join("; "));
    return undefined;
  }

  /** [[box, value], …]; a single value fills everything chosen; null when the block would stand over the edge. */
  landing(rows, top, left) {
    const chosen = this.chosen().filter(Boolean);
    if (rows.length === 1 && rows[0].length === 1 && chosen.length > 1) return chosen.map((box) => [box, plain(rows[0][0])]);
    const values = [];
    for (const [r, row] of rows.entries()) {
      for (const [c, text] of row.entries()) {
        const box = this.rows[top + r]?.[left + c];
        if (box) values.push([box, plain(text)]);
        else if (text) return null;
      }
    }
    return values;
  }

  refuse(box, words) {
    wrong(box, words);
    say(words);
  }

  // --- What it comes to -------------------------------------------------------------------------

  /** Is it a count, and not more than everybody? What is wrong stands in the box's own cell. */
  look(box) {
    const { problem } = readCount(box.value);
    wrong(box, problem ?? "");
    if (!problem && ["numerator", "denominator"].includes(box.dataset.box)) this.compare(box);
  }

  compare(box) {
    const total = document.querySelector(`[data-total="${box.dataset.line}"]`);
    const [n, d] = ["n", "d"].map((letter) => this.table.querySelector(`[name="${CSS.escape(letter + box.name.slice(1))}"]`));
    if (!n || !d || total?.dataset.form !== "share") return;
    const [counted, whole] = [readCount(n.value).count, readCount(d.value).count];
    if (Number.isInteger(counted) && Number.isInteger(whole)) {
      wrong(n, counted > whole ? `${counted.toLocaleString("en-GB")} of ${whole.toLocaleString("en-GB")} is more than everybody` : "");
    }
  }

  /** After something else put values in. */
  lookAgain() {
    for (const box of this.places.keys()) this.typed(box);
  }

  /** No sum is made of a line in which something is wrong: it would leave a group out, or count more than everybody. */
  total(line) {
    const there = document.querySelector(`[data-total="${line}"]`);
    if (!there) return;
    const boxes = [...this.places.keys()].filter((box) => box.dataset.line === line);
    const sums = { numerator: null, denominator: null };
    for (const box of boxes) {
      const { count } = readCount(box.value);
      if (Number.isInteger(count) && box.dataset.box in sums) sums[box.dataset.box] += count;
    }
    const marked = boxes.some((box) => box.hasAttribute("aria-invalid"));
    const said = marked ? "Put right what is marked" : summary({ threshold: "", ...there.dataset }, sums);
    there.textContent = said || (there.dataset.said ?? "");
  }
}

/** "1,799" and "1799.0" as they are kept. */
const plain = (text) => String(readCount(text).count ?? "");

/** Words below a box, found by it and by whoever looks; none take them away. */
function wrong(box, words) {
  const id = `${box.id}-wrong`;
  const there = document.getElementById(id);
  box.classList.toggle("nhsuk-input--error", Boolean(words));
  if (!words) {
    there?.remove();
    box.removeAttribute("aria-invalid");
    box.removeAttribute("aria-describedby");
    return;
  }
  const told = there ?? document.createElement("span");
  told.id = id;
  told.className = "portal-grid__wrong";
  told.textContent = words;
  if (!there) box.after(told);
  box.setAttribute("aria-invalid", "true");
  box.setAttribute("aria-describedby", id);
}

/** Questions as the server asks them now; a box that is being written in stays as it is. */
function askAgain({ questions = {} }) {
  for (const [line, markup] of Object.entries(questions)) {
    const there = document.querySelector(`[data-questions="${CSS.escape(line)}"]`);
    const fresh = new DOMParser().parseFromString(markup, "text/html").body;
    if (!there || there.contains(document.activeElement) || there.innerHTML.trim() === fresh.innerHTML.trim()) continue;
    const typed = new Map([...there.querySelectorAll("input")].map((box) => [box.name, box.value]));
    there.replaceChildren(...fresh.childNodes);
    for (const box of there.querySelectorAll("input")) if (typed.get(box.name)) box.value = typed.get(box.name);
    sayHowMany(line, there);
  }
}

function sayHowMany(line, there) {
  const waiting = [...there.querySelectorAll("input")].filter((box) => !box.value).length + there.querySelectorAll(".portal-asks__stop").length;
  const words = waiting ? `${waiting} ${waiting === 1 ? "question" : "questions"} below` : "";
  const label = document.querySelector(`[data-asks="${CSS.escape(line)}"]`);
  if (!label || label.textContent === words) return;
  label.textContent = words;
  label.hidden = !waiting;
  if (waiting) {
    there.closest("details")?.setAttribute("open", "");
    say(`${there.closest("details")?.querySelector("summary").textContent.trim() ?? ""}: ${words}`);
  }
}

/** What the server found wrong stands at its box, as what was found here does; below the table its line is opened. */
function showRefused(part, { errors = {} }) {
  takeBackRefused(part);
  for (const [name, words] of Object.entries(errors)) {
    const box = part.querySelector(`[name="${CSS.escape(name)}"], [name^="${CSS.escape(name)}_"]`);
    if (box?.classList.contains("portal-grid__box")) wrong(box, words[0].replace(`${box.getAttribute("aria-label")}: `, ""));
    else if (box) refuseBelow(box, words[0]);
  }
}

function refuseBelow(box, words) {
  const group = box.closest(".nhsuk-form-group");
  const told = document.createElement("span");
  told.className = "nhsuk-error-message";
  told.dataset.refused = box.id;
  told.id = `${box.id}-refused`;
  told.textContent = words;
  group.querySelector(".nhsuk-radios, .nhsuk-date-input, input, select, textarea").before(told);
  group.classList.add("nhsuk-form-group--error");
  box.closest("details")?.setAttribute("open", "");
}

function takeBackRefused(part) {
  for (const told of part.querySelectorAll("[data-refused]")) {
    told.closest(".nhsuk-form-group").classList.remove("nhsuk-form-group--error");
    told.remove();
  }
}

/** Whoever wants to go on and cannot is led to the first thing that is wrong. */
function goToWhatIsWrong() {
  const first = document.querySelector(".portal-grid__box[aria-invalid], .portal-part [data-refused], .portal-part [data-conflict]");
  const box = document.getElementById(first?.dataset.refused) ?? first;
  box?.focus();
  say("Not everything is saved yet. Put right what is marked, then go on.");
}

/** A line that an address or a link names is opened. */
function openNamed() {
  const there = document.getElementById(location.hash.slice(1));
  if (there?.matches(".portal-line-words")) there.open = true;
}

const grids = [...document.querySelectorAll("table[data-grid]")].map((table) => new Grid(table));
startHosts(document);
document.addEventListener("portal:restored", () => grids.forEach((grid) => grid.lookAgain()));
document.addEventListener("portal:saved", (event) => { takeBackRefused(event.target); askAgain(event.detail); });
document.addEventListener("portal:refused", (event) => showRefused(event.target, event.detail));
window.addEventListener("hashchange", openNamed);
openNamed();
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-after-saving]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (await saveEverything()) location.assign(link.href);
  else goToWhatIsWrong();
});
