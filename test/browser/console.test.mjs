// A console in the browser: an instance's screen and its serial port, seen and
// typed into, by everybody, and by nobody who may not.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, PHONE, screenshot, signIn, startAccrue } from './helpers.mjs';
import { expectGoodLooks } from './looks.mjs';

let accrue, browser, page, instance;

before(async () => {
  [accrue, browser] = await Promise.all([startAccrue(), openBrowser()]);
  page = await openPage(browser);
  page.setDefaultTimeout(30_000);
  page.violations = [];
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) page.violations.push(message.text());
  });
  await signIn(page, accrue, 'customer');
  await page.goto(`${accrue.url}/create`);
  await page.fill('[name=name]', 'console-1');
  await page.click('[data-test=create-instance]');
  await page.waitForURL(/\/instances\/\d+$/);
  instance = page.url();
  await at('instance-status').filter({ hasText: 'Running' }).waitFor({ timeout: 60_000 });
});

after(async () => {
  await browser?.close();
  await accrue?.stop();
});

const at = (name) => page.locator(`[data-test="${name}"]`);
const connected = () => at('console-state').filter({ hasText: 'Connected' }).waitFor();

// ink counts the bright pixels of the screen.
const ink = () =>
  page.evaluate(() => {
    const canvas = document.querySelector('[data-test="console-view"] canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let bright = 0;
    for (let n = 0; n < data.length; n += 4) bright += data[n] > 100;
    return bright;
  });

// until waits for a figure to be as it should.
async function until(figure, good) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const now = await figure();
    if (good(now)) return now;
    assert.ok(Date.now() < deadline, `still ${now}`);
    await page.waitForTimeout(100);
  }
}

test('the screen is shown, and takes keys, pasted text and Ctrl-Alt-Del', async () => {
  await page.goto(instance);
  await at('action-console').click();
  await connected();
  const greeting = await until(ink, (n) => n > 5000);
  await page.keyboard.type('ida');
  await page.keyboard.press('Enter');
  const signedIn = await until(ink, (n) => n > greeting + 500);
  await page.keyboard.type('help');
  await page.keyboard.press('Enter');
  const helped = await until(ink, (n) => n > signedIn + 500);

  await at('console-paste').click();
  await at('console-text').fill('echo Typed, not "pasted": 100 %\n');
  await expectGoodLooks(page);
  await screenshot(page, 'console-paste');
  await at('console-send').click();
  await until(ink, (n) => n > helped + 1000);
  await connected();
  await expectGoodLooks(page, { everywhere: true });
  await screenshot(page, 'console-screen');

  await page.keyboard.press('Tab'); // the screen takes it
  await page.keyboard.press('Control+Alt+Shift');
  await page.waitForFunction(() => document.activeElement.dataset.test === 'console-paste');

  await at('console-attention').click();
  await until(ink, (n) => n <= greeting + 50);
});

test('the serial port is a terminal', async () => {
  await page.getByRole('link', { name: 'Serial' }).click();
  await connected();
  const terminal = page.locator('.xterm-rows');
  await terminal.getByText('console-1 login:').waitFor();
  await page.keyboard.type('ida\rwhoami\r');
  await terminal.getByText('ida@console-1:~$').first().waitFor();
  await at('console-paste').click();
  await at('console-text').fill('hostname\nuname\n');
  await at('console-send').click();
  await terminal.getByText('Linux', { exact: true }).waitFor();
  await expectGoodLooks(page, { everywhere: true });
  await screenshot(page, 'console-serial');
});

test('an instance that is switched off is started from its console', async () => {
  const other = await page.context().newPage();
  await other.goto(`${instance}/stop`);
  await other.click('[data-test=do-action-stop]');
  await at('console-cover').getByText('console-1 is off.').waitFor({ timeout: 60_000 });
  await expectGoodLooks(page, { everywhere: true });
  await screenshot(page, 'console-off');
  const back = page.waitForEvent('framenavigated');
  await at('console-start').click();
  assert.match((await back).url(), /\/console\/serial$/); // where it was started from
  await connected();
  await other.goto(instance);
  await other.locator('[data-test=event]', { hasText: 'Console opened' }).first().waitFor();
  await other.close();
});

test('without JavaScript it says what is needed', async () => {
  const plain = await openPage(browser, { javaScriptEnabled: false, viewport: PHONE });
  await signIn(plain, accrue, 'customer');
  await plain.goto(`${instance}/console`);
  await plain.locator('noscript p', { hasText: 'A console is drawn by JavaScript' }).waitFor();
  await plain.context().close();
});

test('no script has failed, and nothing was against the policy', () => {
  assert.deepEqual(page.scriptErrors, []);
  assert.deepEqual(page.violations, []);
});
