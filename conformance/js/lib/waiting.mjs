// Waiting for things to happen, with a deadline that only a defect reaches.

export const DEADLINE_MS = 15_000;

/** The promise's outcome, or a failure that says what was waited for. */
export function within(promise, what, ms = DEADLINE_MS) {
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms in vain for ${what}`)), ms);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}

/** Lets time pass; for tests about the protocol's own intervals, not to wait for something. */
export function elapse(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Items that arrive now and are taken later, in order. */
export class Inbox {
  #name;
  #items = [];
  #takers = [];
  #end;

  constructor(name) {
    this.#name = name;
  }

  put(item) {
    const taker = this.#takers.shift();
    if (taker) taker.resolve(item);
    else this.#items.push(item);
  }

  /** Nothing more will come. */
  end(error) {
    this.#end = error;
    for (const taker of this.#takers.splice(0)) taker.reject(error);
  }

  take(what = `something in ${this.#name}`) {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift());
    if (this.#end) return Promise.reject(this.#end);
    return within(new Promise((resolve, reject) => this.#takers.push({ resolve, reject })), what);
  }

  /** What has arrived and was not taken. */
  get left() {
    return [...this.#items];
  }
}
