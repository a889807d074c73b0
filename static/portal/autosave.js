/* <form data-autosave="URL"> (or a fieldset, one per answer): what is typed is posted to URL 0.8 s after the last
   key, with every field inside. Answers: 200 {saved_at, version}, 409 an HTML fragment "theirs / yours",
   422 {errors: {field: [words]}, doubts: {box: HTML to draw beside it}}. A hidden input [data-version] inside is kept up to date,
   and so are those named in an answer's {fields: {name: value}}. Nothing typed is lost: what is not yet saved stays in drafts.js
   and comes back with the page. The part hears "portal:saved" and "portal:refused", with the answer as their detail. */
import * as drafts from "./drafts.js";
import { currentUser, post } from "./send.js";
import { askToSignIn } from "./sign_in_again.js";

const PAUSE = 800;
const LONGEST_WAIT = 60_000;
const PATIENCE = 5000;
const NOT_CONTENT = new Set(["csrfmiddlewaretoken", "form_token"]);
const savers = new Set();
const waiting = new WeakSet();
let leaving = false;
let signingOut = false;

export function startAutosave(scope) {
  const found = [...scope.querySelectorAll("[data-autosave]")];
  drafts.tidy([...document.querySelectorAll("[data-autosave]")].map((part) => part.dataset.autosave));
  if (!currentUser()) return;
  for (const part of found) {
    if (part.dataset.autosaveStarted) continue;
    part.dataset.autosaveStarted = "yes";
    const saver = new Saver(part);
    savers.add(saver);
    saver.restore();
  }
}

export const somethingUnsaved = () => [...savers].some((saver) => saver.unsaved);

