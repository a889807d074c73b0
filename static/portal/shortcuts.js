/* [data-shortcuts] holds buttons, links or radios with data-key="a". The keys work only while the focus is inside,
   never in a text box or with Ctrl or Alt, and <input type="checkbox" data-shortcuts-toggle> turns them off; the
   browser remembers (WCAG 2.1.4). */

const REMEMBERED = "portal-shortcuts";
const TEXT = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])";

function wanted() {
  try {
    return localStorage.getItem(REMEMBERED) !== "off";
  } catch {
    return true;
  }
}

function remember(on) {
  try {
    localStorage.setItem(REMEMBERED, on ? "on" : "off");
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

function announce(scope) {
  for (const target of scope.querySelectorAll("[data-shortcuts] [data-key]")) {
    if (wanted()) target.setAttribute("aria-keyshortcuts", target.dataset.key);
    else target.removeAttribute("aria-keyshortcuts");
  }
  for (const toggle of scope.querySelectorAll("[data-shortcuts-toggle]")) toggle.checked = wanted();
}

function press(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || !wanted()) return;
  const group = event.target.closest("[data-shortcuts]");
  if (!group || event.target.matches(TEXT)) return;
  const target = group.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target || target.disabled) return;
  event.preventDefault();
  target.focus();
  target.click();
}

export function startShortcuts(scope) {
  announce(scope);
  document.addEventListener("keydown", press);
  document.addEventListener("htmx:afterSwap", () => announce(document));
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-shortcuts-toggle]")) return;
    remember(event.target.checked);
    announce(document);
  });
}
