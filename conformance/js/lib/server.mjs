// Starts a fixture server as a process of its own and stops it again.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { after, before } from "node:test";
import { within } from "./waiting.mjs";
import { Engine } from "./engine.mjs";

const serve = fileURLToPath(new URL("../../serve", import.meta.url));
const START_MS = 300_000; // the first start may have to build the server

/** The server of one test file: started before its tests, stopped after them. */
export function useServer(profile, path) {
  const server = { profile, origin: undefined, port: undefined, engine: undefined };
  let running;
  before(
    async () => {
      running = await start(profile);
      server.port = running.port;
      server.origin = `http://localhost:${running.port}`;
      server.engine = new Engine(server.origin, path);
      await warmUp(server.engine);
    },
    { timeout: START_MS },
  );
  after(() => running?.stop(), { timeout: 30_000 });
  return server;
}

async function start(profile) {
  // As a shell command, so that PARLEY_SERVE may hold arguments.
  const command = process.env.PARLEY_SERVE ?? `'${serve.replaceAll("'", "'\\''")}'`;
  const child = spawn("bash", ["-c", `exec ${command} "$@"`, "serve", profile, "--port", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (errors += text));
  const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve(signal ?? code)));
  const listening = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const match = /^listening (\d+)$/.exec(line);
      if (match) resolve(Number(match[1]));
    });
  });
  const failed = ended.then((how) => {
    throw new Error(`the server for ${profile} ended (${how}) before it listened:\n${errors}`);
  });
  failed.catch(() => {});
  const port = await within(Promise.race([listening, failed]), `the server for ${profile} to listen`, START_MS);
  return {
    port,
    async stop() {
      child.kill("SIGTERM");
      await within(ended, "the server to end after SIGTERM", 15_000).finally(kill);
      process.off("exit", kill);
      if (/\bLEAK:|Exception\b|\bError:/.test(errors)) {
        throw new Error(`the server for ${profile} complained:\n${errors}`);
      }
    },
  };
}

/** A few sessions over each transport, so that no test measures the loading of classes. */
async function warmUp(engine) {
  for (let i = 0; i < 10; i++) {
    try {
      const polling = await engine.poll();
      await polling.post("40");
      await polling.receive();
      await (await polling.upgrade()).close();
      const direct = await engine.connect();
      direct.send("40");
      await direct.receive();
      await direct.close();
    } catch {
      // A server that is still slow loses a session to the heartbeat. What is really wrong, the tests find.
    }
  }
}
