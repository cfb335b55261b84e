// A checkbox with data-tick-all="name" ticks every checkbox of that name in its form, or none.
(() => {
  for (const all of document.querySelectorAll("[data-tick-all]")) {
    const boxes = [...all.form.elements].filter((element) => element.name === all.dataset.tickAll);
    const look = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    };
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
    });
    for (const box of boxes) box.addEventListener("change", look);
    look();
  }
})();
