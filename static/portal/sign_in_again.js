/* The dialog "Sign in again": the page stays as it is, the person signs in in a new tab, and what waited goes on. */
import { stillSignedIn } from "./send.js";

const waiting = new Set();
const words = {
  no: "You are still signed out.",
  "somebody-else": "Somebody else is signed in in this browser. Sign out there and sign in as yourself.",
  unreachable: "The service cannot be reached. Try again in a moment.",
};

export function askToSignIn(then) {
  const dialog = document.getElementById("portal-sign-in-again");
  waiting.add(then);
  if (!dialog || dialog.open) return;
  document.querySelectorAll("dialog[open]").forEach((other) => other.close());
  dialog.querySelector("[data-sign-in-result]").textContent = "";
  dialog.showModal();
}

async function check({ quietly }) {
  const dialog = document.getElementById("portal-sign-in-again");
  if (!dialog || !waiting.size) return;
  const answer = await stillSignedIn();
  if (answer !== "yes") {
    if (!quietly) dialog.querySelector("[data-sign-in-result]").textContent = words[answer];
    return;
  }
  dialog.close();
  const goOn = [...waiting];
  waiting.clear();
  document.dispatchEvent(new CustomEvent("portal:signed-in"));
  goOn.forEach((then) => then());
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-signed-in]")) check({ quietly: false });
  const closing = event.target.closest("dialog [data-close]");
  if (closing) closing.closest("dialog").close();
});
// Coming back from the other tab is as good as pressing the button.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") check({ quietly: true });
});
