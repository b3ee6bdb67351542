// Tongban: what a page does better with a script. Every task works without it.
// autosave · search suggestions · one submit at a time · checks beside the field · progress of long work
"use strict";
(() => {
  const texts = document.getElementById("texts")?.dataset ?? {};
  const fill = (text, value) => (text ?? "").replace("#", value);

  // --- forms that save themselves: <form data-autosave="URL"> with <p class="autosave"> inside ---
  function autosave(form) {
    const line = form.querySelector(".autosave");
    if (!line) return;
    const say = line.dataset;
    let timer = 0, saving = false, dirty = false, fails = 0, held = null;
    if (!line.textContent.trim()) line.textContent = say.idle;

    const tell = (text, trouble, extras = []) => {
      line.classList.toggle("trouble", trouble);
      line.replaceChildren(text, ...extras);
    };
    const again = () => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.textContent = say.retry;
      button.addEventListener("click", () => { dirty = true; save(); });
      return button;
    };
    let field = "";
    form.addEventListener("focusin", ({ target }) => { if (target.id && target.matches("input, textarea, select")) field = target.id; });
    // posts the form as it stands: the server carries it through the sign-in, and back to the same field of the same form
    const signIn = () => {
      const button = document.createElement("button"), at = document.createElement("input");
      Object.assign(at, { type: "hidden", name: "_at", value: field });
      Object.assign(button, { className: "link", name: "then", value: "stay", formNoValidate: true, textContent: say.signin });
      return [at, button];
    };
    const body = () => {
      const pairs = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") pairs.append(name, value);
      return pairs;
    };
    async function save(leaving = false) {
      clearTimeout(timer);
      if (!dirty || (saving && !leaving) || form.dataset.sent) return;
      saving = true; dirty = false;
      tell(say.saving, false);
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: body(), headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "manual", keepalive: leaving });
        fails = 0;
        if (answer.ok) {
          const saved = answer.status === 204 ? {} : await answer.json();
          const version = form.elements.namedItem("version");
          if (version && saved.version !== undefined) version.value = saved.version;
          tell(fill(say.saved, saved.saved_at ?? new Date().toTimeString().slice(0, 5)), false);
        } else if (answer.status === 401) { dirty = true; tell(say.expired, true, [...signIn(), again()]); }
        else if (answer.status === 409) tell(say.stale, true);
        else if (answer.status === 422) tell(say.refused, true);
        else { dirty = true; tell(say.failed, true, [again()]); }
      } catch {
        dirty = true;
        fails += 1;
        tell(say.failed, true, [again()]);
        timer = setTimeout(save, Math.min(60, 3 * 2 ** fails) * 1000);
      } finally {
        saving = false;
        if (held) { const { submitter } = held; held = null; form.requestSubmit(submitter); }
        else if (dirty && !line.classList.contains("trouble")) timer = setTimeout(save, 800);
      }
    }
    form.addEventListener("input", () => { dirty = true; clearTimeout(timer); timer = setTimeout(save, 1200); });
    form.addEventListener("change", () => { dirty = true; clearTimeout(timer); timer = setTimeout(save, 300); });
    // both carry the version of the page: the form waits until the save under way has brought the next one
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || !saving) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      held = { submitter: event.submitter };
    });
    window.addEventListener("online", () => save());
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
  }

  // --- suggestions while typing: <input data-suggest="URL"> answers [{"text","detail","href"}] ---
  function suggest(input) {
    const list = document.createElement("ul");
    const status = document.createElement("span");
    let timer = 0, request = null, items = [], chosen = -1, composing = false, asked = input.value.trim();
    list.id = (input.id || "search") + "-suggestions";
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.getAttribute("aria-label") ?? "");
    status.className = "hear";
    status.setAttribute("role", "status");
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) input.setAttribute(name, value);
    input.form.append(list, status);

    const close = () => {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (index) => {
      chosen = index;
      [...list.children].forEach((entry, at) => entry.setAttribute("aria-selected", String(at === index)));
      if (index < 0) input.removeAttribute("aria-activedescendant");
      else {
        input.setAttribute("aria-activedescendant", list.children[index].id);
        list.children[index].scrollIntoView({ block: "nearest" });
      }
    };
    const take = (item) => {
      close();
      if (item.href) location.assign(item.href);
      else { input.value = item.text; input.form.requestSubmit(); }
    };
    const show = () => {
      list.replaceChildren(...items.map((item, at) => {
        const entry = document.createElement("li");
        entry.id = list.id + "-" + at;
        entry.setAttribute("role", "option");
        entry.setAttribute("aria-selected", "false");
        entry.textContent = item.text;
        if (item.detail) {
          const detail = document.createElement("small");
          detail.textContent = item.detail;
          entry.append(detail);
        }
        // before the input loses the focus
        entry.addEventListener("mousedown", (event) => { event.preventDefault(); take(item); });
        return entry;
      }));
      chosen = -1;
      list.hidden = items.length === 0;
      input.setAttribute("aria-expanded", String(items.length > 0));
      status.textContent = items.length ? fill(texts.suggestions, items.length) : texts.none;
    };
    const ask = async () => {
      const words = input.value.trim();
      if (words === asked) return;
      asked = words;
      request?.abort();
      if (!words) { items = []; close(); return; }
      request = new AbortController();
      try {
        const address = new URL(input.dataset.suggest, location.href);
        address.searchParams.set("q", words);
        const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: request.signal });
        if (!answer.ok) return;
        items = (await answer.json()).slice(0, 8);
        if (document.activeElement === input) show();
      } catch { /* typing went on, or the network is away: the search button still works */ }
    };
    const soon = () => { clearTimeout(timer); if (!composing) timer = setTimeout(ask, 120); };
    // an input method shows pinyin until the characters are chosen
    input.addEventListener("compositionstart", () => { composing = true; });
    input.addEventListener("compositionend", () => { composing = false; soon(); });
    input.addEventListener("input", soon);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const open = !list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!open) { if (items.length) show(); return; }
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        mark((chosen + 1 + step + items.length + 1) % (items.length + 1) - 1);
      } else if (event.key === "Enter" && open && chosen >= 0) { event.preventDefault(); take(items[chosen]); }
      else if (event.key === "Escape" && open) { event.preventDefault(); close(); }
    });
  }

  // --- checks beside the field: <form data-check>; the server checks again ---
  const halfWidth = (text) => text.replace(/[\uff01-\uff5e]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0)).trim();
  function trouble(input) {
    const validity = input.validity, value = halfWidth(input.value), check = input.dataset.check;
    if (validity.valueMissing) return input.type === "file" ? texts.file : input.type === "radio" || input.tagName === "SELECT" ? texts.choice : texts.required;
    if (validity.badInput && input.type === "date") return texts.date;
    if (!value) return "";
    if (check === "number" || check === "integer") {
      const plain = value.replaceAll(",", "");
      if (!(check === "integer" ? /^[+-]?\d+$/ : /^[+-]?\d+([.]\d+)?$/).test(plain)) return check === "integer" ? texts.integer : texts.number;
      if (input.dataset.minimum !== undefined && +plain < +input.dataset.minimum) return fill(texts.minimum, input.dataset.minimum);
      if (input.dataset.maximum !== undefined && +plain > +input.dataset.maximum) return fill(texts.maximum, input.dataset.maximum);
      return "";
    }
    if (check === "mobile" && !/^1\d{10}$/.test(value.replace(/\s/g, ""))) return texts.mobile;
    if (validity.tooShort || (input.minLength > 0 && value.length < input.minLength)) return fill(texts.short, input.minLength);
    if (validity.tooLong) return fill(texts.long, input.maxLength);
    if (validity.typeMismatch && input.type === "email") return texts.email;
    if (validity.patternMismatch) return texts.pattern;
    return "";
  }
  function show(input, message) {
    const field = input.closest(".field");
    if (!field) return;
    const group = field.tagName === "FIELDSET";
    const id = (group ? input.id.replace(/-\d+$/, "") : input.id) + "-error";
    let line = field.querySelector(".message");
    const subject = group ? field : input;
    // a radio button cannot be invalid, its group can; a plain group cannot, its boxes can
    const invalid = field.getAttribute("role") === "radiogroup" ? field : input;
    const described = new Set((subject.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    field.classList.toggle("error", Boolean(message));
    if (!message) {
      line?.remove();
      described.delete(id);
      invalid?.removeAttribute("aria-invalid");
    } else {
      if (!line) {
        line = document.createElement("p");
        line.className = "message";
        line.id = id;
        const after = field.querySelector(".hint") ?? field.querySelector(".label");
        after ? after.after(line) : field.prepend(line);
      }
      const prefix = document.createElement("span");
      prefix.className = "hear";
      prefix.textContent = texts.prefix;
      line.replaceChildren(prefix, message);
      described.add(id);
      invalid?.setAttribute("aria-invalid", "true");
    }
    described.size ? subject.setAttribute("aria-describedby", [...described].join(" ")) : subject.removeAttribute("aria-describedby");
  }
  function checked(form) {
    form.noValidate = true;
    const inputs = () => [...form.elements].filter((input) => input.willValidate && input.name && input.type !== "hidden" && input.tagName !== "BUTTON");
    // a line that appears while a button is being pressed would push the button away from under the finger; sending checks anyway
    let pressing = false;
    form.addEventListener("pointerdown", (event) => { pressing = Boolean(event.target.closest("button")); });
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => { pressing = false; });
    form.addEventListener("focusout", (event) => {
      if (pressing) return;
      const input = event.target;
      // an empty field is left in peace until the form is sent
      if (input.validity && input.type !== "radio" && (input.value || input.ariaInvalid)) show(input, trouble(input));
    });
    form.addEventListener("change", (event) => { if (event.target.type === "radio" || event.target.type === "file") show(event.target, ""); });
    form.addEventListener("submit", (event) => {
      if (event.submitter?.formNoValidate) return;
      const seen = new Set(), wrong = [];
      for (const input of inputs()) {
        if (seen.has(input.name)) continue;
        seen.add(input.name);
        const message = trouble(input);
        show(input, message);
        if (message) wrong.push([input, message]);
      }
      document.getElementById("error-summary")?.remove();
      if (!wrong.length) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const box = document.createElement("div"), title = document.createElement("h2"), list = document.createElement("ul");
      box.id = "error-summary";
      box.className = "summary";
      box.tabIndex = -1;
      box.setAttribute("role", "alert");
      title.textContent = wrong.length === 1 ? texts.summaryOne : fill(texts.summary, wrong.length);
      for (const [input, message] of wrong) {
        const entry = document.createElement("li"), link = document.createElement("a");
        const field = input.closest(".field");
        // the label without its 选填, or the words beside a single box
        const label = (field?.querySelector(".label")?.firstChild ?? field?.querySelector("label"))?.textContent.trim() ?? "";
        link.href = "#" + input.id;
        link.textContent = label ? fill(texts.link, label).replace("@", message) : message;
        link.addEventListener("click", (click) => { click.preventDefault(); input.focus(); });
        entry.append(link);
        list.append(entry);
      }
      box.append(title, list);
      form.before(box);
      box.focus();
      box.scrollIntoView({ block: "start" });
    });
  }

  // --- one submit at a time ---
  function once(form) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      const button = event.submitter ?? form.querySelector("button:not([type=button])");
      if (!button) return;
      // not `disabled`: a disabled button is not sent along
      button.setAttribute("aria-disabled", "true");
      button.dataset.words = button.textContent;
      button.textContent = texts.sending;
    });
  }
  // the back button brings the page back as it was left
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[data-words]")) {
      button.textContent = button.dataset.words;
      button.removeAttribute("aria-disabled");
    }
  });

  // --- long work: <section data-progress="URL"> with <p data-said> and <progress>; the answer is {done, total, ended, words} ---
  function follow(part) {
    const bar = part.querySelector("progress"), said = part.querySelector("[data-said]");
    let fails = 0;
    const ask = async () => {
      try {
        const answer = await fetch(part.dataset.progress, { headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "manual" });
        // signed out meanwhile: the link to refresh leads to the sign-in page and back
        if (answer.status === 401) return;
        if (!answer.ok) throw answer.status;
        const now = await answer.json();
        if (now.ended) { location.reload(); return; }
        bar.max = Math.max(1, now.total);
        bar.value = now.done;
        said.textContent = now.words;
        fails = 0;
      } catch { fails += 1; }
      setTimeout(ask, Math.min(30, 2 ** fails) * 1000);
    };
    setTimeout(ask, 700);
  }

  for (const part of document.querySelectorAll("[data-progress]")) follow(part);
  for (const form of document.querySelectorAll("form")) {
    if (form.matches("[data-check]")) checked(form);
    // before `once`: a submit that waits is not sent yet
    if (form.matches("[data-autosave]")) autosave(form);
    if (form.method === "post") once(form);
  }
  for (const input of document.querySelectorAll("input[data-suggest]")) suggest(input);
  document.getElementById("error-summary")?.focus();
  // work lists by keyboard: J and K move from row to row, Enter follows the link that has the focus
  const rows = [...document.querySelectorAll("table[data-keys] tbody tr a")];
  if (rows.length) document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (!step) return;
    const at = rows.indexOf(document.activeElement);
    rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
  });
  // printing without an inline handler
  for (const button of document.querySelectorAll("button[data-print]")) { button.hidden = false; button.addEventListener("click", () => window.print()); }
})();
