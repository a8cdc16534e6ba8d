// The story of a snapshot where people see it: what it costs stands beside the
// order, in the lists and in the usage report, and instances are made from it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, signIn, startAccrue } from './helpers.mjs';
import { expectGoodLooks, said } from './looks.mjs';

let accrue, browser;

before(async () => {
  [accrue, browser] = await Promise.all([startAccrue(), openBrowser()]);
});

after(async () => {
  await browser?.close();
  await accrue?.stop();
});

const by = (name) => `[data-test="${name}"]`;

async function as(role) {
  const page = await openPage(browser);
  await signIn(page, accrue, role);
  return page;
}

// created orders an instance on the page that is open, and waits until it runs.
async function created(page, name) {
  await page.fill('[name=name]', name);
  await page.click(by('create-instance'));
  await page.waitForURL(/\/instances\/\d+$/);
  await page.locator(by('instance-status')).filter({ hasText: 'Running' }).waitFor({ timeout: 60_000 });
}

// shown waits until a text is on a page, which is loaded again and again.
async function shown(page, path, words) {
  const deadline = Date.now() + 60_000;
  do {
    await page.goto(accrue.url + path);
    if (await page.locator('main', { hasText: words }).count()) return;
  } while (Date.now() < deadline);
  assert.fail(`${path} never says ${words}`);
}

test('a snapshot is priced, taken, billed, restored, made into an instance and deleted', async () => {
  const admin = await as('admin');
  await admin.goto(`${accrue.url}/admin/plans/snapshot-price`);
  await admin.fill('[name=hourly]', '2');
  await admin.click(by('do-snapshot-price'));
  await said(admin, 'The price of snapshots is set.');

  const page = await as('customer');
  await page.goto(`${accrue.url}/create`);
  await created(page, 'golden-1');
  const instance = new URL(page.url()).pathname;
  await page.goto(`${accrue.url}${instance}/snapshot`);
  assert.match(await page.locator('main').innerText(), /At most, for \d+ GiB\s+\$[\d.,]+\/h/, 'the price stands beside the order');
  const name = 'as it was on the evening before the large migration of everything that there is';
  await page.fill('[name=name]', name);
  await page.click(by('do-take-snapshot'));
  await said(page, 'is being taken.');

  await shown(page, '/snapshots', 'New instance');
  await expectGoodLooks(page);
  await page.goto(accrue.url + instance);
  await expectGoodLooks(page);
  await shown(page, '/usage', name);

  await page.goto(accrue.url + instance);
  await page.locator('a[data-test^=restore-]').click();
  await page.locator('dialog[open] [name=confirm]').fill('golden-1');
  await page.locator('dialog[open] [type=submit]').click();
  await said(page, 'golden-1 is being restored.');
  await page.locator(by('instance-status')).filter({ hasText: 'Running' }).waitFor({ timeout: 60_000 });

  await page.goto(`${accrue.url}/snapshots`);
  await page.click(by('create-from'));
  await page.locator(by('image-Snapshots')).and(page.locator(':checked')).waitFor();
  assert.match(await page.locator(by('quote')).innerText(), /Snapshot\s+as it was/);
  await expectGoodLooks(page);
  await created(page, 'golden-2');

  await page.goto(`${accrue.url}/snapshots`);
  await page.locator('a[data-test^=delete-snapshot-]').click();
  await page.locator('dialog[open] [type=submit]').click();
  await said(page, 'costs nothing any more.');
  assert.deepEqual(page.scriptErrors, []);
});
