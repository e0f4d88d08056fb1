
// ================================================================ the page of `featuremap serve`: what chooses and asks
(() => {

let catalogue = null;
let picture = null;   // {name, blob, id: what the server calls it; null until it was sent}
let chain = [];       // [{kernel, values: {parameter: text}}]
let shown = null;     // the query whose answer is on the page
let shownPicture = null;

// ---------------------------------------------------------------- asking

/** The answer of the server; what went wrong becomes an error with its words. */
async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    throw new Error("The server does not answer. Was 'featuremap serve' ended?");
  }
  if (!answer.ok) {
    const error = new Error((await answer.text()).trim() || `the server answers ${answer.status}`);
    error.status = answer.status;
    throw error;
  }
  return answer.json();
}

async function send(wanted) {
  if (wanted.blob.size > catalogue.megabytes * 1048576)
    throw new Error(`${wanted.name} has ${Math.ceil(wanted.blob.size / 1048576)} MB; this server takes files of up to ${catalogue.megabytes} MB ('featuremap serve --max-upload' raises it).`);
  Object.assign(wanted, { id: (await ask("pictures", { method: "POST", body: wanted.blob })).picture });
}

/** What the choices on the page ask for. */
function query(wanted) {
  const parts = { picture: wanted.id, name: wanted.name, side: $("side").value };
  if (isChain()) Object.assign(parts, { chain: chainText(), gray: $("gray").checked ? "yes" : "no" });
  else Object.assign(parts, { model: $("network").value, size: $("size").value, invert: $("invert").value, prepare: $("prepare").value });
  return new URLSearchParams(parts);
}

let working = false, again = false;
const busy = on => $("serve").setAttribute("aria-busy", String(on));

/** Brings the page up to date with the choices. While one answer is awaited, only the latest wish is kept. */
async function refresh() {
  if (!catalogue || !picture) return;
  busy(true);
  if (working) { again = true; return; }
  working = true;
  const slow = setTimeout(() => { if (picture) $("state").textContent = "Working\u2026"; }, 150), began = performance.now();
  try {
    const wanted = picture;
    if (!wanted.id) await send(wanted);
    let asked = query(wanted);
    const data = await ask(`maps?${asked}`).catch(async error => {
      if (error.status !== 404) throw error;
      await send(wanted);  // it had to make room for others'
      asked = query(wanted);
      return ask(`maps?${asked}`);
    });
    if (picture) show(data, asked, wanted, began);
  } catch (error) {
    if (picture) {
      tell(error.message);
      $("state").textContent = "";
      markOld();
    }
  }
  clearTimeout(slow);
  working = false;
  const goesOn = again && !!picture;
  again = false;
  busy(goesOn);
  if (goesOn) refresh();
}

function show(data, asked, wanted, began) {
  document.title = `${data.source} through ${data.model}`;
  openPage(data, window.featuremap ? window.featuremap.close() : null);
  shown = asked;
  shownPicture = wanted;
  document.body.classList.remove("old");
  $("command").parentNode.hidden = false;
  nameCommand(data);
  offerDownloads(data);
  showResult(data);
  $("problem").hidden = true;
  $("state").textContent = `Done in ${Math.round(performance.now() - began)} ms`;
}

function tell(problem) {
  $("problem").hidden = false;
  $("problem").textContent = problem;
}

/** What stands below is not what the choices ask for: it is shown as old, and nothing of it can be taken along. */
function markOld() {
  document.body.classList.add("old");
  for (const id of ["report", "grid"]) $(id).removeAttribute("href");
  $("result").hidden = true;
  $("command").parentNode.hidden = true;
}

/** What comes out, beside the easel and the sliders: the page's own maps lie further down. */
function showResult(data) {
  $("result").hidden = data.layers.length < 2;
  if ($("result").hidden) return;
  if (data.classes.length) {
    const words = data.classes.slice(0, 3).map(entry => `${entry.label} ${(100 * entry.probability).toFixed(1)} %`);
    $("result").firstChild.replaceChildren(el("b", {}, words[0]), `, ${words.slice(1).join(", ")}${data.unsure ? " - unsure" : ""}`);
    $("result").lastChild.replaceChildren();
    return;
  }
  const { name, shape } = data.layers[data.layers.length - 1], count = shape.length === 3 ? shape[0] : 1;
  const maps = window.featuremap.lastMaps(3);
  for (const map of maps) map.style.width = maps.length === 1 ? "280px" : "136px";
  $("result").firstChild.textContent = `What ${name} makes of it${count > 3 ? `, 3 of ${count} maps` : ""}`;
  $("result").lastChild.replaceChildren(...maps);
}

