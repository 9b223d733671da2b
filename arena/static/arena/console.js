import { find, findAll, need } from "./elements.js";

prepareFiles();

/** A file that is too large is told before it travels, in the words that the arena would answer. */
function prepareFiles() {
  for (const field of findAll(document, "[data-most]", HTMLInputElement)) {
    field.addEventListener("change", () => {
      const isTooLarge = (field.files?.[0]?.size ?? 0) > Number(field.dataset.most) * 1e6;
      field.setCustomValidity((isTooLarge && field.dataset.tooLarge) || "");
      field.reportValidity();
    });
    field.form?.addEventListener("submit", (event) => {
      if (!field.form || !field.files?.length) return;
      event.preventDefault();
      if (!field.form.dataset.sent) send(field.form);
    });
  }
}

/**
 * Send the form, and show how much of its file has travelled.
 * @param {HTMLFormElement} form
 */
function send(form) {
  const bar = need(form, "[data-sending] progress", HTMLProgressElement);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.max = total;
    bar.value = loaded;
  });
  request.addEventListener("load", () => arrive(form, request));
  request.addEventListener("error", () => wait(form, { isLost: true }));
  const sent = new FormData(form);
  form.dataset.sent = "true";
  need(form, "[data-lost]").hidden = true;
  need(form, "[data-sending]").hidden = false;
  request.open("POST", form.action);
  request.responseType = "document";
  request.send(sent);
}

/**
 * Go where the arena leads; a page that says what is wrong stands in place of this one.
 * @param {HTMLFormElement} form
 * @param {XMLHttpRequest} request
 */
function arrive(form, request) {
  const reply = request.responseXML && find(request.responseXML, "main");
  if (request.responseURL !== form.action) location.assign(request.responseURL);
  else if (!reply) wait(form, { isLost: true });
  else {
    need(document, "main").replaceWith(document.adoptNode(reply));
    prepareFiles();
    scrollTo(0, 0);
  }
}

/**
 * The form may be sent again.
 * @param {HTMLFormElement} form
 * @param {{isLost: boolean}} how
 */
function wait(form, { isLost }) {
  delete form.dataset.sent;
  need(form, "[data-sending]").hidden = true;
  need(form, "[data-lost]").hidden = !isLost;
}

// A page that the browser brings back from its memory may be sent again.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) findAll(document, "[data-sent]", HTMLFormElement).forEach((form) => wait(form, { isLost: false }));
});

/** Parts that come again by themselves, unless somebody is busy in them or looks elsewhere. */
for (const part of findAll(document, "[data-live]")) follow(part);

/** @param {HTMLElement} part */
function follow(part) {
  const seconds = Number(part.dataset.live);
  if (!seconds) return;
  setTimeout(async () => {
    if (!document.hidden && !part.contains(document.activeElement)) await renew(part);
    follow(part);
  }, seconds * 1000);
}

/**
 * What the page would show now; without an answer the part stays as it is.
 * @param {HTMLElement} part
 */
async function renew(part) {
  const response = await fetch(location.href).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const renewed = find(fresh, "[data-live]");
  if (!renewed) return;
  if (part.innerHTML !== renewed.innerHTML) part.innerHTML = renewed.innerHTML;
  part.dataset.live = renewed.dataset.live;
}
