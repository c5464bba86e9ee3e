// Engine.IO spoken by hand: raw HTTP requests and raw WebSockets, nothing done behind a test's back
// but heartbeats, where a test asks for the next packets rather than for the next body or frame.
import net from "node:net";
import { WebSocket } from "ws";
import { Inbox, within } from "./waiting.mjs";

export const SEPARATOR = "\x1e";
export const PING_INTERVAL = 300;
export const PING_TIMEOUT = 200;
export const MAX_PAYLOAD = 1_000_000;

/** One server's Engine.IO path. */
export class Engine {
  constructor(origin, path) {
    this.origin = origin;
    this.path = path;
    this.port = Number(new URL(origin).port);
  }

  /** The path with a query; parameters that are undefined are left out. */
  target(parameters = {}, suffix = "") {
    const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined));
    return `${this.path}${suffix}?${query}`;
  }

  url(parameters, suffix) {
    return this.origin + this.target(parameters, suffix);
  }

  /** An HTTP request with exactly these query parameters, answered in full. */
  async request(parameters, { suffix, ...options } = {}) {
    const response = await within(fetch(this.url(parameters, suffix), options), "an HTTP response");
    const body = await within(response.text(), "the body of an HTTP response");
    return { status: response.status, headers: response.headers, body };
  }

  /** A new session over HTTP long-polling. */
  async poll(parameters = {}, options) {
    const response = await this.request({ EIO: 4, transport: "polling", ...parameters }, options);
    if (response.status !== 200) throw new Error(`handshake answered ${response.status}: ${response.body}`);
    return new PollingSession(this, response, options);
  }

  /** A new session over WebSocket; the open packet is in `handshake`. */
  async connect(parameters = {}, options) {
    const socket = await this.socket({ EIO: 4, transport: "websocket", ...parameters }, options);
    socket.handshake = JSON.parse((await socket.frame()).slice(1));
    return socket;
  }

  /** A WebSocket with exactly these query parameters, once it is open. */
  async socket(parameters, options) {
    const socket = this.attempt(parameters, options);
    await socket.opened();
    return socket;
  }

  /** A WebSocket with exactly these query parameters that may well be refused. */
  attempt(parameters, options) {
    return new RawSocket(this.url(parameters).replace(/^http/, "ws"), options);
  }

  /** Bytes on a plain TCP connection. */
  tcp(text = "") {
    return new RawConnection(this.port, text);
  }
}

export class PollingSession {
  constructor(engine, response, options = {}) {
    this.engine = engine;
    this.response = response;
    this.options = options;
    this.handshake = JSON.parse(response.body.slice(1));
    this.sid = this.handshake.sid;
    this.parameters = { EIO: 4, transport: "polling", sid: this.sid };
  }

  /** One GET, as it is answered. */
  get(options) {
    return this.engine.request(this.parameters, { ...this.options, ...options });
  }

  /** One POST, as it is answered. */
  post(body, options) {
    return this.engine.request(this.parameters, { ...this.options, method: "POST", body, ...options });
  }

  /** The packets of the next GET that brings any besides heartbeats, which are answered. */
  async receive() {
    for (;;) {
      const { status, body } = await this.get();
      if (status !== 200) throw new Error(`a poll was answered ${status}: ${body}`);
      const packets = body.split(SEPARATOR);
      const others = packets.filter((packet) => packet !== "2");
      if (others.length < packets.length) await this.post("3");
      if (others.length > 0) return others;
    }
  }

  /** The next packets, over as many GETs as it takes. */
  async receiveAll(count) {
    const packets = [];
    while (packets.length < count) packets.push(...(await this.receive()));
    return packets;
  }

  /** Whether the server still knows the session; only for sessions without a pending GET. */
  async isClosed() {
    const { status } = await this.post("4still there?");
    return status === 400;
  }

  /** A WebSocket for this session that has asked nothing yet. */
  candidate(options) {
    return this.engine.socket({ EIO: 4, transport: "websocket", sid: this.sid }, options);
  }

