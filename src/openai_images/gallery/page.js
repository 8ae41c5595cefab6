
"use strict";
// Enlarging, comparing and downloading; the grid itself needs none of it.
const get = (id) => document.getElementById(id);
const links = [...document.querySelectorAll("a.open")];
const large = get("large");
let at = 0;

/** The source that a variation was made of: the last one before it. */
function sourceOf(link) {
  const own = link.closest("figure");
  if (own.classList.contains("source")) return null;
  let figure = own.previousElementSibling;
  while (figure && !figure.classList.contains("source")) figure = figure.previousElementSibling;
  return figure && figure.querySelector("a.open");
}

function split() {
  get("before").style.clipPath = `inset(0 0 0 ${get("slider").value}%)`;
}

function show(index) {
  at = (index + links.length) % links.length;
  const link = links[at];
  const source = sourceOf(link);
  get("shown").src = link.href;
  get("shown").alt = link.querySelector("img").alt;
  get("caption").textContent = link.closest("figure").querySelector("figcaption").innerText
    + ` (${at + 1} of ${links.length})`;
  get("save").hidden = !link.download;
  get("save").href = link.href;
  get("save").download = link.download;
  get("compare").hidden = get("before").hidden = !source;
  if (source) get("before").src = source.href;
  get("slider").value = 100;
  split();
  if (!large.open) large.showModal();
}

links.forEach((link, index) => link.addEventListener("click", (event) => {
  event.preventDefault();
  show(index);
}));
get("previous").addEventListener("click", () => show(at - 1));
get("next").addEventListener("click", () => show(at + 1));
get("close").addEventListener("click", () => large.close());
get("slider").addEventListener("input", split);
large.addEventListener("close", () => links[at].focus());
large.addEventListener("keydown", (event) => {
  if (event.target === get("slider")) return;
  if (event.key === "ArrowLeft") show(at - 1);
  if (event.key === "ArrowRight") show(at + 1);
});

const saved = links.filter((link) => link.download);
get("all").hidden = saved.length < 2;
get("all").addEventListener("click", () => {
  for (const link of saved) {
    const copy = document.createElement("a");
    copy.href = link.href;
    copy.download = link.download;
    copy.click();
  }
});