function offerDownloads(data) {
  const layers = data.layers.slice(1).map(layer => layer.name), chosen = $("grid-layer").value;
  $("grid-layer").replaceChildren(...layers.map(name => el("option", {}, name)));
  if (layers.includes(chosen)) $("grid-layer").value = chosen;
  nameDownloads();
}

function nameDownloads() {
  if (!shown || document.body.classList.contains("old")) return;
  const layer = $("grid-layer").value;
  const colours = { RdBu: "rdbu", viridis: "viridis", grey: "gray" }[$("colours").value], scale = $("scale").value === "each" ? "each" : "layer";
  $("report").href = `report.html?${shown}`;
  $("grid").href = `grid.png?${shown}&${new URLSearchParams({ layer, scale, ...(colours && { colormap: colours }) })}`;
}

/** Takes a download along; a picture that had to make room for others' is sent once more. */
async function download(event) {
  const link = event.currentTarget, address = link.href, wanted = shownPicture;
  if (!address) return;
  event.preventDefault();
  try {
    let answer = await fetch(address);
    if (answer.status === 404 && wanted) {
      await send(wanted);
      answer = await fetch(address);
    }
    if (!answer.ok) throw new Error((await answer.text()).trim());
    const name = /filename="([^"]*)"/.exec(answer.headers.get("Content-Disposition") || "");
    const file = URL.createObjectURL(await answer.blob());
    el("a", { href: file, download: name ? name[1] : link.id }).click();
    setTimeout(() => URL.revokeObjectURL(file), 60000);
  } catch (error) {
    tell(error instanceof TypeError ? "The server does not answer. Was 'featuremap serve' ended?" : error.message);
  }
}

// ---------------------------------------------------------------- pictures

function take(blob, name) {
  if (!blob.type.match(/^image\/(png|jpeg)$/) && blob.type) {
    tell(`${name} is ${blob.type}; PNG and JPEG pictures are read.`);
    return;
  }
  showEasel(false);
  drawings++;
  picture = { name, blob, id: null };
  $("picture-name").textContent = name;
  refresh();
}

function listenForPictures() {
  $("open-file").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", event => {
    if (event.target.files[0]) take(event.target.files[0], event.target.files[0].name);
    event.target.value = "";
  });
  $("paste").addEventListener("click", async () => {
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find(candidate => candidate.startsWith("image/"));
        if (type) return take(await item.getType(type), "pasted.png");
      }
      throw new Error("There is no picture to paste.");
    } catch (error) {
      tell(error.name === "NotAllowedError" || error instanceof TypeError ? "The browser does not let a button paste here; press Ctrl-V instead." : error.message);
    }
  });
  document.addEventListener("paste", event => {
    const file = [...event.clipboardData.files][0];
    if (!file) return;
    event.preventDefault();
    take(file, file.name || "pasted.png");
  });
  let depth = 0;
  const drags = event => [...event.dataTransfer.types].includes("Files");
  const mark = change => { depth = change ? Math.max(0, depth + change) : 0; document.body.classList.toggle("dragging", depth > 0); };
  document.addEventListener("dragenter", event => { if (drags(event)) mark(1); });
  document.addEventListener("dragleave", event => { if (drags(event)) mark(-1); });
  document.addEventListener("dragover", event => { if (drags(event)) event.preventDefault(); });
  document.addEventListener("drop", event => {
    if (!drags(event)) return;
    event.preventDefault();
    mark(0);
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0], event.dataTransfer.files[0].name);
  });
}

// ---------------------------------------------------------------- drawing

/** Outlines to begin with, within a square of 28: light on black, as in Fashion-MNIST. */
const stencils = {
  "T-shirt": "M10 3 L18 3 L24 6 L26 12 L21 13 L20 11 L20 26 L8 26 L8 11 L7 13 L2 12 L4 6 Z",
  Trouser: "M9 2 L19 2 L20 26 L15.5 26 L14 9 L12.5 26 L8 26 Z",
  Dress: "M11 2 L17 2 L17 9 L21 26 L7 26 L11 9 Z",
  Sneaker: "M3 12 L9 11 L15 15 L24 17 L26 20 L25 21 L3 21 Z",
  Boot: "M9 3 L17 3 L17 15 L24 19 L25 24 L8 24 Z",
  Bag: "M5 11 L23 11 L24 24 L4 24 Z M9 11 C9 4 19 4 19 11 L17 11 C17 7 11 7 11 11 Z",
};
const undone = [];
let drawings = 0;  // counts what was drawn, or took the place of a drawing

function easel() { return $("drawing").getContext("2d", { willReadFrequently: true }); }
const shadeText = () => { const v = $("shade").value; return `rgb(${v} ${v} ${v})`; };

function remember() {
  undone.push(easel().getImageData(0, 0, 280, 280));
  if (undone.length > 30) undone.shift();
}

