// Works out a small proof while the form is being filled in, so that a robot that sends much has to work for it.
// Without it the form is taken all the same.
"use strict";

const form = document.querySelector("form[data-challenge]");

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function prove() {
  const { algorithm, challenge, maxNumber, salt, signature } = JSON.parse(form.dataset.challenge);
  const encoder = new TextEncoder();
  for (let number = 0; number <= maxNumber; number += 1) {
    if (hex(await crypto.subtle.digest(algorithm, encoder.encode(salt + number))) === challenge) {
      form.elements.proof.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
      return;
    }
  }
}

// Browsers hash on pages that came by HTTPS only.
if (form && crypto.subtle && !form.elements.proof.value) form.addEventListener("input", prove, { once: true });
