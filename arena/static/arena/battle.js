import { prepareForms } from "./forms.js";
import { keepOpen } from "./socket.js";

const QUEUE_MS = 3000;
const AGAIN_MS = 2000;
const page = document.querySelector("[data-battle]");
const connection = page.querySelector("[data-connection]");
let last = "0";

prepareForms();
prepareVote();
prepareStop();
if (page.dataset.state === "running") follow();

/** Show what is written, as it is written. */
function follow() {
  const close = keepOpen(() => `${page.dataset.socket}?after=${last}${shown()}`, (event) => {
    if (event.kind === "settled") {
      location.reload();
      return;
    }
    last = event.id;
    show(event);
    if (running().length === 0) {
      close();
      settle();
    }
  }, { onLost, onOpen: () => (connection.hidden = true) });
  const timer = setInterval(() => refreshQueue(timer), QUEUE_MS);
}

/** What the page has of each answer, for a server that gives text out in equal steps: it goes on behind it. */
function shown() {
  return running().map((answer) => {
    const { turn, slot, attempt } = answer.dataset;
    return `&shown=${turn}:${slot}:${attempt}:${[...answer.querySelector("[data-text]").textContent].length}`;
  }).join("");
}

/** Put one event where it belongs; events of an earlier attempt than the one shown are dropped. */
function show({ turn, slot, attempt, kind, text }) {
  const answer = page.querySelector(`[data-answer][data-turn="${turn}"][data-slot="${slot}"]`);
  if (!answer || isEnded(answer) || attempt < Number(answer.dataset.attempt)) return;
  const box = answer.querySelector("[data-text]");
  if (attempt > Number(answer.dataset.attempt)) {
    answer.dataset.attempt = attempt;
    box.textContent = "";
  }
  if (kind === "text") {
    setState(answer, "streaming");
    box.append(text);
  } else if (kind === "finished" || kind === "stopped") {
    setState(answer, kind === "stopped" ? "stopped" : "done");
    if (text) box.innerHTML = text; // sanitised by our server
    else box.replaceChildren(page.querySelector("[data-empty-text]").content.cloneNode(true));
  } else if (kind === "failed") {
    setState(answer, "failed");
    box.replaceChildren(page.querySelector("[data-failed-text]").content.cloneNode(true));
  } else if (kind === "restarted") {
    setState(answer, "pending");
    box.textContent = "";
  }
}

function setState(answer, state) {
  if (answer.dataset.state === state) return;
  answer.dataset.state = state;
  answer.setAttribute("aria-busy", String(!isEnded(answer)));
  const label = answer.querySelector("[data-state-label]");
  label.textContent = label.dataset[state];
}

function isEnded(answer) {
  return !["pending", "streaming"].includes(answer.dataset.state);
}

function running() {
  return [...page.querySelectorAll("[data-answer]")].filter((answer) => !isEnded(answer));
}

/** Both sides ended: the server says what can be done now, and only that part of the page is renewed. */
async function settle() {
  page.dataset.state = "settled";
  try {
    const response = await fetch(location.pathname);
    replaceOutcome(await response.text());
    connection.hidden = true;
  } catch {
    onLost();
    setTimeout(settle, AGAIN_MS);
  }
}

function replaceOutcome(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-outcome]");
  if (!fresh) {
    location.reload(); // an error page: this battle's own page says what can be done
    return;
  }
  page.querySelector("[data-outcome]").replaceWith(document.adoptNode(fresh));
  page.querySelector("[data-queue-line]").textContent = "";
  prepareForms();
  prepareVote();
}

/** The reply to the vote is the reveal; without JavaScript the form brings the same page. */
function prepareVote() {
  const form = page.querySelector("[data-vote]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "true";
    const body = new FormData(form, event.submitter);
    try {
      const response = await fetch(form.action, { method: "POST", body });
      replaceOutcome(await response.text());
      const reveal = page.querySelector("[data-reveal]");
      reveal?.focus({ preventScroll: true });
      reveal?.scrollIntoView({ block: "nearest" });
    } catch {
      delete form.dataset.sent;
      onLost();
    }
  });
}

/** The page stays as it is: that the sides have stopped comes over the socket. */
function prepareStop() {
  const form = page.querySelector("[data-stop]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (!response) onLost();
    else if (!response.ok) replaceOutcome(await response.text());
  });
}

async function refreshQueue(timer) {
  const line = page.querySelector("[data-queue-line]");
  if (!page.querySelector('[data-answer][data-state="pending"]')) {
    line.textContent = "";
    clearInterval(timer);
    return;
  }
  const response = await fetch(page.dataset.queue).catch(() => null);
  if (response?.ok) line.textContent = (await response.text()).trim();
}

function onLost() {
  connection.textContent = page.dataset.connecting;
  connection.hidden = false;
}
