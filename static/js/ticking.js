// Ticking all days at once; without this file they are ticked one by one.
"use strict";

document.querySelectorAll("[data-tick-all]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const boxes = [...document.querySelectorAll(`input[name="${button.dataset.tickAll}"]`)];
    const all = boxes.some((box) => !box.checked);
    boxes.forEach((box) => { box.checked = all; });
  });
});
