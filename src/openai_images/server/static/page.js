// One picture in, variations out: one call for each, so that they appear one after the other.

const MAX_PICTURE_BYTES = 4 * 1024 * 1024; // of the variations call; the file must be smaller
const SIDES = [1536, 1024, 768, 512]; // tried in turn until the PNG is small enough
const SERVER_READS = /\.tiff?$/i; // and browsers do not: what scanners make
const KEPT = 100; // pictures of earlier runs, whose memory the browser holds

const part = (id) => document.getElementById(id);
const form = part("form");

const items = new Map(); // by their links, what the viewer shows
const enlarge = makeViewer(shownItems);

let picture = null; // {name, blob, isSquare}: a square PNG, or a file that only the server can read
let running = null; // AbortController of the run

// ---------------------------------------------------------------- the picture

async function choose(file) {
  say("error", "");
  try {
    usePicture(file.name || "picture.png", await squarePng(file));
  } catch {
    if (SERVER_READS.test(file.name)) return useFile(file);
    say("error", `“${file.name}” is not a picture that this browser can read.`);
  }
}

/** Leave a picture that the browser cannot read to the server. */
function useFile(file) {
  picture = { name: file.name, blob: file, isSquare: false };
  part("preview").hidden = true;
  part("file-text").textContent = `${file.name} (browsers cannot show it)`;
}

function usePicture(name, blob) {
  picture = { name, blob, isSquare: true };
  const preview = part("preview");
  URL.revokeObjectURL(preview.src);
  preview.src = URL.createObjectURL(blob);
  preview.alt = `The middle square of ${name}`;
  preview.hidden = false;
  part("file-text").textContent = name;
}

/** The middle square of a picture file as a PNG that the variations call takes. */
async function squarePng(file) {
  const bitmap = await createImageBitmap(file); // upright, as its EXIF data says
  const edge = Math.min(bitmap.width, bitmap.height);
  const sides = [Math.min(edge, SIDES[0]), ...SIDES.slice(1).filter((side) => side < edge)];
  let png = null;
  for (const side of sides) {
    png = await drawSquare(bitmap, edge, side);
    if (png.size < MAX_PICTURE_BYTES) break;
  }
  bitmap.close();
  return png;
}

function drawSquare(bitmap, edge, side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  const left = (bitmap.width - edge) / 2;
  const top = (bitmap.height - edge) / 2;
  context.drawImage(bitmap, left, top, edge, edge, 0, 0, side, side);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

// ---------------------------------------------------------------- the calls

class Refused extends Error {}

/** The index-th variation of a job as a PNG; waits its turn while the server is busy. */
async function variation(job, index, signal) {
  for (;;) {
    const answer = await post(job, index, signal);
    if (answer.ok) return pngOf((await answer.json()).data[0].b64_json);
    const wait = Number(answer.headers.get("retry-after"));
    if (!wait) throw new Refused(await reason(answer));
    say("status", `The server is busy; trying again in ${wait} s.`);
    await pause(wait * 1000, signal);
  }
}

async function post(job, index, signal) {
  const body = new FormData();
  body.append("n", "1");
  body.append("response_format", "b64_json");
  body.append("size", job.size);
  body.append("strength", job.strength);
  body.append("seed", job.seed);
  body.append("index", index);
  if (!job.picture.isSquare) body.append("prepare_image", "automatic");
  body.append("image", job.picture.blob, job.picture.isSquare ? "picture.png" : job.picture.name);
  const headers = job.key ? { authorization: `Bearer ${job.key}` } : {};
  try {
    return await fetch("v1/images/variations", { method: "POST", body, headers, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Refused("The server cannot be reached. Is it still running?");
  }
}

async function reason(answer) {
  if (answer.status === 401) askForKey();
  try {
    return (await answer.json()).error.message;
  } catch {
    return `The server answered with HTTP status ${answer.status}.`;
  }
}

function pngOf(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: "image/png" });
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    const stop = () => { clearTimeout(timer); reject(signal.reason); };
    signal.addEventListener("abort", stop, { once: true });
  });
}

// ---------------------------------------------------------------- a run

async function run(job) {
  running = new AbortController();
  const { signal } = running;
  const { group, places, source } = layOut(job);
  setBusy(true);
  let made = 0;
  try {
    for (const [index, place] of places.entries()) {
      say("status", `Making variation ${index + 1} of ${job.count} …`);
      place.firstChild.classList.add("now");
      show(place, job, index, await variation(job, index, signal), source);
      if (made === 0) place.scrollIntoView({ block: "nearest" }); // on a phone it is below
      made += 1;
    }
    say("status", made === 1 ? "The variation is ready." : `All ${made} variations are ready.`);
  } catch (error) {
    places.slice(made).forEach((place) => place.remove());
    if (made === 0) remove(group);
    say("status", signal.aborted ? `Stopped after ${made} of ${job.count}.` : "");
    if (!signal.aborted) say("error", error instanceof Refused ? error.message : String(error));
  } finally {
    setBusy(false);
    forgetOldest();
  }
}

