// The note form of the reception desk: kept on the device as it is typed, sent when there is a network, never twice.
// Without this file the form is an ordinary form.
"use strict";

{
  const form = document.querySelector("[data-note-form]");
  const panel = document.querySelector("#note");
  const list = document.querySelector("[data-notes]");
  const queue = document.querySelector("[data-queue]");
  const bound = document.querySelector("[data-bound]");
  const state = document.querySelector("[data-save-state]");
  const photoInput = form.elements.photos;
  const reception = document.querySelector("[data-session]").dataset.session;
  const author = form.elements.author.value;
  const words = form.dataset;
  const BLANK = { visitors: "1", secrecy: "station", deputy: form.elements.deputy.value };
  const NOT_KEPT = ["csrfmiddlewaretoken", "photos", "key", "author"];
  const MOST_PHOTOS = 6;
  const LONGEST_SIDE = 2000;
  const PATIENCE = 180_000;
  const [FIRST_PAUSE, LONGEST_PAUSE] = [2_000, 60_000];

  let current;
  let photos = [];
  let takingPhotos = Promise.resolve();
  let settingByScript = false;
  let isSending = false;
  let mustSignIn = false;
  let pause = FIRST_PAUSE;
  let timer;
  let savedLast = 0;

  // Numbers that nobody guesses; randomUUID is missing on an intranet without HTTPS.
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }

  // What stands in the form

  const typed = () => [...new FormData(form)].filter(([name, value]) => !NOT_KEPT.includes(name) && typeof value === "string");
  const isBlank = () => !photos.length && typed().every(([name, value]) => value === (BLANK[name] ?? ""));

  function fill(values) {
    settingByScript = true;
    for (const control of form.elements) {
      if (!control.name || NOT_KEPT.includes(control.name)) continue;
      const value = values[control.name] ?? "";
      if (control.type === "radio") control.checked = control.value === value;
      else control.value = value;
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
    settingByScript = false;
  }

  function showPhotos(files) {
    photos = files;
    const chosen = new DataTransfer();
    files.forEach((file) => chosen.items.add(file));
    settingByScript = true;
    photoInput.files = chosen.files;
    photoInput.dispatchEvent(new Event("change"));
    settingByScript = false;
    document.querySelector("[data-clear-photos]").hidden = !files.length;
  }

  function bind(pk) {
    const booking = pk && document.querySelector(`[data-came="${CSS.escape(pk)}"]`);
    form.elements.appointment.value = booking ? pk : "";
    bound.hidden = !booking;
    if (!booking) return;
    bound.querySelector("[data-bound-slot]").textContent = booking.dataset.slot;
    bound.querySelector("[data-bound-known]").hidden = !booking.dataset.known;
  }

  async function begin(note) {
    current = note ?? { key: newKey(), reception, author, page: location.pathname, to: form.action };
    form.elements.key.value = current.key;
    const values = note ? Object.fromEntries(note.fields) : BLANK;
    fill(values);
    bind(values.appointment);
    showPhotos([]);
    showErrors({});
    state.textContent = "";
    if (note) showPhotos(await drafts.photosOf(note.key));
    form.toggleAttribute("data-begun", !isBlank());
  }

  async function keep() {
    if (settingByScript) return;
    form.toggleAttribute("data-begun", !isBlank());
    if (isBlank()) return drafts.remove(current.key);
    current = { ...current, fields: typed(), savedAt: Date.now(), waiting: false, errors: null };
    await drafts.put(current);
    state.textContent = words.saved;
  }

  // What is said

  function say(text, tone) {
    const note = document.createElement("p");
    note.className = `note note-${tone}`;
    note.append(text);
    document.querySelector("[data-said]").replaceChildren(note);
  }

  function showErrors(errors) {
    form.querySelectorAll(".field-error").forEach((error) => error.remove());
    form.querySelectorAll(".has-error").forEach((field) => field.classList.remove("has-error"));
    document.querySelector("[data-said]").replaceChildren();
    let first;
    for (const [name, sentences] of Object.entries(errors)) {
      const named = form.elements[name];
      const control = named instanceof RadioNodeList ? named[0] : named;
      const field = control?.closest(".field");
      if (!field) {
        say(sentences.join(""), "error");
        continue;
      }
      const error = document.querySelector("[data-field-error]").content.cloneNode(true);
      error.querySelector("span").textContent = sentences.join("");
      field.querySelector(".stepper, .choice, .form-control, .form-select").before(error);
      field.classList.add("has-error");
      first ??= control;
    }
    first?.focus();
  }

  function missing() {
    const errors = {};
    for (const name of ["topic", "words", "outcome"]) {
      if (!form.elements[name].value.trim()) errors[name] = [words[`need${name[0].toUpperCase()}${name.slice(1)}`]];
    }
    const isAnswered = form.elements.outcome.value === "answered";
    if (isAnswered && !form.elements.answer.value.trim()) errors.answer = [words.needAnswer];
    return errors;
  }

  // What waits on the device

  const own = async () => (await drafts.all()).filter((note) => note.author === author);
  const waiting = async () => (await own()).filter((note) => note.waiting);

  async function showQueue() {
    const kept = (await own()).filter((note) => note.waiting || (note.errors && note.key !== current.key));
    const unsent = kept.filter((note) => note.waiting);
    const count = document.querySelector("[data-queue-count]");
    count.textContent = count.dataset.words.replace("#", unsent.length);
    count.parentElement.hidden = document.querySelector("[data-send-now]").hidden = !unsent.length;
    document.querySelector("[data-sign-in]").hidden = !mustSignIn;
    document.querySelector("[data-queue-rows]").replaceChildren(...kept.map(queueRow));
    queue.hidden = !kept.length;
    const taken = unsent.map((note) => Object.fromEntries(note.fields).appointment);
    document.querySelectorAll("[data-booking]").forEach((row) => { row.hidden = taken.includes(row.dataset.booking); });
  }

  function queueRow(note) {
    const row = document.querySelector("[data-queue-row]").content.cloneNode(true);
    row.querySelector("[data-topic]").textContent = Object.fromEntries(note.fields).topic;
    if (note.errors) {
      row.querySelector("[data-why]").textContent = Object.values(note.errors).flat().join("");
      const button = row.querySelector("[data-correct]");
      button.hidden = false;
      button.addEventListener("click", () => correct(note));
    }
    return row;
  }

  async function correct(note) {
    if (!isBlank()) return say(words.waitFirst, "warning");
    await begin(note);
    showErrors(note.errors);
    if (!Object.keys(note.errors).some((name) => form.elements[name])) panel.scrollIntoView();
    await showQueue();
  }

  // What is sent

  // Whoever signed in again in another tab has a new token in the cookie, and an old one on this page.
  const token = () => /(?:^|; )(?:__Host-)?csrf=([^;]+)/.exec(document.cookie)?.[1] ?? form.elements.csrfmiddlewaretoken.value;

  async function post(note) {
    const body = new FormData();
    [...note.fields, ["key", note.key], ["author", note.author]].forEach(([name, value]) => body.append(name, value));
    (await drafts.photosOf(note.key)).forEach((photo) => body.append("photos", photo));
    const headers = { Accept: "application/json", "X-CSRFToken": token() };
    const signal = AbortSignal.timeout(PATIENCE);
    return fetch(note.to, { method: "POST", body, headers, signal, redirect: "manual" });
  }

  // Whether the server has dealt with the note; otherwise it waits.
  async function send(note) {
    try {
      const answer = await post(note);
      mustSignIn = answer.type === "opaqueredirect" || answer.status === 403;
      if (mustSignIn) return false;
      if (answer.ok) await stored(note, await answer.json());
      else if (answer.status === 422) await refused(note, (await answer.json()).errors);
      else if (answer.status === 404) await refused(note, { __all__: [words.gone] });
      else if (answer.status === 400 || answer.status === 413) await refused(note, { photos: [words.tooLarge] });
      else return false;
      return true;
    } catch {
      return false;
    }
  }

  async function stored(note, { number, row }) {
    await drafts.remove(note.key);
    if (note.reception !== reception) return;
    const parsed = document.createElement("template");
    parsed.innerHTML = row;
    document.querySelector(`#note-${number}`)?.remove();
    list.prepend(parsed.content);
    list.hidden = false;
    document.querySelector("[data-no-notes]")?.remove();
    document.querySelector("[data-count]").textContent = list.children.length;
    document.querySelector(`[data-booking="${CSS.escape(Object.fromEntries(note.fields).appointment ?? "")}"]`)?.remove();
    say(words.stored.replace("#", number), "success");
  }

  async function refused(note, errors) {
    const sentBack = { ...note, waiting: false, errors };
    await drafts.put(sentBack);
    if (note.reception === reception && isBlank()) await correct(sentBack);
    else say(words.refused, "warning");
  }

  async function sendAll() {
    clearTimeout(timer);
    if (isSending) return;
    isSending = true;
    let goesOn = true;
    while (goesOn) {
      const [next] = await waiting();
      goesOn = next !== undefined && await send(next);
    }
    isSending = false;
    const left = (await waiting()).length;
    await showQueue();
    if (left) {
      timer = setTimeout(sendAll, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    } else pause = FIRST_PAUSE;
  }

  function sendSoon() {
    if (navigator.onLine) document.querySelector("[data-no-network]")?.remove();
    pause = FIRST_PAUSE;
    return sendAll();
  }

  async function submit(event) {
    event.preventDefault();
    delete form.dataset.sent;
    form.querySelector("[type=submit]").removeAttribute("aria-disabled");
    await takingPhotos;
    // The second press of a double tap finds an empty form, and means nothing.
    if (isBlank() && Date.now() - savedLast < FIRST_PAUSE) return;
    const errors = missing();
    if (Object.keys(errors).length) return showErrors(errors);
    savedLast = Date.now();
    try {
      await drafts.put({ ...current, fields: typed(), savedAt: Date.now(), waiting: true, errors: null });
    } catch {
      return form.submit();
    }
    await begin();
    document.querySelector("#note-title").focus({ preventScroll: true });
    panel.scrollIntoView();
    state.textContent = words.sending;
    await sendAll();
    state.textContent = "";
    if ((await waiting()).length && !mustSignIn) say(words.kept, "warning");
    // A booking that leaves the list above moves the form.
    if (isBlank()) panel.scrollIntoView();
  }

  // Photos are made smaller before they travel; the server encodes them anew in any case.
  async function smaller(file) {
    try {
      const image = await createImageBitmap(file);
      const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width * scale, image.height * scale];
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.85); });
      return new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" });
    } catch {
      return file;
    }
  }

  async function takePhotos() {
    const taken = [...photos, ...await Promise.all([...photoInput.files].map(smaller))];
    showPhotos(taken.slice(0, MOST_PHOTOS));
    await drafts.putPhotos(current.key, photos);
    await keep();
    if (taken.length > MOST_PHOTOS) showErrors({ photos: [words.tooMany] });
  }

  function came(event) {
    event.preventDefault();
    panel.scrollIntoView();
    if (!isBlank()) return say(words.waitFirst, "warning");
    const { came: pk, topic, people } = event.currentTarget.dataset;
    fill({ ...BLANK, topic, visitors: people, appointment: pk });
    bind(pk);
    form.elements.words.focus();
    return keep();
  }

  function step(event) {
    const field = form.elements.visitors;
    field.value = Math.max(1, (Number.parseInt(field.value, 10) || 1) + Number(event.currentTarget.dataset.step));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A press that needs the network would only lead to the browser's error page.
  function onlyOnline(event) {
    document.querySelector("[data-no-network]")?.remove();
    if (navigator.onLine || event.target === form) return;
    event.preventDefault();
    event.stopPropagation();
    const note = document.createElement("p");
    note.className = "note note-warning";
    note.dataset.noNetwork = "yes";
    note.setAttribute("role", "alert");
    note.append(words.offline);
    event.target.before(note);
  }

  async function start() {
    const kept = await own();
    const isFreshPage = !new URLSearchParams(location.search).has("appointment");
    const draft = kept.filter((note) => note.reception === reception && !note.waiting && !note.errors && !drafts.isOld(note)).pop();
    if (draft) await begin(draft);
    else if (isFreshPage) await begin();
    else current = { key: form.elements.key.value, reception, author, page: location.pathname, to: form.action };
    if (draft) state.textContent = words.saved;
    if (draft && !isFreshPage) say(words.waitFirst, "warning");
    form.toggleAttribute("data-begun", !isBlank());
    form.addEventListener("submit", submit);
    form.addEventListener("input", keep);
    photoInput.addEventListener("change", () => { if (!settingByScript) takingPhotos = takePhotos(); });
    document.querySelectorAll("[data-came]").forEach((link) => link.addEventListener("click", came));
    document.querySelector("[data-unbind]").addEventListener("click", (event) => { event.preventDefault(); bind(""); keep(); });
    document.querySelector("[data-clear-photos]").addEventListener("click", () => { showPhotos([]); drafts.putPhotos(current.key, []).then(keep); });
    document.querySelector("[data-send-now]").addEventListener("click", sendSoon);
    window.addEventListener("online", sendSoon);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) sendSoon(); });
    form.dataset.ready = "yes";
    await showQueue();
    await sendAll();
    await drafts.tidy(author);
  }

  document.querySelectorAll("[data-step]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", step);
  });
  document.querySelector("[data-session]").addEventListener("submit", onlyOnline, true);
  // Where the device keeps nothing, the form stays an ordinary one.
  drafts.all().then(start).catch(() => {});
}
