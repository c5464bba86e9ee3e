// The chat example in headless Chromium: two tabs that talk to each other. And what Chromium makes of compression.
// PARLEY_CHAT holds the command that starts the example, run in the project's folder; the example prints a line with
// the address to open.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { useServer } from "./lib/server.mjs";
import { DEADLINE_MS, within } from "./lib/waiting.mjs";

const local = (path) => fileURLToPath(new URL(path, import.meta.url));
const START_MS = 300_000; // the start may have to build the example
const it = (title, body) => test(title, { timeout: 60_000 }, body);

const CLIENT = "conformance/js/node_modules/socket.io-client/dist";
const CHAT = `mvn -q -B -pl examples -am -Pchat -DskipTests package '-Dargs=--port 0 --client ${CLIENT}'`;

const MOST_OF_THE_WEB_OFF = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
  "--no-sandbox",
];

function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: MOST_OF_THE_WEB_OFF });
}

/** The chat server, as a user starts it. */
async function startChat() {
  const command = process.env.PARLEY_CHAT ?? CHAT;
  const child = spawn("bash", ["-c", `exec ${command}`], {
    cwd: local("../.."),
    detached: true, // to end what the command itself starts as well
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  };
  const killNow = () => kill("SIGKILL");
  process.once("exit", killNow);
  const address = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const match = /http:\/\/localhost:\d+/.exec(line);
      if (match) resolve(match[0]);
    });
    ended.then(() => reject(new Error(`the chat ended before it said where it listens:\n${output}`)));
  });
  return {
    url: await within(address, "the chat to say where it listens", START_MS),
    async stop() {
      kill("SIGTERM");
      await within(ended, "the chat to end after SIGTERM").finally(killNow);
      process.off("exit", killNow);
      assert.doesNotMatch(output, /LEAK:|Exception\b/);
    },
  };
}

describe("the chat page in a browser", () => {
  let chat, browser, alice, bob;
  const complaints = [];
  const webSockets = [];

  before(
    async () => {
      mkdirSync(local("target"), { recursive: true });
      chat = await startChat();
      browser = await launch();
      const context = await browser.newContext({ viewport: { width: 900, height: 640 } });
      context.setDefaultTimeout(DEADLINE_MS);
      [alice, bob] = [await context.newPage(), await context.newPage()];
      for (const page of [alice, bob]) {
        page.on("pageerror", (error) => complaints.push(error.message));
        page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
        page.on("websocket", (socket) => webSockets.push(socket.url()));
      }
    },
    { timeout: START_MS },
  );

  after(async () => {
    await browser?.close();
    await chat?.stop();
  });

  /** Waits until the text of an element, or of all such elements, is as wanted. */
  async function shows(page, selector, wanted) {
    const read = () => page.locator(selector).allInnerTexts();
    const fits = async () => (wanted instanceof RegExp ? wanted.test((await read()).join("\n")) : wanted === (await read()).join("\n"));
    const deadline = Date.now() + DEADLINE_MS;
    while (!(await fits())) {
      if (Date.now() > deadline) assert.fail(`${selector} shows ${JSON.stringify(await read())} instead of ${wanted}`);
      await page.waitForTimeout(20);
    }
  }

  async function shoot(page, name) {
    await page.bringToFront();
    await page.screenshot({ path: local(`target/${name}.png`), animations: "disabled" });
  }

  async function join(page, nickname) {
    await page.goto(chat.url);
    await shows(page, "#status", "connected");
    await page.fill("#nickname", nickname);
    await page.click("#join");
    await page.locator("#message").waitFor({ state: "visible" });
  }

  async function say(page, text) {
    await page.fill("#message", text);
    await page.click("#send");
  }

  it("lets two people in, and shows each who is there", async () => {
    await join(alice, "Alice");
    await shows(alice, "#online li", "Alice");
    await shoot(alice, "alone");
    await join(bob, "Bob");
    await shows(alice, "#online li", "Alice\nBob");
    await shows(bob, "#online li", "Alice\nBob");
  });

  it("tells who is typing, until they stop", async () => {
    await bob.locator("#message").pressSequentially("Hel");
    await shows(alice, "#typing", /Bob/);
    await shows(bob, "#typing", "");
    await shoot(alice, "typing");
    await bob.fill("#message", "");
    await shows(alice, "#typing", "");
  });

  it("carries messages both ways, as text and nothing else", async () => {
    await say(alice, "Hello Bob, 石室 🦜 <b>not bold</b> &amp;");
    await shows(bob, '#messages li[data-from="Alice"] .text', "Hello Bob, 石室 🦜 <b>not bold</b> &amp;");
    await say(bob, "Hello Alice");
    await shows(alice, '#messages li[data-from="Bob"] .text', "Hello Alice");
    await shows(alice, '#messages li[data-from="Alice"] .text', "Hello Bob, 石室 🦜 <b>not bold</b> &amp;");
    for (let i = 1; i <= 20; i++) {
      const composer = (i % 2 ? alice : bob).locator("#message");
      await composer.fill(`Message ${i}`);
      await composer.press("Enter");
    }
    for (const page of [alice, bob]) {
      await shows(page, '#messages li[data-from="Alice"] .text', /Message 1\n[^]*Message 19$/);
      await shows(page, '#messages li[data-from="Bob"] .text', /Message 2\n[^]*Message 20$/);
    }
    await alice.bringToFront();
    await alice.waitForFunction(() => {
      const newest = document.querySelector("#messages li:last-of-type").getBoundingClientRect();
      return newest.height > 0 && newest.bottom <= document.querySelector("#message").getBoundingClientRect().top;
    });
    await shoot(alice, "chat");
  });

  it("talks over WebSocket by now, without an error in the console", async () => {
    const deadline = Date.now() + DEADLINE_MS;
    while (webSockets.length < 2 && Date.now() < deadline) await alice.waitForTimeout(20);
    assert.equal(webSockets.length, 2);
    for (const url of webSockets) assert.match(url, /^ws:.*\/socket\.io\/\?.*transport=websocket/);
    assert.deepEqual(complaints, []);
  });

  it("shows that somebody has left, and that the server is gone", async () => {
    await bob.close();
    await shows(alice, "#online li", "Alice");
    await chat.stop();
    chat = undefined;
    await shows(alice, "#status", "disconnected");
    await shoot(alice, "disconnected");
  });
});

