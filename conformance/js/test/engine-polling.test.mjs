// Engine.IO over plain HTTP: request verification, handshake, long-polling, heartbeat, close, CORS.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MAX_PAYLOAD, PING_INTERVAL, PING_TIMEOUT, SEPARATOR } from "../lib/engine.mjs";
import { useServer } from "../lib/server.mjs";
import { elapse, within } from "../lib/waiting.mjs";

const server = useServer("eio-echo", "/engine.io/");
const it = (title, body) => test(title, { timeout: 60_000 }, body);

const POLLING = { EIO: 4, transport: "polling" };
const error = (code, message) => JSON.stringify({ code, message });

async function assertRefused(parameters, code, message, options) {
  const { status, headers, body } = await server.engine.request(parameters, options);
  assert.deepEqual({ status, body }, { status: 400, body: error(code, message) });
  assert.equal(headers.get("content-type"), "application/json");
}

/** What the server makes of two requests that overtake each other, until it is the wanted outcome of the two. */
async function untilRaceGives(wanted, race) {
  for (let tries = 0; tries < 200; tries++) {
    if ((await race()) === wanted) return;
  }
  assert.fail(`never saw: ${wanted}`);
}

describe("request verification", () => {
  it("[EIO-VER-001] refuses an unknown transport", () =>
    assertRefused({ EIO: 4, transport: "tobi" }, 0, "Transport unknown"));

  for (const [row, name] of [
    ["[EIO-VER-002]", "constructor"],
    ["[EIO-VER-003]", "__proto__"],
    ["[EIO-VER-033]", "webtransport"],
  ]) {
    it(`${row} refuses the transport ${name} like any unknown one`, () =>
      assertRefused({ EIO: 4, transport: name }, 0, "Transport unknown"));
  }

  it("[EIO-VER-018] refuses a handshake without a transport", () =>
    assertRefused({ EIO: 4 }, 0, "Transport unknown"));

  it("[EIO-VER-005] [EIO-VER-029] refuses an unknown session", () =>
    assertRefused({ ...POLLING, sid: "test" }, 1, "Session ID unknown"));

  it("[SEC-005] refuses a session named like a property that every object has", async () => {
    for (const sid of ["__proto__", "constructor", "toString"]) {
      await assertRefused({ ...POLLING, sid }, 1, "Session ID unknown");
    }
  });

  it("[EIO-VER-034] takes an empty session id for none", async () => {
    const { status, body } = await server.engine.request({ ...POLLING, sid: "" });
    assert.equal(status, 200);
    assert.match(body, /^0\{"sid":/);
  });

  for (const method of ["POST", "PUT", "DELETE"]) {
    it(`[EIO-VER-013] refuses a handshake by ${method}`, () =>
      assertRefused(POLLING, 2, "Bad handshake method", { method }));
  }

  it("[EIO-VER-028] refuses a handshake by HEAD", async () => {
    const { status } = await server.engine.request(POLLING, { method: "HEAD" });
    assert.equal(status, 400);
  });

  it("[EIO-VER-017] refuses a handshake without a protocol revision, or with one that is no number", async () => {
    await assertRefused({ transport: "polling" }, 5, "Unsupported protocol version");
    await assertRefused({ EIO: "abc", transport: "polling" }, 5, "Unsupported protocol version");
  });

  it("[EIO-VER-014] refuses a WebSocket handshake that asks for no upgrade, and lets a page see why", async () => {
    await assertRefused({ EIO: 4, transport: "websocket" }, 3, "Bad request");
    const { headers } = await server.engine.request(
      { EIO: 4, transport: "websocket" },
      { headers: { Origin: "http://example.com" } },
    );
    assert.equal(headers.get("access-control-allow-origin"), "*");
  });

  it("[EIO-VER-015] refuses a plain request that names another transport than the session's, which goes on", async () => {
    const session = await server.engine.poll();
    await assertRefused({ EIO: 4, transport: "websocket", sid: session.sid }, 3, "Bad request");
    await session.post("4hello");
    assert.deepEqual(await session.receive(), ["4hello"]);
  });

  it("[EIO-VER-032] refuses a request whose protocol revision is not the session's", async () => {
    const session = await server.engine.poll();
    await assertRefused({ ...session.parameters, EIO: 3 }, 3, "Bad request");
  });

  it("[EIO-VER-011] refuses an origin with a control character", async () => {
    const request = server.engine.tcp(
      `GET ${server.engine.target(POLLING)} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://a\x01b\r\nConnection: close\r\n\r\n`,
    );
    assert.match(await request.response(), /^HTTP\/1\.1 400 /);
  });

  for (const method of ["PUT", "DELETE", "PATCH"]) {
    it(`[EIO-VER-027] refuses ${method} for a session, which goes on`, async () => {
      const session = await server.engine.poll();
      const { status, body } = await session.post("4no", { method });
      assert.equal(body, "");
      assert.ok(status === 405 || status === 500, `${status}`); // the reference says 500
      await session.post("4hello");
      assert.deepEqual(await session.receive(), ["4hello"]);
    });
  }
});

describe("handshake", () => {
  it("[EIO-HS-026] [EIO-HS-013] [EIO-HS-021] opens a session with one packet of five properties", async () => {
    const { status, headers, body } = await server.engine.request(POLLING);
    assert.equal(status, 200);
    assert.equal(body[0], "0");
    const handshake = JSON.parse(body.slice(1));
    assert.deepEqual(Object.keys(handshake), ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]);
    assert.deepEqual(
      { ...handshake, sid: "" },
      { sid: "", upgrades: ["websocket"], pingInterval: PING_INTERVAL, pingTimeout: PING_TIMEOUT, maxPayload: MAX_PAYLOAD },
    );
    assert.match(headers.get("content-type"), /^text\/plain; charset=UTF-8$/i);
    assert.equal(headers.get("cache-control"), "no-store");
  });

  it("[EIO-HS-009] sets no cookie unless it is asked to", async () => {
    const { response } = await server.engine.poll();
    assert.equal(response.headers.get("set-cookie"), null);
  });

  it("[EIO-HS-033] gives each session an id of 20 characters that no other has", async () => {
    const sessions = await Promise.all(Array.from({ length: 50 }, () => server.engine.poll()));
    for (const { sid } of sessions) assert.match(sid, /^[A-Za-z0-9_-]{20}$/);
    assert.equal(new Set(sessions.map(({ sid }) => sid)).size, 50);
    assert.equal(new Set(sessions.map(({ sid }) => sid.slice(0, 8))).size, 50, "ids differ in more than a counter");
  });

  // The reference answers at every path that begins like its own.
  it("answers at exactly one path", async () => {
    for (const suffix of ["foo/", "x"]) {
      assert.equal((await server.engine.request(POLLING, { suffix })).status, 404, suffix);
    }
  });
});

