// The whole story: an instance is ordered and costs something, the credit runs
// out, everything stops, money comes, and everything runs again.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBrowser, openPage, screenshot, signIn, startAccrue } from './helpers.mjs';
import { expectGoodLooks, said } from './looks.mjs';

let accrue, browser, customer, admin, instance, reference;

before(async () => {
  [accrue, browser] = await Promise.all([startAccrue(), openBrowser()]);
  [customer, admin] = await Promise.all([openPage(browser), openPage(browser)]);
  for (const page of [customer, admin]) page.setDefaultTimeout(30_000);
  await signIn(customer, accrue, 'customer');
  await signIn(admin, accrue, 'admin');
});

after(async () => {
  await browser?.close();
  await accrue?.stop();
});

const at = (page, name) => page.locator(`[data-test="${name}"]`);

// until loads a page again and again until a part of it says something.
async function until(page, path, name, text) {
  const deadline = Date.now() + 90_000;
  for (;;) {
    await page.goto(accrue.url + path).catch(() => {}); // the page may have just freshened itself
    const said = await at(page, name).first().textContent({ timeout: 5000 }).catch(() => '');
    if (text.test(said)) return;
    assert.ok(Date.now() < deadline, `${path} says ${JSON.stringify(said)} of ${name}, not ${text}`);
    await sleep(500);
  }
}

// openAccount shows the customer's account to the administrator.
async function openAccount() {
  await admin.goto(`${accrue.url}/admin/accounts?q=${encodeURIComponent(accrue.customer.email)}`);
  await at(admin, `account-${accrue.customer.email}`).getByRole('link').first().click();
  await at(admin, 'adjust-form').waitFor();
}

test('an instance is ordered and comes up', async () => {
  await customer.goto(`${accrue.url}/create`);
  await customer.fill('[name=name]', 'story-1');
  await customer.press('[name=name]', 'Tab');
  await at(customer, 'quote-hourly').waitFor();
  await at(customer, 'create-instance').click();
  await customer.waitForURL(/instances\/\d+/);
  instance = new URL(customer.url()).pathname;
  await until(customer, instance, 'instance-status', /Running/);
});

test('it costs something from then on', async () => {
  await until(customer, instance, 'cost-chip', /\/h/);
  await until(customer, instance, 'segment', /Running/); // none is shown in the first second
  await until(customer, '/usage', 'usage-story-1', /story-1/);
});

test('a debit leaves credit for a few seconds only', async () => {
  await openAccount();
  const credits = (text) => BigInt(text.replace(/[^0-9.−-]/g, '').replace('−', '-').replace('.', ''));
  const balance = credits((await admin.locator('.stat dd[title]').first().getAttribute('title')));
  const left = 20_000n; // microcredits above the suspension balance of -500 credits
  const debit = balance + 500_000_000n - left;
  const digits = String(debit).padStart(7, '0');
  await at(admin, 'field-amount').fill(`-${digits.slice(0, -6)}.${digits.slice(-6)}`);
  await at(admin, 'adjust-preview').getByText('mail').waitFor();
  await admin.fill('#adjust-reason', 'Chargeback of a card payment');
  await at(admin, 'adjust').click();
  await said(admin, 'taken away: Chargeback of a card payment');
});

test('seconds later everything is suspended', async () => {
  await until(customer, instance, 'instance-status', /Suspended/);
  await at(customer, 'notice-suspended').waitFor();
  await at(customer, 'suspension').waitFor();
  await expectGoodLooks(customer, { everywhere: true });
  await screenshot(customer, 'story-suspended');
  await customer.goto(`${accrue.url}/`);
  await at(customer, 'notice-suspended').getByText('Disks are kept.').waitFor();
  await expectGoodLooks(customer, { everywhere: true });
  await screenshot(customer, 'story-dashboard-suspended');
});

test('what it was suspended for is in the outbox and on the account', async () => {
  await until(admin, '/admin/mail', 'mails', /Your instances are suspended/);
  await openAccount();
  await at(admin, 'account-status').getByText('Suspended').waitFor();
  await at(admin, 'field-amount').fill('1000000');
  await at(admin, 'adjust-preview').getByText('Lifts the suspension of').waitFor();
  await expectGoodLooks(admin);
  await screenshot(admin, 'story-account-suspended');
});

test('the customer orders the top-up that lifts it', async () => {
  await customer.goto(accrue.url + instance);
  await at(customer, 'lift').click();
  await at(customer, 'topup-form').waitFor();
  await at(customer, 'order').click();
  await at(customer, 'payment').waitFor();
  await expectGoodLooks(customer, { everywhere: true });
  await screenshot(customer, 'story-payment');
  reference = (await customer.locator('h1').innerText()).split(' ').pop();
});

test('the administrator confirms that the money has come', async () => {
  await admin.goto(`${accrue.url}/admin/orders`);
  await at(admin, `order-${reference}`).getByRole('link', { name: 'Confirm' }).click();
  const dialog = admin.locator('dialog[open]');
  await dialog.getByText('Lifts the suspension of').waitFor();
  await expectGoodLooks(admin);
  await screenshot(admin, 'story-confirm');
  await dialog.locator('[data-test^=do-confirm-]').click();
  await said(admin, 'posted for');
});

test('everything runs again', async () => {
  await until(customer, instance, 'instance-status', /Running/);
  assert.equal(await at(customer, 'notice-suspended').count(), 0);
  assert.equal(await at(customer, 'suspension').count(), 0);
  await expectGoodLooks(customer, { everywhere: true });
  await screenshot(customer, 'story-resumed');
  await customer.goto(`${accrue.url}/billing`);
  await customer.getByText('Chargeback of a card payment').first().waitFor();
});

test('what was used is what the ledger says', async () => {
  await admin.goto(`${accrue.url}/admin/ledger`);
  await at(admin, 'proof').getByText('All postings sum to 0.000000').waitFor();
  await admin.goto(`${accrue.url}/admin/usage`);
  await at(admin, 'matches-ledger').getByText('matches the').waitFor();
});

test('no script has failed', () => {
  assert.deepEqual([...customer.scriptErrors, ...admin.scriptErrors], []);
});
