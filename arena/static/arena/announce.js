/** What a screen reader says while answers are written: whole sentences, each with its side, never half a word. */

const SENTENCE = /[\s\S]*?(?:[.!?…]["')\]]?(?=\s)|[。！？]|\n)/gu;
const KEPT = 30;

/**
 * The whole sentences at the front of a text, and the half one behind them.
 * @param {string} text
 * @returns {[string[], string]}
 */
export function sentencesOf(text) {
  const sentences = text.match(SENTENCE) ?? [];
  return [sentences, text.slice(sentences.join("").length)];
}

export class Announcer {
  /** @param {HTMLElement} log a polite live region */
  constructor(log) {
    this.log = log;
    /** @type {Map<string, string>} */
    this.rests = new Map();
  }

  /**
   * Further text of one side.
   * @param {string} name how the side is called
   * @param {string} text
   */
  add(name, text) {
    const [sentences, rest] = sentencesOf((this.rests.get(name) ?? "") + text);
    this.rests.set(name, rest);
    for (const sentence of sentences) this.say(name, sentence);
  }

  /**
   * The side has ended: what is left is said too, and how it ended.
   * @param {string} name
   * @param {string} state
   */
  end(name, state) {
    this.say(name, this.rests.get(name) ?? "");
    this.rests.delete(name);
    this.say(name, state);
  }

  /**
   * The side begins anew.
   * @param {string} name
   */
  forget(name) {
    this.rests.delete(name);
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  say(name, text) {
    if (!text.trim()) return;
    const line = document.createElement("p");
    line.textContent = `${name}: ${text.trim()}`;
    this.log.append(line);
    while (this.log.children.length > KEPT) this.log.firstElementChild?.remove();
  }
}
