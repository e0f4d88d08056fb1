"use strict";
// ---------------------------------------------------------------- small helpers

const $ = id => document.getElementById(id);

/** Makes an element. Text goes in as text only: names of layers and files are not to be trusted. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (key === "class") node.className = value;
    else if (key === "style") Object.assign(node.style, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter(child => child != null));
  return node;
}

/** Five significant digits (or as told), without needless zeros. */
function number(value, digits = 5) {
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(digits - 1).replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(digits)));
}
const rangeText = range => range.min > range.max ? "no numbers" : `[${number(range.min, 3)}, ${number(range.max, 3)}]`;
const signedText = value => value < 0 ? `- ${number(-value)}` : `+ ${number(value)}`;
const percent = value => `${(100 * value).toFixed(1)} %`;
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
const largestOf = rows => rows.flat().reduce((most, v) => Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most, 0);

/** One number of decimals for a whole table, so that its columns line up. */
function cellFormat(largest) {
  if (largest === 0) return value => value === 0 ? "0" : number(value, 2);
  const decimals = largest >= 100 ? 0 : largest >= 10 ? 1 : largest >= 0.1 ? 2 : largest >= 0.01 ? 3 : -1;
  if (decimals < 0) return value => value === 0 ? "0" : value.toExponential(1);
  return value => value.toFixed(decimals).replace(/^-(0(\.0*)?)$/, "$1");
}

/**
 * Shows a network at work on a picture. `data` is what ReportData.swift writes. `kept` is what the one shown before
 * in this window left when it was closed: its unit, its opened sections and how they were drawn.
 */
function openPage(data, kept = null) {
// ---------------------------------------------------------------- the data

/** Base64 of little-endian float32; every browser of today runs on little-endian machines. */
function floats(text) {
  if (Uint8Array.fromBase64) return new Float32Array(Uint8Array.fromBase64(text).buffer);
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Float32Array(bytes.buffer);
}

const layers = data.layers.map((given, index) => {
  const shape = [...given.shape];
  if (shape.length === 2) shape.unshift(1);  // a plane; a plain vector of numbers becomes channels of one value
  while (shape.length < 3) shape.push(1);
  const [C, H, W] = shape.slice(-3);
  return { ...given, index, C, H, W, vector: H * W === 1 && C > 1, view: null, decoded: null, stats: null };
});
const byName = new Map(layers.map(layer => [layer.name, layer]));
for (const layer of layers) layer.before = (layer.inputs || []).map(name => byName.get(name)).filter(Boolean);
const input = layers.find(layer => layer.operation.type === "input") || layers[0];
const labels = new Map((data.classes || []).map(entry => [entry.index, entry.label]));
const last = layers[layers.length - 1];
/** Class names stand at the last layer, and at the logits when that is softmax. */
const hasLabels = layer => layer === last || (last.operation.type === "softmax" && last.before.includes(layer));
const channelName = (layer, c) => layer.channelNames ? ` ${layer.channelNames[c]}` : "";
const unitLabel = (layer, c) => hasLabels(layer) ? labels.get(c) : undefined;

/** Range of every channel and of the layer; what is not finite does not count. */
function measure(layer, values) {
  const plane = layer.H * layer.W, channels = [];
  const whole = { min: Infinity, max: -Infinity };
  for (let c = 0; c < layer.C; c++) {
    let min = Infinity, max = -Infinity;
    for (let i = c * plane; i < (c + 1) * plane; i++) {
      const v = values[i];
      if (v - v !== 0) continue;
      if (v < min) min = v;
      if (v > max) max = v;
    }
    channels.push({ min, max });
    whole.min = Math.min(whole.min, min);
    whole.max = Math.max(whole.max, max);
  }
  layer.stats = { channels, whole };
}

/** A layer's numbers, decoded when they are first looked at. */
function values(layer) {
  if (!layer.decoded) {
    layer.decoded = floats(layer.values);
    if (!layer.stats) measure(layer, layer.decoded);
  }
  return layer.decoded;
}

/** A layer's ranges; numbers that are decoded for them alone are dropped again. */
function stats(layer) {
  if (!layer.stats) measure(layer, floats(layer.values));
  return layer.stats;
}

function valueAt(layer, c, y, x) {
  if (y < 0 || x < 0 || y >= layer.H || x >= layer.W) return 0;
  return values(layer)[(c * layer.H + y) * layer.W + x];
}

/** The decoded numbers of a block {shape, values} of an operation. */
function weights(block) {
  if (!block.decoded) block.decoded = floats(block.values);
  return block.decoded;
}
function biasOf(operation, c) {
  if (!operation.bias) return 0;
  if (!operation.biasDecoded) operation.biasDecoded = floats(operation.bias);
  return operation.biasDecoded[c];
}

// ---------------------------------------------------------------- colours

const anchors = {
  RdBu: "053061 2166ac 4393c3 92c5de d1e5f0 ffffff fddbc7 f4a582 d6604d b2182b 67001f",
  BrBG: "543005 8c510a bf812d dfc27d f6e8c3 ffffff c7eae5 80cdc1 35978f 01665e 003c30",
  viridis: "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c 1fa088 28ae80 3fbc73 5ec962 84d44b addc30 d8e219 fde725",
  grey: "000000 ffffff",
};

/** 255 colours, so that the middle one is the middle anchor; `packed` is for ImageData seen as 32-bit numbers. */
function colourTable(text) {
  const stops = text.split(" ").map(hex => [0, 2, 4].map(i => parseInt(hex.slice(i, i + 2), 16)));
  const rgb = [], packed = new Uint32Array(255);
  for (let i = 0; i < 255; i++) {
    const at = i / 254 * (stops.length - 1), k = Math.min(stops.length - 2, Math.floor(at));
    const colour = stops[k].map((v, j) => Math.round(v + (stops[k + 1][j] - v) * (at - k)));
    rgb.push(colour);
    packed[i] = (255 << 24 | colour[2] << 16 | colour[1] << 8 | colour[0]) >>> 0;
  }
  return { rgb, packed };
}
const tables = Object.fromEntries(Object.entries(anchors).map(([name, text]) => [name, colourTable(text)]));
const notANumber = 0xffff00ff;  // magenta: in none of the maps

const settings = { colours: $("colours").value, scale: $("scale").value };
const symmetric = map => map === "RdBu" || map === "BrBG";

/** The range over all layers but the input, for --scale all. Looks at every layer, so only when asked for. */
function rangeOfAll() {
  const whole = { min: Infinity, max: -Infinity };
  for (const layer of layers) {
    if (layer === input) continue;
    whole.min = Math.min(whole.min, stats(layer).whole.min);
    whole.max = Math.max(whole.max, stats(layer).whole.max);
  }
  return whole;
}

function colourMap(layer) {
  if (settings.colours !== "auto") return settings.colours;
  if (layer === input) return "grey";
  const range = settings.scale === "all" ? rangeOfAll() : stats(layer).whole;  // one scale needs one map
  return range.min < 0 ? "RdBu" : "viridis";
}

/** The values of the first and the last colour. */
function limits(layer, c) {
  let range = settings.scale === "each" && c != null ? stats(layer).channels[c] : stats(layer).whole;
  if (settings.scale === "all" && layer !== input) range = rangeOfAll();
  if (layer === input && range.min >= 0 && range.max <= 1) range = { min: 0, max: 1 };
  if (range.min > range.max) return [0, 1];
  if (symmetric(colourMap(layer))) {
    const m = Math.max(Math.abs(range.min), Math.abs(range.max)) || 1;
    return [-m, m];
  }
  return range.min === range.max ? [range.min - 1, range.max + 1] : [range.min, range.max];
}

function colourIndex(value, [low, high]) {
  return clamp(Math.round((value - low) / (high - low) * 254), 0, 254);
}

/** Background and readable text colour of a table's cell. */
function cellColours(value, map, range) {
  if (value - value !== 0) return ["#ff00ff", "#000"];
  const [r, g, b] = tables[map].rgb[colourIndex(value, range)];
  return [`rgb(${r},${g},${b})`, 0.299 * r + 0.587 * g + 0.114 * b > 118 ? "#000" : "#fff"];
}

function paintPlane(canvas, source, offset, width, height, map, [low, high]) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer), table = tables[map].packed, scale = 254 / (high - low);
  for (let i = 0; i < pixels.length; i++) {
    const t = (source[offset + i] - low) * scale;
    pixels[i] = t !== t ? notANumber : table[t < 0 ? 0 : t > 254 ? 254 : (t + 0.5) | 0];
  }
  context.putImageData(image, 0, 0);
}