  /** The session's WebSocket, after probe and upgrade. */
  async upgrade(options) {
    const socket = await this.candidate(options);
    socket.send("2probe");
    const answer = await socket.frame();
    if (answer !== "3probe") throw new Error(`the probe was answered ${answer}`);
    socket.send("5");
    return socket;
  }
}

export class RawSocket {
  #socket;
  #frames = new Inbox("a WebSocket's frames");
  #opened;
  #closed;

  constructor(url, options = {}) {
    const socket = new WebSocket(url, { perMessageDeflate: false, ...options });
    this.#socket = socket;
    this.refusal = undefined;
    this.extensions = undefined;
    this.#opened = new Promise((resolve, reject) => {
      socket.once("open", () => {
        this.extensions = socket.extensions;
        resolve();
      });
      socket.on("error", (error) => {
        this.error = error;
        reject(error);
      });
    });
    this.#opened.catch(() => {});
    socket.once("unexpected-response", (request, response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => (body += text));
      response.once("close", () => {
        this.refusal = { status: response.statusCode, headers: response.headers, body };
        socket.terminate();
      });
    });
    this.#closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => {
        this.#frames.end(new Error(`the WebSocket was closed (${code})`));
        resolve({ code, reason: reason.toString(), error: this.error, refusal: this.refusal });
      });
    });
    socket.on("message", (data, isBinary) => this.#frames.put(isBinary ? data : data.toString()));
  }

  opened() {
    return within(this.#opened, "a WebSocket to open");
  }

  /** The end of this WebSocket, whoever closes it. */
  closed() {
    return within(this.#closed, "a WebSocket to be closed");
  }

  get isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(data) {
    this.#socket.send(data);
  }

  /** The next frame: a string or a Buffer. */
  frame() {
    return this.#frames.take("a WebSocket frame");
  }

  /** The next frame that is no heartbeat; heartbeats are answered. */
  async receive() {
    for (;;) {
      const frame = await this.frame();
      if (frame !== "2") return frame;
      this.send("3");
    }
  }

  async receiveAll(count) {
    const frames = [];
    while (frames.length < count) frames.push(await this.receive());
    return frames;
  }

  /** Frames that came and that nobody asked for. */
  get left() {
    return this.#frames.left;
  }

  /** Cuts the TCP connection without a close frame. */
  async cut() {
    this.#socket.terminate();
    await this.closed();
  }

  async close() {
    this.#socket.close();
    await this.closed();
  }
}

export class RawConnection {
  #socket;
  #text = "";
  #ended;

  constructor(port, text) {
    this.#socket = net.connect({ port, host: "localhost" });
    this.#socket.setEncoding("latin1").on("data", (data) => (this.#text += data));
    this.#socket.on("error", (error) => (this.error = error));
    this.#ended = new Promise((resolve) => this.#socket.once("close", resolve));
    if (text) this.write(text);
  }

  /** Done when the bytes are in the system's hands. */
  write(text) {
    return new Promise((resolve) => this.#socket.write(text, "latin1", resolve));
  }

  /** All that the server says until it closes the connection. */
  async response() {
    await within(this.#ended, "the server to close a TCP connection");
    return this.#text;
  }

  /** The text so far, once it matches. */
  async until(pattern) {
    while (!pattern.test(this.#text)) {
      const data = new Promise((resolve) => this.#socket.once("data", resolve));
      await within(Promise.race([data, this.#ended]), `${pattern} on a TCP connection that said ${JSON.stringify(this.#text)}`);
      if (this.#socket.closed && !pattern.test(this.#text)) throw new Error(`closed after ${JSON.stringify(this.#text)}`);
    }
    return this.#text;
  }

  /** Closes this end, without waiting for an answer. */
  end() {
    this.#socket.end();
  }

  cut() {
    this.#socket.destroy();
  }
}