function clearEasel() {
  easel().fillStyle = "#000";
  easel().fillRect(0, 0, 280, 280);
}

function stencil(name) {
  remember();
  clearEasel();
  const context = easel();
  context.save();
  context.scale(10, 10);
  context.fillStyle = shadeText();
  context.fill(new Path2D(stencils[name]));
  context.restore();
  drawn();
}

const isEmpty = () => !easel().getImageData(0, 0, 280, 280).data.some((level, i) => level && i % 4 < 3);

/** A black square is no garment, and what stands on the page is not of it. */
function drawingIsAwaited() {
  picture = null;
  drawings++;
  $("problem").hidden = true;
  $("state").textContent = "Draw something, or begin with an outline.";
  if (shown) markOld();
  busy(working);
}

/** Hands over what was drawn, as often as the server answers. */
function drawn() {
  if (isEmpty()) return drawingIsAwaited();
  busy(true);
  const mine = ++drawings;
  $("drawing").toBlob(blob => {
    if ($("easel").hidden || mine !== drawings) return;
    picture = { name: "drawing", blob, id: null };
    refresh();
  }, "image/png");
}

function showEasel(on) {
  $("easel").hidden = !on;
  $("draw").setAttribute("aria-pressed", String(on));
  if (!on) return;
  $("picture-name").textContent = "Drop a PNG or JPEG anywhere, paste one, or draw.";
  drawn();
}

function listenForDrawing() {
  const canvas = $("drawing");
  let at = null;
  const place = event => { const r = canvas.getBoundingClientRect(); return [(event.clientX - r.left) / r.width * 280, (event.clientY - r.top) / r.height * 280]; };
  const stroke = to => {
    const context = easel();
    Object.assign(context, { strokeStyle: shadeText(), lineWidth: $("brush").value, lineCap: "round", lineJoin: "round" });
    context.beginPath();
    context.moveTo(...at);
    context.lineTo(...to);
    context.stroke();
    at = to;
    drawn();
  };
  canvas.addEventListener("pointerdown", event => {
    if (event.button) return;
    remember();
    canvas.setPointerCapture(event.pointerId);
    at = place(event);
    stroke([at[0] + 0.01, at[1]]);
  });
  canvas.addEventListener("pointermove", event => { if (at) stroke(place(event)); });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { at = null; });
  $("draw").addEventListener("click", () => showEasel($("easel").hidden));
  $("clear").addEventListener("click", () => { remember(); clearEasel(); drawn(); });
  $("undo").addEventListener("click", () => { if (undone.length) { easel().putImageData(undone.pop(), 0, 0); drawn(); } });
  $("stencils").append(...Object.keys(stencils).map(name => {
    const button = el("button", { type: "button" }, name);
    button.addEventListener("click", () => stencil(name));
    return button;
  }));
}

// ---------------------------------------------------------------- the model and the chain

const isChain = () => document.querySelector("input[name=kind]:checked").value === "chain";

/** The chain as the command line writes it; settings that are the defaults are left out. */
function chainText() {
  return chain.map(({ kernel, values }) => [kernel.name, ...kernel.parameters.filter(p => values[p.name] !== p.default).map(p => `${p.name}=${values[p.name]}`)].join(":")).join(",");
}

function addKernel(name, values = {}) {
  const kernel = catalogue.kernels.find(candidate => candidate.name === name);
  if (!kernel) return;
  chain.push({ kernel, values: { ...Object.fromEntries(kernel.parameters.map(p => [p.name, p.default])), ...values } });
}

/** A slider goes over a range that is useful by hand; the number beside it takes everything that is accepted. */
function sliderRange(parameter) {
  const start = Number(parameter.default), whole = parameter.kind === "integer";
  const reach = Math.max(Math.abs(start) * 4, whole ? 8 : 1);
  const lowest = parameter.minimum ?? -Infinity, highest = parameter.maximum ?? Infinity;
  const minimum = Math.max(lowest, lowest < 0 ? -reach : lowest), maximum = Math.min(highest, reach);
  return { minimum, maximum: Math.max(maximum, start), step: whole ? 1 : "any" };
}

