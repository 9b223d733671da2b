import { prepareAfterVote } from "./after_vote.js";
import { Announcer } from "./announce.js";
import { empty, grow, prepareContent, textOf } from "./answer.js";
import { followBoard } from "./board_step.js";
import { prepareClock } from "./clock.js";
import { prepareCopies } from "./copy_answer.js";
import { prepareDifferences } from "./differences.js";
import { find, findAll, need } from "./elements.js";
import { prepareForms, sendAgain } from "./forms.js";
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
/** Of a reply only what has changed is asked for. */
const AS_PART = { "X-Requested-With": "fetch" };
const QUEUE_MS = 3000;
const AGAIN_MS = 2000;
const page = need(document, "[data-battle]");
const connection = need(page, "[data-connection]");
const announcer = new Announcer(need(page, "[data-announcements]"));

prepareKeys(page);
prepareAfterVote(page);
prepareContent(page);
prepareOutcome();
addEventListener("offline", () => tell(page.dataset.offline));
addEventListener("online", () => tell(""));
if (page.dataset.state === "running") follow();

/** Show what is written, as it is written. */
function follow() {
  /** @param {BattleEvent} event */
  const onEvent = (event) => {
    if (event.kind !== "settled") show(event);
    else if (running().length > 0) {
      close();
      catchUp();
      return;
    }
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
    grow(box, more);
    setState(answer, "streaming");
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
  if (page.dataset.blind === undefined || ENDS.includes(state)) mark(answer, state);
  else for (const side of running()) mark(side, stateOfBoth());
}

/** Of a blind battle both sides are in one state until both have ended: that of what the page shows of either. */
function stateOfBoth() {
  return running().some((side) => boxOf(side).firstElementChild) ? "streaming" : "pending";
}

/**
 * @param {HTMLElement} answer
 * @param {"pending" | "thinking" | "streaming" | "done" | "stopped" | "failed"} state
 */
function mark(answer, state) {
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
  const reply = await fetched(location.pathname);
  if (reply) renew(reply);
  else setTimeout(settle, AGAIN_MS);
}

/** Both sides ended before this page came: it takes their answers from the page as it is now. */
async function catchUp() {
  const reply = await fetched(location.pathname, { headers: {} });
  if (!reply) {
    setTimeout(catchUp, AGAIN_MS);
    return;
  }
  for (const side of running()) {
    const { turn, slot } = side.dataset;
    const whole = find(reply, `[data-answer][data-turn="${turn}"][data-slot="${slot}"]`);
    if (whole) side.replaceWith(document.adoptNode(whole));
  }
  prepareContent(page);
  page.dataset.state = "settled";
  renew(reply);
}

/**
 * The reply, which is a part of this page unless the caller's headers ask for all of it; null where the network is
 * away, which the page then says.
 * @param {string} address
 * @param {RequestInit} [options]
 */
async function fetched(address, options) {
  try {
    const response = await fetch(address, { headers: AS_PART, ...options });
    const html = await response.text();
    tell("");
    return new DOMParser().parseFromString(html, "text/html");
  } catch {
    onLost();
    return null;
  }
}

/**
 * What can be done now, and what is told of the answers that are here.
 * @param {Document} reply
 */
function renew(reply) {
  const fresh = find(reply, "[data-outcome]");
  if (!fresh) {
    location.reload(); // an error page: this battle's own page says what can be done
    return;
  }
  tellOfAnswers(reply);
  for (const turn of findAll(reply, ".turn[data-withheld]")) {
    announcer.clear(); // what was said of it is withheld, too
    document.getElementById(turn.id)?.replaceWith(document.adoptNode(turn));
  }
  const old = need(page, "[data-outcome]");
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(fresh));
  prepareOutcome();
  if (!hadFocus) return;
  const next = find(fresh, "[data-reveal]") ?? find(fresh, "[name=choice]:enabled") ?? find(fresh, "a, button");
  next?.focus({ preventScroll: true });
}

