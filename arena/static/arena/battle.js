import { Announcer } from "./announce.js";
import { empty, grow, prepareContent, textOf } from "./answer.js";
import { prepareClock } from "./clock.js";
import { prepareCopies } from "./copy_answer.js";
import { prepareDifferences } from "./differences.js";
import { find, findAll, need } from "./elements.js";
import { prepareForms } from "./forms.js";
import { prepareKeys, prepareKeysButton } from "./keys.js";
import { prepareShare } from "./share.js";
import { prepareSides } from "./sides.js";
import { keepOpen } from "./socket.js";
import { prepareVote } from "./vote.js";

/**
 * What the server tells of one answer. "settled" comes alone: both sides have ended, and nothing more comes.
 * html, drop, done, whole, lang: as `grow` takes them.
 * @typedef {{turn: number, slot: string, attempt: number, kind: string, html?: string, drop?: number, done?: number,
 *   whole?: boolean, lang?: string}} BattleEvent
 */

const ENDS = ["done", "stopped", "failed"];
const QUEUE_MS = 3000;
const AGAIN_MS = 2000;
const page = need(document, "[data-battle]");
const connection = need(page, "[data-connection]");
const announcer = new Announcer(need(page, "[data-announcements]"));

prepareKeys(page);
prepareContent(page);
prepareOutcome();
addEventListener("offline", () => tell(page.dataset.offline));
addEventListener("online", () => tell(""));
if (page.dataset.state === "running") follow();

/** Show what is written, as it is written. */
function follow() {
  /** @param {BattleEvent} event */
  const onEvent = (event) => {
    if (event.kind === "settled") {
      location.reload();
      return;
    }
    show(event);
    if (running().length === 0) {
      close();
      settle();
    }
  };
  const close = keepOpen(() => page.dataset.socket ?? "", onEvent, { onLost, onOpen: () => tell("") });
  const timer = setInterval(() => refreshQueue(timer), QUEUE_MS);
}

/**
 * Put one event where it belongs; events of an earlier attempt than the one shown are dropped.
 * @param {BattleEvent} event
 */
function show({ turn, slot, attempt, kind, ...more }) {
  const answer = find(page, `[data-answer][data-turn="${turn}"][data-slot="${slot}"]`);
  if (!answer || isEnded(answer) || attempt < Number(answer.dataset.attempt)) return;
  if (attempt > Number(answer.dataset.attempt)) begin(answer, attempt);
  const box = boxOf(answer);
  const name = nameOf(answer);
  if (kind === "started") {
    setState(answer, "thinking");
  } else if (kind === "text") {
    setState(answer, "streaming");
    grow(box, more);
    announcer.hear(name, textOf(box));
  } else if (kind === "finished" || kind === "stopped") {
    setState(answer, kind === "stopped" ? "stopped" : "done");
    grow(box, more);
    announcer.hear(name, textOf(box));
  } else if (kind === "failed") {
    setState(answer, "failed");
    box.replaceChildren(copyOf("[data-failed-text]"));
  } else if (kind === "restarted") {
    begin(answer, attempt);
    setState(answer, "pending");
  }
  if (isEnded(answer)) announcer.end(name, labelOf(answer).textContent ?? "");
}

/**
 * Another attempt: what an earlier one wrote is gone.
 * @param {HTMLElement} answer
 * @param {number} attempt
 */
function begin(answer, attempt) {
  answer.dataset.attempt = String(attempt);
  empty(boxOf(answer));
  announcer.forget(nameOf(answer));
}

/**
 * @param {HTMLElement} answer
 * @param {"pending" | "thinking" | "streaming" | "done" | "stopped" | "failed"} state
 */
function setState(answer, state) {
  // Of a blind battle both sides are in one state until both have ended.
  if (page.dataset.blind !== undefined && !ENDS.includes(state)) state = "pending";
  if (answer.dataset.state === state) return;
  answer.dataset.state = state;
  answer.setAttribute("aria-busy", String(!isEnded(answer)));
  labelOf(answer).textContent = labelOf(answer).dataset[state] ?? "";
}

/** @param {HTMLElement} answer */
function boxOf(answer) {
  return need(answer, "[data-text]");
}

