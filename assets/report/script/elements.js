// Elements made by hand: foreign text becomes text and nothing else. Also copying an id, which works in a file as well.
"use strict";

const make = (name, given = {}, ...inside) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...inside.filter((each) => each !== null && each !== undefined && each !== ""));
  return element;
};

const away = (address, text, label) =>
  make("a", { href: address, target: "_blank", rel: "noopener noreferrer", "aria-label": label }, text);

const copyText = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = make("textarea", { "aria-hidden": "true", class: "off" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
};

const copyButton = (id) => {
  const button = make("button", { type: "button", class: "small", "aria-label": `Copy ${id}` }, "Copy");
  button.addEventListener("click", async () => {
    await copyText(id);
    button.focus();
    button.textContent = "Copied";
    document.getElementById("said").textContent = `Copied ${id}`;
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return button;
};

for (const code of document.querySelectorAll("code[data-id]")) code.after(" ", copyButton(code.textContent));

const saveFile = (name, text) => {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
};
