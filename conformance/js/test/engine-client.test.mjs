// The official Engine.IO client, and an engine that is not left as it comes: small messages, a guard, headers.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { Socket } from "engine.io-client";
import { useServer } from "../lib/server.mjs";
import { Inbox, within } from "../lib/waiting.mjs";

const it = (title, body) => test(title, { timeout: 60_000 }, body);

const POLLING = { EIO: 4, transport: "polling" };
const MAX_PAYLOAD = 100;

describe("an engine with small messages, a guard and cookies", () => {
  const server = useServer("eio-client", "/engine.io/");
  const clients = [];
  afterEach(() => clients.splice(0).forEach((client) => client.close()));

  /** An open client, and what comes to it. */
  async function open(options) {
    const client = new Socket(server.origin, { path: server.engine.path, ...options });
    clients.push(client);
    const received = new Inbox("the messages");
    const ended = new Promise((resolve) => client.once("close", (reason, details) => resolve({ reason, details })));
    client.on("message", (message) => received.put(message));
    const failed = ended.then(({ reason }) => Promise.reject(new Error(`closed: ${reason}`)));
    failed.catch(() => {});
    await within(Promise.race([new Promise((resolve) => client.once("open", resolve)), failed]), "the client to open");
    return { client, received, ended: () => within(ended, "the end of the client") };
  }

  for (const transport of ["polling", "websocket"]) {
    const transports = [transport];

    it(`what is sent to a new session comes first, over ${transport}`, async () => {
      const { client, received } = await open({ transports });
      client.send("give utf8");
      client.send("give binary");
      assert.equal(await received.take(), "hi");
      assert.equal(await received.take(), "пойду спать всем спокойной ночи");
      assert.deepEqual(await received.take(), Buffer.from([0, 1, 2, 3, 4]));
    });

    it(`[EIO-VER-007] a client denied ${transport} opens its session otherwise`, async () => {
      const other = transport === "polling" ? "websocket" : "polling";
      const { client } = await open({
        transports: [transport, other],
        transportOptions: { [transport]: { query: { deny: 1 } } },
        tryAllTransports: true,
      });
      assert.equal(client.transport.name, other);
      await assert.rejects(open({ transports, query: { deny: 1 } }), /^Error: closed: transport error$/);
    });

    it(`[EIO-VER-005] a client with an unknown session learns of it over ${transport}`, () =>
      assert.rejects(open({ transports, query: { sid: "abc" } }), /^Error: closed: transport error$/));
  }

  it("takes bodies of exactly maxPayload bytes, into which the client puts as many packets as fit", async () => {
    const { client, received } = await open({ transports: ["polling"] });
    assert.equal(await received.take(), "hi");
    const messages = [
      "a".repeat(99),
      ...["b".repeat(30), "c".repeat(30), "d".repeat(35)], // 3 types, 2 separators
      "€".repeat(33),
      ...[Buffer.alloc(30, 1), "e".repeat(57)], // a b, 40 of base64, a separator, a type
      Buffer.alloc(72, 2),
    ];
    for (const message of messages) client.send(message);
    for (const message of messages) assert.deepEqual(await received.take(), message);
  });

  it("[EIO-POLL-009] a client that sends more by polling gets 413 and loses its session", async () => {
    const { client, ended } = await open({ transports: ["polling"] });
    client.send("a".repeat(MAX_PAYLOAD));
    const { reason, details } = await ended();
    assert.equal(reason, "transport error");
    assert.equal(details.description, 413);
    assert.equal(details.context.responseText, "");
  });

  it("[EIO-WS-004] a client that sends more on a WebSocket loses it with code 1009", async () => {
    const { client, ended } = await open({ transports: ["websocket"] });
    client.send("a".repeat(MAX_PAYLOAD));
    const { reason, details } = await ended();
    assert.equal(reason, "transport close");
    assert.deepEqual([details.context.code, details.context.reason], [1009, ""]);
  });

  it("[EIO-HDR-004] [EIO-HDR-006] sets its cookies with the first response only", async () => {
    const names = (headers) => headers.getSetCookie().map((cookie) => cookie[0]);
    const session = await server.engine.poll();
    assert.deepEqual(names(session.response.headers), ["1", "2", "3", "4"]);
    assert.deepEqual(names((await session.post("4hello")).headers), []);
    const webSocket = server.engine.tcp(
      `GET ${server.engine.target({ EIO: 4, transport: "websocket" })} HTTP/1.1\r\nHost: localhost\r\n` +
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    const head = await webSocket.until(/\r\n\r\n/);
    webSocket.cut();
    assert.match(head, /^HTTP\/1\.1 101 /);
    assert.deepEqual([...head.matchAll(/^set-cookie: (.)/gim)].map(([, name]) => name), ["1", "2", "3", "4"]);
  });

  for (const [withCredentials, cookie] of [
    [true, "1=1; 2=2"],
    [false, undefined],
  ]) {
    it(`a client ${withCredentials ? "sends back" : "keeps back"} those that have not expired`, async () => {
      const { client, received } = await open({ transports: ["polling"], withCredentials });
      assert.equal(await received.take(), "hi");
      client.send("sendHeaders");
      assert.equal(JSON.parse(await received.take()).cookie, cookie);
    });
  }

  it("[EIO-CLOSE-013] forgets clients that close while they upgrade, once they have upgraded", async () => {
    for (let round = 0; round < 10; round++) {
      const { client, ended } = await open({ transports: ["polling", "websocket"] });
      const { id } = client;
      let upgraded = false;
      client.once("upgrade", () => (upgraded = true));
      await within(new Promise((resolve) => client.once("upgrading", resolve)), "the client to upgrade");
      client.send("last words");
      client.close();
      await ended();
      assert.deepEqual([upgraded, client.writeBuffer], [true, []]);
      await within(
        (async () => {
          while ((await server.engine.request({ ...POLLING, sid: id })).body !== '{"code":1,"message":"Session ID unknown"}');
        })(),
        "the server to forget the session",
      );
    }
  });
});

describe("an engine that adds headers to its responses", () => {
  const server = useServer("eio-java", "/engine.io/");
  const LINES = /^X-EngineIO: hi\r\nX-EngineIO: there\r\n/im;

  /** The head of the response to a request that asks for the headers. */
  async function head(target, headers, method = "GET", body = "") {
    const request = server.engine.tcp(
      `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nX-EngineIO: there\r\n${headers}\r\n${body}`,
    );
    try {
      return await request.until(/\r\n\r\n/);
    } finally {
      request.cut();
    }
  }

  it("[EIO-HDR-005] adds them in order to polling responses", async () => {
    const session = await server.engine.poll();
    assert.equal(session.response.headers.get("X-EngineIO"), null);
    assert.match(await head(server.engine.target(POLLING), ""), LINES);
    assert.match(await head(server.engine.target(session.parameters), ""), LINES);
    assert.match(await head(server.engine.target(session.parameters), "Content-Length: 2\r\n", "POST", "4a"), LINES);
  });

  it("[EIO-HDR-005] [EIO-HDR-006] adds them in order to the handshakes of WebSockets", async () => {
    const session = await server.engine.poll();
    const upgrade =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (const parameters of [{}, { sid: session.sid }]) {
      const response = await head(server.engine.target({ EIO: 4, transport: "websocket", ...parameters }), upgrade);
      assert.match(response, /^HTTP\/1\.1 101 /);
      assert.match(response, LINES);
    }
  });
});
