/* What the pages do beyond plain HTML. Each module looks for its own data attributes and does nothing without them;
   every page works without any of this. */
import { initAll } from "../vendor/nhsuk/nhsuk.js";
import { startAutosave } from "./autosave.js";
import { forgetDraftsAtSignOut } from "./drafts.js";
import { foldFilters } from "./fold.js";
import { sayWhenOffline } from "./offline.js";
import { startPrinting } from "./print.js";
import { csrfToken } from "./send.js";
import { startScrollRegions } from "./scroll.js";
import { startShortcuts } from "./shortcuts.js";
import { stackTables } from "./stack.js";
import { startTimeout } from "./timeout.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();
foldFilters(document);
stackTables(document);
startScrollRegions(document);
startAutosave(document);
sayWhenOffline(document);
startPrinting(document);
startShortcuts(document);
startTimeout();
forgetDraftsAtSignOut();

document.body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken();
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  // What was replaced as a whole is no longer there: what stands in its place has its id.
  const { target } = event.detail;
  const scope = target.isConnected ? target : (document.getElementById(target.id) ?? document.body);
  initAll({ scope });
  stackTables(scope);
  startScrollRegions(scope);
  startAutosave(scope);
});
