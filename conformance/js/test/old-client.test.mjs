// The official JavaScript client 2.x, which speaks revision 3 of Engine.IO, on a server that allows it.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import io2 from "socket.io-client-2";
import { ask, Clients, inbox, MODES, once } from "../lib/client.mjs";
import { enterPage } from "../lib/page.mjs";
import { useServer } from "../lib/server.mjs";
import { within } from "../lib/waiting.mjs";

const server = useServer("sio-client-2", "/socket.io/");
const strict = useServer("sio-client-4", "/socket.io/");
const it = (title, body) => test(title, { timeout: 60_000 }, body);

const UNICODE = "石室詩士施氏 — пойду спать всем — 🦜 𝄞 é \u0000 \u001e \u2028 \u2029 \u007f \" \\ \\n \r\n / 3:4";
const range = (count) => Array.from({ length: count }, (_, i) => i);

const WAYS = {
  ...Object.fromEntries(Object.keys(MODES).map((mode) => [mode, { mode }])),
  "polling as text": { mode: "polling", options: { forceBase64: true } },
  "WebSocket as text": { mode: "WebSocket", options: { forceBase64: true } },
  JSONP: { mode: "polling", options: { forceJSONP: true }, page: true },
};

for (const [way, { mode, options, page }] of Object.entries(WAYS)) {
  describe(`the client 2.x over ${way}`, () => {
    const clients = new Clients(server, mode, io2);
    const current = new Clients(server, mode === "polling" ? "polling" : "WebSocket");
    const connect = () => clients.connect("/", options);

    if (page) {
      let leave;
      before(() => (leave = enterPage()));
      after(() => leave());
    }
    afterEach(() => {
      clients.close();
      current.close();
    });

    it("[EIO-V3-020] [EIO-V3-023] [EIO-V3-024] connects, under the id of its connection", async () => {
      const socket = clients.create("/", options);
      const welcome = once(socket, "welcome");
      await clients.connected(socket);
      assert.equal(socket.id, socket.io.engine.id);
      assert.deepEqual(await welcome, [socket.id, {}]);
      assert.equal(socket.io.engine.transport.name, mode === "polling" ? "polling" : "websocket");
    });

    it("[EIO-V3-016] [EIO-V3-021] joins a namespace with a query", async () => {
      const main = await connect();
      const socket = main.io.socket("/custom", { query: { test: "123", text: "ü &=🦜" } });
      const [id, auth] = await once(socket, "welcome", "error");
      assert.equal(id, `/custom#${main.io.engine.id}`);
      assert.equal(socket.id, id);
      assert.deepEqual(auth, { test: "123", text: "ü &=🦜" });
      assert.deepEqual(await ask(socket, "echo", 1), [1]);
      assert.deepEqual(await ask(main, "echo", 2), [2]);
    });

    it("[EIO-V3-017] [EIO-V3-025] is told why it is not let in", async () => {
      const main = await connect();
      const refusal = async (namespace, query) => (await once(main.io.socket(namespace, { query }), "error"))[0];
      assert.equal(await refusal("/auth"), "no token");
      assert.deepEqual(await refusal("/nowhere"), { message: "Invalid namespace" });
      const other = await connect();
      const [error] = await once(other.io.socket("/auth", { query: { token: "x" } }), "error");
      assert.deepEqual(error, { code: 7, given: "x" });
      const third = await connect();
      await once(third.io.socket("/auth", { query: { token: "sesame" } }), "connect", "error");
    });

    it("[EIO-V3-003] [EIO-V3-011] carries text of any script, both ways", async () => {
      const socket = await connect();
      const back = inbox(socket, "back");
      const long = "🦜€é".repeat(20_000);
      for (const text of [UNICODE, { [UNICODE]: UNICODE }, "a\nb\\nc\\\\nd\r\n\n", long, `x${long}`]) {
        socket.emit("back", text, 1, null);
        assert.deepEqual(await back.take(), [text, 1, null]);
        assert.deepEqual(await ask(socket, "echo", text), [text]);
      }
    });

    it("[EIO-V3-002] [EIO-V3-007] [EIO-V3-012] [EIO-V3-015] carries bytes, both ways", async () => {
      const socket = await connect();
      const back = inbox(socket, "back");
      const bytes = Buffer.from(range(256));
      for (const args of [[bytes], [UNICODE, bytes, { four: [bytes, null] }], range(10).map((i) => Buffer.from([i]))]) {
        socket.emit("back", ...args);
        assert.deepEqual(await back.take(), args);
        assert.deepEqual(await ask(socket, "echo", ...args), args);
      }
      const large = Buffer.alloc(300_000, "0123456789");
      const [echo] = await ask(socket, "echo", large);
      assert.ok(large.equals(echo), `an echo of ${echo.length} bytes`);
    });

    it("keeps the order of what it sends and gets", async () => {
      const socket = await connect();
      const back = inbox(socket, "back");
      const messages = range(100).map((i) => (i % 5 === 0 ? Buffer.from([i >> 8, i]) : i));
      for (const message of messages) socket.emit("back", message);
      for (const message of messages) assert.deepEqual(await back.take(), [message]);
    });

    it("acknowledges what the server asks", async () => {
      const socket = await connect();
      socket.on("question", (...args) => args.pop()(...args, "yes"));
      const answer = once(socket, "answer");
      socket.emit("ask", "really?", Buffer.from([1]));
      assert.deepEqual(await answer, ["really?", Buffer.from([1]), "yes"]);
    });

    it("shares rooms with clients 4.x", async () => {
      const old = await connect();
      const present = await current.connect();
      for (const socket of [old, present]) await ask(socket, "join", "lobby");
      const received = [old, present].map((socket) => once(socket, "room"));
      old.emit("room", "lobby", "hello", Buffer.from([1, 2]));
      for (const args of await Promise.all(received)) assert.deepEqual(args, ["lobby", "hello", Buffer.from([1, 2])]);
    });

    it("[EIO-V3-018] [EIO-HB-017] stays connected over several of its own heartbeats", async () => {
      const socket = await connect();
      let ended;
      socket.on("disconnect", (reason) => (ended = reason));
      for (let beat = 0; beat < 2; beat++) await once(socket, "pong");
      assert.equal(ended, undefined);
      assert.deepEqual(await ask(socket, "echo", 1), [1]);
    });

    it("[EIO-V3-013] learns that the server has closed its connection, and the server of the client's end", async () => {
      const watcher = await current.connect();
      await ask(watcher, "join", "watchers");
      const gone = inbox(watcher, "gone");

      const kicked = await connect();
      const end = once(kicked, "disconnect");
      const { id } = kicked;
      kicked.emit("kick", true);
      await end;
      assert.deepEqual(await gone.take(), [id, "server namespace disconnect"]);

      const leaving = await connect();
      const other = leaving.id;
      leaving.disconnect();
      const [last, reason] = await gone.take();
      assert.equal(last, other);
      assert.ok(["client namespace disconnect", "transport close"].includes(reason), reason);
    });

    it("[EIO-V3-022] is refused where it is not allowed", async () => {
      const refused = clients.create("/", { ...options, origin: strict.origin });
      await within(new Promise((resolve) => refused.on("connect_error", resolve)), "the refusal");
      assert.ok(!refused.connected);
    });
  });
}
