// Comforts only: every page works without this file.
"use strict";

// The words stand in the page, where they are translated.
const words = document.body.dataset;

function growTextarea(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

// The limit moves from the browser, which cuts pasted text without a word, to a counter that says so.
function countCharacters(area) {
  const limit = Number(area.getAttribute("maxlength") || area.dataset.max);
  if (!limit) return;
  area.removeAttribute("maxlength");
  const counter = document.createElement("p");
  counter.className = "counter";
  counter.setAttribute("aria-live", "polite");
  area.after(counter);
  const update = () => {
    const left = limit - [...area.value].length;
    counter.textContent = (left < 0 ? words.over : words.left).replace("#", Math.abs(left));
    counter.classList.toggle("over", left < 0);
  };
  area.addEventListener("input", update);
  update();
}

function previewPhotos(input) {
  const list = document.createElement("ul");
  list.className = "file-preview";
  input.after(list);
  input.addEventListener("change", () => {
    list.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    list.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      if (file.type.startsWith("image/")) {
        const image = document.createElement("img");
        image.src = URL.createObjectURL(file);
        image.alt = "";
        item.append(image);
      }
      item.append(file.name);
      return item;
    }));
  });
}

function offerCopy(button) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
    const word = button.querySelector("span") || button;
    word.textContent = words.copied;
  });
}

// A second press of the same button is the commonest way to send a thing twice.
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelectorAll("[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
}

// Changing the type size must not lose what stands in a half-filled form.
function changeTypeInPlace(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const size = form.elements.type;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.type !== "opaqueredirect" && !answer.ok) return form.submit();
    document.documentElement.dataset.type = size.value;
    size.value = size.value === "large" ? "normal" : "large";
    form.querySelector("span").textContent = words[size.value];
  });
}

document.querySelectorAll("textarea").forEach((area) => {
  countCharacters(area);
  growTextarea(area);
  area.addEventListener("input", () => growTextarea(area));
});
document.querySelectorAll("input[type=file]").forEach(previewPhotos);
document.querySelectorAll("[data-copy]").forEach(offerCopy);
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
document.querySelectorAll("form[method=post]:not([data-type-form])").forEach(sendOnce);
document.querySelectorAll("[data-type-form]").forEach(changeTypeInPlace);
document.querySelector("[data-focus]")?.focus();

// A page brought back by the browser's own back button must be usable again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  });
});
