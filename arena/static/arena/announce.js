/** What a screen reader says while answers are written: whole sentences, each with its side, never half a word. */

const SENTENCE = /[\s\S]*?(?:[.!?…]["')\]]?(?=\s)|[。！？]|\n)/gu;
const KEPT = 30;

export class Announcer {
  /** @param {HTMLElement} log a polite live region */
  constructor(log) {
    this.log = log;
    this.rests = new Map();
  }

  /** Further text of one side. name: how the side is called. */
  add(name, text) {
    const whole = (this.rests.get(name) ?? "") + text;
    const sentences = whole.match(SENTENCE) ?? [];
    this.rests.set(name, whole.slice(sentences.join("").length));
    for (const sentence of sentences) this.say(name, sentence);
  }

  /** The side has ended: what is left is said too, and how it ended. */
  end(name, state) {
    this.say(name, this.rests.get(name) ?? "");
    this.rests.delete(name);
    this.say(name, state);
  }

  /** The side begins anew. */
  forget(name) {
    this.rests.delete(name);
  }

  say(name, text) {
    if (!text.trim()) return;
    const line = document.createElement("p");
    line.textContent = `${name}: ${text.trim()}`;
    this.log.append(line);
    while (this.log.children.length > KEPT) this.log.firstChild.remove();
  }
}
