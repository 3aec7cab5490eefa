// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
(() => {
  "use strict";
  const compareNames = new Intl.Collator("en", { numeric: true }).compare;

  const sortable = (table) => {
    const headers = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const given = [...body.rows];

    const sort = (column) => {
      const header = headers[column];
      const number = header.classList.contains("n");
      const first = number ? "descending" : "ascending";
      const second = number ? "ascending" : "descending";
      const order = header.getAttribute("aria-sort") === first ? second : first;
      const sign = order === "ascending" ? 1 : -1;
      const value = (row) => {
        const cell = row.cells[column];
        return number ? Number(cell.dataset.v ?? "NaN") : cell.textContent;
      };
      const compare = (a, b) => {
        const x = value(a);
        const y = value(b);
        if (!number) {
          return sign * compareNames(x, y);
        }
        // Cells without a number come last, in either order.
        if (Number.isNaN(x) || Number.isNaN(y)) {
          return Number.isNaN(x) - Number.isNaN(y);
        }
        return sign * (x - y);
      };
      headers.forEach((other) => other.setAttribute("aria-sort", "none"));
      header.setAttribute("aria-sort", order);
      body.append(...[...given].sort(compare));
    };

    headers.forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = header.textContent;
      button.addEventListener("click", () => sort(column));
      header.replaceChildren(button);
      header.setAttribute("aria-sort", "none");
    });
  };

  document.querySelectorAll("table.sortable").forEach(sortable);

  // A link into something folded, or paper, must not hide it.
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((details) => {
      details.open = true;
    });
  });
})();