/** Save now whatever waits; resolves to whether everything is saved. What was refused is not tried again. */
export async function saveEverything() {
  const waiting = () => [...savers].filter((saver) => saver.unsaved && !saver.stuck);
  for (let tries = 0; tries < 20 && waiting().length; tries += 1) {
    await Promise.all(waiting().map((saver) => saver.save()));
    // One that was on its way when it was asked is looked at again.
    if (waiting().length) await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  return !somethingUnsaved();
}

class Saver {
  constructor(part) {
    this.part = part;
    this.url = part.dataset.autosave;
    this.revision = 0;
    this.failures = 0;
    this.unsaved = this.waitingForChoice = false;
    this.saving = null;
    part.addEventListener("input", () => this.touched());
    part.addEventListener("change", () => this.touched());
    part.addEventListener("click", (event) => this.chosen(event));
  }

  /** Is a save on its way that does not bring all that is typed? */
  get behind() {
    return this.saving && this.sent !== this.revision;
  }

  touched() {
    this.unsaved = true;
    this.stuck = false;
    this.revision += 1;
    this.later(PAUSE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async save() {
    if (this.saving || this.waitingForChoice || signingOut) return;
    clearTimeout(this.timer);
    this.saving = this.attempt();
    await this.saving;
  }

  async attempt() {
    const revision = this.sent = this.revision;
    const entries = entriesOf(this.part);
    await drafts.keep(this.url, entries);
    const body = new FormData();
    for (const [name, value] of entries) body.append(name, value);
    const { outcome, response } = await post(this.url, body);
    this.saving = null;
    await this[outcome.replace("-", "")](response, revision);
  }

  async saved(response, revision) {
    this.failures = 0;
    const answer = await jsonOf(response);
    const version = this.part.querySelector("input[data-version]");
    if (version && answer.version !== undefined) version.value = answer.version;
    setFields(this.part, answer.fields);
    this.part.dispatchEvent(new CustomEvent("portal:saved", { detail: answer, bubbles: true }));
    if (revision !== this.revision) return this.later(PAUSE);
    this.doubted({});
    this.unsaved = false;
    await drafts.forget(this.url);
    return this.say(`Saved ${answer.saved_at ?? clock(new Date())}`);
  }

  unreachable() {
    this.failures += 1;
    this.say("Not saved – trying again", "wrong");
    this.later(Math.min(LONGEST_WAIT, 1000 * 2 ** this.failures));
  }

  signedout() {
    this.say("Not saved – sign in again", "wrong");
    askToSignIn(() => this.save());
  }

  async refused(response) {
    this.stuck = true;
    const answer = await jsonOf(response);
    this.doubted(answer.doubts ?? {});
    this.part.dispatchEvent(new CustomEvent("portal:refused", { detail: answer, bubbles: true }));
    const words = Object.values(answer.errors ?? {}).flat();
    this.say(`Not saved – ${words.join(". ") || "check what you typed"}`, "wrong");
  }

  /** What was found in a text is drawn beside its box, with the choice; one that is there already is left alone. */
  doubted(doubts) {
    for (const there of this.part.querySelectorAll("[data-doubt]")) {
      if (!(there.dataset.doubt in doubts)) there.remove();
    }
    for (const [name, markup] of Object.entries(doubts)) {
      const box = this.part.querySelector(`[name="${CSS.escape(name)}"]`);
      const fresh = new DOMParser().parseFromString(markup, "text/html").querySelector("[data-doubt]");
      const there = this.part.querySelector(`[data-doubt="${CSS.escape(name)}"]`);
      if (there?.dataset.stamp === fresh?.dataset.stamp || !box || !fresh) continue;
      there?.remove();
      (box.closest(".nhsuk-form-group") ?? box.parentElement).append(fresh);
    }
  }

  forbidden() {
    this.stuck = true;
    this.say("Not saved – this page can no longer be changed. Copy what you typed and reload.", "wrong");
  }

  async conflict(response) {
    this.waitingForChoice = this.stuck = true;
    this.say("Not saved – somebody else changed this", "wrong");
    const fragment = new DOMParser().parseFromString(await response.text(), "text/html");
    const choice = fragment.querySelector("[data-conflict]") ?? fragment.querySelector("main") ?? fragment.body;
    choice.querySelector("[data-keep-mine]")?.removeAttribute("hidden");
    choice.setAttribute("tabindex", "-1");
    this.part.querySelector("[data-conflict]")?.remove();
    this.part.prepend(choice);
    choice.focus();
  }

  /** The two buttons inside the "theirs / yours" fragment. */
  chosen(event) {
    const mine = event.target.closest("[data-keep-mine]");
    if (mine) {
      const version = this.part.querySelector("input[data-version]");
      if (version) version.value = mine.dataset.version;
      if (mine.dataset.fields) setFields(this.part, JSON.parse(mine.dataset.fields));
      this.part.querySelector("[data-conflict]").remove();
      this.waitingForChoice = this.stuck = false;
      this.save();
    } else if (event.target.closest("[data-keep-theirs]")) {
      this.unsaved = false;
      drafts.forget(this.url);
    }
  }

  /** Put back what this browser still holds from last time, unless the page already shows it. */
  async restore() {
    const draft = await drafts.kept(this.url);
    if (!draft) return;
    if (content(draft.entries) === content(entriesOf(this.part))) {
      await drafts.forget(this.url);
      return;
    }
    fill(this.part, draft.entries);
    this.part.dispatchEvent(new CustomEvent("portal:restored", { bubbles: true }));
    this.part.closest("details")?.setAttribute("open", "");
    this.say(`What you typed at ${clock(new Date(draft.at))} is back`);
    this.touched();
  }

  say(words, tone = "") {
    const place = this.part.querySelector("[data-autosave-status]")
      ?? this.part.closest("form")?.querySelector("[data-autosave-status]")
      ?? document.querySelector("[data-autosave-status]");
    if (!place || place.textContent === words) return;
    place.textContent = words;
    place.classList.toggle("portal-autosave--wrong", tone === "wrong");
  }
}

function setFields(part, fields = {}) {
  for (const [name, value] of Object.entries(fields)) {
    const field = part.querySelector(`input[type=hidden][name="${CSS.escape(name)}"]`);
    if (field) field.value = value;
  }
}

function controlsOf(part) {
  return [...part.querySelectorAll("input, select, textarea")].filter(
    (one) => one.name && !one.disabled && !NOT_CONTENT.has(one.name) && !["file", "submit", "button"].includes(one.type),
  );
}

function entriesOf(part) {
  return controlsOf(part).flatMap((one) => {
    if (["radio", "checkbox"].includes(one.type)) return one.checked ? [[one.name, one.value]] : [];
    if (one.multiple) return [...one.selectedOptions].map((option) => [one.name, option.value]);
    return [[one.name, one.value]];
  });
}

function fill(part, entries) {
  for (const one of controlsOf(part)) {
    const values = entries.filter(([name]) => name === one.name).map(([, value]) => value);
    if (["radio", "checkbox"].includes(one.type)) one.checked = values.includes(one.value);
    else if (one.multiple) for (const option of one.options) option.selected = values.includes(option.value);
    else if (values.length) [one.value] = values;
  }
}

/** Hidden fields (versions, tokens) are not content: only what a person typed is compared. */
function content(entries) {
  const typed = entries.filter(([name]) => !document.querySelector(`input[type=hidden][name="${CSS.escape(name)}"]`));
  return JSON.stringify(typed.map(([name, value]) => [name, value.replaceAll("\r\n", "\n")]));
}

const clock = (moment) => moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

async function jsonOf(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

window.addEventListener("online", () => savers.forEach((saver) => saver.unsaved && saver.save()));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") savers.forEach((saver) => saver.unsaved && saver.save());
});
// Before drafts.js wipes them: no save that is still to come may put a draft back.
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-sign-out]")) signingOut = true;
}, { capture: true });
// A save that is on its way with less than is typed by now comes first: sent at once, the page would bring the version
// from before it, and whoever types faster than the line is would be told that somebody else had been there.
window.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const busy = [...savers].filter((saver) => saver.behind && form.contains(saver.part)).map((saver) => saver.saving);
  if (!busy.length || form.dataset.waited) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (waiting.has(form)) return;
  waiting.add(form);
  const patience = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  Promise.race([Promise.allSettled(busy), patience]).then(() => {
    waiting.delete(form);
    form.dataset.waited = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.waited;
  });
}, { capture: true });
// On the window, so that whoever wanted to stop the form has already done so.
window.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  leaving = true;
  setTimeout(() => { leaving = false; }, 5000);
  for (const saver of savers) {
    clearTimeout(saver.timer);
    // Of several forms on a page one is sent; what waits in the others has not arrived anywhere.
    const sent = event.target.contains(saver.part);
    if (saver.unsaved && !signingOut) drafts.keep(saver.url, entriesOf(saver.part), sent);
  }
});
window.addEventListener("pageshow", () => { leaving = false; });
window.addEventListener("beforeunload", (event) => {
  if (!leaving && somethingUnsaved()) event.preventDefault();
});
