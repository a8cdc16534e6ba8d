// How a page looks everywhere it is looked at: on a desk and on a phone, by day
// and by night.

import { DESKTOP, expectAccessible, expectNoOverflow, PHONE } from './helpers.mjs';

// expectGoodLooks fails when the page does not fit, or cannot be used by
// everybody, on a phone by night and on a desk by day; with everywhere set, at
// each width in each theme. The page is left as it was.
export async function expectGoodLooks(page, { everywhere = false } = {}) {
  const size = page.viewportSize();
  for (const [viewport, usual] of [[PHONE, 'dark'], [DESKTOP, 'light']]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of everywhere ? ['dark', 'light'] : [usual]) {
      await page.emulateMedia({ colorScheme });
      await expectNoOverflow(page);
      await expectAccessible(page);
    }
  }
  await page.setViewportSize(size);
}

// said waits for what the page says once about what has just been done.
export async function said(page, text) {
  await page.locator('[data-test=flash]', { hasText: text }).waitFor();
}
