// As much of a web page as a client needs that polls by adding scripts to it and sends by forms (JSONP).

class Element {
  style = {};
  children = new Set();

  constructor(tag) {
    if (!/^[a-z]+$/.test(tag)) throw new Error(`not the name of an element: ${tag}`);
    this.tag = tag;
  }

  setAttribute(name, value) {
    this[name] = value;
  }

  appendChild(child) {
    this.children.add(child);
    child.parentNode = this;
    if (child.tag === "script") load(child);
  }

  removeChild(child) {
    this.children.delete(child);
    child.parentNode = null;
  }

  /** Sends the form, and shows the answer in the frame that is its target. */
  async submit() {
    const fields = new URLSearchParams();
    for (const { name, tag, value } of this.children) {
      if (tag === "textarea") fields.append(name, value.replace(/\r\n?|\n/g, "\r\n"));
    }
    const frame = [...this.children].find(({ tag }) => tag === "iframe");
    const response = await fetch(this.action, { method: "POST", body: fields });
    await response.text();
    frame.onload?.();
  }
}

async function load(script) {
  try {
    const response = await fetch(script.src, { headers: { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "script" } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    // A script that has been taken out of the page runs all the same.
    (0, eval)(text);
  } catch (error) {
    script.onerror(error);
  }
}

/** Makes all that runs from now on believe that it is in a page; returns how to end that. */
export function enterPage() {
  globalThis.document = {
    createElement: (tag) => new Element(tag),
    getElementsByTagName: () => [],
    body: new Element("body"),
  };
  return () => delete globalThis.document;
}
