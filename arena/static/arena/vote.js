/** The vote bar. A click counts after three seconds, so that a slip can be undone; Enter votes at once. */

const ARMED_MS = 3000;
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [1, 1] };

/**
 * Prepare the vote bar of the page, if there is one; called again whenever the outcome is renewed.
 * @param {HTMLElement} page
 * @param {(form: HTMLFormElement, choice: HTMLButtonElement) => Promise<boolean>} post false: it did not get through
 */
export function prepareVote(page, post) {
  const form = page.querySelector("[data-vote]");
  if (!form) return;
  const bar = new VoteBar(form, post);
  form.addEventListener("submit", (event) => bar.onSubmit(event));
  form.addEventListener("keydown", (event) => bar.onKeyInForm(event));
  form.querySelector("[data-undo]")?.addEventListener("click", () => bar.disarm());
  onKeyOf(page, (event) => bar.onKey(event));
  onLeavingOf(page, () => bar.onLeaving());
}

/** Of the document's keys and of its end only the newest bar hears. */
const heard = new WeakMap();
function onKeyOf(page, listener) {
  if (!heard.has(page)) {
    document.addEventListener("keydown", (event) => heard.get(page).key(event));
    addEventListener("pagehide", () => heard.get(page).leaving?.());
  }
  heard.set(page, { ...heard.get(page), key: listener });
}
function onLeavingOf(page, listener) {
  heard.set(page, { ...heard.get(page), leaving: listener });
}

class VoteBar {
  constructor(form, post) {
    this.form = form;
    this.post = post;
    this.choices = [...form.querySelectorAll("[name=choice]")];
    this.armed = null;
  }

  get mayVote() {
    return this.form.isConnected && !this.form.dataset.sent && this.choices.every((choice) => !choice.disabled);
  }

  onSubmit(event) {
    if (!this.choices.includes(event.submitter)) return; // stop has its own listener
    event.preventDefault();
    this.arm(event.submitter);
    this.timer = setTimeout(() => this.vote(), ARMED_MS);
    this.form.dataset.counting = "true";
  }

  onKeyInForm(event) {
    if (event.key !== "Enter" || !this.choices.includes(event.target) || event.repeat) return;
    event.preventDefault();
    event.stopPropagation();
    this.arm(event.target);
    this.vote();
  }

  onKey(event) {
    if (!this.mayVote || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("textarea, input, select, dialog, summary, [data-scrolls]")) return;
    const choice = this.choices["1234".indexOf(event.key)] ?? this.besideArmed(event.key);
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

  /** A vote that was given is not lost because its page is closed before the three seconds are over. */
  onLeaving() {
    if (!this.form.dataset.counting || this.form.dataset.sent) return;
    this.form.dataset.sent = "true";
    navigator.sendBeacon(this.form.action, new FormData(this.form, this.armed));
  }

  besideArmed(key) {
    if (!(key in ARROWS)) return undefined;
    const [first, step] = ARROWS[key];
    return this.armed ? this.choices[this.choices.indexOf(this.armed) + step] : this.choices[first];
  }

  arm(choice) {
    this.disarm();
    this.armed = choice;
    choice.setAttribute("aria-pressed", "true");
    this.form.dataset.armed = "true";
    this.form.querySelector("[data-armed]").textContent = `${this.form.dataset.armedText} ${choice.dataset.label}.`;
    this.form.querySelector("[data-undo]").hidden = false;
  }

  disarm() {
    clearTimeout(this.timer);
    const undo = this.form.querySelector("[data-undo]");
    if (undo.contains(document.activeElement)) this.armed?.focus();
    this.armed?.removeAttribute("aria-pressed");
    this.armed = null;
    delete this.form.dataset.armed;
    delete this.form.dataset.counting;
    this.form.querySelector("[data-armed]").textContent = "";
    undo.hidden = true;
  }

  async vote() {
    const choice = this.armed;
    if (!choice || this.form.dataset.sent) return;
    clearTimeout(this.timer);
    this.form.dataset.sent = "true";
    if (await this.post(this.form, choice)) return;
    delete this.form.dataset.sent;
    this.disarm();
  }
}
