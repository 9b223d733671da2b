import { socketAddress, waitAfter } from "../../arena/static/arena/socket.js";
import { equal, test } from "./cases.js";

test("the wait doubles with each failure, up to ten seconds", () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 100].map((failures) => waitAfter(failures, 1));
  equal(waits, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test("chance takes up to half of a wait away", () => {
  equal([waitAfter(2, 0), waitAfter(2, 0.5), waitAfter(100, 0)], [500, 750, 5000]);
});

test("a socket is encrypted where its page is", () => {
  equal(socketAddress("/ws/x/?after=1-0", "https://arena.test/battles/1/"), "wss://arena.test/ws/x/?after=1-0");
  equal(socketAddress("/ws/x/", "http://127.0.0.1:8000/"), "ws://127.0.0.1:8000/ws/x/");
});
