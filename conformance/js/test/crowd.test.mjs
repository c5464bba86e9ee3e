// Many clients at once.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { ask, Clients, inbox, MODES } from "../lib/client.mjs";
import { useServer } from "../lib/server.mjs";

const server = useServer("sio-client-4", "/socket.io/");
const COUNT = 200;

for (const mode of Object.keys(MODES)) {
  describe(`${COUNT} clients over ${mode}`, () => {
    const clients = new Clients(server, mode);
    afterEach(() => clients.close());

    test("[SIO-MANY-001] [SIO-MANY-024] all connect, and each gets each broadcast once", { timeout: 120_000 }, async () => {
      const sockets = await Promise.all(Array.from({ length: COUNT }, () => clients.connect()));
      assert.equal(new Set(sockets.map((socket) => socket.id)).size, COUNT);
      const all = sockets.map((socket) => inbox(socket, "all"));
      const room = sockets.map((socket) => inbox(socket, "room"));
      await Promise.all(sockets.map((socket, i) => ask(socket, "join", `room ${i % 10}`)));

      // From ten senders at the same time, text and binary.
      for (let i = 0; i < 10; i++) {
        sockets[i].emit("all", i, i % 2 ? "text" : Buffer.from([i]));
        sockets[i].emit("room", `room ${i}`, i);
      }
      for (const [i, box] of all.entries()) {
        const got = [];
        for (let n = 0; n < 10; n++) got.push(await box.take());
        got.sort(([a], [b]) => a - b);
        assert.deepEqual(got, Array.from({ length: 10 }, (_, n) => [n, n % 2 ? "text" : Buffer.from([n])]));
        assert.deepEqual(await room[i].take(), [`room ${i % 10}`, i % 10]);
      }
      await Promise.all(sockets.map((socket) => ask(socket, "echo")));
      assert.deepEqual([...all, ...room].flatMap((box) => box.left), []);
    });
  });
}
