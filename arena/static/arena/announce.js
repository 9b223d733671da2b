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
    /** @type {Map<string, {text: string, said: number}>} */
    this.sides = new Map();
  }

  /**
   * All the text of one side so far. What is said once is not said again, should its marks turn out otherwise.
   * @param {string} name how the side is called
   * @param {string} text
   */
  hear(name, text) {
    const said = this.sides.get(name)?.said ?? 0;
    const [sentences] = sentencesOf(text.slice(said));
    this.sides.set(name, { text, said: said + sentences.join("").length });
    for (const sentence of sentences) this.say(name, sentence);
  }

  /**
   * The side has ended: what is left is said too, and how it ended.
   * @param {string} name
   * @param {string} state
   */
  end(name, state) {
    const { text, said } = this.sides.get(name) ?? { text: "", said: 0 };
    this.say(name, text.slice(said));
    this.forget(name);
    this.say(name, state);
  }

  /**
   * The side begins anew.
   * @param {string} name
   */
  forget(name) {
    this.sides.delete(name);
  }

  /** Nothing that was said is there to be read again. */
  clear() {
    this.sides.clear();
    this.log.replaceChildren();
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
