// Shows HTML from Python and tells Python what was clicked, typed or dropped.
//
// An element with data-key takes part; with tabindex="0" it can have the focus. With data-row and
// data-col the arrow keys walk from it to its neighbours. An element with data-drag can be dragged
// onto one with data-key. An element with data-scroll stays where it was scrolled to.
const WALK = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function neighbour(el, from, [down, right]) {
  const row = Number(from.dataset.row) + down;
  const column = Number(from.dataset.col) + right;
  return el.querySelector(`[data-row="${row}"][data-col="${column}"]`);
}

function render({ model, el }) {
  el.classList.add("gbl-clickable");
  // JupyterLab would take the keys for its own shortcuts
  el.dataset.lmSuppressShortcuts = "true";

  const show = () => {
    const key = el.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const scrolled = [...el.querySelectorAll("[data-scroll]")].map((part) => part.scrollLeft);
    el.innerHTML = model.get("value");
    el.querySelectorAll("[data-scroll]").forEach((part, i) => {
      part.scrollLeft = scrolled[i] ?? 0;
    });
    if (key) {
      el.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
    }
  };
  const keyed = (event) => event.target.closest?.("[data-key]");

  const onClick = (event) => {
    const target = keyed(event);
    if (!target) return;
    target.focus({ preventScroll: true });
    model.send({ kind: "click", key: target.dataset.key });
  };
  const onKey = (event) => {
    const target = keyed(event);
    if (!target || event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (WALK[event.key] && target.dataset.row) {
      neighbour(el, target, WALK[event.key])?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      model.send({ kind: "click", key: target.dataset.key });
    } else {
      model.send({ kind: "key", key: target.dataset.key, pressed: event.key });
    }
  };
  const onDragStart = (event) => {
    const dragged = event.target.closest?.("[data-drag]");
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.drag);
  };
  const onDragOver = (event) => {
    if (keyed(event)) event.preventDefault();
  };
  const onDrop = (event) => {
    const target = keyed(event);
    if (!target) return;
    event.preventDefault();
    const dragged = event.dataTransfer.getData("text/plain");
    model.send({ kind: "drop", key: target.dataset.key, dragged });
  };

  model.on("change:value", show);
  el.addEventListener("click", onClick);
  el.addEventListener("keydown", onKey);
  el.addEventListener("dragstart", onDragStart);
  el.addEventListener("dragover", onDragOver);
  el.addEventListener("drop", onDrop);
  show();
  return () => model.off("change:value", show);
}

export default { render };
