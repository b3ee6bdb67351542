// Passkeys: <form data-passkey="get|create" data-options="URL" data-domain="…" hidden> with hidden fields `ceremony` and
// `answer`, and <p data-trouble hidden>. Where the browser knows no passkeys, or stands on another domain, the form stays hidden.
(() => {
  "use strict";
  const known = window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON && PublicKeyCredential.parseRequestOptionsFromJSON;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const domain = form.dataset.domain, host = location.hostname;
    if (!known || (host !== domain && !host.endsWith(`.${domain}`))) continue;
    form.hidden = false;
    const trouble = form.querySelector("[data-trouble]");
    let answered = false;
    form.addEventListener("submit", async (event) => {
      if (answered) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      trouble.hidden = true;
      try {
        const body = new URLSearchParams({ _csrf: form.elements._csrf.value });
        const asked = await fetch(form.dataset.options, { method: "POST", body, headers: { accept: "application/json" } });
        if (!asked.ok) {
          const problem = await asked.json().catch(() => null);
          trouble.textContent = problem?.detail ?? trouble.dataset.trouble;
          trouble.hidden = false;
          return;
        }
        const { ceremony, options } = await asked.json();
        const create = form.dataset.passkey === "create";
        const credential = create
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) });
        form.elements.ceremony.value = ceremony;
        form.elements.answer.value = JSON.stringify(credential.toJSON());
        answered = true;
        form.submit();
      } catch {
        // the person closed the device's window, or it knows no passkey of this site
        trouble.textContent = trouble.dataset.trouble;
        trouble.hidden = false;
      }
    }, { capture: true });
  }
})();
