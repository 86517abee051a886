import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byTestId, click, createMeeting, joinMeeting, launchChromium, openPage, seesVideos, shoot, sleep, startServer } from './harness.mjs';

// Every screen of this release in both languages and two widths: controls have accessible names, nothing scrolls sideways.
const widths = { desktop: [1280, 800], phone: [390, 844] };

async function assertUsable(page, screen) {
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, [role=button], [role=switch]')]
      .filter((e) => e.offsetParent !== null)
      .filter((e) => !(e.getAttribute('aria-label') || e.textContent?.trim() || e.labels?.length || e.getAttribute('aria-labelledby') || e.title || e.placeholder))
      .map((e) => e.outerHTML.slice(0, 160)));
  assert.deepEqual(nameless, [], `${screen}: every control has an accessible name`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `${screen}: scrolls sideways by ${overflow} px`);
}

for (const language of ['ru', 'en']) {
  test(`screens in ${language}`, { timeout: 150_000 }, async (t) => {
    const server = await startServer(t);
    for (const [name, [width, height]] of Object.entries(widths)) {
      const browser = await launchChromium(t, { width, height, language });
      const home = await openPage(browser, server.url);
      await home.waitForSelector(byTestId('home-new'));
      assert.equal(await home.evaluate(() => document.documentElement.lang), language);
      await sleep(300);
      await shoot(home, `home-${language}-${name}`);
      await assertUsable(home, 'home');

      await click(home, 'home-new');
      await home.waitForSelector(byTestId('prejoin-join'));
      await sleep(1200);
      await shoot(home, `prejoin-${language}-${name}`);
      await assertUsable(home, 'pre-join');

      const { page, url } = await createMeeting(browser, server.url, language === 'ru' ? 'Анна Петрова' : 'Anna Petrova');
      await joinMeeting(browser, url, language === 'ru' ? 'Борис Иванов' : 'Boris Ivanov');
      await page.bringToFront();
      await seesVideos(page, 1);
      await shoot(page, `call-${language}-${name}`);
      await assertUsable(page, 'call');
      await click(page, 'call-people');
      await page.waitForSelector(byTestId('participants-list'));
      await sleep(300);
      await shoot(page, `people-${language}-${name}`);
      await assertUsable(page, 'participants');
      await browser.close();
    }
  });
}