describe("long-polling", () => {
  it("[EIO-POLL-001] [EIO-POLL-018] [EIO-POLL-019] [EIO-HDR-003] takes a message by POST and gives one by GET", async () => {
    const session = await server.engine.poll();
    const push = await session.post("4hello");
    assert.deepEqual({ status: push.status, body: push.body }, { status: 200, body: "ok" });
    assert.equal(push.headers.get("content-type"), "text/html");
    assert.equal(push.headers.get("content-length"), "2");
    assert.equal(push.headers.get("cache-control"), "no-store");
    const poll = await session.get();
    assert.deepEqual({ status: poll.status, body: poll.body }, { status: 200, body: "4hello" });
    assert.match(poll.headers.get("content-type"), /^text\/plain; charset=UTF-8$/i);
    assert.equal(poll.headers.get("content-length"), "6");
    assert.equal(poll.headers.get("cache-control"), "no-store");
  });

  it("[EIO-POLL-019] states the length of a body in bytes", async () => {
    const session = await server.engine.poll();
    await session.post("4€🦜");
    const poll = await session.get();
    assert.equal(poll.body, "4€🦜");
    assert.equal(poll.headers.get("content-length"), "8");
  });

  it("[EIO-POLL-002] takes and gives several packets in one body, in order", async () => {
    const session = await server.engine.poll();
    const payload = ["4test1", "4test2", "4test3"].join(SEPARATOR);
    assert.equal((await session.post(payload)).body, "ok");
    assert.equal((await session.get()).body, payload);
  });

  it("[EIO-POLL-003] [EIO-POLL-013] takes and gives binary messages as base64 between text", async () => {
    const session = await server.engine.poll();
    const payload = ["4hello", "bAQIDBA==", "b", "4", "b/+8="].join(SEPARATOR);
    assert.equal((await session.post(payload)).body, "ok");
    assert.equal((await session.get()).body, payload);
  });

  it("[EIO-POLL-017] carries text of any script", async () => {
    const session = await server.engine.poll();
    const text = "4石室詩士施氏 — пойду спать 🦜𝄞 \u0000\u2028\u001f\"\\";
    await session.post(text);
    assert.deepEqual(await session.receive(), [text]);
  });

  it("[EIO-POLL-015] takes a body in chunks that cut a packet anywhere", async () => {
    const session = await server.engine.poll();
    const request = server.engine.tcp(
      `POST ${server.engine.target(session.parameters)} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    await request.write("2\r\n41\r\n");
    await request.write("1\r\n2\r\n");
    await request.write("1\r\n3\r\n0\r\n\r\n");
    await request.until(/^HTTP\/1\.1 200 [^]*\r\n\r\nok$/);
    request.end();
    assert.deepEqual(await session.receive(), ["4123"]);
  });

  it("[EIO-POLL-014] takes a body of exactly maxPayload bytes", async () => {
    const session = await server.engine.poll();
    const text = "4" + "€".repeat((MAX_PAYLOAD - 1) / 3);
    assert.equal(Buffer.byteLength(text), MAX_PAYLOAD);
    assert.equal((await session.post(text)).body, "ok");
    const [echo] = await session.receive();
    assert.ok(echo === text, `an echo of ${echo.length} characters`);
  });

  // The reference keeps the session.
  it("[EIO-POLL-009] answers 413 to a longer body and closes the session", async () => {
    const session = await server.engine.poll();
    const request = server.engine.tcp(
      `POST ${server.engine.target(session.parameters)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${MAX_PAYLOAD + 1}\r\n\r\n4`,
    );
    const answered = request.until(/\r\n\r\n/);
    let isAnswered = false;
    answered.then(() => (isAnswered = true)).catch(() => {});
    for (let sent = 0; sent < MAX_PAYLOAD && !isAnswered; sent += 50_000) {
      // The server may answer and hang up before it has seen everything.
      await Promise.race([request.write("x".repeat(50_000)), answered]);
    }
    assert.match(await answered, /^HTTP\/1\.1 413 /);
    const empty = await request.until(/content-length: 0\r\n[^]*\r\n\r\n|transfer-encoding: chunked[^]*\r\n\r\n0\r\n/i);
    assert.doesNotMatch(empty, /\r\n\r\n[^0]/);
    request.cut();
    assert.match((await session.get()).body, /^6$|"code":1,/); // this one could have been on its way
    await assertRefused(session.parameters, 1, "Session ID unknown");
  });

  it("[EIO-POLL-004] [EIO-CLOSE-026] closes the session upon a packet it cannot read", async () => {
    const session = await server.engine.poll();
    await session.post("abc").catch(() => {}); // whether it is answered is not laid down
    const { status, body } = await session.get();
    assert.deepEqual({ status, body }, { status: 400, body: error(1, "Session ID unknown") });
  });

  it("[EIO-POLL-004] delivers nothing that follows a packet it cannot read", async () => {
    await untilRaceGives("the poll was there first", async () => {
      const session = await server.engine.poll();
      const poll = session.get();
      await session.post(["4before", "abc", "4after"].join(SEPARATOR)).catch(() => {});
      const { status, body } = await poll;
      if (status === 400) return "the session was closed first";
      assert.equal(status, 200);
      assert.match(body, /^(4before|1)$/); // the end may overtake the echo
      assert.equal((await session.get()).status, 400);
      return "the poll was there first";
    });
  });

  it("[EIO-POLL-006] [EIO-POLL-007] closes the session upon a second GET while one is pending", async () => {
    const session = await server.engine.poll();
    const both = await Promise.all([session.get(), session.get()]);
    both.sort((a, b) => a.status - b.status);
    assert.deepEqual(
      both.map(({ status, body }) => ({ status, body })),
      [
        { status: 200, body: "1" },
        { status: 400, body: "" },
      ],
    );
    await assertRefused(session.parameters, 1, "Session ID unknown");
  });

  it("[EIO-POLL-008] closes the session upon a second POST while one is being read", async () => {
    const session = await server.engine.poll();
    const slow = server.engine.tcp(
      `POST ${server.engine.target(session.parameters)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n4sl`,
    );
    let second;
    const deadline = Date.now() + PING_INTERVAL; // before the heartbeat could end the session
    do second = await session.post("4fast");
    while (second.status === 200 && Date.now() < deadline);
    assert.deepEqual({ status: second.status, body: second.body }, { status: 400, body: "" });
    await assertRefused(session.parameters, 1, "Session ID unknown");
    slow.cut();
  });

  it("[EIO-CLOSE-014] closes the session when the client gives up a pending GET", async () => {
    const session = await server.engine.poll();
    const request = server.engine.tcp(
      `GET ${server.engine.target(session.parameters)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    request.end();
    assert.equal(await request.response(), "");
    await assertRefused(session.parameters, 1, "Session ID unknown");
  });

  it("[EIO-CLOSE-017] [EIO-CLOSE-018] refuses a body of type application/octet-stream and closes the session", async () => {
    const session = await server.engine.poll();
    const { status, body } = await session.post("4hello", { headers: { "Content-Type": "application/octet-stream" } });
    assert.deepEqual({ status, body }, { status: 400, body: "" });
    await assertRefused(session.parameters, 1, "Session ID unknown");
  });

  it("[EIO-CLOSE-015] serves a client that uses each TCP connection once", async () => {
    const session = await server.engine.poll();
    for (const text of ["one", "two", "three"]) {
      const push = server.engine.tcp(
        `POST ${server.engine.target(session.parameters)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n` +
          `Content-Length: ${text.length + 1}\r\n\r\n4${text}`,
      );
      assert.match(await push.response(), /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/);
      const poll = server.engine.tcp(
        `GET ${server.engine.target(session.parameters)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      const answer = await poll.response();
      assert.match(answer, /^HTTP\/1\.1 200 /);
      assert.match(answer, new RegExp(`4${text}`));
    }
  });

  it("serves many requests on one TCP connection", async () => {
    const session = await server.engine.poll();
    const connection = server.engine.tcp();
    let answers = "";
    for (let i = 0; i < 20; i++) {
      await connection.write(
        `POST ${server.engine.target(session.parameters)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n4${i + 10}`,
      );
      answers += "(HTTP\\/1\\.1 200 [^]*?\\r\\n\\r\\nok)";
      await connection.until(new RegExp(`^${answers}$`));
    }
    connection.end();
    assert.deepEqual(
      await session.receiveAll(20),
      Array.from({ length: 20 }, (_, i) => `4${i + 10}`),
    );
  });

  it("[EIO-SEND-003] [EIO-SEND-009] keeps the order of messages, each delivered once", async () => {
    const session = await server.engine.poll();
    const sent = Array.from({ length: 60 }, (_, i) => `4${i}`);
    const received = session.receiveAll(60);
    for (let i = 0; i < 60; i += 3) await session.post(sent.slice(i, i + 3).join(SEPARATOR));
    assert.deepEqual(await received, sent);
  });

  it("keeps sessions apart", async () => {
    const [one, other] = await Promise.all([server.engine.poll(), server.engine.poll()]);
    await Promise.all([one.post("4one"), other.post("4other")]);
    assert.deepEqual(await one.receive(), ["4one"]);
    assert.deepEqual(await other.receive(), ["4other"]);
  });
});

describe("heartbeat over long-polling", () => {
  it("[EIO-HB-009] pings a session that answers for as long as it does", async () => {
    const session = await server.engine.poll();
    for (let round = 0; round < 3; round++) {
      const { status, body } = await session.get();
      assert.deepEqual({ status, body }, { status: 200, body: "2" });
      const push = await session.post("3");
      assert.deepEqual({ status: push.status, body: push.body }, { status: 200, body: "ok" });
    }
  });

  it("[EIO-HB-010] [EIO-CLOSE-003] forgets a session that was silent for pingInterval and pingTimeout", async () => {
    const session = await server.engine.poll();
    await elapse(PING_INTERVAL + PING_TIMEOUT + 100);
    await assertRefused(session.parameters, 1, "Session ID unknown");
  });

  it("[EIO-CLOSE-024] ends the pending GET of a client that does not answer a ping", async () => {
    const session = await server.engine.poll();
    assert.equal((await session.get()).body, "2");
    const { status, body } = await session.get();
    assert.deepEqual({ status, body }, { status: 200, body: "1" });
    await assertRefused(session.parameters, 1, "Session ID unknown");
  });

  it("[EIO-HB-013] closes a session whose client sends a ping", async () => {
    const session = await server.engine.poll();
    await session.post("2").catch(() => {});
    await assertRefused(session.parameters, 1, "Session ID unknown");
  });

  it("[EIO-HB-015] does not take messages for an answer to a ping", async () => {
    const session = await server.engine.poll();
    const ended = (async () => {
      while ((await session.get()).status === 200);
    })();
    const chatty = (async () => {
      while ((await session.post("4still here")).status === 200);
    })();
    await within(Promise.all([ended, chatty]), "a session without pongs to be closed");
  });
});

describe("close over long-polling", () => {
  it("[EIO-CLOSE-037] [EIO-CLOSE-010] ends the pending GET with a noop when the client closes", async () => {
    await untilRaceGives("the poll was there first", async () => {
      const session = await server.engine.poll();
      const [poll, push] = await Promise.all([session.get(), session.post("1")]);
      assert.deepEqual({ status: push.status, body: push.body }, { status: 200, body: "ok" });
      if (poll.status === 400) return "the session was closed first";
      assert.deepEqual({ status: poll.status, body: poll.body }, { status: 200, body: "6" });
      await assertRefused(session.parameters, 1, "Session ID unknown");
      return "the poll was there first";
    });
  });

  it("[EIO-POLL-022] delivers nothing that follows a close packet", async () => {
    await untilRaceGives("the poll was there first", async () => {
      const session = await server.engine.poll();
      const poll = session.get();
      await session.post(["4before", "1", "4after"].join(SEPARATOR));
      const { status, body } = await poll;
      if (status === 400) return "the session was closed first";
      assert.equal(status, 200);
      assert.match(body, /^(4before|6)$/); // the end may overtake the echo
      const next = await session.get();
      // A server may say goodbye to a poll that it takes for one sent before the close packet.
      if (next.status === 200) assert.equal(next.body, "6");
      await assertRefused(session.parameters, 1, "Session ID unknown");
      return "the poll was there first";
    });
  });
});

describe("CORS", () => {
  const origin = "http://example.com";

  it("[EIO-CORS-010] [EIO-CORS-005] lets a page of any origin read every answer of a session", async () => {
    const session = await server.engine.poll({}, { headers: { Origin: origin } });
    const push = await session.post("4hello");
    const poll = await session.get();
    assert.deepEqual([push.body, poll.body], ["ok", "4hello"]);
    for (const { headers } of [session.response, push, poll]) {
      assert.equal(headers.get("access-control-allow-origin"), "*");
      assert.equal(headers.get("access-control-allow-methods"), null);
      assert.equal(headers.get("access-control-allow-headers"), null);
    }
  });

  it("[EIO-CORS-009] answers a preflight with what it asks for", async () => {
    const { status, headers, body } = await server.engine.request(POLLING, {
      method: "OPTIONS",
      headers: {
        Origin: origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-one, x-two",
      },
    });
    assert.deepEqual({ status, body }, { status: 204, body: "" });
    assert.equal(headers.get("content-length") ?? "0", "0");
    assert.equal(headers.get("access-control-allow-origin"), "*");
    assert.equal(headers.get("access-control-allow-methods"), "GET,HEAD,PUT,PATCH,POST,DELETE");
    assert.equal(headers.get("access-control-allow-headers"), "x-one, x-two");
    assert.match(headers.get("vary"), /Access-Control-Request-Headers/);
  });
});
