// The ways into an instance where people see them: a root password is shown
// once, and the rescue system is entered and left.

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

// told reads the password that the page shows, and goes on to the instance's
// page, which does not have it.
async function told(page, seen) {
  const password = await page.locator(by('root-password-text')).innerText();
  assert.match(password, /^[A-Za-z0-9]{20}$/);
  assert.ok(!seen.includes(password), 'it is another one each time');
  seen.push(password);
  await page.click(by('password-copied'));
  await page.waitForURL(/\/instances\/\d+$/);
  for (const password of seen) assert.ok(!(await page.content()).includes(password), 'it is shown once');
}

async function runs(page) {
  await page.locator(by('instance-status')).filter({ hasText: 'Running' }).waitFor({ timeout: 60_000 });
}

// choose presses what is in the menu of an instance's page.
async function choose(page, action) {
  await page.click(by('more-actions'));
  await page.click(by(`action-${action}`));
}

test('an instance without a key has a password, is rescued, restarted from its disk and given another one', async () => {
  const page = await as('customer');
  const seen = [];
  await page.goto(`${accrue.url}/create`);
  await page.fill('[name=name]', 'locked-1');
  await page.locator(by('no-key')).waitFor();
  await page.check(by('root-password'));
  await page.click(by('create-instance'));
  await page.locator(by('root-password')).waitFor();
  await expectGoodLooks(page);
  await told(page, seen);
  const instance = page.url();
  await runs(page);

  await choose(page, 'rescue');
  await page.locator('main', { hasText: 'There is no rescue system here.' }).waitFor();
  const admin = await as('admin');
  await admin.goto(`${accrue.url}/admin/images`);
  await admin.getByRole('link', { name: 'Alpine 3.22' }).click();
  await admin.click(by('rescue-image'));
  await said(admin, 'Instances are rescued with Alpine 3.22.');
  await expectGoodLooks(admin);

  await page.goto(`${instance}/rescue`);
  await expectGoodLooks(page);
  await page.getByRole('button', { name: 'Start the rescue system' }).click();
  await told(page, seen);
  await runs(page);
  await page.reload();
  await page.locator('.badge', { hasText: 'Rescue system' }).waitFor();
  await expectGoodLooks(page);

  await choose(page, 'unrescue');
  await page.click(by('do-action-unrescue'));
  await said(page, 'locked-1 starts from its own disk again.');
  await runs(page);
  await page.reload();
  assert.equal(await page.locator('.badge', { hasText: 'Rescue system' }).count(), 0);

  await choose(page, 'password');
  await page.click(by('do-action-password'));
  await told(page, seen);
  await page.locator('main', { hasText: 'Has a new root password' }).waitFor();
  assert.deepEqual([...page.scriptErrors, ...admin.scriptErrors], []);
});
