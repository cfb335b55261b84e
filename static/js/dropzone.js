// A wrapper with data-dropzone takes an image by drop, by paste anywhere on the page, or from its file input.
(() => {
  const WORDS = {
    ready: "Drop a poster here, paste it with Ctrl+V, or choose a file.",
    type: "This is not a JPEG, PNG or WebP image.",
    size: "This file has {size}; at most {limit} are accepted.",
    many: "One poster at a time: drop a single file.",
  };

  const megabytes = (bytes) => `${(bytes / 1_048_576).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;

  const partsOf = (zone) => ({
    input: zone.querySelector("input[type=file]"),
    preview: zone.querySelector("[data-preview]"),
    message: zone.querySelector("[data-drop-message]"),
    clear: zone.querySelector("[data-drop-clear]"),
  });

  // Each sentence can be given, translated, as data-say-ready, -type, -size and -many of the wrapper.
  const sentence = (zone, key) => zone.dataset[`say${key[0].toUpperCase()}${key.slice(1)}`] || WORDS[key];

  const problemOf = (zone, input, file) => {
    const types = (input.accept || "").split(",").map((type) => type.trim()).filter(Boolean);
    if (types.length && !types.includes(file.type)) return sentence(zone, "type");
    const limit = Number(input.dataset.maxBytes || 0);
    if (limit && file.size > limit) {
      return sentence(zone, "size").replace("{size}", megabytes(file.size)).replace("{limit}", megabytes(limit));
    }
    return "";
  };

  const tell = (zone, words, state) => {
    const { message } = partsOf(zone);
    zone.dataset.state = state;
    if (!message) return;
    message.textContent = words;
    message.dataset.state = state;
    message.setAttribute("role", state === "bad" ? "alert" : "status");
  };

  const showPreview = (zone, file) => {
    const { preview, clear } = partsOf(zone);
    if (clear) clear.hidden = !file;
    if (!preview) return;
    if (preview.src.startsWith("blob:")) URL.revokeObjectURL(preview.src);
    preview.hidden = !file;
    if (file) preview.src = URL.createObjectURL(file);
    else preview.removeAttribute("src");
  };

  const look = (zone) => {
    const { input } = partsOf(zone);
    const file = input.files[0];
    const problem = file ? problemOf(zone, input, file) : "";
    if (problem) {
      // A file that would be refused is not kept, so the form never travels with it.
      input.value = "";
      showPreview(zone, null);
      tell(zone, problem, "bad");
      return;
    }
    showPreview(zone, file);
    tell(zone, file ? `${file.name} · ${megabytes(file.size)}` : sentence(zone, "ready"), file ? "filled" : "");
  };

  const take = (zone, files) => {
    if (files.length > 1) {
      tell(zone, sentence(zone, "many"), "bad");
      return;
    }
    const { input } = partsOf(zone);
    const parcel = new DataTransfer();
    parcel.items.add(files[0]);
    input.files = parcel.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const zoneAt = (event) => event.target.closest?.("[data-dropzone]");
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

  document.addEventListener("change", (event) => {
    if (event.target.type === "file" && zoneAt(event)) look(zoneAt(event));
  });

  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    // A file dropped beside the area must not replace the page and lose what was typed.
    event.preventDefault();
    const zone = zoneAt(event);
    for (const other of document.querySelectorAll("[data-dropzone][data-over]")) if (other !== zone) delete other.dataset.over;
    if (zone) zone.dataset.over = "";
  });

  document.addEventListener("dragleave", (event) => {
    const zone = zoneAt(event);
    if (zone && !zone.contains(event.relatedTarget)) delete zone.dataset.over;
  });

  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    const zone = zoneAt(event);
    if (!zone) return;
    delete zone.dataset.over;
    if (event.dataTransfer.files.length) take(zone, event.dataTransfer.files);
  });

  document.addEventListener("paste", (event) => {
    const zone = zoneAt(event) ?? document.querySelector("[data-dropzone]");
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    // Office programs put a picture beside the text that was copied; the text is what was meant.
    if (!zone || !files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take(zone, files);
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-drop-clear]")) return;
    const zone = zoneAt(event);
    partsOf(zone).input.value = "";
    look(zone);
  });

  // Also over "back", when the browser has kept the chosen file.
  window.addEventListener("pageshow", () => {
    for (const zone of document.querySelectorAll("[data-dropzone]")) look(zone);
  });
})();