function paintMap(canvas, layer, c) {
  paintPlane(canvas, values(layer), c * layer.H * layer.W, layer.W, layer.H, colourMap(layer), limits(layer, c));
}

/** What the network saw, in its colours when it has three channels. */
function paintPicture(canvas) {
  if (input.C !== 3) return paintPlane(canvas, values(input), 0, input.W, input.H, "grey", greyLimits());
  canvas.width = input.W;
  canvas.height = input.H;
  const context = canvas.getContext("2d"), image = context.createImageData(input.W, input.H);
  const source = values(input), plane = input.W * input.H, [low, high] = greyLimits();
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = Math.round((source[c * plane + i] - low) / (high - low) * 255);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
function greyLimits() {
  const { min, max } = stats(input).whole;
  return min >= 0 && max <= 1 || min >= max ? [0, 1] : [min, max];
}

// ---------------------------------------------------------------- boxes over maps

/** Lays a box of the map's cells over a frame; what lies beyond the map is hatched. */
function box(frame, width, height, area, kind) {
  const place = {
    left: `${100 * area.left / width}%`, top: `${100 * area.top / height}%`,
    width: `${100 * (area.right - area.left + 1) / width}%`, height: `${100 * (area.bottom - area.top + 1) / height}%`,
  };
  const nodes = [el("div", { class: `mark ${kind}`, style: place })];
  if (area.left < 0 || area.top < 0 || area.right >= width || area.bottom >= height)
    nodes.push(el("div", { class: `hatch ${kind}`, style: place }));
  frame.append(...nodes);
  return nodes;
}

const areaText = a => `rows ${a.top}..${a.bottom}, columns ${a.left}..${a.right} (${a.bottom - a.top + 1}x${a.right - a.left + 1})`;

function overText(a, layer) {
  const rows = Math.max(0, -a.top) + Math.max(0, a.bottom - layer.H + 1);
  const columns = Math.max(0, -a.left) + Math.max(0, a.right - layer.W + 1);
  const parts = [rows && `${rows} row${rows > 1 ? "s" : ""}`, columns && `${columns} column${columns > 1 ? "s" : ""}`].filter(Boolean);
  return parts.length ? `, ${parts.join(" and ")} over the border` : "";
}

/** A small picture with a box, with room around it for what lies over the border. */
function thumbnail(layer, paint, area, size) {
  const shown = { top: 0, left: 0, bottom: layer.H - 1, right: layer.W - 1 };
  if (area) {  // at most half a picture more on each side, or a wide field would leave a dot of the picture
    shown.top = Math.max(Math.min(0, area.top), -Math.ceil(layer.H / 2));
    shown.left = Math.max(Math.min(0, area.left), -Math.ceil(layer.W / 2));
    shown.bottom = Math.min(Math.max(shown.bottom, area.bottom), layer.H - 1 + Math.ceil(layer.H / 2));
    shown.right = Math.min(Math.max(shown.right, area.right), layer.W - 1 + Math.ceil(layer.W / 2));
  }
  const width = shown.right - shown.left + 1, height = shown.bottom - shown.top + 1;
  const fit = size / Math.max(width, height), zoom = fit >= 3 ? Math.floor(fit) : fit >= 1 ? Math.floor(2 * fit) / 2 : fit;
  const canvas = el("canvas", { role: "img", style: { position: "absolute", cursor: "default", maxWidth: "none", left: `${-100 * shown.left / width}%`, top: `${-100 * shown.top / height}%`, width: `${100 * layer.W / width}%`, height: `${100 * layer.H / height}%` } });
  canvas.setAttribute("aria-label", area ? `${layer.name} with a box at ${areaText(area)}` : layer.name);
  paint(canvas);
  const frame = el("div", { class: "frame", style: { width: `${width * zoom}px`, height: `${height * zoom}px`, overflowClipMargin: "4px", flex: "none" } }, canvas);
  if (area) {
    const moved = { top: area.top - shown.top, left: area.left - shown.left, bottom: area.bottom - shown.top, right: area.right - shown.left };
    const nodes = box(frame, width, height, moved, "");
    if (nodes.length < 2 && (area.top < 0 || area.left < 0 || area.bottom >= layer.H || area.right >= layer.W))
      frame.append(el("div", { class: "hatch", style: { left: nodes[0].style.left, top: nodes[0].style.top, width: nodes[0].style.width, height: nodes[0].style.height } }));
  }
  return frame;
}

// ---------------------------------------------------------------- how a value came about

/** The receptive field of a unit on the input; what all units of the layer see where they see the same. */
function fieldOf(layer, c, y, x) {
  const f = layer.receptiveField, before = layer.before[0];
  if (!f && layer.operation.type === "flatten" && before) {
    const i = (c * layer.H + y) * layer.W + x, plane = before.H * before.W;
    return fieldOf(before, Math.floor(i / plane), Math.floor(i % plane / before.W), i % before.W);
  }
  if (!f && layer.sees) return { top: layer.sees[0], left: layer.sees[1], bottom: layer.sees[2], right: layer.sees[3] };
  if (!f) return { top: 0, left: 0, bottom: input.H - 1, right: input.W - 1 };
  const top = f.start[0] + y * f.jump[0] - (f.size[0] - 1) / 2, left = f.start[1] + x * f.jump[1] - (f.size[1] - 1) / 2;
  return { top, left, bottom: top + f.size[0] - 1, right: left + f.size[1] - 1 };
}

/** Where a border mode reads for a place beyond the border; -1 is zero. */
function bordered(i, n, mode) {
  if (i >= 0 && i < n) return i;
  if (mode === "replicate") return clamp(i, 0, n - 1);
  if (mode === "circular") return ((i % n) + n) % n;
  if (mode === "symmetric") { const p = ((i % (2 * n)) + 2 * n) % (2 * n); return p < n ? p : 2 * n - 1 - p; }
  if (mode === "reflect") {
    if (n === 1) return 0;
    const period = 2 * n - 2, p = ((i % period) + period) % period;
    return p < n ? p : period - p;
  }
  return -1;
}

/** A window's values on one channel, and which of them lie beyond the border. */
function readWindow(layer, c, top, left, height, width, dilation = [1, 1], mode = "zero") {
  const rows = [], outside = [];
  for (let i = 0; i < height; i++) {
    rows.push([]);
    outside.push([]);
    for (let j = 0; j < width; j++) {
      const y = top + i * dilation[0], x = left + j * dilation[1];
      const beyond = y < 0 || x < 0 || y >= layer.H || x >= layer.W;
      const readY = bordered(y, layer.H, mode), readX = bordered(x, layer.W, mode);
      rows[i].push(readY < 0 || readX < 0 ? 0 : valueAt(layer, c, readY, readX));
      outside[i].push(beyond);
    }
  }
  return { rows, outside };
}

function numberTable(title, rows, { map, range, outside, winner, uncounted }) {
  const inside = outside ? rows.map((row, i) => row.filter((_, j) => !outside[i][j] || row[j] !== 0)) : rows;
  const format = cellFormat(largestOf(inside) || largestOf(rows)), body = el("tbody");
  rows.forEach((row, i) => {
    const line = el("tr");
    row.forEach((v, j) => {
      const [back, fore] = cellColours(v, map, range), beyond = outside && outside[i][j];
      const text = beyond && uncounted ? "-" : Number.isFinite(v) ? format(v) : String(v);
      const isWinner = winner && winner[0] === i && winner[1] === j;
      line.append(el("td", { class: [beyond && "outside", isWinner && "winner"].filter(Boolean).join(" "), title: number(v, 8), style: { background: back, color: fore } }, beyond ? `(${text})` : text));
    });
    body.append(line);
  });
  const scrolls = rows[0].length > 9;  // what scrolls must be reachable by keyboard
  return el("div", { class: "grid", tabindex: scrolls ? 0 : null, role: scrolls ? "region" : null, "aria-label": scrolls ? title : null },
    el("table", {}, el("caption", {}, title), body));
}

/** The lines window x kernel = products of one channel. */
function termBlock(before, term, area, productLimit) {
  const kernelLimit = largestOf(term.weights) || 1;
  return el("div", { class: "term" },
    el("h4", {}, `${before.name} channel ${term.channel}${term.name ? `, kernel ${term.name}` : ""}: sum ${number(term.sum)}`),
    el("div", { class: "equation" },
      thumbnail(before, canvas => paintMap(canvas, before, term.channel), area, 84),
      numberTable("window", term.window.rows, { map: colourMap(before), range: limits(before, term.channel), outside: term.window.outside })),
    el("div", { class: "equation" }, "\u00d7",
      numberTable("kernel", term.weights, { map: "BrBG", range: [-kernelLimit, kernelLimit] }), "=",
      numberTable("products", term.products, { map: "RdBu", range: [-productLimit, productLimit], outside: term.window.outside })));
}

/** Many channels: the strongest eight at once, the rest when asked for, so that pointing stays quick. */
function termBlocks(before, terms, area) {
  const productLimit = Math.max(...terms.map(term => largestOf(term.products))) || 1, most = 8;
  const block = term => termBlock(before, term, area, productLimit);
  if (terms.length <= most) return terms.map(block);
  const order = [...terms].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
  const rest = order.slice(most), more = el("button", { type: "button", class: "more" }, `Show the other ${rest.length} channels`);
  more.addEventListener("click", () => more.replaceWith(...rest.map(block)));
  return [el("p", { class: "soft" }, `The ${most} strongest of ${terms.length} channels:`), ...order.slice(0, most).map(block),
    el("p", { class: "number" }, `the other ${rest.length} channels: sum ${number(rest.reduce((sum, t) => sum + t.sum, 0))}`), more];
}

function weightedTerms(before, channels, top, left, [height, width], dilation, mode, weightAt) {
  return channels.map((channel, i) => {
    const window = readWindow(before, channel, top, left, height, width, dilation, mode);
    const kernel = window.rows.map((row, a) => row.map((_, b) => weightAt(i, a, b)));
    const products = window.rows.map((row, a) => row.map((v, b) => v * kernel[a][b]));
    return { channel, window, weights: kernel, products, sum: products.flat().reduce((s, p) => s + p, 0) };
  });
}

const areaAt = (top, left, height, width, dilation = [1, 1]) => ({ top, left, bottom: top + (height - 1) * dilation[0], right: left + (width - 1) * dilation[1] });
const line = text => el("p", { class: "formula" }, text);

/** The result of an equation, and a word if the numbers here do not give the layer's value. */
function resultText(total, value, size) {
  const differs = Math.abs(total - value) > 1e-3 * Math.max(1e-3, Math.abs(value), size);
  return `${number(differs ? total : value)}${differs ? ` (the layer holds ${number(value)})` : ""}`;
}

/** "(a + b) + bias c = value" */
function sumLine(sum, bias, hasBias, value) {
  return line(`sum ${hasBias ? `${number(sum)} + bias ${number(bias)} ` : ""}= ${resultText(sum + bias, value, Math.max(Math.abs(sum), Math.abs(bias)))}`);
}

/** How the sums of a gradient's two kernels become its value. */
function gradient(combination, [a, b], value) {
  const [x, y] = [`${a.name} ${number(a.sum)}`, `${b.name} ${number(b.sum)}`];
  const [sum, text] = combination === "angle" ? [Math.atan2(b.sum, a.sum), `atan2(${y}, ${x})`]
    : combination === "length" ? [Math.hypot(a.sum, b.sum), `\u221a((${x})\u00b2 + (${y})\u00b2)`] : [Math.abs(a.sum) + Math.abs(b.sum), `|${x}| + |${y}|`];
  return { sum, node: line(`${text} = ${resultText(sum, value, Math.max(Math.abs(a.sum), Math.abs(b.sum)))}`) };
}

const aboutFilter = op => op.summary ? el("p", {}, op.summary) : null;

/** What a filter reads where its window reaches over the border. */
function borderNote(op, before, area) {
  const inside = area.top >= 0 && area.left >= 0 && area.bottom < before.H && area.right < before.W;
  return op.border && !inside ? el("p", { class: "soft" }, `Beyond the border: ${op.border}.`) : null;
}

/** What each operation has to tell: nodes to show, marks on the layers before, the window, the sum and the bias. */
const stories = {
  input: () => ({ nodes: [el("p", { class: "soft" }, "A value of the picture that the network saw.")] }),

  correlation(layer, c, y, x, value) {
    const op = layer.operation, before = layer.before[0], [rows, perGroup, height, width] = op.weight.shape;
    // A filter has the same rows for every group.
    const row = c % rows, first = Math.floor(c / (layer.C / op.groups)) * perGroup, w = weights(op.weight);
    const top = y * op.stride[0] - op.padding[0], left = x * op.stride[1] - op.padding[1];
    const channels = Array.from({ length: perGroup }, (_, i) => first + i);
    const terms = weightedTerms(before, channels, top, left, [height, width], op.dilation, op.border || "zero",
      (i, a, b) => w[((row * perGroup + i) * height + a) * width + b]);
    const area = areaAt(top, left, height, width, op.dilation), sum = terms.reduce((s, t) => s + t.sum, 0), bias = biasOf(op, row);
    return { sum, bias, window: area, marks: [{ layer: before, channels, area }],
      nodes: [aboutFilter(op), sumLine(sum, bias, !!op.bias, value), borderNote(op, before, area), ...termBlocks(before, terms, area)] };
  },

  filter(layer, c, y, x, value) {
    const op = layer.operation, before = layer.before[0], [height, width] = op.size, top = y + op.offset[0], left = x + op.offset[1];
    const area = areaAt(top, left, height, width);
    const channels = op.groups > 1 ? [Math.floor(c * op.groups / layer.C)] : Array.from({ length: before.C }, (_, i) => i);
    const marks = [{ layer: before, channels, area }];
    if (op.matrices) {
      const terms = op.matrices.map(({ name, matrix }) => ({ name, ...weightedTerms(before, channels, top, left, [height, width], [1, 1], op.border, (_, a, b) => weights(matrix)[a * width + b])[0] }));
      const { sum, node } = gradient(op.combination, terms, value);
      return { sum, bias: 0, window: area, marks, nodes: [aboutFilter(op), node, borderNote(op, before, area), ...termBlocks(before, terms, area)] };
    }
    const windowOf = channel => {
      const window = readWindow(before, channel, top, left, height, width, [1, 1], op.border);
      return [el("h4", {}, `${before.name} channel ${channel}`),
        el("div", { class: "equation" }, thumbnail(before, canvas => paintMap(canvas, before, channel), area, 150),
          numberTable("window", window.rows, { map: colourMap(before), range: limits(before, channel), outside: window.outside }))];
    };
    return { window: area, marks, nodes: [aboutFilter(op), line(`${layer.kind} of the window = ${number(value)}`), borderNote(op, before, area), ...channels.slice(0, 4).flatMap(windowOf)] };
  },

  pool(layer, c, y, x, value) {
    const op = layer.operation, before = layer.before[0], [height, width] = op.size;
    const top = y * op.stride[0] - op.padding[0], left = x * op.stride[1] - op.padding[1];
    const window = readWindow(before, c, top, left, height, width), area = areaAt(top, left, height, width);
    let winner = null, most = -Infinity, total = 0, count = 0;
    window.rows.forEach((row, i) => row.forEach((v, j) => {
      if (window.outside[i][j] && !(op.mode !== "max" && op.countPadding)) return;
      total += v;
      count += 1;
      if (v > most) { most = v; winner = [i, j]; }
    }));
    const max = op.mode === "max", result = max ? most : total / count;
    return { sum: result, bias: 0, window: area, marks: [{ layer: before, channels: [c], area }], nodes: [
      line(max ? `largest of ${count}: ${number(value)}${winner ? `, at row ${top + winner[0]}, column ${left + winner[1]}` : ""}` : `${number(total)} / ${count} = ${number(value)}`),
      el("h4", {}, `${before.name} channel ${c}`),
      el("div", { class: "equation" }, thumbnail(before, canvas => paintMap(canvas, before, c), area, 150),
        numberTable("window", window.rows, { map: colourMap(before), range: limits(before, c), outside: window.outside, winner: max ? winner : null, uncounted: max || !op.countPadding }))] };
  },

  linear(layer, c, y, x, value) {
    const op = layer.operation, before = layer.before[0], w = weights(op.weight), v = values(before), n = op.weight.shape[1];
    const products = Array.from({ length: n }, (_, i) => v[i] * w[c * n + i]);
    const order = products.map((_, i) => i).sort((a, b) => Math.abs(products[b]) - Math.abs(products[a]));
    const strongest = order.slice(0, 10), rest = order.slice(10).reduce((s, i) => s + products[i], 0);
    const sum = products.reduce((s, p) => s + p, 0), bias = biasOf(op, c), plane = before.H * before.W;
    const rows = strongest.map(i => [originName(before, i), number(v[i], 4), number(w[c * n + i], 4), number(products[i], 4)]);
    if (n > 10) rows.push([`the other ${n - 10}`, "", "", number(rest, 4)]);
    return { sum, bias, marks: strongest.map(i => ({ layer: before, channels: [Math.floor(i / plane)], area: pointArea(Math.floor(i % plane / before.W), i % before.W) })),
      nodes: [sumLine(sum, bias, !!op.bias, value), el("h4", {}, `The largest contributions of ${n}`), listTable(["unit", "value", "weight", "product"], rows)] };
  },

  elementwise(layer, c, y, x, value) {
    const before = layer.before[0], v = valueAt(before, c, y, x), name = layer.operation.function;
    const known = { sigmoid: ["1 / (1 + exp(-x))", 1 / (1 + Math.exp(-v))], relu: ["max(0, x)", Math.max(0, v)], tanh: ["tanh(x)", Math.tanh(v)] }[name];
    const curve = known ? el("p", { class: "soft" }, `${name}(x) = ${known[0]}, with x the same place of ${before.name}`) : el("p", { class: "soft" }, `x is the same place of ${before.name}`);
    return { sum: known ? known[1] : undefined, bias: 0, window: pointArea(y, x), marks: [{ layer: before, channels: [c], area: pointArea(y, x) }],
      nodes: [line(`${name}(${number(v)}) = ${number(value)}`), curve,
        before.vector ? null : thumbnail(before, canvas => paintMap(canvas, before, c), pointArea(y, x), 150)] };
  },

  softmax(layer, c, y, x, value) {
    const before = layer.before[0], logits = Array.from({ length: before.C }, (_, k) => valueAt(before, k, y, x));
    const most = Math.max(...logits), powers = logits.map(v => Math.exp(v - most)), total = powers.reduce((s, p) => s + p, 0);
    const order = logits.map((_, k) => k).sort((a, b) => logits[b] - logits[a]), shown = order.slice(0, 20);
    if (!shown.includes(c)) shown.push(c);
    const rows = shown.map(k => [labels.get(k) ? `${k} ${labels.get(k)}` : String(k), number(logits[k], 4), number(powers[k], 4), number(powers[k] / total, 4)]);
    return { sum: powers[c] / total, bias: 0, window: pointArea(y, x), marks: [{ layer: before, channels: logits.map((_, k) => k), area: pointArea(y, x) }], nodes: [
      line(`exp(${number(logits[c] - most)}) / ${number(total)} = ${number(powers[c])} / ${number(total)} = ${number(value)}`),
      el("p", { class: "soft" }, `The largest logit, ${number(most)}, is taken off first: the shares stay the same and nothing overflows.`),
      listTable(["class", "logit z", "exp(z - max)", "share"], rows, shown.indexOf(c))] };
  },

  add(layer, c, y, x, value) {
    const parts = layer.before.map(before => valueAt(before, c, y, x)), sum = parts.reduce((s, v) => s + v, 0);
    return { sum, bias: 0, window: pointArea(y, x), marks: layer.before.map(before => ({ layer: before, channels: [c], area: pointArea(y, x) })),
      nodes: [line(`${parts.map((v, i) => i ? signedText(v) : number(v)).join(" ")} = ${number(value)}`),
        listTable(["layer", "same place"], layer.before.map((before, i) => [before.name, number(parts[i])]))] };
  },

  concatenate(layer, c, y, x, value) {
    let channel = c;
    for (const before of layer.before) {
      if (channel < before.C) return passedOn(before, channel, y, x, value);
      channel -= before.C;
    }
    return { nodes: [] };
  },

  flatten(layer, c, y, x, value) {
    const before = layer.before[0], i = (c * layer.H + y) * layer.W + x, plane = before.H * before.W;
    return passedOn(before, Math.floor(i / plane), Math.floor(i % plane / before.W), i % before.W, value);
  },

  other: layer => ({ nodes: [el("p", {}, layer.operation.summary || `How ${layer.kind} works is not shown here.`)] }),
};

function passedOn(before, c, y, x, value) {
  return { sum: value, bias: 0, window: pointArea(y, x), marks: [{ layer: before, channels: [c], area: pointArea(y, x) }], nodes: [
    line(`${placeText(before, c, y, x)} = ${number(value)}`), el("p", { class: "soft" }, "Passed on as it is."),
    before.vector ? null : thumbnail(before, canvas => paintMap(canvas, before, c), pointArea(y, x), 150)] };
}

function pointArea(y, x) { return { top: y, left: x, bottom: y, right: x }; }

/** A unit by its place before flattening: "pool2 ch 3, row 1, column 2" tells more than "flatten 87". */
function originName(layer, i) {
  while (layer.operation.type === "flatten" && layer.before[0]) layer = layer.before[0];
  const plane = layer.H * layer.W;
  return placeText(layer, Math.floor(i / plane), Math.floor(i % plane / layer.W), i % layer.W);
}

function placeText(layer, c, y, x) {
  if (layer.H * layer.W === 1) return `${layer.name} ${unitLabel(layer, c) ? `${c} ${unitLabel(layer, c)}` : c}`;
  return `${layer.name} ch ${c}, row ${y}, column ${x}`;
}

function listTable(heads, rows, here = -1) {
  return el("table", { class: "list number" },
    el("thead", {}, el("tr", {}, ...heads.map((head, j) => el("th", { class: j ? "r" : "", scope: "col" }, head)))),
    el("tbody", {}, ...rows.map((row, i) => el("tr", { class: i === here ? "here" : "" }, ...row.map((text, j) => el("td", { class: j ? "r" : "" }, text))))));
}

// ---------------------------------------------------------------- sections and their maps

const zoomFor = layer => Math.max(1, Math.ceil(90 / Math.max(layer.H, layer.W)));
const firstTiles = 48;  // of a layer of many channels; more when asked for

const seen = new IntersectionObserver(entries => {
  for (const entry of entries) if (entry.isIntersecting) {
    seen.unobserve(entry.target);
    entry.target.paint();
  }
}, { rootMargin: "300px" });

function makeSection(layer) {
  const range = el("span", { class: "right number range" });
  const body = el("div", { class: "body" });
  const section = el("details", { class: "layer", id: `layer-${layer.index}` },
    el("summary", {}, el("h2", {}, layer.name), el("span", { class: "kind" }, layer.kind === layer.name ? "" : layer.kind), el("span", { class: "right shape" }, layer.H * layer.W > 1 ? `${layer.C}x${layer.H}x${layer.W}` : `${layer.C}`),
      el("span", { class: "right parameters" }, layer.parameters ? `${layer.parameters.toLocaleString("en")} weights` : ""), range), body);
  layer.section = section;
  layer.showRange = () => { if (!range.textContent) range.textContent = rangeText(stats(layer).whole); };
  section.addEventListener("toggle", () => { if (section.open) build(layer); });
  layer.body = body;
  return section;
}

function openSection(layer) {
  layer.section.open = true;
  build(layer);  // at once: the event comes too late for a box that is to be drawn now
}

/** Fills a section. The maps themselves are painted when they come near the window. */
function build(layer) {
  if (layer.view) return;
  const legend = el("div", { class: "legend" });
  layer.view = { legend, tiles: [], shown: 0 };
  legend.paint = () => paintLegend(layer);
  const maps = layer.vector ? (layer.C <= 24 ? makeBars(layer) : makeStrip(layer)) : makeTiles(layer);
  layer.body.append(legend, maps);
  const kernels = makeKernels(layer);
  if (kernels) layer.body.append(kernels);
  seen.observe(legend);
}

function paintLegend(layer) {
  layer.showRange();
  const { min, max } = stats(layer).whole;
  if (min === max && layer !== input) {  // one colour, and no range that a bar could show
    layer.view.legend.replaceChildren(el("span", { class: "number" }, `all values are ${number(min, 3)}`));
    return;
  }
  const map = colourMap(layer), bar = el("canvas", { role: "img", "aria-label": `colour bar ${map}` });
  paintPlane(bar, Float32Array.from({ length: 255 }, (_, i) => i), 0, 255, 1, map, [0, 254]);
  const each = settings.scale === "each" && !layer.vector && layer.C > 1 && !(layer === input && greyLimits()[1] === 1);
  const [low, high] = each ? symmetric(map) ? ["-most", "most"] : ["least", "most"] : limits(layer).map(v => number(v, 3));
  layer.view.legend.replaceChildren(el("span", { class: "number" }, low), bar, el("span", { class: "number" }, high),
    el("span", {}, `${map}${symmetric(map) ? ", white is 0" : ""}${each ? ", each map by itself" : settings.scale === "all" && layer !== input ? ", one scale for all layers" : ""}`));
}

function makeTiles(layer) {
  const grid = el("div", { class: "tiles" });
  layer.view.grid = grid;
  showTiles(layer, firstTiles + 16 >= layer.C ? layer.C : firstTiles);
  return grid;
}

function showTiles(layer, count) {
  const view = layer.view;
  if (view.more) view.more.remove();
  for (; view.shown < count; view.shown++) view.grid.append(makeTile(layer, view.shown));
  if (count >= layer.C) return;
  view.more = el("button", { type: "button", class: "more" }, `Show all ${layer.C} maps`);
  view.more.addEventListener("click", () => { showTiles(layer, layer.C); placeMarks(); });
  view.grid.append(view.more);
}

function makeTile(layer, c) {
  const zoom = zoomFor(layer), canvas = el("canvas", { width: layer.W, height: layer.H, class: layer.W > 500 ? "large" : "", style: { width: `${layer.W * zoom}px` },
    tabindex: c ? -1 : 0, role: "application", "aria-roledescription": "feature map", "aria-label": `${layer.name}, channel ${c}, ${layer.H} by ${layer.W}` });
  const caption = el("div", { class: "caption number" }, el("b", {}, `ch ${c}${channelName(layer, c)}`));
  const frame = el("div", { class: "frame", style: { width: `${layer.W * zoom}px` } }, canvas);
  canvas.unitAt = event => {
    const r = canvas.getBoundingClientRect();
    return { layer, c, y: clamp(Math.floor((event.clientY - r.top) / r.height * layer.H), 0, layer.H - 1), x: clamp(Math.floor((event.clientX - r.left) / r.width * layer.W), 0, layer.W - 1) };
  };
  canvas.paint = () => {
    canvas.painted = true;
    paintMap(canvas, layer, c);
    const range = stats(layer).channels[c], constant = range.min === range.max && layer.H * layer.W > 1;
    const words = constant ? (range.min === 0 ? "dead" : "constant") : "";
    frame.classList.toggle("constant", constant);
    caption.replaceChildren(el("b", {}, `ch ${c}${channelName(layer, c)}`), ` ${rangeText(range)}${words && ` ${words}`}`);
    canvas.setAttribute("aria-label", `${layer.name}, channel ${c}, ${layer.H} by ${layer.W}, from ${number(range.min, 3)} to ${number(range.max, 3)} ${words}. Arrow keys move the unit.`);
  };
  layer.view.tiles[c] = { frame, canvas };
  seen.observe(canvas);
  return el("div", { class: "tile", style: { width: `${Math.max(layer.W * zoom, 90)}px` } }, frame, caption);
}

/** A short vector: a bar for each unit, with its number or its class. */
function makeBars(layer) {
  const bars = el("div", { class: "bars number", tabindex: 0, role: "application", "aria-roledescription": "vector", "aria-label": `${layer.name}, ${layer.C} values. Up and down keys move the unit.` });
  layer.view.bars = bars;
  layer.view.rows = Array.from({ length: layer.C }, (_, c) => {
    const cell = el("span", { class: "cell" }), text = el("span", { class: "right" }), name = unitLabel(layer, c);
    const row = el("div", { class: "row" }, el("span", {}, name ? `${c} ${name}` : String(c)), cell, text);
    row.unitAt = () => ({ layer, c, y: 0, x: 0 });
    row.cell = cell;
    row.text = text;
    return row;
  });
  bars.append(...layer.view.rows);
  bars.paint = () => {
    bars.painted = true;
    const v = values(layer), { min, max } = stats(layer).whole, map = colourMap(layer), range = limits(layer);
    const low = Math.min(0, min), high = Math.max(0, max), span = high - low || 1;
    layer.view.rows.forEach((row, c) => {
      const from = (Math.min(0, v[c]) - low) / span, to = (Math.max(0, v[c]) - low) / span;
      row.cell.replaceChildren(el("i", { style: { left: `${100 * from}%`, width: `${100 * (to - from)}%`, background: cellColours(v[c], map, range)[0] } }), el("u", { style: { left: `${-100 * low / span}%` } }));
      row.text.textContent = number(v[c], 4);
    });
  };
  seen.observe(bars);
  return bars;
}

/** A long vector: cells in rows, the number of each row's first unit before it. */
function makeStrip(layer) {
  const size = 16, room = (layer.body.clientWidth || 320) - 48;
  const columns = clamp(Math.floor(room / size / 10) * 10, 10, 50), rows = Math.ceil(layer.C / columns);
  const canvas = el("canvas", { width: columns, height: rows, style: { width: `${columns * size}px`, height: `${rows * size}px` }, tabindex: 0, role: "application", "aria-roledescription": "vector",
    "aria-label": `${layer.name}, ${layer.C} values in rows of ${columns}. Arrow keys move the unit.` });
  const starts = el("div", { class: "starts number" }, ...Array.from({ length: rows }, (_, r) => el("span", { style: { height: `${size}px`, lineHeight: `${size}px` } }, String(r * columns))));
  canvas.unitAt = event => {
    const r = canvas.getBoundingClientRect();
    const x = clamp(Math.floor((event.clientX - r.left) / r.width * columns), 0, columns - 1), y = clamp(Math.floor((event.clientY - r.top) / r.height * rows), 0, rows - 1);
    return { layer, c: Math.min(layer.C - 1, y * columns + x), y: 0, x: 0 };
  };
  canvas.paint = () => {
    canvas.painted = true;
    const padded = new Float32Array(columns * rows).fill(NaN);
    padded.set(values(layer));
    paintPlane(canvas, padded, 0, columns, rows, colourMap(layer), limits(layer));
    canvas.getContext("2d").clearRect(layer.C % columns || columns, rows - 1, columns, 1);
  };
  const frame = el("div", { class: "frame", style: { width: `${columns * size}px` } }, canvas);
  layer.view.strip = { frame, canvas, columns, rows };
  seen.observe(canvas);
  return el("div", { class: "strip" }, starts, frame);
}

/** The weights, brown to blue-green so that nobody takes them for activations: a row for each output channel. */
function makeKernels(layer) {
  const op = layer.operation, block = op.weight;
  if (!block) return null;
  const s = block.shape, [O, I, h, w] = s.length === 4 ? s : [1, 1, ...s];
  const flat = I === 1 && op.type === "correlation";  // one kernel each: side by side instead of below one another
  const perRow = flat ? Math.min(O, 16) : I, lines = flat ? Math.ceil(O / perRow) : O, gap = h * w > 1 && O * I > 1 ? 1 : 0;
  const width = perRow * (w + gap) - gap, height = lines * (h + gap) - gap;
  const zoom = O * I === 1 && op.type === "correlation" ? Math.max(1, Math.ceil(90 / Math.max(h, w))) : clamp(Math.floor(300 / width), 1, flat ? 10 : 6);
  const canvas = el("canvas", { width, height, role: "img", "aria-label": `the weights of ${layer.name}`, style: { width: `${width * zoom}px` } });
  const range = el("span", { class: "number" }), legend = el("div", { class: "legend" }), frame = el("div", { class: "frame" }, canvas);
  canvas.paint = () => {
    canvas.painted = true;
    const source = weights(block), m = source.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;
    const context = canvas.getContext("2d"), image = context.createImageData(width, height), pixels = new Uint32Array(image.data.buffer);
    for (let k = 0, n = 0; k < O * I; k++) {
      const left = (k % perRow) * (w + gap), top = Math.floor(k / perRow) * (h + gap);
      for (let y = 0; y < h; y++) for (let x = 0; x < w; x++, n++) pixels[(top + y) * width + left + x] = tables.BrBG.packed[colourIndex(source[n], [-m, m])];
    }
    context.putImageData(image, 0, 0);
    range.textContent = rangeText(source.reduce((r, v) => ({ min: Math.min(r.min, v), max: Math.max(r.max, v) }), { min: Infinity, max: -Infinity }));
    const bar = el("canvas", { role: "img", "aria-label": "colour bar BrBG" });
    paintPlane(bar, Float32Array.from({ length: 255 }, (_, i) => i), 0, 255, 1, "BrBG", [0, 254]);
    legend.replaceChildren(el("span", { class: "number" }, number(-m, 3)), bar, el("span", { class: "number" }, number(m, 3)), el("span", {}, "BrBG, white is 0"),
      el("span", {}, op.type === "linear" ? "a row for each output, a column for each input" : flat || O === 1 ? "" : "a row of kernels for each output channel, a column for each input channel"));
  };
  layer.kernelBoxes = c => {  // the kernels that channel c used
    if (O * I === 1 && op.type === "correlation") return;
    if (op.type === "correlation") c %= O;  // a filter's kernels serve every channel
    const area = op.type === "linear" ? { top: c, bottom: c, left: 0, right: w - 1 }
      : flat ? areaAt(Math.floor(c / perRow) * (h + gap), (c % perRow) * (w + gap), h, w) : areaAt(c * (h + gap), 0, h, width);
    return box(frame, width, height, area, pinned ? "" : "hover");
  };
  const details = el("details", { class: "kernels" }, el("summary", {}, ` ${op.type === "linear" ? "weights" : "kernels"} ${s.join("x")} `, range), legend, el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `the kernels of ${layer.name}` }, frame));
  details.addEventListener("toggle", () => { if (details.open) seen.observe(canvas); });
  details.open = O * I <= 128 && op.type !== "linear";
  seen.observe(canvas);
  return details;
}

