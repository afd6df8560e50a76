"use strict";
(() => {
  const form = document.getElementById("filters");
  const blocks = [...document.querySelectorAll("details.block")];
  const texts = new Map(blocks.map((one) => [one, one.textContent.toLowerCase()]));
  const checked = (name) => new Set([...form.querySelectorAll(`[name=${name}]:checked`)].map((one) => one.value));
  const shows = (one, severity, scope, words) =>
    severity.has(one.dataset.severity) && scope.has(one.dataset.scope) && words.every((word) => texts.get(one).includes(word));
  const filter = () => {
    const severity = checked("severity"), scope = checked("scope");
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of blocks) {
      one.hidden = !shows(one, severity, scope, words);
      shown += one.hidden ? 0 : 1;
    }
    form.querySelector("output").textContent = `${shown} of ${blocks.length} shown`;
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  for (const button of form.querySelectorAll("[data-all]")) {
    button.addEventListener("click", () => {
      for (const one of blocks) if (!one.hidden) one.open = button.dataset.all === "open";
    });
  }
  form.hidden = blocks.length === 0;
  // A link to a block opens it, whatever the filters hide.
  const reveal = () => {
    const place = document.getElementById(location.hash.slice(1));
    if (place && place.matches("details")) {
      place.hidden = false;
      place.open = true;
      place.scrollIntoView();
    }
  };
  addEventListener("hashchange", reveal);
  reveal();
  for (const pre of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `Copy the ${pre.dataset.copy}`;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(pre.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(pre);
        button.textContent = "Selected: copy it yourself";
      }
    });
    pre.before(button);
  }
  for (const filters of document.querySelectorAll("form[data-rows]")) {
    const rows = [...document.getElementById(filters.dataset.rows).tBodies[0].rows];
    const said = new Map(rows.map((one) => [one, one.textContent.toLowerCase()]));
    filters.hidden = false;
    filters.addEventListener("submit", (event) => event.preventDefault());
    filters.addEventListener("input", () => {
      const words = filters.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const one of rows) one.hidden = !words.every((word) => said.get(one).includes(word));
      const shown = rows.filter((one) => !one.hidden).length;
      filters.querySelector("output").textContent = `${shown} of ${rows.length} shown`;
    });
  }
  // Numbers by number, signs by how bad they are, all else by its letters; the first order comes back last.
  const value = (cell) => {
    if (cell.matches(".cell")) return "fumwpn".indexOf(cell.classList[1]);
    const text = cell.textContent.trim();
    return cell.matches(".number") ? -Number.parseInt(text.replace(/\D/g, "") || "-1", 10) : text.toLowerCase();
  };
  const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
  for (const table of document.querySelectorAll("[data-sortable]")) {
    const body = table.tBodies[0], first = [...body.rows], heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const order = { none: "ascending", ascending: "descending", descending: "none" }[head.ariaSort || "none"];
        for (const one of heads) one.removeAttribute("aria-sort");
        const sign = order === "descending" ? -1 : 1;
        const rows = [...first];
        if (order !== "none") {
          head.ariaSort = order;
          rows.sort((one, other) => sign * compare(value(one.cells[column]), value(other.cells[column])));
        }
        body.append(...rows);
      });
    });
  }
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open]):not(.stanza, .reasons, .reasons details)")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
})();
