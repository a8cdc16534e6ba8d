// What an administrator does in a day, from setting up to looking back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openBrowser, openPage, PHONE, screenshot, signIn, startAccrue } from './helpers.mjs';
import { expectGoodLooks, said } from './looks.mjs';

let accrue, browser, page;

before(async () => {
  [accrue, browser] = await Promise.all([startAccrue(), openBrowser()]);
  page = await openPage(browser);
  page.setDefaultTimeout(30_000);
  await signIn(page, accrue, 'admin');
});

after(async () => {
  await browser?.close();
  await accrue?.stop();
});

const go = (path) => page.goto(accrue.url + path);
const at = (name) => page.locator(`[data-test="${name}"]`);
const fill = async (fields) => {
  for (const [name, value] of Object.entries(fields)) await at(`field-${name}`).fill(value);
};

// row is the address of something in a list.
const linkIn = (name, text) => at(name).getByRole('link', { name: text });

test('the overview tells whether all is well', async () => {
  await go('/admin');
  await at('health-ledger-sum').getByText('0.000000').waitFor();
  await at('health-worker').getByRole('img', { name: 'Well' }).waitFor();
  await expectGoodLooks(page, { everywhere: true });
  await screenshot(page, 'admin-overview');
});

test('settings show their effect before they are saved', async () => {
  await go('/admin/settings');
  await fill({ low_balance: '1000000' });
  await at('field-low_balance').press('Tab');
  await at('effect').getByText('mail at once').waitFor();
  await page.getByText('$10,000.00, was $10.00').waitFor();
  await expectGoodLooks(page, { everywhere: true });
  await screenshot(page, 'admin-settings');

  await fill({ suspension_balance: '5' });
  await at('field-suspension_balance').press('Tab');
  await at('effect').getByText('Must be between').waitFor();
  await at('save-settings').click();
  await page.locator('#f-suspension_balance-error').waitFor();
  assert.equal(await at('field-low_balance').inputValue(), '1000000');

  await fill({ low_balance: '1500', suspension_balance: '-500' });
  await at('save-settings').click();
  await said(page, 'Thresholds saved.');
  assert.equal(await at('field-low_balance').inputValue(), '1500');
});

test('settings show their effect without JavaScript', async () => {
  const plain = await openPage(browser, { javaScriptEnabled: false });
  await signIn(plain, accrue, 'admin');
  await plain.goto(`${accrue.url}/admin/settings`);
  await plain.fill('[name=low_balance]', '1000000');
  await plain.getByRole('button', { name: 'Show the effect' }).click();
  await plain.getByText('mail at once').waitFor();
  assert.equal(await plain.inputValue('[name=low_balance]'), '1000000');
  await plain.context().close();
});

test('a location, a hypervisor and a plan group are added', async () => {
  await go('/admin/locations/new');
  await fill({ name: 'Helsinki', city: 'Helsinki', country: 'FI' });
  await at('save-location').click();
  await said(page, 'Helsinki saved.');
  await expectGoodLooks(page);

  await go('/admin/hypervisors/new');
  await fill({ name: 'not a host', vcpus: '16', memory_mib: '65536', disk_gib: '2000' });
  await page.selectOption('[name=location]', { label: 'Helsinki' });
  await at('save-hypervisor').click();
  await page.locator('#f-name-error').waitFor();
  await expectGoodLooks(page);
  await fill({ name: 'hel-1' });
  await at('save-hypervisor').click();
  await said(page, 'hel-1 saved.');
  await at('faults').waitFor();
  await expectGoodLooks(page);

  await go('/admin/plan-groups');
  await fill({ name: 'Burst', description: 'For an hour or two' });
  await at('add-group').click();
  await said(page, 'Burst added.');
  await expectGoodLooks(page);
});

test('a machine is examined before it is a hypervisor, and one is tried with a machine', async () => {
  await go('/admin/hypervisors');
  await at('add').click();
  await fill({ endpoint: 'xen:///system' });
  await at('look').click();
  await page.locator('#f-endpoint-error').waitFor();
  await expectGoodLooks(page);
  await fill({ endpoint: 'unix:///run/nobody/is-here' });
  await at('look').click();
  await at('check-reach').getByText('apt install').waitFor();
  await expectGoodLooks(page);

  await go('/admin/hypervisors/1');
  await at('check').click();
  await at('check-console').waitFor();
  await expectGoodLooks(page);
  await go('/admin/hypervisors/1');
  await at('test-link').click();
  await at('test').click();
  await at('trial-busy').waitFor();
  await expectGoodLooks(page);
  await at('trial-passed').waitFor({ timeout: 90_000 });
  await at('check-remove').waitFor();
  await expectGoodLooks(page);
});

