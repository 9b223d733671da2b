import { prepareForms } from "./forms.js";

prepareForms();

// Another topic, without losing what is in the box.
addEventListener("click", async (event) => {
  const link = event.target.closest?.(".topics__topic");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const reply = await fetch(link.href);
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    document.querySelector("[data-ideas]").replaceWith(page.querySelector("[data-ideas]"));
    document.querySelector(".topics__topic[aria-current]").focus();
  } catch {
    location.assign(link.href);
  }
});
