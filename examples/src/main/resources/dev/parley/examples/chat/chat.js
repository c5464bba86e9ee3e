"use strict";

const element = (id) => document.getElementById(id);
const [status, welcome, nickname, problem, join] =
  ["status", "welcome", "nickname", "problem", "join"].map(element);
const [room, log, messages, typing, online, count, message, send] =
  ["room", "log", "messages", "typing", "online", "count", "message", "send"].map(element);

const TYPING_PAUSE_MS = 3000;

/** The name that the server knows us by, once we have joined. */
let me;
const typists = new Set();
let pause;

// ---- What is on the page. Names and texts come from others: they are only ever set as text.

function showStatus(connected) {
  status.textContent = connected ? "connected" : "disconnected";
  status.dataset.state = status.textContent;
  send.disabled = !connected;
  join.disabled = !connected;
}

function showRoom(visible) {
  room.hidden = !visible;
  welcome.hidden = visible;
  (visible ? message : nickname).focus();
}

/** A colour of its own for each name. */
function hue(name) {
  let hash = 0;
  for (const char of name) hash = (hash * 31 + char.codePointAt(0)) >>> 0;
  return hash % 360;
}

function tag(name, className, text) {
  const created = document.createElement(name);
  created.className = className;
  created.textContent = text;
  return created;
}

function append(item) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  messages.append(item);
  if (atEnd || item.classList.contains("mine")) log.scrollTop = log.scrollHeight;
}

function showNotice(text) {
  append(tag("li", "notice", text));
}

function showMessage({ from, text }) {
  const item = tag("li", from === me ? "mine" : "", "");
  item.dataset.from = from;
  item.style.setProperty("--hue", hue(from));
  const now = new Date();
  const time = tag("time", "", now.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  time.dateTime = now.toISOString();
  item.append(tag("span", "from", from), time, tag("p", "text", text));
  append(item);
}

function showOnline(names) {
  count.textContent = names.length;
  online.replaceChildren(
    ...names.map((name) => {
      const item = tag("li", name === me ? "me" : "", name);
      item.title = name;
      item.style.setProperty("--hue", hue(name));
      return item;
    }),
  );
}

function showTyping(name, active) {
  if (active) typists.add(name);
  else typists.delete(name);
  const names = [...typists];
  if (names.length === 0) typing.textContent = "";
  else if (names.length === 1) typing.textContent = `${names[0]} is typing…`;
  else if (names.length === 2) typing.textContent = `${names[0]} and ${names[1]} are typing…`;
  else typing.textContent = `${names.length} people are typing…`;
}

// ---- What is said to the server, and what it says.

function talkTo(socket) {
  /** Joins under a name: at first, and again after each reconnect, as the server then sees a new socket. */
  async function joinAs(name) {
    try {
      const answer = await socket.timeout(10_000).emitWithAck("join", name);
      if (answer.error) {
        me = undefined;
        problem.textContent = answer.error;
        showRoom(false);
        return;
      }
      const again = me !== undefined;
      me = answer.nickname;
      showOnline(answer.online);
      if (!again) {
        showRoom(true);
        showNotice(`You joined as ${me}`);
      }
    } catch {
      problem.textContent = "The server did not answer. Please try again.";
    }
  }

  function stopTyping() {
    if (pause === undefined) return;
    clearTimeout(pause);
    pause = undefined;
    socket.volatile.emit("typing", false);
  }

  function keepTyping() {
    if (pause === undefined) socket.volatile.emit("typing", true);
    clearTimeout(pause);
    pause = setTimeout(stopTyping, TYPING_PAUSE_MS);
  }

  socket.on("connect", () => {
    showStatus(true);
    if (me !== undefined) {
      showNotice("Connected again");
      joinAs(me);
    }
  });
  socket.on("disconnect", (reason) => {
    showStatus(false);
    showOnline([]);
    typists.clear();
    showTyping("", false);
    if (me !== undefined) showNotice("Connection lost, trying again…");
    // The client reconnects by itself, except where the server has sent it away.
    if (reason === "io server disconnect") socket.connect();
  });
  socket.on("chat message", (received) => {
    showTyping(received.from, false);
    showMessage(received);
  });
  socket.on("typing", showTyping);
  socket.on("joined", (name, names) => {
    showOnline(names);
    showNotice(`${name} joined`);
  });
  socket.on("left", (name, names) => {
    showOnline(names);
    showTyping(name, false);
    showNotice(`${name} left`);
  });

  element("welcome-form").addEventListener("submit", (event) => {
    event.preventDefault();
    problem.textContent = "";
    if (socket.connected) joinAs(nickname.value);
  });
  element("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = message.value.trim();
    if (text === "" || !socket.connected) return;
    stopTyping();
    socket.emit("chat message", text);
    message.value = "";
    message.focus();
  });
  message.addEventListener("input", () => {
    if (message.value.trim() === "") stopTyping();
    else keepTyping();
  });
}

showStatus(false);
if (typeof io === "function") {
  talkTo(io());
} else {
  problem.textContent = "The Socket.IO client could not be loaded from cdn.socket.io.";
}