test('a hypervisor shows what its instances did together', async () => {
  await go('/admin/hypervisors/1');
  await at('graphs-link').click();
  await page.locator('[data-test="graph-network"] canvas').waitFor();
  await expectGoodLooks(page);
});

const qcow2 = (name) => fileURLToPath(new URL(`../../internal/qcow2/testdata/${name}.qcow2`, import.meta.url));

test('an image is sent, and brought to hypervisors', async () => {
  await go('/admin/images/new');
  await fill({ family: 'Void', version: '2026' });
  await expectGoodLooks(page);
  await at('save-image').click();
  await said(page, 'Void 2026 saved.');
  await at('field-file').setInputFiles(qcow2('backed'));
  await expectGoodLooks(page);
  await at('send-file').click();
  await said(page, 'File has a backing file; an image must stand alone');
  await at('field-file').setInputFiles(qcow2('plain'));
  await at('send-file').click();
  await said(page, 'Void 2026 is ready');
  await at('distribute').click();
  await at('replica-ams-1').getByText('There', { exact: true }).waitFor();
  await expectGoodLooks(page, { everywhere: true });
  await screenshot(page, 'admin-image');
  await go('/admin/images');
  await expectGoodLooks(page);
  await screenshot(page, 'admin-images');
});

test('what was found is explained until somebody knows it', async () => {
  await go('/admin/findings');
  await at('finding').getByText('Machine of no instance').waitFor();
  await expectGoodLooks(page, { everywhere: true });
  await screenshot(page, 'admin-findings');
  await at('finding').getByRole('link', { name: 'Known' }).click();
  await page.locator('dialog[open] [name=note]').fill('Left by the move');
  await page.locator('dialog[open] button[type=submit]').click();
  await said(page, 'is resolved');
  await page.getByText('All is as it should be').waitFor();
});

const modes = [
  { name: 'Burst hourly', mode: 'Hourly', price: { hourly: '1.25' } },
  { name: 'Burst monthly', mode: 'Monthly', price: { monthly: '900' } },
  { name: 'Burst capped', mode: 'Hourly with cap', price: { hourly: '1.25', monthly: '500' } },
];

for (const { name, mode, price } of modes) {
  test(`a plan is added: ${mode.toLowerCase()}`, async () => {
    await go('/admin/plans/new');
    await fill({ name, vcpus: '1', memory_mib: '2048', disk_gib: '20' });
    await page.selectOption('[name=group]', { label: 'Burst' });
    await at('save-plan').click();
    await page.getByText('Give an hourly price, a monthly price, or both.').waitFor();
    await fill(price);
    await at('save-plan').click();
    await said(page, `${name} added.`);
    await at('versions').getByText(mode, { exact: true }).waitFor();
    await expectGoodLooks(page);
  });
}

test('a price changes for new instances, then for all', async () => {
  await go('/admin/plans');
  await expectGoodLooks(page);
  await linkIn('plans', 'General 1').first().click();
  const versions = at('versions').locator('tbody tr');
  const before = await versions.count();
  await fill({ hourly: '1.3' });
  await at('save-plan').click();
  await said(page, 'those there are keep theirs');
  await at('apply-existing').check();
  await fill({ hourly: '1.4' });
  await at('save-plan').click();
  await said(page, 'for all instances, from now on');
  assert.equal(await versions.count(), before + 2);
  assert.match(await versions.first().innerText(), /1\.4 credits/);
  await expectGoodLooks(page, { everywhere: true });
  await screenshot(page, 'admin-plan');
});

test('a plan in use stays', async () => {
  await page.getByText('It cannot be removed:').waitFor();
});

test('a currency is added, and refused without a value', async () => {
  await go('/admin/currencies');
  await fill({ code: 'SGD', value: '0', prefix: 'S$' });
  await at('add-currency').click();
  await page.locator('#f-value-error').waitFor();
  await expectGoodLooks(page);
  await fill({ value: '0.0135' });
  await at('add-currency').click();
  await said(page, 'SGD added');
  await at('currency-SGD').getByText('S$0.0135').waitFor();
  await at('currency-EUR').getByRole('link', { name: 'Edit EUR' }).click();
  await expectGoodLooks(page);
});

