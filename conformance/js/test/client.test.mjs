// The official JavaScript client 4.x, over each of the transports that a user can choose.
import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, test } from "node:test";
import { ask, Clients, inbox, MODES, once } from "../lib/client.mjs";
import { proxyTo } from "../lib/proxy.mjs";
import { useServer } from "../lib/server.mjs";
import { within } from "../lib/waiting.mjs";

const server = useServer("sio-client-4", "/socket.io/");
const it = (title, body) => test(title, { timeout: 60_000 }, body);

const UNICODE = "石室詩士施氏 — пойду спать всем — 🦜 𝄞 👩‍👩‍👧 é \u0000 \u001e \u2028 \u2029 \u007f \" \\ /";

/** Anything that was on its way to a socket when this was called has arrived when it is done. */
const settle = (...sockets) => Promise.all(sockets.map((socket) => ask(socket, "echo")));

const range = (count) => Array.from({ length: count }, (_, i) => i);

for (const mode of Object.keys(MODES)) {
  describe(`the client over ${mode}`, () => {
    const clients = new Clients(server, mode);
    afterEach(() => clients.close());

    describe("connection", () => {
      it("[SIO-NS-004] [SIO-NS-037] connects and gets what the connection listener emits", async () => {
        const socket = clients.create();
        const welcome = once(socket, "welcome");
        await clients.connected(socket);
        assert.match(socket.id, /^[A-Za-z0-9_-]{20}$/);
        assert.notEqual(socket.id, socket.io.engine.id);
        assert.deepEqual(await welcome, [socket.id, {}]);
        assert.ok(!socket.recovered);
        assert.equal(socket.io.engine.transport.name, mode === "polling" ? "polling" : "websocket");
      });

      it("[SIO-SOCK-018] [SIO-SOCK-019] hands its query and auth to the server, unchanged", async () => {
        const auth = { token: UNICODE, n: [1, null, { x: true }] };
        const socket = await clients.connect("/custom", { query: { a: "&=b b+%", ü: "🦜" }, auth });
        const [handshake] = await ask(socket, "handshake");
        assert.deepEqual(handshake.auth, auth);
        const { query } = handshake;
        assert.deepEqual([query.a, query["ü"], query.EIO], ["&=b b+%", "🦜", "4"]);
        assert.equal(query.transport, mode === "WebSocket" ? "websocket" : "polling");
      });

      it("[EIO-CLOSE-029] stays connected over several heartbeats", async () => {
        const socket = await clients.connect();
        let ended;
        socket.on("disconnect", (reason) => (ended = reason));
        for (let beat = 0; beat < 2; beat++) await once(socket.io, "ping");
        assert.equal(ended, undefined);
        assert.deepEqual(await ask(socket, "echo", 1), [1]);
      });
    });

    describe("events", () => {
      it("[SIO-SOCK-003] [SIO-SOCK-005] [SIO-SOCK-007] carry arguments of every type, both ways", async () => {
        const socket = await clients.connect();
        const back = inbox(socket, "back");
        for (const args of [
          [],
          [1, "2", [3], { 4: [true, false, null] }],
          [null],
          [""],
          [[], {}, [[]]],
          [0, -1, 1.5, 1e21, 2 ** 53, -(2 ** 31), 1e-7],
          [{ z: 1, a: { y: [{ b: 0 }] }, "": "" }],
          range(100),
        ]) {
          socket.emit("back", ...args);
          assert.deepEqual(await back.take(), args);
        }
      });

      it("[SIO-SOCK-008] carry text of any script", async () => {
        const socket = await clients.connect();
        const back = inbox(socket, "back");
        const long = "🦜€é".repeat(50_000);
        for (const text of [UNICODE, { [UNICODE]: UNICODE }, long, `x${long}`, `xx${long}`, `xxx${long}`]) {
          socket.emit("back", text);
          assert.deepEqual(await back.take(), [text]);
          assert.deepEqual(await ask(socket, "echo", text), [text]);
        }
      });

      it("carry half a surrogate pair, which JSON can and UTF-8 cannot", async () => {
        const socket = await clients.connect();
        assert.deepEqual(await ask(socket, "echo", "\ud83e and \udd9c"), ["\ud83e and \udd9c"]);
      });

      it("[SIO-SOCK-009] [SIO-SOCK-010] [SIO-SOCK-011] [SIO-SOCK-012] carry bytes anywhere among the arguments", async () => {
        const socket = await clients.connect();
        const back = inbox(socket, "back");
        const bytes = Buffer.from(range(256));
        for (const args of [
          [bytes],
          [1, bytes, "2", [3, bytes], { four: { five: [bytes, null] } }],
          [Buffer.alloc(0)],
          [range(10).map((i) => Buffer.from([i]))],
        ]) {
          socket.emit("back", ...args);
          assert.deepEqual(await back.take(), args);
        }
      });

      it("[SIO-SOCK-021] carry 900 KB of text, both ways", async () => {
        const socket = await clients.connect();
        const back = inbox(socket, "back");
        const text = "0123456789abcdef".repeat(900_000 / 16);
        for (let round = 0; round < 3; round++) {
          socket.emit("back", text);
          const [echo] = await back.take();
          assert.ok(echo === text, `an echo of ${echo.length} characters`);
        }
      });

      it("[SIO-SOCK-022] carry 700 KB of bytes, both ways", async () => {
        const socket = await clients.connect();
        const bytes = Buffer.alloc(700_000);
        for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) >> 3;
        for (let round = 0; round < 3; round++) {
          const [echo] = await ask(socket, "echo", bytes);
          assert.ok(bytes.equals(echo), `an echo of ${echo.length} bytes`);
        }
      });

      it("keep their order, text and binary, with and without acknowledgement", async () => {
        const socket = await clients.connect();
        const back = inbox(socket, "back");
        const messages = range(500).map((i) => (i % 5 === 0 ? Buffer.from([i >> 8, i]) : i));
        const acknowledged = Promise.all(messages.map((message) => {
          socket.emit("back", message);
          socket.emit("note", 1 + messages.indexOf(message));
          return ask(socket, "echo", message);
        }));
        for (const message of messages) assert.deepEqual(await back.take(), [message]);
        assert.deepEqual(await acknowledged, messages.map((message) => [message]));
        assert.deepEqual(await ask(socket, "notes"), [range(501).slice(1)]);
        assert.deepEqual(back.left, []);
      });
    });

    describe("acknowledgements", () => {
      it("[SIO-ACK-001] [SIO-ACK-003] [SIO-ACK-005] [SIO-ACK-008] come from the server", async () => {
        const socket = await clients.connect();
        assert.deepEqual(await ask(socket, "echo"), []);
        assert.deepEqual(await ask(socket, "echo", 1, "2", { three: null }), [1, "2", { three: null }]);
        const bytes = Buffer.from([1, 2, 3]);
        assert.deepEqual(await ask(socket, "echo", bytes, { a: [bytes] }), [bytes, { a: [bytes] }]);
        assert.equal(await socket.emitWithAck("echo", "promised"), "promised");
      });

      it("[SIO-ACK-002] [SIO-ACK-004] [SIO-ACK-006] [SIO-ACK-007] come from the client", async () => {
        const socket = await clients.connect();
        const bytes = Buffer.from([1, 2, 3]);
        for (const [args, answer] of [
          [[], []],
          [["a", 1], ["b", 2]],
          [[bytes], [{ deep: [bytes] }, null]],
        ]) {
          const answered = once(socket, "answer");
          socket.once("question", (...received) => {
            const ack = received.pop();
            assert.deepEqual(received, args);
            ack(...answer);
          });
          socket.emit("ask", ...args);
          assert.deepEqual(await answered, answer);
        }
      });

      it("find their question when many are open, in both directions", async () => {
        const socket = await clients.connect();
        const answers = inbox(socket, "answer");
        const open = [];
        socket.on("question", (n, ack) => open.push(() => ack(n)));
        const echoes = range(100).map((i) => {
          socket.emit("ask", i);
          return ask(socket, "echo", i);
        });
        assert.deepEqual(await Promise.all(echoes), range(100).map((i) => [i]));
        for (const answer of open.reverse()) answer();
        const seen = [];
        while (seen.length < 100) seen.push(...(await answers.take()));
        assert.deepEqual(seen.sort((a, b) => a - b), range(100)); // in which order is not laid down
      });

      it("are not made up by the server", async () => {
        const socket = await clients.connect();
        await assert.rejects(socket.timeout(100).emitWithAck("no such event", 1), /timed out/);
        assert.deepEqual(await ask(socket, "echo", 2), [2]);
      });

      it("[SIO-TMO-001] [SIO-TMO-003] may time out on the server", async () => {
        const socket = await clients.connect();
        assert.deepEqual(await ask(socket, "ask-within", 50), ["timeout"]);
        socket.on("question", (ms, ack) => ack(`within ${ms}`));
        assert.deepEqual(await ask(socket, "ask-within", 10_000), ["within 10000"]);
      });
    });

    describe("rooms", () => {
      it("[SIO-MANY-004] [SIO-MANY-006] [SIO-MANY-008] reach their members, or all but the sender", async () => {
        const [a, b, c] = await Promise.all([clients.connect(), clients.connect(), clients.connect()]);
        const boxes = [a, b, c].map((socket) => inbox(socket, "room"));
        const others = [a, b, c].map((socket) => inbox(socket, "room-others"));
        await Promise.all([ask(a, "join", "red"), ask(b, "join", "red"), ask(c, "join", "blue")]);
        assert.deepEqual(await ask(a, "rooms"), [["red"]]);
        a.emit("room", "red", 1, Buffer.from([1]));
        assert.deepEqual(await boxes[0].take(), ["red", 1, Buffer.from([1])]);
        assert.deepEqual(await boxes[1].take(), ["red", 1, Buffer.from([1])]);
        a.emit("room-others", "red", 2);
        assert.deepEqual(await others[1].take(), ["red", 2]);
        c.emit("room", "red", 3); // one need not be in a room to send to it
        assert.deepEqual(await boxes[0].take(), ["red", 3]);
        assert.deepEqual(await boxes[1].take(), ["red", 3]);
        await settle(a, b, c);
        assert.deepEqual([...boxes, ...others].flatMap((box) => box.left), []);
      });

      it("[SIO-MANY-027] [SIO-MANY-010] can be left", async () => {
        const [a, b] = await Promise.all([clients.connect(), clients.connect()]);
        const box = inbox(b, "room");
        await ask(b, "leave", "never joined");
        await ask(b, "join", "red");
        await ask(b, "join", "green");
        assert.deepEqual(await ask(b, "rooms"), [["green", "red"]]);
        await ask(b, "leave", "red");
        await ask(a, "echo");
        a.emit("room", "red", 1);
        a.emit("room", "green", 2);
        assert.deepEqual(await box.take(), ["green", 2]);
        await settle(a, b);
        assert.deepEqual(box.left, []);
      });

      it("[SIO-MANY-030] include one for each socket, named by its id", async () => {
        const [a, b] = await Promise.all([clients.connect(), clients.connect()]);
        const received = once(b, "room");
        a.emit("room", b.id, "psst");
        assert.deepEqual(await received, [b.id, "psst"]);
      });

      it("[SIO-MANY-001] [SIO-MANY-002] [SIO-MANY-003] [SIO-NS-025] [SIO-NS-027] everyone, everyone else, everyone but a room", async () => {
        const [a, b, c] = await Promise.all([clients.connect(), clients.connect(), clients.connect()]);
        const elsewhere = await clients.connect("/custom");
        const all = [a, b, c, elsewhere].map((socket) => inbox(socket, "all"));
        const others = [a, b, c, elsewhere].map((socket) => inbox(socket, "others"));
        await ask(b, "join", "quiet");
        a.emit("all", 1, Buffer.from([1]));
        for (const box of all.slice(0, 3)) assert.deepEqual(await box.take(), [1, Buffer.from([1])]);
        a.emit("others", 2);
        for (const box of others.slice(1, 3)) assert.deepEqual(await box.take(), [2]);
        a.emit("all-except", "quiet", 3);
        for (const box of [all[0], all[2]]) assert.deepEqual(await box.take(), [3]);
        a.emit("all-except", c.id, 4);
        for (const box of all.slice(0, 2)) assert.deepEqual(await box.take(), [4]);
        await settle(a, b, c, elsewhere);
        assert.deepEqual([...all, ...others].map((box) => box.left), range(8).map(() => []));
      });

      it("[SIO-MANY-015] [SIO-MANY-017] [SIO-MANY-019] can be asked as a whole", async () => {
        const [a, b, c] = await Promise.all([clients.connect(), clients.connect(), clients.connect()]);
        for (const [socket, answer] of [[a, 1], [b, Buffer.from([2])], [c, { three: null }]]) {
          socket.on("question", (question, ack) => ack([question, answer]));
        }
        await Promise.all([a, b, c].map((socket) => ask(socket, "join", "experts")));
        const [answers] = await ask(a, "survey", "experts", "why?");
        const sorted = answers.map((answer) => JSON.stringify(answer)).sort();
        const expected = [["why?", 1], ["why?", Buffer.from([2])], ["why?", { three: null }]];
        assert.deepEqual(sorted, expected.map((answer) => JSON.stringify(answer)).sort());
        assert.deepEqual(await ask(a, "survey", "nobody here", "why?"), [[]]);
      });
    });

    describe("namespaces", () => {
      it("[SIO-NS-007] [SIO-MANY-022] share a connection and nothing else", async () => {
        const main = await clients.connect();
        const custom = await clients.join(main, "/custom");
        assert.notEqual(main.id, custom.id);
        const boxes = [main, custom].map((socket) => inbox(socket, "all"));
        await ask(main, "join", "red");
        assert.deepEqual(await ask(custom, "rooms"), [[]]);
        custom.emit("all", "custom", Buffer.from([1]));
        assert.deepEqual(await boxes[1].take(), ["custom", Buffer.from([1])]);
        main.emit("all", "main");
        assert.deepEqual(await boxes[0].take(), ["main"]);
        await settle(main, custom);
        assert.deepEqual(boxes.map((box) => box.left), [[], []]);
        custom.disconnect();
        assert.deepEqual(await ask(main, "echo", 1), [1]);
      });

      it("[SIO-NS-014] refuses one that does not exist", async () => {
        const socket = clients.create("/unknown");
        const [error] = await once(socket, "connect_error", "connect");
        assert.equal(error.message, "Invalid namespace");
        assert.equal(error.data, undefined);
      });

      it("[SIO-DYN-001] [SIO-DYN-008] [SIO-DYN-014] come into being when they are asked for, again and again", async () => {
        for (let round = 0; round < 2; round++) {
          const one = await clients.connect("/dynamic-1");
          const same = await clients.connect("/dynamic-1");
          const other = await clients.join(one, "/dynamic-2");
          const boxes = [one, same, other].map((socket) => inbox(socket, "all"));
          const families = [one, same, other].map((socket) => inbox(socket, "family"));
          one.emit("all", 1, Buffer.from([2]));
          other.emit("family", { three: [3] }, Buffer.from([4]));
          for (const box of boxes.slice(0, 2)) assert.deepEqual(await box.take(), [1, Buffer.from([2])]);
          for (const box of families) assert.deepEqual(await box.take(), [{ three: [3] }, Buffer.from([4])]);
          await settle(one, same, other);
          assert.deepEqual([...boxes, ...families].map((box) => box.left), [[], [], [], [], [], []]);
          clients.close();
        }
      });

      it("[SIO-DYN-003] [SIO-DYN-004] come into being for those whom a filter accepts", async () => {
        const socket = clients.create("/private-1", { auth: { token: "x" } });
        const [error] = await once(socket, "connect_error", "connect");
        assert.equal(error.message, "Invalid namespace");
        const holder = await clients.connect("/private-1", { auth: { token: "sesame" } });
        assert.deepEqual(await ask(holder, "echo", 1), [1]);
        // Now it exists.
        socket.connect();
        await once(socket, "connect", "connect_error");
      });

      it("[SIO-MW-001] [SIO-MW-005] [SIO-NS-033] admits a client with a token, at once or later", async () => {
        for (const auth of [{ token: "sesame" }, { token: "sesame", later: true }]) {
          const socket = clients.create("/auth", { auth });
          const welcome = once(socket, "welcome");
          await clients.connected(socket);
          assert.deepEqual(await welcome, [socket.id, auth]);
          assert.deepEqual(await ask(socket, "echo", 1), [1]);
        }
      });

      it("[SIO-MW-002] [SIO-MW-003] refuses others with message and data, and the connection goes on", async () => {
        const main = await clients.connect();
        let auth, socket;
        for (const [refused, message, data] of [
          [{}, "no token", undefined],
          [{ token: "x" }, "wrong token", { code: 7, given: "x" }],
          [{ token: "y", later: true }, "wrong token", { code: 7, given: "y" }],
        ]) {
          auth = refused;
          if (socket) socket.connect();
          else socket = main.io.socket("/auth", { auth: (give) => give(auth) });
          const [error] = await once(socket, "connect_error", "connect");
          assert.equal(error.message, message);
          assert.deepEqual(error.data, data);
          assert.deepEqual([socket.connected, socket.active], [false, false]);
        }
        assert.deepEqual(await ask(main, "echo", 1), [1]);
        auth = { token: "sesame" };
        socket.connect();
        await once(socket, "connect", "connect_error");
        assert.deepEqual(await ask(socket, "echo", 2), [2]);
      });
    });

    describe("the end", () => {
      async function watcher(namespace) {
        const socket = await clients.connect(namespace);
        await ask(socket, "join", "watchers");
        const seen = [inbox(socket, "leaving"), inbox(socket, "gone")];
        // Sockets of an earlier test may still be leaving.
        const next = async (box, id) => {
          for (;;) {
            const [whose, ...others] = await box.take();
            if (whose === id) return others;
          }
        };
        return {
          async sees(id, reasons, rooms = []) {
            const [reason, ...others] = await next(seen[0], id);
            assert.match(reason, reasons);
            assert.deepEqual(others, [rooms]);
            assert.deepEqual(await next(seen[1], id), [reason]);
          },
          async seesNoMoreOf(id) {
            await settle(socket);
            assert.deepEqual(seen.flatMap((box) => box.left.filter(([whose]) => whose === id)), []);
          },
        };
      }

      it("[SIO-NS-013] the client leaves: one disconnecting with its rooms, then one disconnect", async () => {
        const others = await watcher();
        const socket = await clients.connect();
        await ask(socket, "join", "blue");
        await ask(socket, "join", "amber");
        const { id } = socket;
        const left = once(socket, "disconnect");
        socket.disconnect();
        assert.equal((await left)[0], "io client disconnect");
        await others.sees(id, /^client namespace disconnect$/, ["amber", "blue"]);
        await others.seesNoMoreOf(id);
      });

      it("[SIO-SOCK-043] the connection is cut: transport close", async () => {
        const proxy = await proxyTo(server.port);
        try {
          const others = await watcher();
          const socket = await clients.connect("/", { origin: proxy.origin });
          const { id } = socket;
          const left = once(socket, "disconnect");
          await settle(socket); // an upgrade has reached the server too
          await proxy.cut();
          assert.match((await left)[0], /^transport (close|error)$/);
          // Over polling, the client may still say that it leaves.
          await others.sees(id, mode === "polling" ? /^transport (error|close)$/ : /^transport close$/);
          await others.seesNoMoreOf(id);
        } finally {
          proxy.close();
        }
      });

      it("the server disconnects one socket and keeps the connection", async () => {
        const others = await watcher();
        const main = await clients.connect();
        const custom = await clients.join(main, "/custom");
        const { id } = main;
        const left = once(main, "disconnect");
        main.emit("kick", false);
        assert.equal((await left)[0], "io server disconnect");
        await others.sees(id, /^server namespace disconnect$/);
        assert.deepEqual(await ask(custom, "echo", 1), [1]);
        main.connect(); // which it may do
        await once(main, "connect", "connect_error");
        assert.notEqual(main.id, id);
        assert.deepEqual(await ask(main, "echo", 2), [2]);
        await others.seesNoMoreOf(id);
      });

      // The reference closes the connection.
      it("[SIO-CLOSE-014] an event that crosses such a disconnection harms nobody", async () => {
        const main = await clients.connect();
        const custom = await clients.join(main, "/custom");
        const left = once(main, "disconnect");
        main.emit("kick", false);
        for (let i = 0; i < 10; i++) main.emit("back", i);
        assert.equal((await left)[0], "io server disconnect");
        assert.deepEqual(await ask(custom, "echo", 1), [1]);
      });

      it("[SIO-NS-012] [SIO-SOCK-035] [SIO-SOCK-041] the server closes the connection with all its sockets", async () => {
        const [inMain, inCustom] = [await watcher(), await watcher("/custom")];
        const main = await clients.connect();
        const custom = await clients.join(main, "/custom");
        const ids = [main.id, custom.id];
        const left = [main, custom].map((socket) => once(socket, "disconnect"));
        const closed = once(main.io, "close");
        main.emit("kick", true);
        assert.equal((await left[0])[0], "io server disconnect");
        assert.equal((await left[1])[0], "io server disconnect");
        await closed;
        await inMain.sees(ids[0], /^server namespace disconnect$/);
        await inCustom.sees(ids[1], /^server namespace disconnect$/);
      });

      it("[SIO-SOCK-001] the client reconnects by itself: a new id, no rooms, each event once", async () => {
        const proxy = await proxyTo(server.port);
        try {
          const socket = clients.create("/", {
            origin: proxy.origin,
            reconnection: true,
            reconnectionDelay: 10,
            randomizationFactor: 0,
          });
          await clients.connected(socket);
          const back = inbox(socket, "back");
          for (let round = 0; round < 3; round++) {
            const { id } = socket;
            await ask(socket, "join", "blue");
            const again = once(socket, "connect");
            await proxy.cut();
            await again;
            assert.notEqual(socket.id, id);
            assert.deepEqual(await ask(socket, "rooms"), [[]]);
            socket.emit("back", round);
            assert.deepEqual(await back.take(), [round]);
          }
          await settle(socket);
          assert.deepEqual(back.left, []);
        } finally {
          proxy.close();
        }
      });

      it("[SIO-SOCK-001] the client leaves and comes back at once, on the same connection", async () => {
        const socket = await clients.connect();
        const keeper = await clients.join(socket, "/custom"); // keeps the connection open
        const { id } = socket;
        socket.disconnect();
        await settle(keeper);
        const again = once(socket, "connect", "connect_error");
        socket.connect();
        await again;
        assert.notEqual(socket.id, id);
        assert.deepEqual(await ask(socket, "echo", 1), [1]);
      });
    });

    describe("volatile events", () => {
      it("[SIO-VOL-003] [SIO-VOL-004] arrive on an idle connection, in order and at most once", async () => {
        const socket = await clients.connect();
        const received = inbox(socket, "volatile");
        const numbers = [];
        // Over polling, the connection is idle only while a poll waits.
        for (let i = 0; i < 1000 && numbers.length < 3; i++) {
          socket.emit("volatile", i);
          await settle(socket);
          numbers.push(...received.left.slice(numbers.length).map(([n]) => n));
        }
        assert.equal(numbers.length, 3);
        assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b));
      });

      it("may be sent by the client too", async () => {
        const socket = await clients.connect();
        const back = inbox(socket, "back");
        for (let i = 0; i < 1000 && back.left.length === 0; i++) {
          socket.volatile.emit("back", i);
          await settle(socket);
        }
        assert.equal(back.left.length, 1);
      });
    });

    it("[SIO-SOCK-038] survives clients that come and go at once", async () => {
      for (let i = 0; i < 20; i++) {
        const socket = clients.create();
        if (i % 2 === 0) await once(socket, "connect", "connect_error");
        socket.disconnect();
      }
      assert.deepEqual(await ask(await clients.connect(), "echo", 1), [1]);
    });
  });
}

