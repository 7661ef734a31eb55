// Enhancement only: every page works without it. After htmx swapped a page in, move the reader to its beginning.
document.addEventListener("htmx:afterSettle", () => {
  const place = document.querySelector("[data-focus]") || document.getElementById("main");
  if (place) place.focus({ preventScroll: true });
  if (!location.hash) scrollTo(0, 0);
});
