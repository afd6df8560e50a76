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
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open]):not(.stanza)")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
})();
