// A customer's story: what it costs stands beside every decision, before,
// during and after, in both themes, on a desk and in a hand, and without
// JavaScript.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  DESKTOP,
  expectAccessible,
  expectNoOverflow,
  openBrowser,
  openPage,
  PHONE,
  screenshot,
  signIn,
  startAccrue,
} from './helpers.mjs';

const PAGES = ['/', '/instances', '/create', '/instances/1', '/instances/1/graphs', '/instances/1/resize', '/instances/1/stop', '/instances/1/rebuild', '/ssh-keys', '/usage?open=1', '/billing', '/billing/topup', '/account'];

let accrue, browser;

before(async () => {
  [accrue, browser] = await Promise.all([startAccrue(), openBrowser()]);
});

after(async () => {
  await browser?.close();
  await accrue?.stop();
});

// customer opens a page as somebody who is signed in.
async function customer(options) {
  const page = await openPage(browser, options);
  await signIn(page, accrue, 'customer');
  return page;
}

const by = (name) => `[data-test="${name}"]`;

const text = async (page, name) => (await page.locator(by(name)).first().innerText()).replaceAll(/\s+/g, ' ').trim();

// choose ticks a radio card by its label, as people do.
const choose = (page, name) => page.locator(`label:has(${by(name)})`).click();

// becomes waits until the instance has a status.
async function becomes(page, status) {
  await page.locator(by('instance-status')).filter({ hasText: status }).waitFor({ timeout: 60_000 });
}

// amount reads the number of an amount in dollars.
const amount = (words) => Number(words.match(/\$([\d,]+\.?\d*)/)[1].replaceAll(',', ''));

async function create(page, name) {
  await page.goto(`${accrue.url}/create`);
  await page.fill('[name=name]', name);
  await page.click(by('create-instance'));
  await page.waitForURL(/\/instances\/\d+$/);
}

async function remove(page, name) {
  await page.click(by('action-delete'));
  await page.locator('dialog[open] [name=confirm]').fill(name);
  await page.click(by('do-action-delete'));
  await page.waitForURL(/\/instances$/);
}

test('graphs show what an instance did, and say it in figures', async () => {
  const page = await customer();
  await page.goto(`${accrue.url}/instances/1`);
  await page.getByRole('link', { name: 'Graphs' }).click();
  await page.getByRole('link', { name: 'Week' }).click();
  await page.locator(`${by('graph-cpu')} canvas`).waitFor();
  assert.equal(await page.locator('canvas').count(), 6);
  const height = await page.locator(by('graph-cpu')).evaluate((card) => card.offsetHeight);
  await page.locator(`${by('graph-network')} .u-over`).hover();
  await page.locator(`${by('graph-cpu')} [data-at]`).getByText(/\d\d:\d\d/).waitFor();
  assert.equal(await page.locator(by('graph-cpu')).evaluate((card) => card.offsetHeight), height, 'pointing at a graph moves nothing');
  assert.match(await page.locator(`${by('graph-cpu')} [role=img]`).getAttribute('aria-label'), /over the last week; mean .* %, highest .* %/);
  await page.locator(`${by('graph-disk')} summary`).click();
  assert.match(await text(page, 'graph-disk'), /Highest .*B\/s/);
  await screenshot(page, 'graphs');
  assert.deepEqual(page.scriptErrors, []);
  await page.context().close();

  const plain = await customer({ javaScriptEnabled: false });
  await plain.goto(`${accrue.url}/instances/1/graphs?range=hour`);
  await plain.locator(`${by('graph-cpu')} summary`).click();
  await plain.locator(`${by('graph-cpu')} td`).getByText(/\d %/).first().waitFor();
  await plain.context().close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`every page fits and can be used by everybody, ${colorScheme}`, async () => {
    const page = await customer({ colorScheme });
    for (const path of PAGES) {
      for (const viewport of [PHONE, DESKTOP]) {
        await page.setViewportSize(viewport);
        await page.goto(accrue.url + path);
        await expectNoOverflow(page);
      }
      await expectAccessible(page);
    }
    assert.deepEqual(page.scriptErrors, []);
    await page.context().close();
  });
}

test('the quote follows every choice, and the address holds them', async () => {
  const page = await customer();
  await page.goto(`${accrue.url}/create`);
  const before = await text(page, 'quote-hourly');
  await page.locator('[name=plan]:not(:checked):not(:disabled) >> visible=true').last().check({ force: true });
  await page.waitForFunction((was) => document.querySelector('[data-test="quote-hourly"]').innerText !== was, before);
  await page.waitForURL(/plan=\d+/);
  const chosen = page.url();
  const hourly = await text(page, 'quote-hourly');
  await page.fill('[name=name]', 'Not_Good');
  await page.press('[name=name]', 'Tab');
  await page.locator('#name .error').waitFor();
  await page.goto(chosen);
  assert.equal(await text(page, 'quote-hourly'), hourly);
  await screenshot(page, 'create');
  assert.deepEqual(page.scriptErrors, []);
  await page.context().close();
});