/** Paints again what was painted, after another colour map or scale was chosen. */
function repaint() {
  for (const layer of layers) {
    const view = layer.view;
    if (!view) continue;
    for (const target of [...view.tiles.map(tile => tile.canvas), view.bars, view.strip && view.strip.canvas]) if (target && target.painted) target.paint();
    if (view.legend.childNodes.length) paintLegend(layer);
  }
  if (current) show();
}

/** For printing: everything that stands in an opened section. */
function paintOpened() {
  for (const layer of layers) if (layer.section.open) {
    build(layer);
    for (const node of layer.section.querySelectorAll("canvas, .bars, .legend")) if (node.paint && !node.painted) node.paint();
  }
}

// ---------------------------------------------------------------- the unit pointed at

let current = null;   // {layer, c, y, x}
let pinned = false;
let story = {};       // what stories[...] told of it, with value and field
let marks = [];

function placeMarks() {
  for (const node of marks) if (node.remove) node.remove(); else node();
  marks = [];
  if (!current) return;
  const { layer, c, y, x } = current, kind = pinned ? "" : "hover";
  const put = (target, channels, area, name) => {
    const view = target.view;
    if (!view || !target.section.open) return;
    for (const channel of channels) {
      if (view.rows) {
        const row = view.rows[channel], word = name.includes("unit") ? "here" : "used";
        row.classList.add(word);
        marks.push(() => row.classList.remove(word));
      } else if (view.strip) {
        const { frame, columns, rows } = view.strip;
        marks.push(...box(frame, columns, rows, pointArea(Math.floor(channel / columns), channel % columns), name));
      } else if (view.tiles[channel]) marks.push(...box(view.tiles[channel].frame, target.W, target.H, area, name));
    }
  };
  for (const mark of story.marks || []) put(mark.layer, mark.channels, mark.area, kind);
  if (layer !== input && !layer.before.includes(input)) put(input, Array.from({ length: input.C }, (_, k) => k), story.field, kind);
  put(layer, [c], pointArea(y, x), `unit ${kind}`);
  marks.push(...box(seenFrame, input.W, input.H, layer === input ? pointArea(y, x) : story.field, kind));
  if (layer.kernelBoxes) marks.push(...(layer.kernelBoxes(c) || []));
}

