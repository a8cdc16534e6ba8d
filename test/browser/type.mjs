// Shows an instance's screen in a browser and types a line into it, for tests of
// real machines: node type.mjs URL EMAIL PASSWORD INSTANCE LINE

import { openBrowser, openPage, signIn } from './helpers.mjs';

// What is not a key by itself: machines are told of keys, as they lie on a keyboard
// of the United States.
const KEYS = {
  $: 'Shift+Digit4',
  '*': 'Shift+Digit8',
  '(': 'Shift+Digit9',
  ')': 'Shift+Digit0',
  '>': 'Shift+Period',
  S: 'Shift+KeyS',
};

const [url, email, password, instance, line] = process.argv.slice(2);

const browser = await openBrowser();
try {
  const page = await openPage(browser);
  page.setDefaultTimeout(30_000);
  await signIn(page, { url, customer: { email, password } }, 'customer');
  await page.goto(`${url}/instances/${instance}/console`);
  await page.locator('[data-test="console-state"]').filter({ hasText: 'Connected' }).waitFor();
  await page.waitForFunction(() => {
    const canvas = document.querySelector('[data-test="console-view"] canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let bright = 0;
    for (let n = 0; n < data.length; n += 4) bright += data[n] > 100;
    return bright > 100; // somebody has written something
  });
  for (const character of line) await page.keyboard.press(KEYS[character] ?? character, { delay: 30 });
  await page.keyboard.press('Enter');
  await page.waitForTimeout(500); // the last key is on its way
  if (page.scriptErrors.length > 0) throw page.scriptErrors[0];
} finally {
  await browser.close();
}