function control(entry, parameter) {
  const value = entry.values[parameter.name], set = text => { entry.values[parameter.name] = text; refresh(); };
  const title = `${parameter.summary}${parameter.unit ? `, in ${parameter.unit}` : ""}`, id = `setting-${chain.indexOf(entry)}-${parameter.name}`;
  const label = el("label", { for: id, title }, parameter.name);
  const listen = (node, type, read) => { node.addEventListener(type, () => set(read(node))); return node; };
  if (parameter.kind === "choice") {
    const select = el("select", { id, title, class: "wide" }, ...parameter.choices.map(choice => el("option", { selected: choice === value }, choice)));
    return el("div", { class: "setting" }, label, listen(select, "change", node => node.value));
  }
  if (parameter.kind === "flag") {
    const box = el("input", { id, title, type: "checkbox", class: "wide", checked: value === "yes" });
    return el("div", { class: "setting" }, label, listen(box, "change", node => node.checked ? "yes" : "no"));
  }
  if (parameter.kind === "text") return el("div", { class: "setting" }, label, listen(el("input", { id, title, type: "text", class: "wide", value }), "change", node => node.value));
  const range = sliderRange(parameter);
  const slider = el("input", { id, title, type: "range", min: range.minimum, max: range.maximum, step: range.step, value });
  const exact = el("input", { title: `${parameter.minimum ?? "any"} to ${parameter.maximum ?? "any"}`, "aria-label": `${parameter.name}, exactly`, type: "number", min: parameter.minimum, max: parameter.maximum, step: parameter.kind === "integer" ? 1 : "any", value });
  slider.addEventListener("input", () => { exact.value = Number(Number(slider.value).toPrecision(3)); set(exact.value); });
  exact.addEventListener("change", () => { slider.value = exact.value; set(exact.value || parameter.default); });
  return el("div", { class: "setting" }, label, slider, exact);
}

/** The cards of the chain. Sliders only change numbers, so the cards stay while they are dragged. */
function layChain() {
  $("chain").replaceChildren(...chain.map((entry, index) => {
    const move = (text, name, to) => {
      const button = el("button", { type: "button", title: name, "aria-label": `${entry.kernel.name}: ${name}`, disabled: to !== null && (to < 0 || to >= chain.length) }, text);
      button.addEventListener("click", () => {
        chain.splice(index, 1);
        if (to !== null) chain.splice(to, 0, entry);
        layChain();
      });
      return button;
    };
    return el("li", {}, el("div", { class: "top" }, el("b", { title: entry.kernel.details }, `${index + 1}. ${entry.kernel.name}`), move("\u2191", "earlier", index - 1), move("\u2193", "later", index + 1), move("\u00d7", "remove", null)),
      el("p", { class: "soft" }, entry.kernel.summary), ...entry.kernel.parameters.map(parameter => control(entry, parameter)));
  }));
  refresh();
}

/** The command that does the same; many maps are no picture, they are drawn as a grid. */
function nameCommand(data) {
  const maps = data.layers[data.layers.length - 1].shape[0], gray = $("gray").checked ? " --gray" : "";
  $("command").textContent = maps === 1 || maps === 3 ? `featuremap apply "${chainText()}"${gray} picture.jpg -o out.png`
    : `featuremap run picture.jpg --model "${chainText()}"${gray} --layer all -o maps/`;
}

function settle() {
  const chained = isChain();
  $("network-part").hidden = chained;
  $("chain-part").hidden = !chained;
  const model = catalogue.models.find(candidate => candidate.name === $("network").value);
  $("network-summary").textContent = model ? model.summary : "";
  $("side-row").hidden = !(chained || $("size").value === "native" || (model && !model.isNetwork));
  $("side-text").textContent = $("side").value;
  refresh();
}

function listenForChoices() {
  for (const id of ["network", "size", "invert", "prepare", "gray"]) $(id).addEventListener("change", settle);
  for (const radio of document.querySelectorAll("input[name=kind]")) radio.addEventListener("change", settle);
  $("side").addEventListener("input", settle);
  $("grid-layer").addEventListener("change", nameDownloads);
  for (const id of ["report", "grid"]) $(id).addEventListener("click", download);
  for (const id of ["colours", "scale"]) $(id).addEventListener("change", nameDownloads);
  $("add").addEventListener("change", event => {
    addKernel(event.target.value);
    event.target.value = "";
    layChain();
  });
}

async function begin() {
  try {
    catalogue = await ask("catalogue");
  } catch (error) {
    return tell(error.message);
  }
  $("network").append(...catalogue.models.map(model => el("option", {}, model.name)));
  const plugins = [...new Set(catalogue.kernels.map(kernel => kernel.plugin))];
  $("add").append(el("option", { value: "" }, "a kernel\u2026"), ...plugins.map(plugin => el("optgroup", { label: plugin },
    ...catalogue.kernels.filter(kernel => kernel.plugin === plugin).map(kernel => el("option", { value: kernel.name, title: kernel.summary }, kernel.name)))));
  for (const name of ["gaussian", "sobel"]) addKernel(name);
  listenForChoices();
  listenForPictures();
  listenForDrawing();
  layChain();
  settle();
  clearEasel();
  stencil("T-shirt");
  undone.length = 0;
}

document.title = "featuremap";
begin();
})();