/** A group of empty places above those of earlier runs, and the address of their source. */
function layOut(job) {
  const places = Array.from({ length: job.count }, () =>
    build("li", {}, build("div", { className: "waiting" })));
  const size = job.size.replace("x", " × ");
  const text = `${job.picture.name} · ${size} · strength ${job.strength} · seed ${job.seed}`;
  const heading = build("h3", {}, build("span", { textContent: text }));
  const group = build("div", { className: "run" }, heading, build("ol", {}, ...places));
  const source = job.picture.isSquare ? URL.createObjectURL(job.picture.blob) : "";
  if (source) heading.prepend(build("img", { src: source, alt: "" }));
  part("results").prepend(group);
  part("empty").hidden = true;
  return { group, places, source };
}

function show(place, job, index, blob, source) {
  const url = URL.createObjectURL(blob);
  const number = index + 1;
  const name = `Variation ${number} of ${job.picture.name}`;
  const image = build("img", { src: url, alt: name });
  const link = build("a", { className: "open", href: url, title: "Enlarge" }, image);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    enlarge(link);
  });
  const stem = job.picture.name.replace(/\.[^.]*$/, "");
  const file = `${stem}-${job.seed}-${number}.png`;
  const caption = `Seed ${job.seed}, number ${number}`;
  items.set(link, { link, address: url, name, caption, file, source });
  const download = build("a", {
    href: url,
    download: file,
    textContent: "Download",
    ariaLabel: `Download variation ${number}`,
  });
  const again = build("button", {
    type: "button",
    textContent: "Vary this",
    ariaLabel: `Vary this: variation ${number}`,
  });
  again.addEventListener("click", () => {
    usePicture(file, blob);
    part("make").focus();
    part("drop").scrollIntoView({ block: "nearest" });
  });
  place.replaceChildren(
    link,
    build("div", { className: "actions" }, download, again),
    build("p", { className: "caption hint", textContent: caption }),
  );
  offerMore();
}

function setBusy(busy) {
  // Not `disabled`, which would take the focus away.
  part("make").ariaDisabled = String(busy);
  if (!busy && document.activeElement === part("stop")) part("make").focus();
  part("stop").hidden = !busy;
  part("results").ariaBusy = String(busy);
  if (!busy) running = null;
}

// ---------------------------------------------------------------- earlier runs

function shownItems() {
  return [...document.querySelectorAll("#results a.open")].map((link) => items.get(link));
}

function remove(group) {
  for (const image of group.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  for (const link of group.querySelectorAll("a.open")) items.delete(link);
  group.remove();
  offerMore();
}

function forgetOldest() {
  while (items.size > KEPT && part("results").children.length > 1) {
    remove(part("results").lastElementChild);
  }
}

function offerMore() {
  part("save-all").hidden = items.size < 2;
  part("clear").hidden = items.size === 0;
  part("empty").hidden = part("results").children.length > 0;
}

// ---------------------------------------------------------------- small things

function say(id, text) {
  part(id).textContent = text;
}

function askForKey() {
  part("key-field").hidden = false;
  part("key").focus();
}

function freshSeed() {
  return String(crypto.getRandomValues(new Uint32Array(1))[0]);
}

function take(files) {
  const file = [...files].find((item) => item.type.startsWith("image/")) ?? files[0];
  if (file) choose(file);
}

// ---------------------------------------------------------------- what people do

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) return;
  say("error", "");
  if (!picture) {
    say("error", "Choose a picture first.");
    part("file").focus();
    return;
  }
  run({
    picture,
    count: part("count").valueAsNumber,
    size: part("size").value,
    strength: part("strength").value,
    seed: part("seed").value || freshSeed(),
    key: part("key").value.trim(),
  });
});

part("stop").addEventListener("click", () => running?.abort());
part("save-all").addEventListener("click", () => saveAll(shownItems()));
part("clear").addEventListener("click", () => {
  if (running) return;
  [...part("results").children].forEach(remove);
  part("make").focus();
});
part("file").addEventListener("change", (event) => take(event.target.files));
part("strength").addEventListener("input", (event) => {
  part("strength-value").value = event.target.value;
});

document.addEventListener("paste", (event) => take(event.clipboardData.files));
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  part("drop").classList.add("over");
});
document.addEventListener("dragleave", () => part("drop").classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  part("drop").classList.remove("over");
  take(event.dataTransfer.files);
});

fetch("health")
  .then((answer) => answer.json())
  .then((health) => { part("key-field").hidden = !health.key_required; })
  .catch(() => say("error", "The server cannot be reached. Is it still running?"));
