// A TCP proxy in front of the server, whose connections can be cut.
import net from "node:net";
import { within } from "./waiting.mjs";

export async function proxyTo(port) {
  const connections = new Set();
  let onGet = () => {};

  const listener = net.createServer((inner) => {
    const outer = net.connect({ port, host: "localhost" });
    const connection = { inner, outer, carriesGet: false };
    connections.add(connection);
    inner.on("data", (data) => {
      if (data.toString("latin1", 0, 4) === "GET ") {
        connection.carriesGet = true;
        connection.isWebSocket = /\r\nupgrade: *websocket\r\n/i.test(data.toString("latin1"));
        onGet();
      }
    });
    outer.on("data", () => (connection.carriesGet &&= connection.isWebSocket));
    inner.pipe(outer).pipe(inner);
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ]) {
      one.on("error", () => {});
      one.on("close", () => {
        connections.delete(connection);
        other.destroy();
      });
    }
  });
  await new Promise((resolve) => listener.listen(0, "localhost", resolve));

  const isInUse = () => [...connections].some((connection) => connection.carriesGet);
  const cutAll = () => {
    for (const { inner, outer } of connections) {
      inner.destroy();
      outer.destroy();
    }
  };
  return {
    origin: `http://localhost:${listener.address().port}`,
    /** Cuts all connections, once a WebSocket or a pending poll is among them. */
    async cut() {
      if (!isInUse()) await within(new Promise((resolve) => (onGet = resolve)), "a connection to cut");
      cutAll();
    },
    close() {
      listener.close();
      cutAll();
    },
  };
}
