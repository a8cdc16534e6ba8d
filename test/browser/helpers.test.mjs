// The harness must be able to fail: pages made here break one rule each.

import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { createServer } from 'node:http';
import { DESKTOP, expectAccessible, expectNoOverflow, openBrowser, openPage, PHONE, screenshot, signIn } from './helpers.mjs';

const LONG = 'incomprehensibilities '.repeat(20);

const PAGES = {
  '/good': '<h1>Instances</h1><p>Three instances are running.</p>',
  '/ellipsis': `<h1 title="${LONG}" style="overflow:hidden;text-overflow:ellipsis;white-space:nowrap">${LONG}</h1>`,
  '/wide': '<h1>Wide</h1><div style="width:3000px">far</div>',
  '/cut': `<h1>Cut</h1><p style="width:80px;overflow:hidden;white-space:nowrap">${LONG}</p>`,
  '/pale': '<h1 style="color:#ddd;background:#fff">Pale</h1>',
  '/signin': `<h1>Sign in</h1><form action="/good">
    <label>E-mail <input name="email"></label>
    <label>Password <input name="password" type="password"></label>
    <button>Sign in</button></form>`,
};

let browser, server, url;

before(async () => {
  server = createServer((request, response) => {
    const body = PAGES[new URL(request.url, 'http://localhost').pathname];
    response.writeHead(body ? 200 : 404, { 'content-type': 'text/html' });
    response.end(`<!doctype html><html lang="en"><title>Test</title>
      <meta name="viewport" content="width=device-width"><main>${body ?? '<h1>Not found</h1>'}</main>`);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${server.address().port}`;
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  server?.close();
});

for (const path of ['/good', '/ellipsis', '/signin']) {
  test(`${path} passes every question`, async () => {
    const page = await openPage(browser, { viewport: PHONE });
    await page.goto(url + path);
    await expectNoOverflow(page);
    await expectAccessible(page);
  });
}

test('a page wider than its window is refused', async () => {
  const page = await openPage(browser, { viewport: PHONE });
  await page.goto(`${url}/wide`);
  await assert.rejects(expectNoOverflow(page), /the page is 3\d{3} wide in a window of 390/);
});

test('text that is cut off is refused', async () => {
  const page = await openPage(browser);
  await page.goto(`${url}/cut`);
  await assert.rejects(expectNoOverflow(page), /is cut off by <p>/);
});

test('text too pale to read is refused', async () => {
  const page = await openPage(browser);
  await page.goto(`${url}/pale`);
  await assert.rejects(expectAccessible(page), /color-contrast/);
});

test('signing in fills the form and leaves it', async () => {
  const page = await openPage(browser);
  await signIn(page, { url, customer: { email: 'ada@example.com', password: 'secret' } }, 'customer');
  assert.equal(new URL(page.url()).searchParams.get('email'), 'ada@example.com');
});

test('a screenshot is taken in two widths and two colours', async () => {
  const page = await openPage(browser);
  await page.goto(`${url}/good`);
  await screenshot(page, 'harness');
  for (const shot of ['1280-light', '1280-dark', '390-light', '390-dark']) {
    await stat(new URL(`./shots/harness-${shot}.png`, import.meta.url));
  }
  assert.deepEqual(page.viewportSize(), DESKTOP);
});
