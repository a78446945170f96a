// The QR code carries the query code in the fragment, which is never sent; it moves from the address to the form.
"use strict";

const code = document.querySelector("#id_code");
if (code && location.hash.length > 1) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname + location.search);
}
