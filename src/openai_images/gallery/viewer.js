"use strict";
// Enlarges pictures, compares them with their source, and saves them; for the gallery and for the
// server's page.

/**
 * Make a viewer of the pictures that `list` gives when it is asked, each of them as
 * {link, address, name, caption, file, source}: the element that has the focus again at the end,
 * the address of the picture in full size, its short name, a text, the name it is saved under or
 * "", and the address of the picture that it was made of or "".
 * What it gives opens the picture of a link.
 */
function makeViewer(list) {
  const dialog = build("dialog", { id: "viewer", ariaLabel: "Enlarged picture" });
  const shown = build("img", { id: "viewer-shown" });
  const before = build("img", { id: "viewer-before", alt: "" });
  const slider = build("input", { type: "range", id: "viewer-slider", min: 0, max: 100,
    ariaLabel: "Share that shows the variation rather than its source" });
  const compare = build("div", { id: "viewer-compare" },
    build("span", { textContent: "Source" }), slider, build("span", { textContent: "Variation" }));
  const caption = build("p", { id: "viewer-caption" });
  const save = build("a", { id: "viewer-save", textContent: "Download" });
  const button = (text, name, act) => {
    const made = build("button", { type: "button", textContent: text, ariaLabel: name });
    made.addEventListener("click", act);
    return made;
  };
  const next = button("›", "Next picture", () => step(1));
  next.autofocus = true;
  dialog.append(
    build("div", { className: "stage" }, shown, before),
    compare,
    build("div", { className: "bar" }, button("‹", "Previous picture", () => step(-1)), caption,
      save, next, button("Close", null, () => dialog.close())));
  document.body.append(dialog);

  let items = [];
  let at = 0;

  function step(by) {
    at = (at + by + items.length) % items.length;
    const item = items[at];
    shown.src = item.address;
    shown.alt = item.name;
    caption.textContent = [item.name, item.caption, `${at + 1} of ${items.length}`]
      .filter(Boolean).join(" · ");
    save.hidden = !item.file;
    if (item.file) Object.assign(save, { href: item.address, download: item.file });
    compare.hidden = before.hidden = !item.source;
    if (item.source) before.src = item.source;
    slider.value = 100;
    split();
  }

  function split() {
    before.style.clipPath = `inset(0 0 0 ${slider.value}%)`;
  }

  slider.addEventListener("input", split);
  dialog.addEventListener("close", () => items[at].link.focus());
  dialog.addEventListener("keydown", (event) => {
    if (event.target === slider) return;
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  return (link) => {
    items = list();
    at = items.findIndex((item) => item.link === link);
    step(0);
    dialog.showModal();
  };
}

/** Save all pictures of such a list that have a name to be saved under. */
function saveAll(items) {
  for (const { address, file } of items) {
    if (file) build("a", { href: address, download: file }).click();
  }
}

function build(name, properties, ...content) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...content);
  return made;
}