function show() {
  const { layer, c, y, x } = current, value = valueAt(layer, c, y, x), field = fieldOf(layer, c, y, x);
  const tell = layer.before.length || layer.operation.type === "input" ? stories[layer.operation.type] || stories.other : stories.other;
  story = { sum: undefined, bias: 0, window: null, marks: [], ...tell(layer, c, y, x, value), value, field };
  const label = unitLabel(layer, c);
  $("where").textContent = layer.H * layer.W === 1 ? `${layer.name}, unit ${c}${label ? `, ${label}` : ""}` : `${layer.name} ch ${c}${channelName(layer, c)}, row ${y}, column ${x}`;
  $("where").classList.remove("soft");
  $("unit-value").textContent = number(value);
  $("pin").hidden = false;
  $("pin").textContent = pinned ? "Unpin" : "Pin";
  $("pin").setAttribute("aria-pressed", String(pinned));
  $("inspector").classList.toggle("pinned", pinned);
  const isWhole = field.top <= 0 && field.left <= 0 && field.bottom >= input.H - 1 && field.right >= input.W - 1;
  const fieldWords = areaText(field) + overText(field, input) + (isWhole ? ": the whole input" : "");
  const nodes = [el("h3", {}, layer === input ? "Where it lies" : "What it sees of the input"),
    el("p", { class: "number", id: "field-text" }, layer === input ? `row ${y}, column ${x}` : fieldWords), thumbnail(input, paintPicture, field, innerWidth < 1000 ? 130 : 200)];
  nodes.push(el("h3", {}, "How the value came about"));
  if (story.window && layer.before[0] && layer.H * layer.W > 1)
    nodes.push(el("p", { class: "number", id: "window-text" }, `reads of ${[...new Set(story.marks.map(mark => mark.layer.name))].join(", ")}: ${areaText(story.window)}${overText(story.window, layer.before[0])}`));
  nodes.push(...story.nodes.filter(Boolean), keysHelp());
  $("content").replaceChildren(...nodes);
  $("jump").value = String(layer.index);
  placeMarks();
}

