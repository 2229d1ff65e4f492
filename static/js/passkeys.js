// Passkeys: fills forms with what the device's authenticator answers, and sends them like any other form.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** Turns options as JSON has them into what the browser wants. */
function understood(options) {
  const made = { ...options, challenge: bytes(options.challenge) };
  if (made.user) made.user = { ...made.user, id: bytes(made.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (made[list]) made[list] = made[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return made;
}

/** Turns a credential into JSON (WebAuthn, Level 3, RegistrationResponseJSON and AuthenticationResponseJSON). */
function answer(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = text(response.attestationObject);
    said.transports = response.getTransports ? response.getTransports() : [];
  } else {
    said.authenticatorData = text(response.authenticatorData);
    said.signature = text(response.signature);
    if (response.userHandle) said.userHandle = text(response.userHandle);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: said });
}

let waiting = null; // the request that offers passkeys in the name's list, given up when a button asks

async function ask(form, extra = {}) {
  if (waiting) waiting.abort();
  const publicKey = understood(JSON.parse(form.dataset.options));
  const verb = form.dataset.passkey === "create" ? "create" : "get";
  const credential = await navigator.credentials[verb]({ publicKey, ...extra });
  form.elements.answer.value = answer(credential);
  form.dataset.ready = "1";
  form.requestSubmit ? form.requestSubmit() : form.submit();
}

function say(form, words) {
  const place = form.querySelector("[data-passkey-says]");
  if (place) place.textContent = words;
}

async function offer(form) {
  const can = window.PublicKeyCredential && PublicKeyCredential.isConditionalMediationAvailable;
  if (!can || !(await PublicKeyCredential.isConditionalMediationAvailable())) return;
  waiting = new AbortController();
  try {
    const publicKey = understood(JSON.parse(form.dataset.options));
    const found = await navigator.credentials.get({ publicKey, mediation: "conditional", signal: waiting.signal });
    form.elements.answer.value = answer(found);
    form.dataset.ready = "1";
    form.requestSubmit();
  } catch {
    // Somebody typed a password instead: nothing to say.
  }
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const place of document.querySelectorAll("[data-passkey-place]")) place.hidden = false;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      if (form.dataset.ready) return;
      event.preventDefault();
      say(form, "");
      try {
        await ask(form);
      } catch (error) {
        say(form, error.name === "InvalidStateError" ? form.dataset.wordKnown || form.dataset.wordStopped : form.dataset.wordStopped);
      }
    });
    if (form.hasAttribute("data-autofill")) offer(form);
  }
}
