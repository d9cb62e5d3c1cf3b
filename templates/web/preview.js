// The preview's own script: looks again when something has changed, and makes frames as tall as what is in them.
"use strict";
{
  const root = document.documentElement;
  const live = document.getElementById("live");
  let keys = true;
  let running = null;
  let latest = {};

  /** Make a frame as tall as its content, so that the page scrolls and keeps its place. */
  function fit(frame) {
    const inside = frame.contentDocument;
    if (!inside || !inside.body) return;
    frame.height = 0; // or a frame that has become shorter would stay as it is
    frame.height = Math.max(inside.documentElement.scrollHeight, inside.body.scrollHeight, 120);
  }

  function settle(frame) {
    const ready = () => {
      const height = frame.height;
      fit(frame);
      if (frame.height < 120) frame.height = height;
    };
    frame.addEventListener("load", ready);
    if (frame.contentDocument?.readyState === "complete") ready();
  }

  /** What is at an address now; two frames that show the same ask once. */
  function fetched(src) {
    if (latest.src !== src) {
      const answer = fetch(src).then((found) => found.ok ? found.text() : Promise.reject(found));
      latest = { src, answer };
    }
    return latest.answer;
  }

  /** Bring what is in a frame to what is at another address, in place: nothing flickers, nothing jumps. */
  async function exchange(frame, src) {
    frame.dataset.src = src;
    try {
      const found = new DOMParser().parseFromString(await fetched(src), "text/html");
      if (frame.dataset.src !== src || !frame.isConnected) return;
      patch(frame.contentDocument.documentElement, found.documentElement);
      fit(frame);
    } catch {
      frame.src = src;
    }
  }

  const shown = (frame) => frame.dataset.src ?? frame.getAttribute("src");

  /** Whether two parts are the same but for the addresses of their frames. */
  function alike(here, there) {
    const [one, other] = [here, there].map((part) => {
      const copy = part.cloneNode(true);
      for (const frame of copy.querySelectorAll("iframe"))
        for (const name of ["src", "data-src", "height"]) frame.removeAttribute(name);
      return copy.innerHTML;
    });
    return one === other;
  }

  function replace(here, there) {
    const frames = [...here.querySelectorAll("iframe")];
    const fresh = [...there.querySelectorAll("iframe")];
    const sources = fresh.map((frame) => frame.getAttribute("src"));
    const same = frames.length === fresh.length && fresh.every((frame, n) => frame.title === frames[n].title);
    if (!same) {
      here.replaceChildren(...there.childNodes);
      here.querySelectorAll("iframe").forEach(settle);
      return;
    }
    if (!alike(here, there)) patch(here, there);
    here.querySelectorAll("iframe").forEach((frame, n) => {
      if (shown(frame) !== sources[n]) exchange(frame, sources[n]);
    });
  }

  /** Bring one element to be as another, in place; frames are not touched, for moving one would load it anew. */
  function patch(here, there) {
    if (here.localName === "iframe") return;
    for (const { name } of [...here.attributes]) if (!there.hasAttribute(name)) here.removeAttribute(name);
    for (const { name, value } of there.attributes) if (here.getAttribute(name) !== value) here.setAttribute(name, value);
    const [mine, wanted] = [[...here.childNodes], [...there.childNodes]];
    wanted.forEach((child, n) => {
      const old = mine[n];
      if (!old) here.append(child);
      else if (old.nodeType !== child.nodeType || old.nodeName !== child.nodeName) old.replaceWith(child);
      else if (child.nodeType === Node.ELEMENT_NODE) patch(old, child);
      else if (old.data !== child.data) old.data = child.data;
    });
    mine.slice(wanted.length).forEach((old) => old.remove());
  }

  /** Look again at this address, or go to another. */
  async function look(address = location.href) {
    running?.abort();
    const mine = (running = new AbortController());
    try {
      const answer = await fetch(address, { signal: mine.signal });
      if (!answer.ok) return location.assign(address);
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      root.dataset.version = found.documentElement.dataset.version;
      document.title = found.title;
      for (const part of found.querySelectorAll("[data-part]")) {
        const here = document.getElementById(part.id);
        if (here.innerHTML !== part.innerHTML) replace(here, part);
      }
    } catch (problem) {
      if (problem.name !== "AbortError") live.textContent = "Not running";
    }
  }

  async function go(address) {
    if (new URL(address).pathname !== location.pathname) window.scrollTo(0, 0);
    history.pushState(null, "", address);
    await look(address);
    const { hash } = new URL(address);
    if (hash) location.replace(hash);
  }

  function ours(link) {
    return link && link.origin === location.origin && !link.hasAttribute("download") && !link.hash;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!ours(link) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const { href } = link;
    const again = link.dataset.key && `[data-key="${link.dataset.key}"]`;
    go(href).then(() => {
      if (again && document.activeElement === document.body) document.querySelector(again)?.focus();
    });
  });

  document.addEventListener("keydown", (event) => {
    if (!keys || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea")) return;
    if (event.key === "j" || event.key === "k") {
      const links = [...document.querySelectorAll("#list a")];
      const here = links.findIndex((link) => link.hasAttribute("aria-current"));
      links[here + (event.key === "j" ? 1 : -1)]?.click();
    } else if (/^[a-z0-9]$/.test(event.key)) {
      document.querySelector(`[data-key="${event.key}"]`)?.click();
    }
  });

  document.getElementById("keys-off").addEventListener("click", ({ target }) => {
    keys = !keys;
    target.setAttribute("aria-pressed", String(!keys));
  });

  window.addEventListener("popstate", () => look());
  window.addEventListener("resize", () => document.querySelectorAll("iframe").forEach(fit));
  document.querySelectorAll("iframe").forEach(settle);

  const events = new EventSource(root.dataset.events);
  events.addEventListener("open", () => { live.textContent = "Live"; live.classList.add("on"); });
  events.addEventListener("error", () => { live.textContent = "Not running"; live.classList.remove("on"); });
  events.addEventListener("message", ({ data }) => { if (data !== root.dataset.version) look(); });
}
