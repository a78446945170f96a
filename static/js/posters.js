// Moves the bar of a poster job; without this file a link loads the page anew.
"use strict";

const EVERY_MS = 1000;

async function follow(panel) {
  try {
    const answer = await fetch(panel.dataset.progress, { headers: { Accept: "application/json" } });
    // Signed out meanwhile, or the job is gone: the page itself says so.
    if (!answer.ok || answer.redirected) return location.reload();
    const { done, waits } = await answer.json();
    if (!waits) return location.reload();
    panel.querySelector("progress").value = done;
    panel.querySelector("[data-done]").textContent = done;
  } catch {
    // No connection just now; the next look may find one.
  }
  setTimeout(follow, EVERY_MS, panel);
}

document.querySelectorAll("[data-progress]").forEach((panel) => setTimeout(follow, EVERY_MS, panel));
