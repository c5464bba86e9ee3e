// The official client 4.x and a server that takes its time with handshakes, refuses some, and lets clients come back.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { ask, Clients, MODES, once } from "../lib/client.mjs";
import { useServer } from "../lib/server.mjs";
import { within } from "../lib/waiting.mjs";

const server = useServer("sio-client", "/socket.io/");
const it = (title, body) => test(title, { timeout: 60_000 }, body);

for (const mode of Object.keys(MODES)) {
  describe(`the client over ${mode}`, () => {
    const clients = new Clients(server, mode);
    afterEach(() => clients.close());

    it("[SIO-SRV-023] that does not wait for a slow handshake may try again", async () => {
      const socket = clients.create("/", { timeout: 0 });
      const [error] = await once(socket, "connect_error", "connect");
      assert.equal(error.message, "timeout");
      socket.io.timeout(20_000);
      socket.connect();
      await once(socket, "connect", "connect_error");
      assert.deepEqual(await ask(socket, "echo", 1), [1]);
    });

    it("[SIO-MW-002] is refused by the main namespace because of its query", async () => {
      const socket = clients.create("/", { query: { fail: "yes" } });
      const [error] = await once(socket, "connect_error", "connect");
      assert.equal(error.message, "Auth failed (main namespace)");
      assert.deepEqual([socket.connected, socket.active], [false, false]);
    });

    it("gets dates as text", async () => {
      const socket = await clients.connect();
      const before = Date.now();
      const taken = [once(socket, "takeDate"), once(socket, "takeDateObj")];
      socket.emit("getDate");
      socket.emit("getDateObj");
      const [[alone], [{ date }], [acknowledged]] = await Promise.all([...taken, ask(socket, "getAckDate", {})]);
      for (const text of [alone, date, acknowledged]) {
        assert.equal(new Date(text).toISOString(), text);
        assert.ok(Math.abs(new Date(text) - before) < 60_000, text);
      }
    });

    it("[SIO-SOCK-044] asks for its handshake", async () => {
      const socket = clients.create("/abc", { query: { "&a": "&=?a" }, auth: { b: ["c"] } });
      const [handshake] = await once(socket, "handshake", "connect_error");
      const keys = ["address", "auth", "headers", "issued", "query", "secure", "time", "url", "xdomain"];
      assert.deepEqual(Object.keys(handshake).sort(), keys);
      assert.equal(handshake.query["&a"], "&=?a");
      assert.deepEqual(handshake.auth, { b: ["c"] });
      assert.equal(handshake.headers.host, `localhost:${server.port}`);
    });

    it("is sent nothing that nobody has asked for", async () => {
      const socket = await clients.connect("/foo");
      const packets = [];
      socket.io.engine.on("packet", ({ type, data }) => packets.push(type + (data ?? "")));
      const [id] = await ask(socket, "getId");
      const told = packets.filter((packet) => packet !== "ping" && packet !== "noop");
      assert.deepEqual(told, [`message3/foo,0["${id}"]`]);
    });

    it("joins one namespace while it leaves another", async () => {
      const one = await clients.connect("/foo");
      one.disconnect();
      const other = await clients.join(one, "/valid");
      const third = await clients.join(one, "/asd");
      assert.deepEqual([one.connected, other.connected, third.connected], [false, true, true]);
      const back = once(one, "connect", "connect_error");
      other.disconnect();
      one.connect();
      third.disconnect();
      await back;
      assert.equal((await ask(one, "getId"))[0], one.id);
    });

    describe("whose connection it closes itself", () => {
      const AT_ONCE = { reconnection: true, reconnectionDelay: 10, randomizationFactor: 0 };

      async function reconnect(socket) {
        const back = once(socket, "connect", "connect_error");
        socket.io.engine.close();
        await back;
      }

      it("[REC-002] [REC-003] is the same again", async () => {
        const socket = await clients.connect("/", AT_ONCE);
        const { id } = socket;
        const answered = once(socket, "hi");
        socket.emit("hi"); // which brings the first offset
        await answered;
        await reconnect(socket);
        assert.deepEqual([socket.recovered, socket.id], [true, id]);
        assert.deepEqual(await ask(socket, "getId"), [id]);
      });

      it("[REC-013] is another if it knows of no event that it could miss the next of", async () => {
        const socket = await clients.connect("/", AT_ONCE);
        const { id } = socket;
        await reconnect(socket);
        assert.equal(socket.recovered, false);
        assert.notEqual(socket.id, id);
      });
    });

    it("stays alone with what it says to a namespace without handlers", async () => {
      const socket = await clients.connect("/valid", { retries: 2, ackTimeout: 50 });
      const failed = within(new Promise((resolve) => socket.emit("unheard", resolve)), "the last attempt");
      assert.match((await failed).message, /timed out/);
      assert.ok(socket.connected);
    });
  });
}
