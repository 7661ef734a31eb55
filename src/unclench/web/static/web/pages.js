// Enhancement only: every page works without it. After htmx swapped a page in, move the reader to its beginning.
document.addEventListener("htmx:afterSettle", () => {
  const place = document.querySelector("[data-focus]") || document.getElementById("main");
  if (place) place.focus({ preventScroll: true });
  if (!location.hash) scrollTo(0, 0);
});

// “Back”, pressed before the scripts were there, changes the address alone. Then load what belongs to the address,
// once for each place in the history: a server under another path must not reload for ever.
addEventListener("DOMContentLoaded", () => {
  if (location.pathname.includes("%") || location.pathname === document.body.dataset.path || history.state?.again) return;
  history.replaceState({ ...history.state, again: true }, "");
  location.reload();
});
