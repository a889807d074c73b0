/* <fieldset data-hosts> holds groups of boxes, [data-host], numbered in their names. A script adds another one below the last
   and empties one that is not wanted; without it the page shows two spare ones after every save. */

import { readCount } from "./grid_numbers.js";

const numbered = (text, number) => text.replace(/-\d+(?=(?:_[a-z]+|-[a-z-]+)?$)/, `-${number}`);

function another(last, number) {
  const fresh = last.cloneNode(true);
  for (const one of fresh.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (one.hasAttribute(name)) one.setAttribute(name, numbered(one.getAttribute(name), number));
    }
  }
  fresh.setAttribute("aria-label", `Host area ${number + 1}`);
  fresh.querySelector("[data-host-remove] span").textContent = ` host area ${number + 1}`;
  empty(fresh);
  return fresh;
}

function empty(host) {
  for (const box of host.querySelectorAll("input, select")) box.value = "";
  for (const error of host.querySelectorAll(".nhsuk-error-message")) error.remove();
}

function total(fieldset) {
  const counts = [...fieldset.querySelectorAll("input[name^='count-']")].map((box) => readCount(box.value).count ?? 0);
  fieldset.querySelector("[data-total]").textContent = counts.reduce((sum, count) => sum + count, 0).toLocaleString("en-GB");
}

function button(words, work) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small";
  made.textContent = words;
  made.addEventListener("click", work);
  return made;
}

export function startHosts(scope) {
  for (const fieldset of scope.querySelectorAll("[data-hosts]")) {
    const hosts = () => [...fieldset.querySelectorAll("[data-host]")];
    const add = button("Add another host area", () => {
      const fresh = another(hosts().at(-1), hosts().length);
      hosts().at(-1).after(fresh);
      fresh.querySelector("input").focus();
    });
    hosts().at(-1).after(add);
    fieldset.addEventListener("input", () => total(fieldset));
    fieldset.addEventListener("click", (event) => {
      const host = event.target.closest("[data-host-remove]")?.closest("[data-host]");
      if (!host) return;
      empty(host);
      const area = host.querySelector("input");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    });
  }
}
