// What the viewer needs to know of the gallery's page; the grid itself needs no script.
const links = [...document.querySelectorAll("a.open")];

/** The source that a variation was made of: the last one before it. */
function sourceOf(figure) {
  if (figure.classList.contains("source")) return "";
  let other = figure.previousElementSibling;
  while (other && !other.classList.contains("source")) other = other.previousElementSibling;
  return other?.querySelector("a.open")?.href ?? "";
}

const items = links.map((link) => {
  const figure = link.closest("figure");
  return {
    link,
    address: link.href,
    name: figure.querySelector("strong").textContent,
    caption: figure.querySelector("small").textContent,
    file: link.download,
    source: sourceOf(figure),
  };
});
const enlarge = makeViewer(() => items);
for (const link of links) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    enlarge(link);
  });
}
const all = document.getElementById("all");
all.hidden = items.filter((item) => item.file).length < 2;
all.addEventListener("click", () => saveAll(items));
