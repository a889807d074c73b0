/* Unsaved edits, kept in this browser until the server has them. Keyed by person and address, so that two people
   on one computer never meet each other's text; gone at sign-out, and after seven days in any case. */
import { currentUser } from "./send.js";

const KEPT_FOR = 7 * 24 * 60 * 60 * 1000;

function store(mode, work) {
  return new Promise((resolve) => {
    const opening = indexedDB.open("portal-drafts", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("edits", { keyPath: ["user", "url"] });
    // A private window may refuse: then nothing is kept, and everything else goes on.
    opening.onerror = () => resolve(undefined);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction("edits", mode);
      const request = work(transaction.objectStore("edits"));
      const done = (value) => { database.close(); resolve(value); };
      transaction.oncomplete = () => done(request?.result);
      transaction.onerror = transaction.onabort = () => done(undefined);
    };
  });
}

/** entries: [[name, value], …]; submitted: the whole form was being sent when this was kept. */
export const keep = (url, entries, submitted = false) =>
  store("readwrite", (edits) => edits.put({ user: currentUser(), url, entries, submitted, at: Date.now() }));

export const kept = (url) => store("readonly", (edits) => edits.get([currentUser(), url]));

export const forget = (url) => store("readwrite", (edits) => edits.delete([currentUser(), url]));

/** On a page of a signed-in person a submitted draft has arrived; on the sign-in page it has not. Old ones go. */
export async function tidy(urlsHere) {
  const user = currentUser();
  const all = (await store("readonly", (edits) => edits.getAll())) ?? [];
  for (const draft of all) {
    const old = Date.now() - draft.at > KEPT_FOR;
    const arrived = draft.submitted && draft.user === user && !urlsHere.includes(draft.url);
    if (old || arrived) await store("readwrite", (edits) => edits.delete([draft.user, draft.url]));
    else if (draft.submitted && !user) await store("readwrite", (edits) => edits.put({ ...draft, submitted: false }));
  }
}

export function forgetDraftsAtSignOut() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-sign-out]") || event.target.dataset.wiped) return;
    event.preventDefault();
    const user = currentUser();
    const wiping = store("readwrite", (edits) => edits.delete(IDBKeyRange.bound([user], [user, []])));
    const patience = new Promise((resolve) => { setTimeout(resolve, 1000); });
    Promise.race([wiping, patience]).then(() => {
      event.target.dataset.wiped = "yes";
      event.target.requestSubmit();
    });
  });
}
