// What every browser test needs: a running Accrue, a browser, a way in, and
// three questions to ask of any page: does it fit, can everybody use it, and
// what does it look like.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const BINARY = fileURLToPath(new URL('../../bin/accrue', import.meta.url));
const SHOTS = fileURLToPath(new URL('./shots/', import.meta.url));

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

// startAccrue starts the built program's demo with nothing in its data
// directory and returns { url, admin, customer, stop }, the roles as in
// demo.json: { email, password, token }.
export async function startAccrue() {
  const dir = await mkdtemp(join(tmpdir(), 'accrue-browser-'));
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn(BINARY, ['demo', '--listen', address, '--data', dir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (chunk) => (log += chunk));
  }
  server.on('error', (error) => (log += error.message));

  const stop = async () => {
    if (server.pid !== undefined && server.exitCode === null && server.signalCode === null) {
      const gone = once(server, 'exit');
      server.kill('SIGTERM');
      const late = setTimeout(() => server.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(late);
    }
    await rm(dir, { recursive: true, force: true });
  };

  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && server.pid !== undefined && server.exitCode === null) {
    const demo = await readDemo(join(dir, 'demo.json'), `http://${address}`);
    if (demo) return { ...demo, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`accrue demo did not come up; it said:\n${log}`);
}

// readDemo returns the accounts once the file is whole and the server answers.
async function readDemo(path, url) {
  try {
    const demo = JSON.parse(await readFile(path, 'utf8'));
    await fetch(url, { redirect: 'manual' });
    return { ...demo, url };
  } catch {
    return null;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

// openBrowser starts Chromium as the distribution ships it.
export function openBrowser() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

// openPage opens a page with a session of its own. An error of a script fails
// the test that caused it: the page keeps them in page.scriptErrors.
export async function openPage(browser, { viewport = DESKTOP, colorScheme = 'light', ...options } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.scriptErrors = [];
  page.on('pageerror', (error) => page.scriptErrors.push(error));
  return page;
}

// signIn signs in as a role of the demo, 'admin' or 'customer'.
export async function signIn(page, accrue, role) {
  const { email, password } = accrue[role];
  await page.goto(`${accrue.url}/signin`);
  await page.fill('[name=email]', email);
  await page.fill('[name=password]', password);
  await page.press('[name=password]', 'Enter');
  await page.waitForURL((url) => url.pathname !== '/signin');
}

// screenshot writes shots/NAME-{1280,390}-{light,dark}.png and leaves the page
// as it was.
export async function screenshot(page, name) {
  await mkdir(SHOTS, { recursive: true });
  const size = page.viewportSize();
  const dark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        path: join(SHOTS, `${name}-${viewport.width}-${colorScheme}.png`),
        fullPage: true,
        animations: 'disabled',
      });
    }
  }
  await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
  await page.setViewportSize(size);
}

// expectNoOverflow fails when the page scrolls sideways, or when text is cut
// off by a box that does not scroll. Text that ends in an ellipsis may be cut
// if its whole is in a title.
export async function expectNoOverflow(page) {
  const problems = await page.evaluate(() => {
    const found = [];
    const { scrollWidth } = document.scrollingElement;
    if (scrollWidth > innerWidth) {
      found.push(`the page is ${scrollWidth} wide in a window of ${innerWidth}`);
    }

    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      if (text.data.trim() === '' || !text.parentElement.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const box = range.getBoundingClientRect();
      const cutter = whatCuts(text.parentElement, box);
      if (cutter) found.push(`"${text.data.trim().slice(0, 60)}" is cut off by ${describe(cutter)}`);
    }
    return found;

    // The nearest box around the text that hides a part of it, if any.
    function whatCuts(element, box) {
      for (let around = element; around && around !== document.body; around = around.parentElement) {
        const style = getComputedStyle(around);
        const edge = around.getBoundingClientRect();
        if (edge.width <= 1 || edge.height <= 1) return null; // for screen readers only
        if (style.display === 'inline') continue;
        if (scrolls(style.overflowX) || scrolls(style.overflowY)) return null;
        const sideways = hides(style.overflowX) && (box.right > edge.right + 1 || box.left < edge.left - 1);
        // A line's box may stand out of a tight line; half a line may not.
        const spare = parseFloat(style.fontSize) / 2;
        const upright = hides(style.overflowY) && (box.bottom > edge.bottom + spare || box.top < edge.top - spare);
        if (sideways && style.textOverflow === 'ellipsis' && around.closest('[title]')) return null;
        if (sideways || upright) return around;
      }
      return null;
    }

    function scrolls(overflow) {
      return overflow === 'auto' || overflow === 'scroll';
    }

    function hides(overflow) {
      return overflow === 'hidden' || overflow === 'clip';
    }

    function describe(element) {
      const classes = [...element.classList].map((name) => `.${name}`).join('');
      return `<${element.localName}${element.id && `#${element.id}`}${classes}>`;
    }
  });
  assert.deepEqual(problems, [], `${page.url()} at ${page.viewportSize().width} wide`);
}

// expectAccessible fails on whatever axe finds against WCAG 2.2, levels A and AA.
export async function expectAccessible(page) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'])
    .analyze();
  const problems = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`),
  );
  assert.deepEqual(problems, [], page.url());
}
