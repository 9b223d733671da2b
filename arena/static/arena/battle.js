import { Announcer } from "./announce.js";
import { addBlock, addText, empty, prepareContent, setWhole } from "./answer.js";
import { prepareDifferences } from "./differences.js";
import { prepareForms } from "./forms.js";
import { prepareKeys, prepareKeysButton } from "./keys.js";
import { prepareShare } from "./share.js";
import { prepareSides } from "./sides.js";
import { keepOpen } from "./socket.js";
import { prepareVote } from "./vote.js";

const QUEUE_MS = 3000;
const AGAIN_MS = 2000;
const page = document.querySelector("[data-battle]");
const connection = page.querySelector("[data-connection]");
const announcer = new Announcer(page.querySelector("[data-announcements]"));
let last = "0";

prepareKeys(page);
prepareContent(page);
prepareOutcome();
addEventListener("offline", () => tell(page.dataset.offline));
addEventListener("online", () => tell(""));
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
  }, { onLost, onOpen: () => tell("") });
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
function show({ turn, slot, attempt, kind, text, characters }) {
  const answer = page.querySelector(`[data-answer][data-turn="${turn}"][data-slot="${slot}"]`);
  if (!answer || isEnded(answer) || attempt < Number(answer.dataset.attempt)) return;
  if (attempt > Number(answer.dataset.attempt)) begin(answer, attempt);
  const box = answer.querySelector("[data-text]"), name = answer.dataset.name;
  if (kind === "started") {
    setState(answer, "thinking");
  } else if (kind === "text") {
    setState(answer, "streaming");
    addText(box, text);
    announcer.add(name, text);
  } else if (kind === "block") {
    addBlock(box, text, characters);
  } else if (kind === "finished" || kind === "stopped") {
    setState(answer, kind === "stopped" ? "stopped" : "done");
    if (text) setWhole(box, text);
    else box.replaceChildren(page.querySelector("[data-empty-text]").content.cloneNode(true));
  } else if (kind === "failed") {
    setState(answer, "failed");
    box.replaceChildren(page.querySelector("[data-failed-text]").content.cloneNode(true));
  } else if (kind === "restarted") {
    begin(answer, attempt);
    setState(answer, "pending");
  }
  if (isEnded(answer)) announcer.end(name, labelOf(answer).textContent);
}

/** Another attempt: what an earlier one wrote is gone. */
function begin(answer, attempt) {
  answer.dataset.attempt = attempt;
  empty(answer.querySelector("[data-text]"));
  announcer.forget(answer.dataset.name);
}

function setState(answer, state) {
  if (answer.dataset.state === state) return;
  answer.dataset.state = state;
  answer.setAttribute("aria-busy", String(!isEnded(answer)));
  labelOf(answer).textContent = labelOf(answer).dataset[state];
}

function labelOf(answer) {
  return answer.querySelector("[data-state-label]");
}

function isEnded(answer) {
  return ["done", "stopped", "failed"].includes(answer.dataset.state);
}

function running() {
  return [...page.querySelectorAll("[data-answer]")].filter((answer) => !isEnded(answer));
}

/** Both sides ended: the server says what can be done now, and only that part of the page is renewed. */
async function settle() {
  page.dataset.state = "settled";
  const html = await fetched(location.pathname);
  if (html !== null) replaceOutcome(html);
  else setTimeout(settle, AGAIN_MS);
}

/** The text of a reply, or null where the network is away, which the page then says. */
async function fetched(address, options) {
  try {
    const response = await fetch(address, options);
    const text = await response.text();
    tell("");
    return text;
  } catch {
    onLost();
    return null;
  }
}

function replaceOutcome(html) {
  const renewed = new DOMParser().parseFromString(html, "text/html"), fresh = renewed.querySelector("[data-outcome]");
  if (!fresh) {
    location.reload(); // an error page: this battle's own page says what can be done
    return;
  }
  const names = [...page.querySelectorAll("[data-answer-name]")];
  renewed.querySelectorAll("[data-answer-name]").forEach((name, i) => names[i]?.replaceWith(document.adoptNode(name)));
  const old = page.querySelector("[data-outcome]"), hadFocus = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(fresh));
  prepareOutcome();
  if (hadFocus) fresh.querySelector("[data-reveal], [name=choice]:enabled, a, button")?.focus({ preventScroll: true });
}

/** Everything below the answers, each time that it is new. */
function prepareOutcome() {
  prepareForms();
  prepareSides(page);
  prepareDifferences(page);
  prepareKeysButton(page);
  prepareVote(page, postVote);
  prepareStop();
  prepareReasons();
  prepareShare(page);
}

/** The reply to the vote is the reveal; without JavaScript the form brings the same page. */
async function postVote(form, choice) {
  const html = await fetched(form.action, { method: "POST", body: new FormData(form, choice) });
  if (html === null) return false;
  replaceOutcome(html);
  const reveal = page.querySelector("[data-reveal]");
  reveal?.focus({ preventScroll: true });
  reveal?.scrollIntoView({ block: "nearest" });
  return true;
}

/** The page stays as it is: that the sides have stopped comes over the socket. */
function prepareStop() {
  const button = page.querySelector("[data-stop]");
  button?.form.addEventListener("submit", async (event) => {
    if (event.submitter !== button) return;
    event.preventDefault();
    button.setAttribute("aria-disabled", "true");
    const options = { method: "POST", body: new FormData(button.form), redirect: "manual" };
    const response = await fetch(button.formAction, options).catch(() => null);
    button.removeAttribute("aria-disabled");
    if (!response) onLost();
    else if (response.type !== "opaqueredirect") replaceOutcome(await response.text()); // it says why not
  });
}

function prepareReasons() {
  const form = page.querySelector("[data-reasons]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const html = await fetched(form.action, { method: "POST", body: new FormData(form) });
    if (html !== null) replaceOutcome(html);
  });
}

async function refreshQueue(timer) {
  const line = page.querySelector("[data-queue-line]");
  if (!line || !page.querySelector('[data-answer][data-state="pending"]')) {
    if (line) line.textContent = line.dataset.nothing;
    clearInterval(timer);
    return;
  }
  const response = await fetch(page.dataset.queue).catch(() => null);
  if (response?.ok) line.textContent = (await response.text()).trim() || line.dataset.nothing;
}

function onLost() {
  tell(navigator.onLine ? page.dataset.connecting : page.dataset.offline);
}

/** One line about the connection; none where all is well. */
function tell(text) {
  connection.textContent = text;
  connection.hidden = !text;
}