function keysHelp() {
  const key = (...names) => names.flatMap((name, i) => [i ? " " : "", el("kbd", {}, name)]);
  return el("p", { class: "keys" }, ...key("\u2190", "\u2191", "\u2192", "\u2193"), " move, ", ...key("[", "]"), " or ", ...key("PgUp", "PgDn"), " channel, ", ...key("l", "L"), " or ", ...key("n", "p"), " layer, ",
    ...key("Enter"), " pins, ", ...key("Esc"), " lets go. ", `Boxes: white is the unit, orange what it reads; hatched lies over the border. ${data.version || ""}`);
}

/** Selects a unit. `reveal` ("nearest", "center") opens its section, brings it into view and gives it the focus. */
function select(layer, c, y, x, pin = pinned, reveal = "") {
  layer = typeof layer === "object" ? layer : byName.get(layer);
  if (!layer) return false;
  const whole = (v, n) => clamp(Math.trunc(Number(v)) || 0, 0, n - 1);
  current = { layer, c: whole(c, layer.C), y: whole(y, layer.H), x: whole(x, layer.W) };
  pinned = !!pin;
  if (reveal) openSection(layer);
  if (layer.view && layer.view.grid && current.c >= layer.view.shown) showTiles(layer, layer.C);
  show();
  const target = targetOf(layer, current.c);
  if (reveal && target) {
    for (const tile of layer.view.tiles) tile.canvas.tabIndex = tile.canvas === target ? 0 : -1;
    if (!target.painted) target.paint();
    target.focus({ preventScroll: true });
    const bring = () => (layer.view.rows ? layer.view.rows[current.c] : target).scrollIntoView({ block: reveal, inline: "nearest" });
    bring();
    if (reveal === "center") setTimeout(() => life.signal.aborted || bring(), 100);  // captions that came meanwhile may have moved it
    $("spoken").textContent = `${$("where").textContent}: ${$("unit-value").textContent}`;
  }
  rememberInHash();
  return true;
}

