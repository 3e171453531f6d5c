(() => {
  "use strict";
  const root = document.documentElement;
  const status = document.querySelector(".chosen-patient");
  const prefix = "#patient-";
  let chosen = null;

  const idOf = (element) => {
    const link = element.closest(`a[href^="${prefix}"]`);
    if (link) return link.getAttribute("href").slice(prefix.length);
    const row = element.closest("tr[data-patient]");
    return row ? row.dataset.patient : null;
  };
  const marksOf = (id) =>
    document.querySelectorAll(`a[href="${prefix}${CSS.escape(id)}"], tr[data-patient="${CSS.escape(id)}"]`);

  const clear = () => {
    document.querySelectorAll(".chosen").forEach((mark) => mark.classList.remove("chosen"));
    root.classList.remove("choosing");
    status.replaceChildren();
    chosen = null;
  };
  const choose = (id) => {
    clear();
    const marks = marksOf(id);
    if (!marks.length) return;
    const places = new Set();
    marks.forEach((mark) => {
      mark.classList.add("chosen");
      mark.closest("tr")?.classList.add("chosen");
      const figure = mark.closest("figure");
      if (figure) places.add(figure);
    });
    root.classList.add("choosing");
    chosen = id;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Clear (Esc)";
    button.addEventListener("click", clear);
    const listed = document.querySelector(`.patients a[href="${prefix}${CSS.escape(id)}"]`);
    const name = listed ? listed.textContent : id;
    const where = places.size === 1 ? "1 figure or table" : `${places.size} figures and tables`;
    status.replaceChildren(`Patient ${name} is lit up in ${where} `, button);
  };
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    let folded = target && target.closest("details:not([open])");
    if (folded) {
      for (; folded; folded = folded.parentElement.closest("details:not([open])")) folded.open = true;
      target.scrollIntoView();
    }
    if (location.hash.startsWith(prefix)) choose(id.slice(prefix.length - 1));
  };

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const id = idOf(event.target);
    if (id === null) return;
    event.preventDefault();
    if (id === chosen) clear();
    else choose(id);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });

  // One stop of the Tab key for each patient in each figure, not one for each mark.
  document.querySelectorAll("figure").forEach((figure) => {
    const seen = new Set();
    figure.querySelectorAll(`svg a[href^="${prefix}"]`).forEach((mark) => {
      const id = mark.getAttribute("href");
      mark.setAttribute("tabindex", seen.has(id) ? "-1" : "0");
      seen.add(id);
    });
  });
  // A figure shrinks to the screen while its words stay legible; else it scrolls at full size.
  const boxes = [...document.querySelectorAll(".scroll")];
  const follow = (box) => box.classList.toggle("at-end", box.scrollLeft + box.clientWidth > box.scrollWidth - 2);
  const bar = document.querySelector(".bar:has(.parts, .reconstructed, .incomplete)");
  const fit = () => boxes.forEach((box) => {
    const svg = box.closest("figure.figure") && box.querySelector("svg");
    const natural = svg ? svg.viewBox.baseVal.width : 0;
    if (svg) svg.style.setProperty("--least", natural * 0.9 > box.clientWidth ? `${natural * 1.1}px` : "0px");
    const wider = box.scrollWidth > box.clientWidth + 1;
    box.classList.toggle("wider", wider);
    follow(box);
    if (!svg) return;
    // What scrolls must be within reach of the keyboard, and have a name there.
    const reach = { tabindex: "0", role: "group", "aria-label": "Figure, scrolls sideways" };
    for (const [name, value] of Object.entries(reach)) {
      if (wider) box.setAttribute(name, value);
      else box.removeAttribute(name);
    }
  });
  boxes.forEach((box) => box.addEventListener("scroll", () => follow(box), { passive: true }));
  const arrange = () => {
    root.style.setProperty("--top", `${bar ? bar.offsetHeight : 0}px`);
    fit();
  };
  arrange();
  addEventListener("resize", arrange);
  document.addEventListener("toggle", fit, true);

  // Everything open, for whoever prints the record or reads it through.
  const unfold = document.getElementById("unfold");
  if (unfold) {
    unfold.hidden = false;
    unfold.addEventListener("click", () => {
      const folds = document.querySelectorAll("main details");
      const open = ![...folds].every((fold) => fold.open);
      folds.forEach((fold) => { fold.open = open; });
      unfold.textContent = open ? "Fold everything" : "Open everything";
    });
  }

  // The contents of a chapter show where the reader is.
  const entries = [...document.querySelectorAll(".contents li a")].map((link) => [link, document.getElementById(link.hash.slice(1))]);
  let here = null;
  const locate = () => {
    const passed = entries.filter(([, target]) => target.getBoundingClientRect().top < innerHeight / 4);
    const link = passed.length ? passed[passed.length - 1][0] : null;
    if (link === here) return;
    here?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "location");
    here = link;
  };
  root.classList.add("follows");
  locate();
  addEventListener("scroll", () => requestAnimationFrame(locate), { passive: true });
  addEventListener("hashchange", reveal);
  reveal();
})();