test('credit is adjusted, with a reason, after a preview', async () => {
  await go('/admin/accounts?q=northwind');
  await expectGoodLooks(page);
  await linkIn('accounts', 'Northwind Labs').click();
  await at('field-amount').pressSequentially('-1000000');
  await at('adjust-preview').getByText('will be suspended at once').waitFor();
  await expectGoodLooks(page, { everywhere: true });
  await screenshot(page, 'admin-account');
  await at('field-amount').fill('250');
  await at('adjust-preview').getByText('+$2.50').waitFor();
  await page.fill('#adjust-reason', 'Sorry for the maintenance');
  await at('adjust').click();
  await said(page, '$2.50 added: Sorry for the maintenance');
  await at('ledger').getByText('Sorry for the maintenance').waitFor();

  await at('ledger').getByRole('link', { name: 'Reverse Sorry for the maintenance' }).click();
  await expectGoodLooks(page);
  await page.fill('[name=reason]', 'Given twice');
  await at('do-reverse').click();
  await said(page, 'The entry is reversed.');
});

test('an account is suspended and resumed by hand', async () => {
  await at('suspend-account').click();
  await page.locator('dialog[open] [name=reason]').fill('Looks like spam');
  await expectGoodLooks(page);
  await at('do-suspend-account').click();
  await said(page, 'is suspended');
  await at('account-status').getByText('Held').waitFor();
  await at('resume').click();
  await said(page, 'The hold is lifted.');
});

test('a top-up order is confirmed', async () => {
  await go('/admin/orders');
  await expectGoodLooks(page);
  await page.locator('[data-test^=confirm-]').first().click();
  await page.locator('dialog[open]').getByText('The money has arrived').waitFor();
  await expectGoodLooks(page);
  await page.locator('dialog[open] [data-test^=do-confirm-]').click();
  await said(page, 'posted for');
});

test('the usage of everyone adds up, as a page and as a file', async () => {
  await go('/admin/usage');
  await at('matches-ledger').getByText('matches the').waitFor();
  const amounts = await at('usage').locator('tbody [data-label=Amount]').allInnerTexts();
  const cents = (text) => Math.round(Number(text.replace(/[^0-9.]/g, '')) * 100);
  const sum = amounts.reduce((all, text) => all + cents(text), 0);
  assert.equal(sum, cents(await at('usage-total').innerText()));
  await expectGoodLooks(page, { everywhere: true });
  await screenshot(page, 'admin-usage');
  await at('export').click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  assert.match(file.suggestedFilename(), /^usage-\d{4}-\d\d\.csv$/);
});

test('the ledger is proven', async () => {
  await go('/admin/ledger');
  await at('proof').getByText('All postings sum to 0.000000').waitFor();
  await expectGoodLooks(page);
});

test('the outbox shows mail as it is read, without power', async () => {
  await go('/admin/mail');
  await expectGoodLooks(page);
  await at('mail').first().getByRole('link').click();
  const mail = page.frameLocator('iframe.mail-frame');
  await mail.getByText('Hello', { exact: false }).first().waitFor();
  assert.equal(await page.locator('iframe.mail-frame').getAttribute('sandbox'), '');
  const html = await page.request.get(`${page.url()}/html`);
  assert.match(html.headers()['content-security-policy'], /default-src 'none'.*sandbox/);
  await screenshot(page, 'admin-mail');
});

for (const [path, name] of [
  ['/admin/tasks', 'tasks'], ['/admin/tasks?state=done', 'done tasks'], ['/admin/hypervisors', 'hypervisors'], ['/admin/settings/provider', 'provider'],
  ['/admin/accounts/new', 'a new account'], ['/admin/accounts?state=administrators', 'administrators'], ['/admin/orders?state=all', 'all orders'],
  ['/admin/plan-groups/1', 'a plan group'], ['/admin/address-pools', 'address pools'], ['/admin/address-pools/1', 'an address pool'],
  ['/admin/address-pools/history', 'who had an address'], ['/admin/locations/1', 'a location'], ['/admin/accounts/1/usage', 'usage of an account'],
]) {
  test(`it looks good: ${name}`, async () => {
    const answer = await go(path);
    assert.equal(answer.status(), 200);
    await expectGoodLooks(page);
  });
}

test('the audit knows what was done today', async () => {
  await go('/admin/audit');
  for (const act of ['Settings changed', 'Price changed', 'Credit adjusted', 'Entry reversed', 'Account suspended', 'Top-up confirmed']) {
    await at('audit').getByText(act).first().waitFor();
  }
  await expectGoodLooks(page, { everywhere: true });
  await screenshot(page, 'admin-audit');
  await page.fill('[name=q]', 'Sorry for the maintenance');
  await page.press('[name=q]', 'Enter');
  await page.waitForURL(/q=/);
  assert.equal(await at('audit-entry').count(), 1);
});

test('a phone reaches every page by the menu', async () => {
  await page.setViewportSize(PHONE);
  await go('/admin');
  await at('menu').click();
  await page.getByRole('link', { name: 'Currencies' }).click();
  await page.waitForURL(/currencies$/);
});

test('no script has failed', () => assert.deepEqual(page.scriptErrors, []));