describe("compression in a browser", () => {
  const server = useServer("eio-echo-compressed", "/engine.io/");
  let browser, page;

  before(async () => {
    browser = await launch();
    page = await browser.newPage();
    page.setDefaultTimeout(DEADLINE_MS);
    await page.goto(server.engine.url({ EIO: 4, transport: "polling" }));
  });

  after(() => browser?.close());

  it("[EIO-WS-014] is agreed on for WebSockets, which browsers always offer", async () => {
    const texts = ["lorem ipsum ".repeat(5000), "€".repeat(3000), "short"];
    const echoing = page.evaluate(
      ([path, sent]) =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(path);
          const received = [];
          socket.onerror = () => reject(new Error("the WebSocket failed"));
          socket.onmessage = ({ data }) => {
            if (data.startsWith("0")) for (const text of sent) socket.send(`4${text}`);
            if (data === "2") socket.send("3");
            if (data.startsWith("4")) received.push(data.slice(1));
            if (received.length === sent.length) resolve({ received, extensions: socket.extensions });
          };
        }),
      [server.engine.url({ EIO: 4, transport: "websocket" }).replace(/^http/, "ws"), texts],
    );
    const { received, extensions } = await within(echoing, "the echoes");
    assert.equal(extensions, "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
    assert.ok(texts.every((text, i) => text === received[i]));
  });

  it("[EIO-COMP-001] is undone in responses to polls", async () => {
    const text = "lorem ipsum ".repeat(500);
    const polling = page.evaluate(
      async ([path, sent]) => {
        const { sid } = JSON.parse((await (await fetch(path)).text()).slice(1));
        const post = (body) => fetch(`${path}&sid=${sid}`, { method: "POST", body });
        await post(`4${sent}`);
        for (;;) {
          const response = await fetch(`${path}&sid=${sid}`);
          const packets = (await response.text()).split("\x1e");
          const echo = packets.find((packet) => packet.startsWith("4"));
          if (echo) return { echo, coding: response.headers.get("content-encoding") };
          await post("3");
        }
      },
      [server.engine.target({ EIO: 4, transport: "polling" }), text],
    );
    const { echo, coding } = await within(polling, "the echo");
    assert.equal(coding, "gzip");
    assert.equal(echo, `4${text}`);
  });
});
