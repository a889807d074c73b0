/* Posting to our own server, and saying in one word what came of it. */

const field = () => document.querySelector('meta[name="csrf-token"]');

export const csrfToken = () => field()?.content ?? "";
export const currentUser = () => document.body.dataset.user ?? "";

/** Post `body` (FormData). Resolves to {outcome, response}; never rejects.
    outcome: "saved", "signed-out", "conflict", "refused" (read the response), "forbidden" or "unreachable". */
export async function post(url, body, { retried = false } = {}) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      credentials: "same-origin",
      headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch", Accept: "application/json, text/html" },
    });
  } catch {
    return { outcome: "unreachable" };
  }
  if (response.status === 403 && !retried && (await stillSignedIn()) === "yes") {
    return post(url, body, { retried: true });
  }
  return { outcome: outcomeOf(response), response };
}

function outcomeOf(response) {
  if (response.ok) return "saved";
  if (response.type === "opaqueredirect" || response.status === 401) return "signed-out";
  if (response.status === 409) return "conflict";
  if (response.status === 422) return "refused";
  if (response.status === 429 || response.status >= 500) return "unreachable";
  return "forbidden";
}

/** Ask for this page again: "yes", "no", "somebody-else" or "unreachable". A fresh CSRF token is kept, because
    signing in again in another tab makes the old one worthless. */
export async function stillSignedIn() {
  let response;
  try {
    response = await fetch(location.href, { redirect: "manual", credentials: "same-origin", cache: "no-store" });
  } catch {
    return "unreachable";
  }
  if (!response.ok) return "no";
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const user = page.body.dataset.user ?? "";
  if (!user) return "no";
  if (user !== currentUser()) return "somebody-else";
  const fresh = page.querySelector('meta[name="csrf-token"]')?.content;
  if (fresh) {
    field()?.setAttribute("content", fresh);
    for (const input of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) input.value = fresh;
  }
  return "yes";
}
