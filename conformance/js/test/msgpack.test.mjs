// The official JavaScript client 4.x with socket.io-msgpack-parser, on a server that speaks the same.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, describe, test } from "node:test";
import { io } from "socket.io-client";
import parser from "socket.io-msgpack-parser";
import { ask, Clients, inbox, MODES, once } from "../lib/client.mjs";
import { proxyTo } from "../lib/proxy.mjs";
import { useServer } from "../lib/server.mjs";
import { within } from "../lib/waiting.mjs";

const server = useServer("sio-client-msgpack", "/socket.io/");
const recovering = useServer("sio-delivery-msgpack", "/socket.io/");
const json = useServer("sio-client-4", "/socket.io/");
const it = (title, body) => test(title, { timeout: 60_000 }, body);
const withParser = (uri, options) => io(uri, { parser, ...options });

const UNICODE = "石室詩士施氏 — пойду спать всем — 🦜 𝄞 👩‍👩‍👧 é \u0000 \u001e \u2028 \u2029 \u007f \" \\ /";
const range = (count) => Array.from({ length: count }, (_, i) => i);

for (const mode of Object.keys(MODES)) {
  describe(`the client with MessagePack over ${mode}`, () => {
    const clients = new Clients(server, mode, withParser);
    afterEach(() => clients.close());

    it("[MSGP-001] connects, and hands its auth to the server", async () => {
      const auth = { token: UNICODE, n: [1, null, { x: true }], bytes: Buffer.from([1, 2]) };
      const socket = clients.create("/custom", { auth });
      const welcome = once(socket, "welcome");
      await clients.connected(socket);
      assert.match(socket.id, /^[A-Za-z0-9_-]{20}$/);
      assert.deepEqual(await welcome, [socket.id, auth]);
    });

    it("[MSGP-001] carries values of every kind, both ways", async () => {
      const socket = await clients.connect();
      const back = inbox(socket, "back");
      const bytes = Buffer.from(range(256));
      const long = "🦜€é".repeat(50_000);
      for (const args of [
        [],
        [1, "2", [3], { 4: [true, false, null] }],
        [""],
        [[], {}, [[]]],
        [0, -1, 1.5, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1e-7, NaN, Infinity],
        [{ z: 1, a: { y: [{ b: 0 }] }, "": "" }],
        range(100),
        [UNICODE, { [UNICODE]: UNICODE }, long],
        [bytes, [bytes], { four: { five: [bytes, null] } }, Buffer.alloc(0)],
        range(50).map((i) => Buffer.from([i])),
        [new Date(0), { at: new Date(1_700_000_000_120) }],
        [undefined, { a: undefined }],
      ]) {
        socket.emit("back", ...args);
        assert.deepEqual(await back.take(), args);
        assert.deepEqual(await ask(socket, "echo", ...args), args);
      }
      socket.emit("back", new Uint8Array([1, 2, 3]));
      assert.deepEqual(await back.take(), [new Uint8Array([1, 2, 3]).buffer]);
    });

    it("[MSGP-001] gets the same from values that the server has read and written anew", async () => {
      const socket = await clients.connect();
      const values = [1, -1, 1.5, 2 ** 40, "é", true, null, Buffer.from([1]), [Buffer.from([2])], { a: { b: [] } }];
      for (const value of values) socket.emit("note", value);
      assert.deepEqual(await ask(socket, "notes"), [values]);
    });

    it("carries large messages, both ways", async () => {
      const socket = await clients.connect();
      const text = "0123456789abcdef".repeat(700_000 / 16);
      const [echo] = await ask(socket, "echo", text);
      assert.ok(echo === text, `an echo of ${echo.length} characters`);
      const bytes = Buffer.alloc(700_000, "0123456789");
      const [other] = await ask(socket, "echo", bytes);
      assert.ok(bytes.equals(other), `an echo of ${other.length} bytes`);
    });

    it("keeps the order of what it sends and gets", async () => {
      const socket = await clients.connect();
      const back = inbox(socket, "back");
      const messages = range(300).map((i) => (i % 5 === 0 ? Buffer.from([i >> 8, i]) : i));
      for (const message of messages) socket.emit("back", message);
      for (const message of messages) assert.deepEqual(await back.take(), [message]);
    });

    it("[MSGP-001] acknowledges what the server asks, or is too late", async () => {
      const socket = await clients.connect();
      socket.once("question", (...args) => args.pop()(...args, { deep: [Buffer.from([2])] }));
      const answer = once(socket, "answer");
      socket.emit("ask", "really?", Buffer.from([1]));
      assert.deepEqual(await answer, ["really?", Buffer.from([1]), { deep: [Buffer.from([2])] }]);
      socket.once("question", (...args) => args.pop()());
      const nothing = once(socket, "answer");
      socket.emit("ask");
      assert.deepEqual(await nothing, []);
      assert.deepEqual(await ask(socket, "ask-within", 50), ["timeout"]);
    });

    it("[MSGP-001] gets what is sent to its room, and answers with the others", async () => {
      const [a, b, c] = await Promise.all([clients.connect(), clients.connect(), clients.connect()]);
      const boxes = [a, b, c].map((socket) => inbox(socket, "room"));
      await Promise.all([a, b].map((socket) => ask(socket, "join", "red")));
      c.emit("room", "red", 1, Buffer.from([1]));
      for (const box of boxes.slice(0, 2)) assert.deepEqual(await box.take(), ["red", 1, Buffer.from([1])]);
      const all = [a, b, c].map((socket) => once(socket, "all"));
      a.emit("all", { to: "all" });
      for (const args of await Promise.all(all)) assert.deepEqual(args, [{ to: "all" }]);
      for (const [socket, answer] of [[a, 1], [b, 2]]) socket.on("question", (question, ack) => ack(answer));
      const [answers] = await ask(c, "survey", "red", "why?");
      assert.deepEqual(answers.sort(), [1, 2]);
      assert.deepEqual(boxes[2].left, []);
    });

    it("[MSGP-001] joins namespaces on one connection, or is told why not", async () => {
      const main = await clients.connect();
      const custom = await clients.join(main, "/custom");
      assert.deepEqual(await ask(custom, "echo", 1), [1]);
      const refusal = async (namespace, auth) => (await once(main.io.socket(namespace, { auth }), "connect_error"))[0];
      const error = await refusal("/auth", { token: "x" });
      assert.equal(error.message, "wrong token");
      assert.deepEqual(error.data, { code: 7, given: "x" });
      assert.equal((await refusal("/nowhere")).message, "Invalid namespace");
      const admitted = clients.create("/auth", { auth: { token: "sesame", later: true } });
      await clients.connected(admitted);
      const left = once(custom, "disconnect");
      custom.emit("kick", false);
      assert.equal((await left)[0], "io server disconnect");
      assert.deepEqual(await ask(main, "echo", 2), [2]);
    });

    it("[MSGP-001] leaves, which the others see", async () => {
      const watcher = await clients.connect();
      await ask(watcher, "join", "watchers");
      const socket = await clients.connect();
      const { id } = socket;
      const gone = inbox(watcher, "gone");
      socket.disconnect();
      let seen;
      do seen = await gone.take();
      while (seen[0] !== id);
      assert.equal(seen[1], "client namespace disconnect");
    });

    it("is sent away by a server that speaks JSON, and a client that speaks JSON by this one", async () => {
      for (const [who, options] of [
        [clients, { origin: json.origin }],
        [new Clients(server, mode), {}],
      ]) {
        const socket = who.create("/", options);
        socket.on("connect", () => assert.fail("connected"));
        await once(socket.io, "close");
        socket.disconnect();
      }
    });
  });

  describe(`the client with MessagePack that loses its connection over ${mode}`, () => {
    const clients = new Clients(recovering, mode, withParser);
    let proxy;
    afterEach(() => {
      clients.close();
      proxy?.close();
    });

    it("comes back to every event, once and in order", async () => {
      proxy = await proxyTo(recovering.port);
      const socket = clients.create("/", {
        origin: proxy.origin,
        reconnection: true,
        reconnectionDelay: 300,
        reconnectionDelayMax: 300,
        randomizationFactor: 0,
      });
      const welcome = once(socket, "welcome");
      await clients.connected(socket);
      const [id] = await welcome;
      await ask(socket, "join", "room");
      const received = [];
      const count = 200;
      const all = new Promise((resolve) => {
        socket.on("n", (i, first) => {
          received.push(i);
          if (i % 4 === 3) assert.deepEqual(first, Buffer.from([1, 2, 3]));
          if (i === count - 1) resolve();
        });
      });
      socket.emit("flow", "room", count, 8);
      await once(socket, "flowing");
      for (let cut = 1; cut <= 2; cut++) {
        // Enough to have upgraded again: the server would not notice a cut in the midst of it at once.
        while (received.length < cut * 60) await once(socket, "n");
        const back = once(socket, "connect");
        await proxy.cut();
        await back;
        assert.ok(socket.recovered);
        assert.equal(socket.id, id);
      }
      await within(all, "the last event", 30_000);
      assert.deepEqual(received, range(count));
    });
  });
}

describe("the vectors of the codec's own tests", () => {
  const file = new URL("../../../codec-msgpack/src/test/resources/dev/parley/msgpack/vectors.tsv", import.meta.url);
  const rows = readFileSync(file, "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
  for (const [name, source, hex] of rows.map((line) => line.split("\t"))) {
    test(`are what the official parser writes: ${name}`, () => {
      const packet = new Function(`return ${source}`)();
      assert.equal(Buffer.concat(new parser.Encoder().encode(packet)).toString("hex"), hex);
    });
  }
});