function targetOf(layer, c) {
  const view = layer.view;
  return view && (view.bars || (view.strip ? view.strip.canvas : view.tiles[c] && view.tiles[c].canvas));
}

function rememberInHash() {
  const hash = pinned ? `#${encodeURIComponent(current.layer.name)}/${current.c}/${current.y}/${current.x}` : "";
  if (location.hash === hash) return;
  try { history.replaceState(null, "", hash || location.pathname + location.search); } catch { /* an embedded page has no address of its own */ }
}

function restoreFromHash() {
  const parts = location.hash.slice(1).split("/");
  if (parts.length !== 4) return false;
  try { parts[0] = decodeURIComponent(parts[0]); } catch { return false; }
  if (!byName.has(parts[0])) return false;
  openSheet(true);  // first, so that the map is scrolled to where the sheet leaves room
  return select(parts[0], parts[1], parts[2], parts[3], true, "center");
}

function openSheet(open) {
  $("inspector").classList.toggle("collapsed", !open);
  document.body.classList.toggle("sheet", open);
  $("toggle").setAttribute("aria-expanded", String(open));
  $("toggle").textContent = open ? "\u25BC" : "\u25B2";
}

function setPinned(on) {
  if (!current) return;
  select(current.layer, current.c, current.y, current.x, on);
}

