const FINAL_CODES = new Set([4403, 4404]);
const SILENCE_MS = 20_000;
const MAX_WAIT_MS = 10_000;

/**
 * How long to wait before the next attempt, in milliseconds: twice as long after each failure, and never the same for
 * all pages, so that they do not come back to a server at one moment.
 * @param {number} failures in a row, 0 where there was none
 * @param {number} chance from 0 to 1
 */
export function waitAfter(failures, chance) {
  return Math.min(MAX_WAIT_MS, 250 * 2 ** failures) * (0.5 + chance / 2);
}

/**
 * Where the socket of an address on this site is.
 * @param {string} path
 * @param {string} page the address of the page
 */
export function socketAddress(path, page) {
  const address = new URL(path, page);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

/**
 * Keep a socket open, coming again with growing delay; a long silence counts as a lost connection.
 * @template Message
 * @param {() => string} url asked before each attempt, so that it can name the last id seen
 * @param {(message: Message) => void} onMessage
 * @param {{onLost?: () => void, onOpen?: () => void, maySleep?: boolean}} [options] maySleep: silence is normal
 * @returns {() => void} close for good
 */
export function keepOpen(url, onMessage, { onLost = () => {}, onOpen = () => {}, maySleep = false } = {}) {
  /** @type {WebSocket} */
  let socket;
  /** @type {number | undefined} */
  let silence;
  /** @type {number | undefined} */
  let timer;
  let failures = 0;
  let isClosed = false;

  const listen = () => {
    clearTimeout(silence);
    if (!maySleep) silence = setTimeout(comeAgain, SILENCE_MS);
  };
  // Silence may be a dead line or a long queue: a new connection tells, and is no failure.
  const comeAgain = () => {
    failures = -1;
    socket.close();
  };
  const open = () => {
    clearTimeout(timer);
    socket = new WebSocket(socketAddress(url(), location.href));
    listen();
    socket.addEventListener("open", onOpen);
    socket.addEventListener("message", ({ data }) => {
      failures = 0;
      listen();
      onMessage(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code }) => {
      clearTimeout(silence);
      if (isClosed || FINAL_CODES.has(code)) return;
      if (++failures > 1) onLost();
      timer = setTimeout(open, waitAfter(failures, Math.random()));
    });
  };
  const openNow = () => {
    if (!isClosed && socket.readyState === WebSocket.CLOSED) open();
  };
  addEventListener("online", openNow);
  document.addEventListener("visibilitychange", openNow);
  open();
  return () => {
    isClosed = true;
    clearTimeout(timer);
    clearTimeout(silence);
    socket.close();
  };
}