describe("a namespace whose middleware is slow", () => {
  const SLOW = '40/auth,{"token":"sesame","later":true}';

  it("[SIO-MW-005] admits a client once it has decided", async () => {
    const socket = await server.engine.connect();
    socket.send(SLOW);
    assert.match(await socket.receive(), /^40\/auth,\{"sid":"/);
    assert.match(await socket.receive(), /^42\/auth,\["welcome",/);
    await socket.close();
  });

  // The reference creates two sockets.
  it("[SIO-CLOSE-016] closes the connection upon a second CONNECT meanwhile", async () => {
    const socket = await server.engine.connect();
    socket.send(SLOW);
    socket.send(SLOW);
    await socket.closed();
    assert.deepEqual(socket.left, []);
  });

  it("[SIO-CLOSE-015] closes the connection upon an event meanwhile", async () => {
    const socket = await server.engine.connect();
    socket.send(SLOW);
    socket.send('42/auth,["back"]');
    await socket.closed();
    assert.deepEqual(socket.left, []);
  });

  it("[SIO-MW-006] forgets a client that goes meanwhile", async () => {
    const socket = await server.engine.connect();
    socket.send(SLOW);
    await socket.close();
    const other = await server.engine.connect();
    other.send(SLOW);
    await other.receiveAll(2);
    await other.close();
  });
});

describe("the client while it upgrades", () => {
  const clients = new Clients(server, "upgrade");
  afterEach(() => clients.close());

  it("[EIO-UPG-001] [SIO-SOCK-014] gets and sends 1000 numbered events in order, each once", async () => {
    const count = 1000;
    let socket;
    do {
      socket?.disconnect();
      socket = clients.create();
      await once(socket, "connect", "connect_error");
    } while (socket.io.engine.transport.name !== "polling"); // it may have upgraded already
    const ticks = inbox(socket, "tick");
    const back = inbox(socket, "back");
    const upgraded = clients.upgraded(socket);
    const acknowledged = [];
    for (let i = 0; i < count; i++) {
      if (i === count / 2) await upgraded;
      if (i % 10 === 0) socket.emit("ticks", i, 10);
      socket.emit("note", i);
      socket.emit("back", i % 7 === 0 ? Buffer.from([i >> 8, i]) : i);
      acknowledged.push(ask(socket, "echo", i));
      await turn();
    }
    assert.equal(socket.io.engine.transport.name, "websocket");
    for (let i = 0; i < count; i++) {
      assert.deepEqual(await ticks.take(), [i]);
      assert.deepEqual(await back.take(), [i % 7 === 0 ? Buffer.from([i >> 8, i]) : i]);
      assert.deepEqual(await acknowledged[i], [i]);
    }
    assert.deepEqual(await ask(socket, "notes"), [range(count)]);
    assert.deepEqual([...ticks.left, ...back.left], []);
  });

  it("[EIO-UPG-001] loses nothing over many upgrades", async () => {
    for (let round = 0; round < 30; round++) {
      const socket = clients.create();
      const ticks = inbox(socket, "tick");
      let isUpgraded = false;
      clients.upgraded(socket).then(() => (isUpgraded = true));
      await once(socket, "connect", "connect_error");
      let count = 0;
      for (; !isUpgraded; count += 3) {
        socket.emit("ticks", count, 3);
        await turn();
      }
      socket.emit("ticks", count, 1);
      for (let i = 0; i <= count; i++) assert.deepEqual(await ticks.take(), [i]);
      await settle(socket);
      assert.deepEqual(ticks.left, []);
      socket.disconnect();
    }
  });

  it("[SIO-MANY-021] [SIO-MANY-023] [SIO-MANY-024] takes part in broadcasts next to clients of the other kinds", async () => {
    const kinds = Object.keys(MODES).map((mode) => new Clients(server, mode));
    try {
      const sockets = await Promise.all(kinds.map((kind) => kind.connect()));
      const boxes = sockets.map((socket) => inbox(socket, "all"));
      const rooms = sockets.map((socket) => inbox(socket, "room-others"));
      await Promise.all(sockets.map((socket) => ask(socket, "join", "red")));
      for (const [i, socket] of sockets.entries()) {
        socket.emit("all", i, UNICODE, { deep: [Buffer.from([i])] });
        for (const box of boxes) assert.deepEqual(await box.take(), [i, UNICODE, { deep: [Buffer.from([i])] }]);
        socket.emit("room-others", "red", i);
        for (const [j, room] of rooms.entries()) if (i !== j) assert.deepEqual(await room.take(), ["red", i]);
      }
      await settle(...sockets);
      assert.deepEqual([...boxes, ...rooms].map((box) => box.left), range(6).map(() => []));
    } finally {
      for (const kind of kinds) kind.close();
    }
  });
});
