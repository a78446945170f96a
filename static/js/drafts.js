// What is typed at the reception desk stays on the device until the server has it: in IndexedDB, with its photos.
// Every page of the desk loads this file, so that nothing is left there for the next person at the device.
"use strict";

const drafts = (() => {
  const LIVES = 24 * 60 * 60 * 1000;
  const WHO = ["name", "phone"];
  let opened;

  function open() {
    opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("desk", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("notes", { keyPath: "key" });
        asked.result.createObjectStore("photos");
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }

  // Resolves once the change is on the disk, or with what was read.
  async function run(mode, work) {
    const step = (await open()).transaction(["notes", "photos"], mode);
    const asked = work(step.objectStore("notes"), step.objectStore("photos"));
    return new Promise((resolve, reject) => {
      step.oncomplete = () => resolve(asked.result);
      step.onerror = step.onabort = () => reject(step.error);
    });
  }

  const all = async () => (await run("readonly", (notes) => notes.getAll())).sort((a, b) => a.savedAt - b.savedAt);
  const put = (note) => run("readwrite", (notes) => notes.put(note));
  const photosOf = async (key) => (await run("readonly", (_notes, photos) => photos.get(key))) || [];
  const putPhotos = (key, files) => run("readwrite", (_notes, photos) => photos.put(files, key));
  const isOld = (note) => Date.now() - note.savedAt > LIVES;
  const isUnsent = (note) => note.waiting || Boolean(note.errors);
  const remove = (key) => run("readwrite", (notes, photos) => {
    photos.delete(key);
    return notes.delete(key);
  });
  const forget = () => run("readwrite", (notes, photos) => {
    photos.clear();
    return notes.clear();
  });

  // Another user's notes go at once, a draft after a day; what was saved and is not stored yet keeps its words, and not who
  // said them.
  async function tidy(author) {
    for (const note of await all()) {
      if (note.author !== author) await remove(note.key);
      else if (!isOld(note)) continue;
      else if (!isUnsent(note)) await remove(note.key);
      else if (note.fields.some(([name, value]) => WHO.includes(name) && value)) {
        await put({ ...note, fields: note.fields.filter(([name]) => !WHO.includes(name)) });
      }
    }
  }

  return { all, put, photosOf, putPhotos, isOld, isUnsent, remove, forget, tidy };
})();

{
  const main = document.querySelector("[data-user]");

  // Whoever leaves another page of the desk open is told that something still waits.
  const remind = async () => {
    const waiting = (await drafts.all()).filter(drafts.isUnsent);
    if (!waiting.length) return;
    const link = document.createElement("a");
    link.href = waiting[0].page;
    link.textContent = main.dataset.unsent.replace("#", waiting.length);
    const banner = document.createElement("p");
    banner.className = "note note-warning";
    banner.append(link);
    main.prepend(banner);
  };

  const askBeforeForgetting = (form) => form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const waiting = (await drafts.all().catch(() => [])).filter(drafts.isUnsent).length;
    if (waiting && !confirm(form.dataset.forget.replace("#", waiting))) {
      delete form.dataset.sent;
      form.querySelector("button").removeAttribute("aria-disabled");
      return;
    }
    await drafts.forget().catch(() => {});
    form.submit();
  });

  // The note form tidies up by itself once it has tried to send; a browser that keeps nothing has nothing to tidy up.
  if (!document.querySelector("[data-note-form]")) drafts.tidy(main.dataset.user).then(remind).catch(() => {});
  document.querySelectorAll("[data-forget]").forEach(askBeforeForgetting);
}