/** @param {HTMLElement} answer */
function labelOf(answer) {
  return need(answer, "[data-state-label]");
}

/** @param {HTMLElement} answer */
function nameOf(answer) {
  return answer.dataset.name ?? "";
}

/** @param {HTMLElement} answer */
function isEnded(answer) {
  return ENDS.includes(answer.dataset.state ?? "");
}

function running() {
  return findAll(page, "[data-answer]").filter((answer) => !isEnded(answer));
}

/** @param {string} template */
function copyOf(template) {
  return need(page, template, HTMLTemplateElement).content.cloneNode(true);
}

/** Both sides ended: the server says what can be done now, and only that part of the page is renewed. */
async function settle() {
  page.dataset.state = "settled";
  const html = await fetched(location.pathname);
  if (html !== null) replaceOutcome(html);
  else setTimeout(settle, AGAIN_MS);
}

/**
 * The text of a reply, or null where the network is away, which the page then says.
 * @param {string} address
 * @param {RequestInit} [options]
 */
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

/** @param {string} html */
function replaceOutcome(html) {
  const renewed = new DOMParser().parseFromString(html, "text/html");
  const fresh = find(renewed, "[data-outcome]");
  if (!fresh) {
    location.reload(); // an error page: this battle's own page says what can be done
    return;
  }
  // Names once they are known, and what is to be said below an answer once both have ended.
  const told = "[data-answer-name], [data-answer-notes]";
  const before = findAll(page, told);
  findAll(renewed, told).forEach((part, i) => before[i]?.replaceWith(document.adoptNode(part)));
  const old = need(page, "[data-outcome]");
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(fresh));
  prepareOutcome();
  if (hadFocus) find(fresh, "[data-reveal], [name=choice]:enabled, a, button")?.focus({ preventScroll: true });
}

/** Everything below the answers, each time that it is new. */
function prepareOutcome() {
  prepareForms();
  prepareCopies(page);
  prepareSides(page);
  prepareDifferences(page);
  prepareKeysButton(page);
  prepareVote(page, postVote);
  prepareStop();
  prepareClock(page);
  prepareReasons();
  prepareShare(page);
}

/**
 * The reply to the vote is the reveal; without JavaScript the form brings the same page.
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} choice
 */
async function postVote(form, choice) {
  const html = await fetched(form.action, { method: "POST", body: new FormData(form, choice) });
  if (html === null) return false;
  replaceOutcome(html);
  const reveal = find(page, "[data-reveal]");
  reveal?.focus({ preventScroll: true });
  reveal?.scrollIntoView({ block: "nearest" });
  return true;
}

/** The page stays as it is: that the sides have stopped comes over the socket. */
function prepareStop() {
  const button = find(page, "[data-stop]", HTMLButtonElement);
  const form = button?.form;
  if (!button || !form) return;
  form.addEventListener("submit", async (event) => {
    if (event.submitter !== button) return;
    event.preventDefault();
    button.setAttribute("aria-disabled", "true");
    const sent = fetch(button.formAction, { method: "POST", body: new FormData(form), redirect: "manual" });
    const response = await sent.catch(() => null);
    button.removeAttribute("aria-disabled");
    if (!response) onLost();
    else if (response.type !== "opaqueredirect") replaceOutcome(await response.text()); // it says why not
  });
}

function prepareReasons() {
  const form = find(page, "[data-reasons]", HTMLFormElement);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const html = await fetched(form.action, { method: "POST", body: new FormData(form) });
    if (html !== null) replaceOutcome(html);
  });
}

/** @param {number} timer */
async function refreshQueue(timer) {
  const line = find(page, "[data-queue-line]");
  // Once there are words to read, who else waits is of no interest.
  if (!line || running().some((answer) => boxOf(answer).firstElementChild)) {
    if (line) line.textContent = "";
    clearInterval(timer);
    return;
  }
  const response = await fetch(page.dataset.queue ?? "").catch(() => null);
  if (response?.ok) line.textContent = (await response.text()).trim();
}

function onLost() {
  tell(navigator.onLine ? page.dataset.connecting : page.dataset.offline);
}

/**
 * One line about the connection; none where all is well.
 * @param {string} [text]
 */
function tell(text = "") {
  connection.textContent = text;
  connection.hidden = !text;
}
