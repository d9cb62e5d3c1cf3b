// A Chromium that does as it is told: one JSON request a line on stdin, one JSON answer a line on stdout.
// Nothing outside this machine is ever asked for; what a page wanted from elsewhere is told instead.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--force-color-profile=srgb",
  "--font-render-hinting=none",
];

const browser = await chromium.launch({ executablePath: process.argv[2], args: FLAGS, headless: true });
const context = await browser.newContext({ bypassCSP: true }); // or axe could not be brought in
const page = await context.newPage();
const session = await context.newCDPSession(page);

const verbs = {
  shoot: async () => { // page.screenshot() waits for ever where there is no body, as in a feed
    const { cssContentSize } = await session.send("Page.getLayoutMetrics");
    const clip = { ...cssContentSize, scale: 1 };
    return (await session.send("Page.captureScreenshot", { clip, captureBeyondViewport: true })).data;
  },
  ask: ({ script }) => page.evaluate(script),
  axe: async () => {
    await page.evaluate(AXE);
    const found = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
    return found.violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")}: ${help}`));
  },
};

async function answer(request) {
  const here = new URL(request.url).origin;
  const foreign = [];
  await page.unrouteAll();
  await page.route((url) => !["data:", here].some((start) => url.href.startsWith(start)), (route) => {
    foreign.push(route.request().url());
    return route.abort();
  });
  await page.setViewportSize({ width: request.width, height: request.height });
  await page.emulateMedia({ colorScheme: request.dark ? "dark" : "light", reducedMotion: "reduce" });
  await page.goto(request.url, { waitUntil: "load" });
  for (const key of request.keys) await page.keyboard.press(key);
  return { found: await verbs[request.verb](request), foreign };
}

for await (const line of createInterface({ input: process.stdin })) {
  const told = await answer(JSON.parse(line)).catch((problem) => ({ problem: String(problem) }));
  process.stdout.write(JSON.stringify(told) + "\n");
}
await browser.close();
