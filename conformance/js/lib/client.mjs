// The official client, with what its tests need: sockets that are closed after the test, and events one can wait for.
import { io } from "socket.io-client";
import { Inbox, within } from "./waiting.mjs";

/** What a user of the client chooses between. */
export const MODES = {
  polling: { transports: ["polling"] },
  WebSocket: { transports: ["websocket"] },
  upgrade: { transports: ["polling", "websocket"] },
};

export class Clients {
  #server;
  #options;
  #sockets = [];
  #upgrades;
  #io;

  /** The last argument is another version of the client, if need be. */
  constructor(server, mode, lookup = io) {
    this.#server = server;
    this.#options = MODES[mode];
    this.#upgrades = mode === "upgrade";
    this.#io = lookup;
  }

  /** A socket that is about to connect, on a connection of its own. */
  create(namespace = "/", options = {}) {
    const { origin = this.#server.origin, ...others } = options;
    const socket = this.#io(origin + namespace, {
      forceNew: true,
      reconnection: false,
      ...this.#options,
      ...others,
    });
    this.#sockets.push(socket);
    return socket;
  }

  /** A connected socket on a connection of its own, upgraded if it upgrades at all. */
  async connect(namespace, options) {
    const socket = this.create(namespace, options);
    await this.connected(socket);
    return socket;
  }

  async connected(socket) {
    const settled = this.settled(socket);
    await once(socket, "connect", "connect_error");
    await settled;
  }

  /** When the connection of a socket is as it will stay. */
  settled(socket) {
    return this.#upgrades ? this.upgraded(socket) : Promise.resolve();
  }

  /** When the connection of a socket that was just created has become a WebSocket. */
  upgraded(socket) {
    return within(
      new Promise((resolve) => {
        const manager = socket.io;
        const wait = () => {
          if (manager.engine.transport.name === "websocket") resolve();
          else manager.engine.once("upgrade", resolve);
        };
        if (manager.engine?.readyState === "open") wait();
        else manager.once("open", wait);
      }),
      "the upgrade",
    );
  }

  /** Another socket on the connection of a first one. */
  async join(socket, namespace, options) {
    const other = socket.io.socket(namespace, options);
    this.#sockets.push(other);
    await once(other, "connect", "connect_error");
    return other;
  }

  /** The end of a test. */
  close() {
    for (const socket of this.#sockets.splice(0)) {
      socket.off();
      socket.disconnect();
      socket.io.engine?.close();
    }
  }
}

/** The arguments of the next such event; the other event is a failure. */
export function once(emitter, event, failure) {
  return within(
    new Promise((resolve, reject) => {
      const done = (outcome) => {
        emitter.off(event, succeed);
        if (failure) emitter.off(failure, fail);
        outcome();
      };
      const succeed = (...args) => done(() => resolve(args));
      const fail = (error) => done(() => reject(new Error(`${failure}: ${error?.message ?? error}`)));
      emitter.on(event, succeed);
      if (failure) emitter.on(failure, fail);
    }),
    `the event ${event}`,
  );
}

/** Collects the arguments of all such events from now on. */
export function inbox(emitter, event) {
  const box = new Inbox(`the events ${event}`);
  emitter.on(event, (...args) => box.put(args));
  return box;
}

/** Emits and waits for all arguments of the acknowledgement. */
export function ask(socket, event, ...args) {
  return within(
    new Promise((resolve) => socket.emit(event, ...args, (...answer) => resolve(answer))),
    `the acknowledgement of ${event}`,
  );
}
