/* The idle time-out: <body data-session-seconds data-extend-url>. Two minutes before the end a dialog offers to stay
   signed in. Typing keeps the session alive by itself, and all tabs share one clock. The extend address answers 204,
   or {seconds, final}: how long from now, and whether that is the end whatever one does. */
import { askToSignIn } from "./sign_in_again.js";
import { post } from "./send.js";

const WARNING = 120;
const HEARTBEAT = 120;
const SPOKEN = new Set([120, 60, 30, 10]);
const now = () => Date.now() / 1000;

export function startTimeout() {
  const limit = Number(document.body.dataset.sessionSeconds);
  const dialog = document.getElementById("portal-timeout");
  if (!limit || !dialog) return;
  const untilTheEnd = Number(document.body.dataset.sessionEndsIn) || Infinity;
  const session = {
    limit, dialog, final: untilTheEnd <= limit, lastOrder: now(), typed: 0, edited: false,
    deadline: now() + Math.min(limit, untilTheEnd), others: new BroadcastChannel("portal-session"),
  };
  session.others.onmessage = ({ data }) => prolong(session, data);
  document.addEventListener("input", () => { session.typed = now(); session.edited = true; });
  document.addEventListener("portal:signed-in", () => prolong(session, { seconds: limit, final: false }));
  document.addEventListener("htmx:afterRequest", () => prolong(session, { seconds: limit, final: session.final }));
  dialog.querySelector("[data-stay]").addEventListener("click", () => stay(session));
  session.others.postMessage({ seconds: session.deadline - now(), final: session.final });
  setInterval(() => tick(session), 1000);
}

function tick(session) {
  const left = Math.round(session.deadline - now());
  const typing = now() - session.typed < 300;
  if (typing && !session.final && now() - session.lastOrder > HEARTBEAT) stay(session);
  if (left <= 0) return over(session);
  if (left > WARNING) return undefined;
  if (!session.warned && !document.querySelector("dialog[open]")) {
    session.warned = true;
    open(session);
  }
  return show(session, left);
}

function open({ dialog, final }) {
  const text = dialog.querySelector("#portal-timeout-text");
  if (final) text.textContent = text.dataset.finalText;
  dialog.querySelector("[data-stay]").hidden = final;
  dialog.showModal();
}

function show({ dialog }, left) {
  const words = left >= 60 ? `${Math.ceil(left / 60)} minute${left > 60 ? "s" : ""}` : `${left} seconds`;
  dialog.querySelector("[data-time-left]").textContent = words;
  if (SPOKEN.has(left)) dialog.querySelector("[data-time-spoken]").textContent = `${words} left`;
}

async function stay(session) {
  session.lastOrder = now();
  const { outcome, response } = await post(document.body.dataset.extendUrl, new FormData());
  if (outcome === "signed-out") return over(session);
  if (outcome !== "saved") return undefined;
  const answer = response.status === 204 ? {} : await response.json();
  const news = { seconds: answer.seconds ?? session.limit, final: answer.final ?? false };
  session.others.postMessage(news);
  return prolong(session, news);
}

function prolong(session, { seconds, final }) {
  session.deadline = now() + seconds;
  session.final = final;
  session.warned = session.ended = false;
  if (session.dialog.open) session.dialog.close();
}

/** Signed out. A page on which something was typed stays, so that nothing is lost; any other makes room. */
function over(session) {
  if (session.ended) return;
  session.ended = true;
  if (session.dialog.open) session.dialog.close();
  if (session.edited) askToSignIn(() => {});
  else location.reload();
}