/** One step: rows and columns within a map, channels, layers (the place is kept in proportion). */
function move(dc, dy, dx, dLayer = 0) {
  if (!current) return;
  let { layer, c, y, x } = current;
  if (dLayer) {
    const next = layers[layer.index + dLayer];
    if (!next) return;
    [y, x] = [Math.floor((y + 0.5) * next.H / layer.H), Math.floor((x + 0.5) * next.W / layer.W)];
    return select(next, Math.min(c, next.C - 1), y, x, pinned, "nearest");
  }
  if (layer.vector) {  // in a strip up and down are a row, in bars a unit
    openSection(layer);
    const columns = layer.view.strip ? layer.view.strip.columns : 1, to = c + dc + dx + dy * columns;
    return select(layer, to < 0 || to >= layer.C ? c : to, 0, 0, pinned, "nearest");
  }
  select(layer, c + dc, y + dy, x + dx, pinned, "nearest");
}

// ---------------------------------------------------------------- pointing, clicking, keys

const unitUnder = event => {
  for (let node = event.target; node && node !== document; node = node.parentNode) if (node.unitAt) return node.unitAt(event);
  return null;
};
const sameUnit = (a, b) => a && b && a.layer === b.layer && a.c === b.c && a.y === b.y && a.x === b.x;

/** Ends with the page that listens: another may be opened in the same window. */
const life = new AbortController();

function listen() {
  const on = (target, type, work) => target.addEventListener(type, work, { signal: life.signal });
  let waiting = null;  // at most one redrawing a frame, however fast the pointer is
  on(document, "pointermove", event => {
    if (event.pointerType === "touch" || pinned) return;
    const unit = unitUnder(event);
    if (!unit || sameUnit(unit, current)) return;
    if (!waiting) requestAnimationFrame(() => {
      const { layer, c, y, x } = waiting;
      waiting = null;
      if (!pinned && !life.signal.aborted) select(layer, c, y, x);
    });
    waiting = unit;
  });
  on(document, "click", event => {
    const unit = unitUnder(event);
    if (!unit) return;
    const again = pinned && sameUnit(unit, current);
    if (!again) openSheet(true);
    select(unit.layer, unit.c, unit.y, unit.x, !again, "nearest");
  });
  on(document, "focusin", event => {  // a map reached by Tab: its channel, at the same place as before
    const target = event.target;
    if (!target.matches(":focus-visible") || pinned) return;
    const layer = layers.find(candidate => candidate.view && (target === candidate.view.bars || candidate.view.tiles.some(tile => tile.canvas === target) || (candidate.view.strip && candidate.view.strip.canvas === target)));
    if (!layer || (current && current.layer === layer)) return;
    const c = Math.max(0, layer.view.tiles.findIndex(tile => tile.canvas === target));
    select(layer, c, layer.H >> 1, layer.W >> 1);
  });
  on(document, "keydown", onKey);
  on($("pin"), "click", () => setPinned(!pinned));
  on($("toggle"), "click", () => openSheet($("inspector").classList.contains("collapsed")));
  on($("colours"), "change", event => { settings.colours = event.target.value; repaint(); });
  on($("scale"), "change", event => { settings.scale = event.target.value; repaint(); });
  on($("jump"), "change", event => {
    const layer = layers[event.target.value];
    openSection(layer);
    layer.section.scrollIntoView({ block: "start" });
  });
  on($("open-all"), "click", () => layers.forEach(layer => { layer.section.open = true; }));
  on($("close-all"), "click", () => layers.forEach(layer => { layer.section.open = false; }));
  on(window, "hashchange", restoreFromHash);
  on(window, "beforeprint", paintOpened);
  const steps = [["\u2190", "one column left", 0, 0, -1], ["\u2192", "one column right", 0, 0, 1], ["\u2191", "one row up", 0, -1, 0], ["\u2193", "one row down", 0, 1, 0],
    ["ch\u2212", "channel before", -1, 0, 0], ["ch+", "next channel", 1, 0, 0], ["layer\u2212", "layer before", 0, 0, 0, -1], ["layer+", "next layer", 0, 0, 0, 1]];
  document.querySelector(".pad").replaceChildren(...steps.map(([text, name, ...step]) => {
    const button = el("button", { type: "button", "aria-label": name, title: name }, text);
    button.addEventListener("click", () => { move(...step); button.focus({ preventScroll: true }); });
    return button;
  }));
}

