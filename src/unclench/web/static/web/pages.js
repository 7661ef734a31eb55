// Enhancement only: every page works without it. After htmx swapped a page in, move the reader to its beginning.
document.addEventListener("htmx:afterSettle", () => {
  const place = document.querySelector("[data-focus]") || document.getElementById("main");
  if (place) place.focus({ preventScroll: true });
  if (!location.hash) scrollTo(0, 0);
});

// “Back”, pressed before the scripts were there, changes the address alone. Then load what belongs to the address,
// but not twice in a row: a server under another path must not reload for ever.
addEventListener("DOMContentLoaded", () => {
  const path = document.body.dataset.path;
  if (!path || location.pathname.includes("%")) return;
  const wrong = location.pathname !== path;
  const again = Boolean(history.state?.again);
  if (wrong === again) return;
  history.replaceState({ ...history.state, again: wrong }, "");
  if (wrong) location.reload();
});
