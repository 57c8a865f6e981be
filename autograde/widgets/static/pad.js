// A square to draw on: pointer, touch or keyboard. The kernel hears of it at most ten
// times a second.
const WAIT = 100;

function render({ model, el }) {
  const size = model.get("size");
  const scale = Math.max(4, Math.floor(224 / size));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * scale;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  const words = model.get("words");
  canvas.setAttribute("aria-label", words.label);
  canvas.style.cssText =
    "border:1px solid #767676;touch-action:none;cursor:crosshair;display:block";
  const clear = document.createElement("button");
  clear.type = "button";
  clear.textContent = words.clear;
  const keys = document.createElement("small");
  keys.textContent = ` ${words.keys}`;
  el.append(canvas, clear, keys);

  let ink = Array.from(model.get("value"));
  let pen = [size >> 1, size >> 1];
  let last = null;
  let timer = null;

  function draw() {
    const page = canvas.getContext("2d");
    page.clearRect(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < ink.length; i++) {
      if (!(ink[i] > 0)) continue;
      page.fillStyle = `rgba(11, 125, 194, ${ink[i]})`;
      page.fillRect((i % size) * scale, Math.floor(i / size) * scale, scale, scale);
    }
    if (document.activeElement === canvas || el.contains(document.activeElement)) {
      page.strokeStyle = "#D55E00";
      page.strokeRect(pen[0] * scale + 0.5, pen[1] * scale + 0.5, scale, scale);
    }
  }

  function send() {
    if (timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      model.set("value", ink.slice());
      model.save_changes();
    }, WAIT);
  }

  function add(x, y, amount) {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    const at = y * size + x;
    ink[at] = Math.min(1, Math.max(ink[at] || 0, amount));
  }

  function touch(x, y) {
    const rim = size > 12 ? 0.6 : 0;
    add(x, y, 1);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) add(x + dx, y + dy, rim);
  }

  function stroke(to) {
    const from = last || to;
    const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1);
    for (let s = 0; s <= steps; s++)
      touch(
        Math.round(from[0] + ((to[0] - from[0]) * s) / steps),
        Math.round(from[1] + ((to[1] - from[1]) * s) / steps)
      );
    last = pen = to;
    draw();
    send();
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [
      Math.floor(((event.clientX - box.left) / box.width) * size),
      Math.floor(((event.clientY - box.top) / box.height) * size),
    ];
  }

  function wipe() {
    ink = new Array(size * size).fill(0);
    draw();
    send();
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.focus();
    canvas.setPointerCapture(event.pointerId);
    last = null;
    stroke(place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) stroke(place(event));
  });
  canvas.addEventListener("pointerup", () => (last = null));
  canvas.addEventListener("focus", draw);
  canvas.addEventListener("blur", draw);
  canvas.addEventListener("keydown", (event) => {
    const moves = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    if (event.key in moves) {
      const [dx, dy] = moves[event.key];
      const inside = (n) => Math.min(size - 1, Math.max(0, n));
      pen = [inside(pen[0] + dx), inside(pen[1] + dy)];
      draw();
    } else if (event.key === " ") {
      last = null;
      stroke(pen);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      wipe();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation(); // the notebook has commands on these keys
  });
  clear.addEventListener("click", wipe);
  model.on("change:value", () => {
    if (timer !== null) return; // drawing goes on
    ink = Array.from(model.get("value"));
    draw();
  });
  draw();
}

export default { render };
