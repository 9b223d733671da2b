/** The vote bar. A choice counts after three seconds, so that a slip can be undone; Enter votes at once. */

import { find, findAll, need } from "./elements.js";
import { scrollsByKeys } from "./scrolling.js";

/** @typedef {(form: HTMLFormElement, choice: HTMLButtonElement) => Promise<boolean>} Post false: it did not get through */

const ARMED_MS = 3000;

/**
 * Prepare the vote bar of the page, if there is one; called again whenever the outcome is renewed.
 * @param {HTMLElement} page
 * @param {Post} post
 * @param {{armedMs?: number}} [options] armedMs: how long a choice can be undone
 */
export function prepareVote(page, post, { armedMs = ARMED_MS } = {}) {
  const form = find(page, "[data-vote]", HTMLFormElement);
  if (!form) return;
  const bar = new VoteBar(form, post, armedMs);
  form.addEventListener("submit", (event) => bar.onSubmit(event));
  form.addEventListener("keydown", (event) => bar.onKeyInForm(event));
  find(bar.root, "[data-undo]")?.addEventListener("click", () => bar.disarm());
  listen(page, bar);
}

/**
 * Which of four choices a key means, from 0; one that does not exist, or undefined, where it means none.
 * @param {string} key
 * @param {number} armed which one is armed; -1 where none is
 */
export function choiceOf(key, armed) {
  if (/^[1-4]$/.test(key)) return Number(key) - 1;
  if (key === "ArrowLeft") return armed < 0 ? 0 : armed - 1;
  if (key === "ArrowRight") return armed < 0 ? 1 : armed + 1;
  return undefined;
}

/**
 * The newest bar of each page: of the document's keys and of its end only that one hears.
 * @type {WeakMap<HTMLElement, VoteBar>}
 */
const newest = new WeakMap();

/**
 * @param {HTMLElement} page
 * @param {VoteBar} bar
 */
function listen(page, bar) {
  if (!newest.has(page)) {
    document.addEventListener("keydown", (event) => newest.get(page)?.onKey(event));
    document.addEventListener("input", (event) => newest.get(page)?.onInput(event));
    document.addEventListener("submit", (event) => newest.get(page)?.onOtherForm(event));
    addEventListener("pagehide", () => newest.get(page)?.onLeaving());
  }
  newest.set(page, bar);
}

class VoteBar {
  /**
   * @param {HTMLFormElement} form
   * @param {Post} post
   * @param {number} armedMs
   */
  constructor(form, post, armedMs) {
    this.form = form;
    /** What is said of the choice stands beside the form, in the bar. */
    this.root = form.closest("[data-bar]") ?? form;
    this.post = post;
    this.armedMs = armedMs;
    this.choices = findAll(form, "[name=choice]", HTMLButtonElement);
    /** @type {HTMLButtonElement | undefined} */
    this.armed = undefined;
    /** @type {number | undefined} */
    this.timer = undefined;
  }

  get mayVote() {
    return this.form.isConnected && !this.form.dataset.sent && this.choices.every((choice) => !choice.disabled);
  }

  /** @param {SubmitEvent} event */
  onSubmit(event) {
    const choice = this.choiceAt(event.submitter);
    if (!choice) return;
    event.preventDefault();
    this.arm(choice);
  }

  /** @param {KeyboardEvent} event */
  onKeyInForm(event) {
    const choice = this.choiceAt(event.target);
    if (event.key !== "Enter" || !choice || event.repeat) return;
    event.preventDefault();
    event.stopPropagation();
    this.arm(choice);
    this.vote();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (!this.mayVote || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target instanceof Element && keepsKey(event.target, event.key)) return;
    const armed = this.choices.findIndex((choice) => choice === this.armed);
    const choice = this.choices[choiceOf(event.key, armed) ?? -1];
    if (choice) {
      event.preventDefault();
      this.arm(choice);
      choice.focus({ preventScroll: true });
    } else if (event.key === "Escape" && this.armed) {
      this.disarm();
    } else if (event.key === "Enter" && this.armed && event.target === document.body) {
      event.preventDefault();
      this.vote();
    }
  }

  /**
   * Who writes on goes on with the battle: no choice is counted meanwhile.
   * @param {Event} event
   */
  onInput(event) {
    if (event.target instanceof HTMLTextAreaElement) this.disarm();
  }

  /**
   * Another form of the page is sent. Who asks for more takes the choice back; who leaves gives it before the battle is left.
   * @param {SubmitEvent} event
   */
  async onOtherForm(event) {
    const form = event.target;
    if (form === this.form || !(form instanceof HTMLFormElement) || !this.mayBeSent) return;
    if (find(form, "[name=turn]")) this.disarm();
    if (form.dataset.leaves === undefined) return;
    event.preventDefault();
    await this.sent();
    form.submit();
  }

  /** A vote that was given is not lost because its page is closed before the three seconds are over. */
  onLeaving() {
    if (!this.mayBeSent) return;
    this.form.dataset.sent = "true";
    navigator.sendBeacon(this.form.action, new FormData(this.form, this.armed));
  }

  get mayBeSent() {
    return this.armed !== undefined && this.form.isConnected && !this.form.dataset.sent;
  }

  /** The vote without its reveal; it stays possible to give it where it does not get through. */
  async sent() {
    const body = new FormData(this.form, this.armed);
    this.form.dataset.sent = "true";
    clearTimeout(this.timer);
    await fetch(this.form.action, { method: "POST", body, keepalive: true }).catch(() => null);
  }

  /** @param {EventTarget | null} target */
  choiceAt(target) {
    return this.choices.find((choice) => choice === target);
  }

  /** @param {HTMLButtonElement} choice */
  arm(choice) {
    this.disarm();
    this.armed = choice;
    choice.setAttribute("aria-pressed", "true");
    this.form.dataset.armed = "true";
    this.timer = setTimeout(() => this.vote(), this.armedMs);
    const shape = this.form.dataset.armedText ?? "";
    need(this.root, "[data-armed-line]").textContent = shape.replace("[choice]", choice.dataset.label ?? "");
    need(this.root, "[data-undo]").hidden = false;
  }

  disarm() {
    clearTimeout(this.timer);
    const undo = need(this.root, "[data-undo]");
    if (undo.contains(document.activeElement)) this.armed?.focus();
    this.armed?.removeAttribute("aria-pressed");
    this.armed = undefined;
    delete this.form.dataset.armed;
    need(this.root, "[data-armed-line]").textContent = "";
    undo.hidden = true;
  }

  async vote() {
    const choice = this.armed;
    if (!choice || !this.mayBeSent) return;
    clearTimeout(this.timer);
    this.form.dataset.sent = "true";
    if (await this.post(this.form, choice)) return;
    delete this.form.dataset.sent;
    this.disarm();
  }
}

/**
 * Whether a key pressed there is not for the bar: it is typed, or scrolls what is wider than its place.
 * @param {Element} target
 * @param {string} key
 */
function keepsKey(target, key) {
  if (target.closest("textarea, input, select, dialog, summary")) return true;
  return key.startsWith("Arrow") && scrollsByKeys(target);
}