const keySteps = {
  ArrowLeft: [0, 0, -1], ArrowRight: [0, 0, 1], ArrowUp: [0, -1, 0], ArrowDown: [0, 1, 0], PageUp: [-1, 0, 0], PageDown: [1, 0, 0], "[": [-1, 0, 0], "]": [1, 0, 0],
  l: [0, 0, 0, 1], n: [0, 0, 0, 1], L: [0, 0, 0, -1], p: [0, 0, 0, -1],
};

/** Keys act where a map has the focus, or a unit is pinned; everywhere else the page scrolls as ever. */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !current) return;
  if (event.key === "Escape") { setPinned(false); return; }
  const target = event.target, onMap = target.matches("[role=application]");
  const letter = !["Arrow", "Page"].some(word => event.key.startsWith(word)) && event.key !== "Enter";
  if (target.matches("select, input, textarea")) return;
  if (target.closest("#inspector, summary, .scroll, button") && !letter) return;
  if (!onMap && !pinned && !letter) return;
  if (event.key === "Enter") {
    if (!onMap) return;
    setPinned(true);
    openSheet(true);
  } else if (keySteps[event.key]) move(...keySteps[event.key]);
  else return;
  event.preventDefault();
}

// ---------------------------------------------------------------- the page

let seenFrame;

function makeHeader() {
  const canvas = el("canvas", { role: "img", "aria-label": `what the network saw, ${input.H} by ${input.W}` });
  paintPicture(canvas);
  const room = innerWidth < 700 ? 168 : 220, fit = room / Math.max(input.H, input.W), zoom = fit >= 1 ? Math.floor(fit) : Math.max(fit, Math.min(1, (innerWidth < 700 ? 168 : 320) / input.W));
  canvas.style.width = `${input.W * zoom}px`;
  canvas.style.cursor = "default";
  if (zoom < 1) canvas.className = "large";
  seenFrame = el("div", { class: "frame", style: { width: `${input.W * zoom}px`, overflowClipMargin: "15px" } }, canvas);
  const o = data.original, overview = el("div", { class: "overview" });
  if (o && String(o.url).startsWith("data:image/")) {
    const image = el("img", { src: o.url, alt: "the original picture", width: o.width, height: o.height, style: { height: "auto" } });
    const grow = Math.floor(room / Math.max(o.width, o.height));
    if (grow > 1) Object.assign(image.style, { width: `${o.width * grow}px`, imageRendering: "pixelated" });
    else Object.assign(image.style, { width: "auto", maxWidth: `min(100%, ${innerWidth < 700 ? 168 : 320}px)` });
    overview.append(el("figure", { class: "original" }, image, el("figcaption", {}, `The original, ${o.width}x${o.height}`)));
  }
  overview.append(el("figure", {}, seenFrame, el("figcaption", {}, `What ${data.classes && data.classes.length ? "the network" : "the first layer"} saw, ${input.C > 1 ? `${input.C}x` : ""}${input.H}x${input.W}`)));
  if (data.classes && data.classes.length) overview.append(makeClasses());
  const from = [data.source, data.model && `through ${data.model}`].filter(Boolean).join(" ");
  const subtitle = [from === document.title ? "" : from, data.decisions].filter(Boolean).join(": ");
  $("header").replaceChildren(el("h1", {}, document.title), el("p", { class: "soft" }, subtitle),
    ...(data.notes || []).map(note => el("p", { class: "soft" }, note)), overview);
}

function makeClasses() {
  const shown = data.classes.slice(0, 10), list = el("div", { class: "classes number" }, el("h2", {}, "Classes"));
  if (data.unsure) list.append(el("p", { class: "unsure" }, el("b", {}, "unsure"), ": do not believe this answer."));
  for (const entry of shown) list.append(el("span", { class: "name" }, entry.label),
    el("span", { class: "track" }, el("i", { style: { width: `${clamp(100 * entry.probability, 0, 100)}%` } })), el("span", { class: "percent" }, percent(entry.probability)));
  if (data.classes.length > shown.length) list.append(el("span", { class: "soft" }, `and ${data.classes.length - shown.length} more`));
  return list;
}

/** Ranges of the layers not opened, a little at a time while nothing else is to be done. */
function measureInIdleTime() {
  const later = window.requestIdleCallback || (work => setTimeout(work, 50));
  const next = () => {
    if (life.signal.aborted) return;
    const layer = layers.find(candidate => !candidate.rangeShown);
    if (!layer) return;
    layer.rangeShown = true;
    layer.showRange();
    later(next);
  };
  later(next);
}

function start() {
  makeHeader();
  $("layers").replaceChildren(...layers.map(makeSection));
  $("jump").replaceChildren(...layers.map(layer => el("option", { value: layer.index }, layer.name)));
  const opened = kept ? layers.filter(layer => kept.closed.includes(layer.name) ? false : kept.opened.includes(layer.name) || layer.index < 4) : layers.slice(0, 4);
  opened.forEach(openSection);
  listen();
  if (kept) {  // at once: maps that come a moment later would flicker
    paintOpened();
    scrollTo(kept.scroll.x, kept.scroll.y);
    const { layer, c, y, x } = kept.unit || {};
    if (byName.has(layer)) select(layer, c, y, x, kept.pinned);
  }
  if (!current && !restoreFromHash()) {  // something to look at: the largest value of the first layer
    const layer = layers[Math.min(1, layers.length - 1)], v = values(layer), plane = layer.H * layer.W;
    const best = v.reduce((at, value, i) => value > v[at] ? i : at, 0);
    select(layer, Math.floor(best / plane), Math.floor(best % plane / layer.W), best % layer.W, false);
  }
  measureInIdleTime();
}

window.featuremap = {
  select: (layer, c, y, x, pin = false) => select(layer, c, y, x, pin, pin ? "nearest" : ""),
  state: () => current && { layer: current.layer.name, c: current.c, y: current.y, x: current.x, value: story.value, field: story.field,
    window: story.window, sum: story.sum, bias: story.bias, pinned },
  /** Maps of the last layer, painted as in its section; at most so many. */
  lastMaps: count => Array.from({ length: Math.min(count, last.C) }, (_, c) => {
    const canvas = el("canvas", { role: "img", "aria-label": `${last.name}, channel ${c}`, title: `${last.name}, channel ${c}` });
    paintMap(canvas, last, c);
    return canvas;
  }),
  /** Ends this page's work and tells what the next one may keep. */
  close: () => {
    life.abort();
    seen.disconnect();
    return { pinned, unit: current && { ...current, layer: current.layer.name }, scroll: { x: scrollX, y: scrollY },
      opened: layers.filter(layer => layer.section.open).map(layer => layer.name), closed: layers.filter(layer => !layer.section.open).map(layer => layer.name) };
  },
};
start();
}

const embedded = $("data").textContent;
$("data").textContent = "";  // the strings live on in the data; keep no second copy
if (embedded) openPage(JSON.parse(embedded));