test('an instance is created, costs, is stopped, resized and deleted', async () => {
  const page = await customer();
  await create(page, 'story-1');
  assert.match(await text(page, 'task'), /Creating story-1.*Room reserved in/);
  assert.match(await text(page, 'cost-chip'), /from when it first runs/);
  await becomes(page, 'Running');
  await page.waitForTimeout(1500); // a second of it costs something
  await page.reload();
  assert.ok(amount((await text(page, 'cost-chip')).split('·')[1]) > 0, 'no cost after a second');

  await page.click(by('action-stop'));
  const dialog = page.locator('dialog[open]');
  assert.match(await dialog.innerText(), /continues to cost \$[\d.]+ an hour\. To stop paying, delete it\./);
  await expectAccessible(page);
  await page.click(by('do-action-stop'));
  assert.match(await text(page, 'flash'), /story-1 is being stopped\. It still costs \$[\d.]+\/h\./);
  await becomes(page, 'Stopped');

  await page.click(by('action-resize'));
  await page.locator('[name=plan]:not(:disabled)').first().check({ force: true });
  await page.click(by('resize'));
  assert.match(await text(page, 'flash'), /story-1 is being resized/);
  await becomes(page, 'Stopped');

  await page.click(by('action-delete'));
  await page.locator('dialog[open] [name=confirm]').fill('another-1');
  await page.click(by('do-action-delete'));
  assert.match(page.url(), /\/instances\/\d+$/, 'another name deletes nothing');
  await page.keyboard.press('Escape');
  await page.reload();
  await remove(page, 'story-1');
  assert.match(await text(page, 'flash'), /story-1 is deleted and costs nothing any more/);
  assert.equal(await page.locator(by('instance-story-1')).count(), 0);
  assert.deepEqual(page.scriptErrors, []);
  await page.context().close();
});

test('the usage report shows a month, its segments and that the ledger agrees', async () => {
  const page = await customer();
  await page.goto(`${accrue.url}/usage`);
  assert.match(await text(page, 'matches-ledger'), /matches the ledger/);
  const [, earlier] = await page.locator(`${by('pick-month')} option`).evaluateAll((all) => all.map((o) => o.value));
  await page.selectOption(by('pick-month'), earlier);
  await page.waitForURL(new RegExp(`month=${earlier}`));
  assert.match(await text(page, 'matches-ledger'), /posted, matches the ledger/);
  const total = amount(await text(page, 'usage-total'));
  const rows = await page.locator(`${by('usage')} tbody td.is-lead`).allInnerTexts();
  assert.equal(Math.round(rows.reduce((sum, row) => sum + amount(row), 0) * 100), Math.round(total * 100));
  await page.locator('a.expand').first().click();
  await page.locator(by('segment')).first().waitFor();
  await page.locator('details.more summary').click();
  await expectNoOverflow(page);
  await screenshot(page, 'usage');
  await page.context().close();
});

test('amounts change with the currency, everywhere', async () => {
  const page = await customer();
  const select = page.locator(`${by('billing')} ${by('pick-currency')}`);
  const codes = await select.locator('option').evaluateAll((all) => all.map((o) => o.value));
  const before = await text(page, 'balance');
  await select.selectOption(codes.find((code) => code !== 'USD'));
  await page.waitForFunction((was) => !document.querySelector('[data-test="balance"]').innerText.endsWith(was), before.split(' ').at(-1));
  await select.selectOption('USD');
  await page.waitForFunction(() => document.querySelector('[data-test="balance"]').innerText.includes('$'));
  await page.context().close();
});

test('a top-up is ordered, can be paid by what the page says, and is withdrawn', async () => {
  const page = await customer();
  await page.goto(`${accrue.url}/billing/topup`);
  await choose(page, 'preset-other');
  await page.fill('[name=amount]', '12.34');
  await page.click(by('order'));
  await page.waitForURL(/\/billing\/topup\/\d+$/);
  const payment = await text(page, 'payment');
  assert.match(payment, /\$12\.34/);
  assert.match(payment, /Reference AC\d+-\w{8}/);
  assert.match(payment, /1,234 credits/);
  await expectAccessible(page);
  await screenshot(page, 'order');
  await page.click(by('cancel-order'));
  await page.click(by('do-cancel-order'));
  assert.match(await text(page, 'flash'), /is canceled/);
  await page.context().close();
});

test('all of it works without JavaScript', async () => {
  const page = await customer({ javaScriptEnabled: false });
  await page.goto(`${accrue.url}/create`);
  await page.locator('[name=plan]:not(:checked):not(:disabled) >> visible=true').first().check({ force: true });
  await page.getByRole('button', { name: 'Update price' }).click();
  await page.waitForURL(/\/create\?.*plan=\d+/);
  await page.fill('[name=name]', 'Not_Good');
  await page.click(by('create-instance'));
  assert.match(await page.locator('#name .error').innerText(), /upper-case/);
  assert.equal(await page.inputValue('[name=name]'), 'Not_Good');
  await page.fill('[name=name]', 'plain-1');
  await page.click(by('create-instance'));
  await page.waitForURL(/\/instances\/\d+$/);
  const instance = page.url();
  for (let tries = 0; tries < 60 && !/Running/.test(await text(page, 'instance-status')); tries++) {
    await page.waitForTimeout(1000);
    await page.reload();
  }
  await page.click(by('action-stop'));
  await page.waitForURL(`${instance}/stop`);
  await page.click(by('do-action-stop'));
  await page.waitForURL(instance);
  await page.click(by('action-delete'));
  await page.fill('[name=confirm]', 'wrong');
  await page.click(by('do-action-delete'));
  assert.equal(page.url(), `${instance}/delete`, 'another name deletes nothing');
  await page.fill('[name=confirm]', 'plain-1');
  await page.click(by('do-action-delete'));
  await page.waitForURL(/\/instances$/);
  await page.selectOption(by('pick-status'), 'running');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.waitForURL(/status=running/);
  await page.context().close();
});
