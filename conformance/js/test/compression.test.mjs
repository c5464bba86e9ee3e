// Compressed WebSocket messages and responses, as clients that ask for them see them.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { gunzipSync, inflateSync } from "node:zlib";
import http from "node:http";
import { io } from "socket.io-client";
import { MAX_PAYLOAD } from "../lib/engine.mjs";
import { useServer } from "../lib/server.mjs";
import { within } from "../lib/waiting.mjs";

const it = (title, body) => test(title, { timeout: 60_000 }, body);

const LONG = "lorem ipsum dolor sit amet ".repeat(400);

const server = useServer("eio-echo-compressed", "/engine.io/");

describe("messages of Engine.IO", () => {
  const offers = {
    "permessage-deflate": { perMessageDeflate: true },
    "the window of the server": { perMessageDeflate: { serverMaxWindowBits: 15 } },
    "a smaller window for the client": { perMessageDeflate: { clientMaxWindowBits: 10 } },
    "no context takeover": { perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true } },
  };
  for (const [offer, options] of Object.entries(offers)) {
    it(`[EIO-WS-014] are compressed both ways for a client that offers ${offer}`, async () => {
      const compressAll = { perMessageDeflate: { threshold: 0, ...options.perMessageDeflate } };
      const socket = await server.engine.connect({}, compressAll);
      assert.match(socket.extensions, /permessage-deflate/);
      const noise = randomBytes(20_000);
      for (const message of [LONG, "short", LONG.repeat(30), "x".repeat(MAX_PAYLOAD - 1), "€".repeat(1000)]) {
        socket.send(`4${message}`);
        assert.ok((await socket.receive()) === `4${message}`, `an echo of ${message.length} characters`);
      }
      for (const message of [noise, Buffer.alloc(MAX_PAYLOAD), Buffer.alloc(0)]) {
        socket.send(message);
        assert.deepEqual(await socket.receive(), message);
      }
      await socket.close();
    });
  }

  it("are left as they are for a client that offers nothing", async () => {
    const socket = await server.engine.connect();
    assert.equal(socket.extensions, "");
    socket.send(`4${LONG}`);
    assert.equal(await socket.receive(), `4${LONG}`);
    await socket.close();
  });

  it("are left as they are for a client that insists on a smaller window", async () => {
    const socket = await server.engine.connect({}, { perMessageDeflate: { serverMaxWindowBits: 9 } });
    assert.equal(socket.extensions, "");
    socket.send(`4${LONG}`);
    assert.equal(await socket.receive(), `4${LONG}`);
    await socket.close();
  });

  it("are compressed after an upgrade, too", async () => {
    const session = await server.engine.poll();
    const socket = await session.upgrade({ perMessageDeflate: true });
    assert.equal(socket.extensions, "permessage-deflate");
    socket.send(`4${LONG}`);
    assert.equal(await socket.receive(), `4${LONG}`);
    await socket.close();
  });

  it("may not become longer than maxPayload", async () => {
    const socket = await server.engine.connect({}, { perMessageDeflate: { threshold: 0 } });
    socket.send("4" + "x".repeat(MAX_PAYLOAD));
    const { code } = await socket.closed();
    assert.equal(code, 1009);
  });
});

describe("responses to polls", () => {
  const decoders = { gzip: gunzipSync, deflate: inflateSync };
  for (const [accepted, coding] of [
    ["gzip, deflate", "gzip"],
    ["deflate", "deflate"],
    ["gzip;q=0.1, deflate;q=0.2", "deflate"],
    ["br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip"],
  ]) {
    it(`[EIO-COMP-001] [EIO-COMP-002] are compressed for a client that accepts ${accepted}`, async () => {
      const session = await server.engine.poll();
      await session.post(`4${LONG}`);
      const response = await get(session, { "Accept-Encoding": accepted });
      assert.equal(response.headers["content-encoding"], coding);
      assert.ok(response.body.length < 1000, `${response.body.length} bytes`);
      assert.equal(decoders[coding](response.body).toString(), `4${LONG}`);
    });
  }

  it("[EIO-COMP-006] are left as they are if they are short, or the client accepts nothing", async () => {
    const session = await server.engine.poll();
    await session.post("4short");
    const short = await get(session, { "Accept-Encoding": "gzip" });
    assert.equal(short.headers["content-encoding"], undefined);
    assert.equal(short.body.toString(), "4short");
    await session.post(`4${LONG}`);
    const plain = await get(session, {});
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.equal(plain.body.toString(), `4${LONG}`);
  });

  it("are understood by fetch", async () => {
    const session = await server.engine.poll();
    await session.post(`4${LONG}`);
    assert.deepEqual(await session.receive(), [`4${LONG}`]);
  });

  /** The next GET's answer without the heartbeat, its body as it came. */
  async function get(session, headers) {
    for (;;) {
      const response = await within(
        new Promise((resolve, reject) => {
          http
            .get(session.engine.url(session.parameters), { headers }, (incoming) => {
              const parts = [];
              incoming.on("data", (part) => parts.push(part));
              incoming.on("end", () => resolve({ headers: incoming.headers, body: Buffer.concat(parts) }));
            })
            .on("error", reject);
        }),
        "the answer to a poll",
      );
      if (response.body.toString() !== "2") return response;
      await session.post("3");
    }
  }
});

describe("the official client", () => {
  const clients = useServer("sio-client-compressed", "/socket.io/");

  for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
    it(`works with everything compressed over ${transports.join(", then ")}`, async () => {
      const socket = io(clients.origin, { transports, perMessageDeflate: { threshold: 0 }, forceNew: true });
      try {
        await within(new Promise((resolve) => socket.once("connect", resolve)), "the connection");
        const bytes = randomBytes(5000);
        const sent = [LONG, { nested: [1, bytes, LONG] }, Buffer.alloc(100_000), null, 1.5];
        for (let round = 0; round < 5; round++) {
          const answer = await within(socket.emitWithAck("echo", ...sent), "an acknowledgement");
          assert.equal(answer, sent[0]);
          const back = within(new Promise((resolve) => socket.once("back", (...args) => resolve(args))), "an echo");
          socket.emit("back", ...sent);
          assert.deepEqual(await back, sent);
        }
      } finally {
        socket.disconnect();
      }
    });
  }

  it("gets broadcasts compressed together with others that do not compress", async () => {
    const sockets = [false, { threshold: 0 }, { serverMaxWindowBits: 9 }, false, true].map((perMessageDeflate) =>
      io(clients.origin, { transports: ["websocket"], perMessageDeflate, forceNew: true }),
    );
    try {
      await within(
        Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("connect", resolve)))),
        "the connections",
      );
      const news = sockets.map((socket) => new Promise((resolve) => socket.once("all", resolve)));
      sockets[0].emit("all", LONG);
      for (const text of await within(Promise.all(news), "the broadcast")) assert.equal(text, LONG);
    } finally {
      for (const socket of sockets) socket.disconnect();
    }
  });
});
