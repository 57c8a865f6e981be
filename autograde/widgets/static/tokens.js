// A row of tokens: the one under the pointer or in focus is the value.
function render({ model, el }) {
  const row = document.createElement("div");
  row.setAttribute("role", "radiogroup");
  row.setAttribute("aria-label", model.get("label"));
  // the padding is for the outline of the chosen one, which VS Code would cut
  row.style.cssText = "display:flex;flex-wrap:wrap;gap:4px;padding:3px";
  el.append(row);

  function choose(i, focus) {
    const count = model.get("tokens").length;
    if (!count) return;
    const value = Math.min(count - 1, Math.max(0, i));
    if (value !== model.get("value")) {
      model.set("value", value);
      model.save_changes();
    }
    mark();
    if (focus) row.children[value].focus();
  }

  function mark() {
    const value = model.get("value");
    [...row.children].forEach((button, i) => {
      button.setAttribute("aria-checked", String(i === value));
      button.tabIndex = i === value ? 0 : -1;
      button.style.outline = i === value ? "2px solid #D55E00" : "none";
    });
  }

  function fill() {
    row.replaceChildren(
      ...model.get("tokens").map((token, i) => {
        const button = document.createElement("button");
        button.type = "button";
        button.setAttribute("role", "radio");
        button.textContent = token;
        button.style.cssText =
          "color:inherit;background:none;border:1px solid #767676;" +
          "border-radius:3px;padding:2px 7px;font:inherit";
        button.addEventListener("pointerenter", () => choose(i, false));
        button.addEventListener("focus", () => choose(i, false));
        button.addEventListener("click", () => choose(i, true));
        return button;
      })
    );
    mark();
  }

  row.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
    if (!(event.key in moves)) return;
    choose(model.get("value") + moves[event.key], true);
    event.preventDefault();
    event.stopPropagation();
  });
  model.on("change:tokens", fill);
  model.on("change:value", mark);
  fill();
}

export default { render };