/**
 * Names once they are known, and how an answer ended once both have.
 * @param {Document} reply
 */
function tellOfAnswers(reply) {
  for (const { dataset } of findAll(reply, "[data-told-name]")) {
    for (const answer of findAll(page, `[data-answer][data-slot="${dataset.slot}"]`)) {
      answer.dataset.name = dataset.toldName;
      need(answer, "[data-answer-name]").textContent = dataset.toldName ?? "";
    }
  }
  for (const told of findAll(reply, "[data-told-end]")) {
    const { toldEnd, slot } = told.dataset;
    const answer = find(page, `[data-answer][data-turn="${toldEnd}"][data-slot="${slot}"]`);
    if (!answer) continue;
    labelOf(answer).textContent = (labelOf(told).textContent ?? "").trim();
    need(answer, "[data-answer-notes]").replaceWith(document.adoptNode(need(told, "[data-answer-notes]")));
  }
}

/** Everything below the answers, each time that it is new. */
function prepareOutcome() {
  prepareForms();
  prepareCopies(page);
  prepareSides(page);
  prepareDifferences(page);
  prepareKeysButton(page);
  prepareGoingOn();
  prepareVote(page, postVote);
  prepareStop();
  prepareClock(page);
  prepareReasons();
  prepareShare(page);
  followBoard(page, () => fetched(location.pathname));
}

/**
 * The reply to the vote is the reveal; without JavaScript the form brings the same page.
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} choice
 */
async function postVote(form, choice) {
  const reply = await fetched(form.action, { method: "POST", body: new FormData(form, choice) });
  if (!reply) return false;
  renew(reply);
  const reveal = find(page, "[data-reveal]");
  reveal?.focus({ preventScroll: true });
  reveal?.scrollIntoView({ block: "nearest" });
  return true;
}

/** A further prompt, or other answers to the last one: the new turn joins the page, and is followed. */
function prepareGoingOn() {
  for (const form of findAll(page, "[data-goes-on]", HTMLFormElement)) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return; // sent already, or offline
      event.preventDefault();
      goOn(form);
    });
  }
}

/** @param {HTMLFormElement} form */
async function goOn(form) {
  const reply = await fetched(form.action, { method: "POST", body: new FormData(form) });
  if (reply && !find(reply, "[data-outcome]")) {
    form.submit(); // what is wrong is a page of its own, and the browser keeps the text
    return;
  }
  if (!reply) {
    sendAgain(form);
    return;
  }
  const turn = find(reply, ".turn");
  renew(reply);
  if (turn) begins(document.adoptNode(turn));
  else find(page, "[data-composer] textarea")?.focus();
}

/**
 * Put the turn where it belongs, in view and in focus, and follow it.
 * @param {HTMLElement} turn
 */
function begins(turn) {
  const replaced = document.getElementById(turn.id) ?? document.getElementById(turn.dataset.replaces ?? "");
  if (replaced) replaced.replaceWith(turn);
  else findAll(page, ".turn").at(-1)?.after(turn);
  prepareContent(turn);
  prepareSides(page);
  const heading = need(turn, ".turn__prompt");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  turn.scrollIntoView({ block: "start" });
  page.dataset.state = "running";
  follow();
}

/** The page stays as it is: that the sides have stopped comes over the socket. */
function prepareStop() {
  const form = find(page, "[data-stop]", HTMLFormElement);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = need(form, "button");
    button.setAttribute("aria-disabled", "true");
    const reply = await fetched(form.action, { method: "POST", body: new FormData(form) });
    button.removeAttribute("aria-disabled");
    if (reply && find(reply, "[data-outcome]")) renew(reply); // it says why not
  });
}

function prepareReasons() {
  const form = find(page, "[data-reasons]", HTMLFormElement);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reply = await fetched(form.action, { method: "POST", body: new FormData(form) });
    if (reply) renew(reply);
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
