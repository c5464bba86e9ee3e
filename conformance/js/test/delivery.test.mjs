// What the official JavaScript client 4.x gets when its connection is lost, and what the server gets of it.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { ask, Clients, MODES, once } from "../lib/client.mjs";
import { proxyTo } from "../lib/proxy.mjs";
import { useServer } from "../lib/server.mjs";
import { within } from "../lib/waiting.mjs";

const server = useServer("sio-delivery", "/socket.io/");
const it = (title, body) => test(title, { timeout: 60_000 }, body);

// Late enough for the server to have noticed that the connection was cut.
const RECONNECTION = {
  reconnection: true,
  reconnectionDelay: 300,
  reconnectionDelayMax: 300,
  randomizationFactor: 0,
};

let number = 0;
const unique = (prefix) => `${prefix}-${process.pid}-${number++}`;
const range = (count) => Array.from({ length: count }, (_, i) => i);

/** When there are that many items. */
const until = (items, count) =>
  within(
    new Promise((resolve) => {
      const look = () => (items.length >= count ? resolve() : setTimeout(look, 5));
      look();
    }),
    `${count} events`,
    30_000,
  );

for (const mode of Object.keys(MODES)) {
  describe(`the client over ${mode}`, () => {
    const clients = new Clients(server, mode);
    let proxy;

    afterEach(() => {
      clients.close();
      proxy?.close();
      proxy = undefined;
    });

    /** A client behind a proxy that can cut its connection. */
    async function throughProxy(options) {
      proxy = await proxyTo(server.port);
      const socket = clients.create("/", { origin: proxy.origin, ...RECONNECTION, ...options });
      const settled = clients.settled(socket);
      await once(socket, "welcome");
      await settled;
      return socket;
    }

    /** Not in the middle of an upgrade: a client that is cut then may notice it only by the lack of pings. */
    async function cutAndReturn(socket) {
      const back = once(socket, "connect");
      await proxy.cut();
      await back;
      await clients.settled(socket);
    }

    describe("connection state recovery", () => {
      it("[REC-002] [REC-003] [REC-015] gets every event once and in order, however often it is cut", async () => {
        const socket = await throughProxy();
        const { id } = socket;
        assert.ok(!socket.recovered);
        const room = unique("room");
        await ask(socket, "join", room);
        const received = [];
        const args = [];
        socket.on("n", (i, ...others) => {
          received.push(i);
          args.push(others);
        });
        const count = 400;

        socket.emit("flow", room, count, 8);
        await once(socket, "flowing");
        for (let cut = 1; cut <= 4; cut++) {
          await until(received, cut * 60);
          await cutAndReturn(socket);
          assert.ok(socket.recovered, `recovered after cut ${cut}`);
          assert.equal(socket.id, id);
        }
        await until(received, count);

        assert.deepEqual(received, range(count));
        for (const i of received) {
          const [first, second] = args[i];
          if (i % 4 === 0) assert.equal(typeof first, "string");
          if (i % 4 === 1) assert.deepEqual(first, ["to the room"]);
          if (i % 4 === 2) assert.equal(first, "to the socket");
          if (i % 4 === 3) assert.deepEqual(first, Buffer.from([1, 2, 3]));
          if (i % 4 !== 0) assert.equal(typeof second, "string");
        }
        const [state] = await ask(socket, "state");
        assert.deepEqual(state, { recovered: true, rooms: [id, room].sort(), data: { joined: room } });
      });

      it("[REC-019] starts anew after it left or was sent away", async () => {
        const socket = await throughProxy();
        const { id } = socket;
        socket.disconnect();
        const back = once(socket, "welcome");
        socket.connect();
        const [second] = await back;
        assert.notEqual(second, id);
        assert.ok(!socket.recovered);

        const gone = once(socket, "disconnect");
        socket.emit("kick");
        assert.equal((await gone)[0], "io server disconnect");
        const again = once(socket, "welcome");
        socket.connect();
        assert.notEqual((await again)[0], second);
        assert.ok(!socket.recovered);
      });
    });

    describe("retries", () => {
      it("has an event handled once that it sends until it is acknowledged", async () => {
        const socket = await throughProxy({ retries: 5, ackTimeout: 200 });
        const key = unique("order");
        assert.deepEqual(await ask(socket, "order", key, 500), [null, 1]);

        const [error, attempts, effects] = await ask(socket, "done", key);
        assert.equal(error, null);
        assert.ok(attempts > 1, `${attempts} attempts`);
        assert.equal(effects, 1);
      });

      it("has it handled more than once by a handler that takes no care", async () => {
        const socket = await throughProxy({ retries: 5, ackTimeout: 200 });
        const key = unique("careless");
        await ask(socket, "careless", key, 500);

        const [, attempts, effects] = await ask(socket, "done", key);
        assert.ok(attempts > 1, `${attempts} attempts`);
        // What came last may still be at work.
        assert.ok(effects >= 1);
        await within(
          (async () => {
            while ((await ask(socket, "done", key))[2] < 2);
          })(),
          "a second effect",
        );
      });

      it("sends an event again over a new connection, and has it handled once", async () => {
        const socket = await throughProxy({ retries: 5, ackTimeout: 10_000 });
        const key = unique("order");
        const answer = ask(socket, "order", key, 700);
        const other = await new Clients(server, "WebSocket").connect();
        await within(
          (async () => {
            while ((await ask(other, "done", key))[0] < 1);
          })(),
          "the first attempt",
        );
        other.disconnect();
        await cutAndReturn(socket);

        assert.deepEqual(await answer, [null, 1]);
        assert.deepEqual(await ask(socket, "done", key), [null, 2, 1]);
      });

      it("keeps the order of what it sends while it is cut", async () => {
        const socket = await throughProxy({ retries: 5, ackTimeout: 2_000 });
        const all = range(10).map((i) => [i, unique("order")]);
        const order = [];
        const answers = all.map(([i, key]) => ask(socket, "order", key, 20).then(([error]) => order.push([i, error])));
        await cutAndReturn(socket);
        await Promise.all(answers);

        assert.deepEqual(
          order,
          all.map(([i]) => [i, null]),
        );
        for (const [, key] of all) assert.equal((await ask(socket, "done", key))[2], 1);
      });
    });
  });
}
