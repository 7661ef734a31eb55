// Counts repetitions and times holds. Enhancement only: every page works without it.
(() => {
  "use strict";
  let run; // box, words, steps of [word, seconds, place, side, what is read out], at, left (seconds), last, timer, lock

  const put = (name, text) => { run.box.querySelector(`[data-${name}]`).textContent = text; };
  const isOver = () => run.at >= run.steps.length;

  const begin = (box) => {
    if (run) halt();
    const { words, steps } = JSON.parse(box.dataset.coach);
    run = { box, words, steps, at: 0, left: steps[0][1], timer: 0 };
    draw();
  };

  const clock = (left) => {
    const whole = Math.max(0, Math.ceil(left)), seconds = String(whole % 60);
    return whole < 60 ? seconds : `${Math.floor(whole / 60)}:${seconds.padStart(2, "0")}`;
  };

  const draw = () => {
    const { box, words, steps, at, left, timer } = run, over = isOver();
    const [word, seconds, place] = over ? [words.end, 0, ""] : steps[at];
    const fresh = !timer && !at && left === seconds;
    put("seconds", over ? "" : clock(left));
    put("word", word);
    put("place", place);
    box.querySelector("progress").value = at / steps.length;
    const [start, again] = box.querySelectorAll("[data-do]");
    start.textContent = timer ? words.pause : fresh ? words.start : words.on;
    if (over && start === document.activeElement) again.focus();
    start.hidden = over;
    box.toggleAttribute("data-counts", Boolean(timer)); // the figure stays in sight meanwhile
    again.hidden = fresh;
  };

  // What is read out is short, and never the seconds.
  const enter = () => {
    if (isOver()) { halt(); return put("say", run.words.end); }
    const [, seconds, , side, spoken] = run.steps[run.at];
    run.left += seconds;
    if (spoken) put("say", spoken);
    face(side);
    if (document.getElementById("buzz").checked) navigator.vibrate(spoken ? 150 : 60);
  };

  // The picture of the side whose turn it is.
  const face = (side) => {
    if (!document.querySelector("[data-other]")) return;
    for (const one of document.querySelectorAll(".drawing:not([data-other]) :is(source, img)")) {
      const name = one.matches("source") ? "srcset" : "src", now = one.getAttribute(name);
      const wanted = now.split("?")[0] + (side > 1 ? "?side=left" : "");
      if (now !== wanted) one.setAttribute(name, wanted);
    }
  };

  const tick = () => {
    if (!run.box.isConnected) return halt();
    const now = performance.now();
    run.left -= (now - run.last) / 1000;
    run.last = now;
    while (run.timer && run.left <= 0) { run.at++; enter(); }
    draw();
  };

  const halt = () => {
    clearInterval(run.timer);
    run.timer = 0;
    run.lock?.then((lock) => lock?.release());
    run.lock = null;
  };

  const go = () => {
    run.last = performance.now();
    run.timer = setInterval(tick, 200);
    put("say", run.steps[run.at][4] || run.steps[run.at][0]);
    run.lock = navigator.wakeLock?.request("screen").catch(() => null); // nobody can follow a dark screen
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-do]"), box = button?.closest("[data-coach]");
    if (!box) return;
    if (button.dataset.do === "again") {
      begin(box);
      face(1);
      return box.querySelector("[data-do]").focus();
    }
    if (run.timer) { halt(); put("say", run.words.paused); } else go();
    draw();
    if (run.timer) box.scrollIntoView({ block: "nearest" });
  });

  const ready = () => {
    const box = document.querySelector("[data-coach][hidden]");
    if (!box) return;
    box.hidden = false;
    document.querySelector("[data-ticks]").hidden = true;
    document.querySelector(".buzz").hidden = !navigator.vibrate;
    begin(box);
  };
  document.addEventListener("htmx:afterSettle", ready);
  document.addEventListener("DOMContentLoaded", ready);
})();
