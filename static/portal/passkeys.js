/* Passkeys: forms marked data-passkey="add", "use" or "sign-in" ask the device before they are sent. The boxes around
   them are hidden until we know that this browser has passkeys. */

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const words = {
  NotAllowedError: "Nothing was received from your device: it was cancelled or took too long. Try again.",
  InvalidStateError: "This device already has a passkey for your account.",
  SecurityError: "Passkeys work only on the real address of this service.",
};

function readable({ publicKey }) {
  const known = (list) => list?.map((one) => ({ ...one, id: toBytes(one.id) }));
  const ready = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (publicKey.user) ready.user = { ...publicKey.user, id: toBytes(publicKey.user.id) };
  if (publicKey.excludeCredentials) ready.excludeCredentials = known(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) ready.allowCredentials = known(publicKey.allowCredentials);
  return { publicKey: ready };
}

function writable(credential) {
  const { response } = credential;
  const said = { clientDataJSON: toText(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = toText(response.attestationObject);
    said.transports = response.getTransports?.() ?? [];
  } else {
    said.authenticatorData = toText(response.authenticatorData);
    said.signature = toText(response.signature);
    said.userHandle = response.userHandle ? toText(response.userHandle) : null;
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: said,
  });
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  const said = await answer.json();
  return said.request_options;
}

async function ask(form) {
  const options = await optionsOf(form);
  if (form.dataset.passkey !== "add") return navigator.credentials.get(readable(options));
  const alone = form.elements.passwordless?.checked ?? false;
  Object.assign(options.publicKey.authenticatorSelection, {
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone && { userVerification: "required" }),
  });
  return navigator.credentials.create(readable(options));
}

for (const box of window.PublicKeyCredential ? document.querySelectorAll("[data-passkey-box]") : []) box.hidden = false;
for (const missing of window.PublicKeyCredential ? document.querySelectorAll("[data-passkey-missing]") : []) missing.hidden = true;
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = form.querySelector("[data-passkey-said]");
    said.textContent = "Follow what your device asks.";
    try {
      form.elements.credential.value = writable(await ask(form));
      form.submit();
    } catch (problem) {
      said.textContent = words[problem.name] ?? "That did not work. Try again, or use a code.";
    }
  });
}
