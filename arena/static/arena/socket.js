const FINAL_CODES = new Set([4404]);
const SILENCE_MS = 20_000;
const MAX_WAIT_MS = 10_000;

/**
 * Keep a socket open, coming again with growing delay; a long silence counts as a lost connection.
 * @param {() => string} url asked before each attempt, so that it can name the last id seen
 * @param {(message: object) => void} onMessage
 * @param {{onLost?: () => void, onOpen?: () => void, maySleep?: boolean}} [options] maySleep: silence is normal
 * @returns {() => void} close for good
 */
export function keepOpen(url, onMessage, { onLost = () => {}, onOpen = () => {}, maySleep = false } = {}) {
  let socket, silence, timer, failures = 0, isClosed = false;

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
    const address = new URL(url(), location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(address);
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
      timer = setTimeout(open, Math.min(MAX_WAIT_MS, 250 * 2 ** failures) * (0.5 + Math.random() / 2));
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
