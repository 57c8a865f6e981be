"use strict";
// Sorting by a click on a column's name, filtering by what is typed above a table.

function value(cell) {
  const text = cell ? cell.textContent.trim().replace("−", "-") : "";
  const number = parseFloat(text);
  return Number.isNaN(number) ? text.toLowerCase() : number;
}

function order(one, other) {
  if (typeof one === typeof other) {
    return one < other ? -1 : one > other ? 1 : 0;
  }
  return typeof one === "number" ? -1 : 1;
}

function sort(header) {
  const table = header.closest("table");
  const column = header.cellIndex;
  const rising = header.getAttribute("aria-sort") !== "ascending";
  const rows = [...table.tBodies[0].rows].map((row) => [value(row.cells[column]), row]);
  rows.sort((one, other) => (rising ? 1 : -1) * order(one[0], other[0]));
  table.querySelectorAll("[aria-sort]").forEach((th) => th.removeAttribute("aria-sort"));
  header.setAttribute("aria-sort", rising ? "ascending" : "descending");
  table.tBodies[0].append(...rows.map((pair) => pair[1]));
}

function filter(box) {
  const place = box.closest(".filter");
  const next = place.nextElementSibling;
  const table = next.matches("table") ? next : next.querySelector("table");
  const wanted = box.value.trim().toLowerCase();
  let shown = 0;
  for (const row of table.tBodies[0].rows) {
    row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
    shown += row.hidden ? 0 : 1;
  }
  place.querySelector(".found").textContent = wanted ? `${shown} found` : "";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.sort");
  if (button) {
    sort(button.closest("th"));
  }
});
document.addEventListener("input", (event) => {
  if (event.target.matches(".filter-box")) {
    filter(event.target);
  }
});
