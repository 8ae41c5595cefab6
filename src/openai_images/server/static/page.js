// One picture in, variations out: one call for each, so that they appear one after the other.

const MAX_PICTURE_BYTES = 4 * 1024 * 1024; // of the variations call; the file must be smaller
const SIDES = [1536, 1024, 768, 512]; // tried in turn until the PNG is small enough

const part = (id) => document.getElementById(id);
const form = part("form");

let picture = null; // {name, blob}: a square PNG
let running = null; // AbortController of the run

// ---------------------------------------------------------------- the picture

async function choose(file) {
  say("error", "");
  try {
    usePicture(file.name || "picture.png", await squarePng(file));
  } catch {
    say("error", `“${file.name}” is not a picture that this browser can read.`);
  }
}

function usePicture(name, blob) {
  picture = { name, blob };
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
  body.append("image", job.picture.blob, "picture.png");
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
  const places = layOut(job.count);
  setBusy(true);
  let made = 0;
  try {
    for (const [index, place] of places.entries()) {
      say("status", `Making variation ${index + 1} of ${job.count} …`);
      place.firstChild.classList.add("now");
      show(place, job, index, await variation(job, index, signal));
      if (made === 0) place.scrollIntoView({ block: "nearest" }); // on a phone it is below
      made += 1;
    }
    say("status", made === 1 ? "The variation is ready." : `All ${made} variations are ready.`);
  } catch (error) {
    places.slice(made).forEach((place) => place.remove());
    say("status", signal.aborted ? `Stopped after ${made} of ${job.count}.` : "");
    if (!signal.aborted) say("error", error instanceof Refused ? error.message : String(error));
  } finally {
    setBusy(false);
    part("empty").hidden = part("results").children.length > 0;
  }
}

function layOut(count) {
  const places = Array.from({ length: count }, () => {
    const place = document.createElement("li");
    place.append(element("div", { className: "waiting" }));
    return place;
  });
  for (const link of document.querySelectorAll("#results a")) URL.revokeObjectURL(link.href);
  part("results").replaceChildren(...places);
  part("empty").hidden = true;
  return places;
}

function show(place, job, index, blob) {
  const url = URL.createObjectURL(blob);
  const number = index + 1;
  const image = element("img", { src: url, alt: `Variation ${number} of ${job.picture.name}` });
  const stem = job.picture.name.replace(/\.[^.]*$/, "");
  const download = element("a", {
    href: url,
    download: `${stem}-${job.seed}-${number}.png`,
    textContent: "Download",
    ariaLabel: `Download variation ${number}`,
  });
  const again = element("button", {
    type: "button",
    textContent: "Vary this",
    ariaLabel: `Vary variation ${number}`,
  });
  again.addEventListener("click", () => {
    usePicture(download.download, blob);
    part("make").focus();
    part("drop").scrollIntoView({ block: "nearest" });
  });
  const actions = element("div", { className: "actions" });
  actions.append(download, again);
  const caption = element("p", {
    className: "caption hint",
    textContent: `Seed ${job.seed}, number ${number}`,
  });
  place.replaceChildren(image, actions, caption);
}

function setBusy(busy) {
  part("make").disabled = busy;
  part("stop").hidden = !busy;
  part("results").setAttribute("aria-busy", busy);
  if (!busy) running = null;
}

// ---------------------------------------------------------------- small things

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

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
