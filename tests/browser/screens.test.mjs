import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { startCrowd } from './crowd.mjs';
import {
  byTestId, click, createMeeting, joinMeeting, launchChromium, launchFirefox, openPage, seesVideos, shoot, startServer, until,
} from './harness.mjs';

// Every screen of this release in both languages, two widths, both themes and both engines: axe finds nothing against WCAG 2.2 A and AA, every
// control has a name and is large enough to touch, nothing scrolls sideways, the console stays clean.
const widths = { desktop: [1280, 800], phone: [390, 844] };
const names = { ru: ['Анна Петрова', 'Борис Иванов'], en: ['Anna Petrova', 'Boris Ivanov'] };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const touchTarget = 44;

const lifetime = { callbacks: [], after: (callback) => lifetime.callbacks.unshift(callback) };
let server;
before(async () => {
  server = await startServer(lifetime);
});
after(async () => {
  for (const callback of lifetime.callbacks) await callback();
});

/** Motion has ended, fonts are there: what is measured and drawn now is what people see. */
async function settled(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.allSettled(document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).map((a) => a.finished));
  });
}

/** Takes the picture and looks for faults; they are reported together by `assertSound`. */
async function check(page, name) {
  await settled(page);
  await shoot(page, name);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  const add = (fault) => page.faults.push(`${name}: ${fault}`);
  for (const { id, nodes } of violations) for (const node of nodes) add(`${id} ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`);
  const controls = await page.$$eval('button, a[href], input:not([type=hidden]), select, summary, [role=button], [role=menuitem]', (all) =>
    all.filter((e) => e.checkVisibility({ visibilityProperty: true })).map((e) => {
      const { width, height } = e.getBoundingClientRect();
      const named = e.getAttribute('aria-label') || e.textContent?.trim() || e.labels?.length || e.getAttribute('aria-labelledby');
      return { html: e.outerHTML.slice(0, 140), size: Math.min(width, height), named: Boolean(named) };
    }));
  if (controls.length === 0) add('nothing to press');
  for (const { html, size, named } of controls) {
    if (!named) add(`no name: ${html}`);
    // Scaled pages give 43.99999 px for 44.
    if (Math.round(size * 100) / 100 < touchTarget) add(`only ${size} px: ${html}`);
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) add(`scrolls sideways by ${overflow} px`);
}

const assertSound = (...pages) => {
  assert.deepEqual(pages.flatMap((page) => page.faults), []);
  assert.deepEqual(pages.flatMap((page) => page.problems), [], 'the console is clean');
};

for (const language of ['ru', 'en']) {
  for (const [device, [width, height]] of Object.entries(widths)) {
    test(`screens in ${language}, ${device}`, { timeout: 180_000 }, async (t) => {
      const browser = await launchChromium(t, { width, height, language });
      const home = await openPage(browser, server.url);
      const name = (screen) => `${screen}-${language}-${device}`;
      await home.waitForSelector(byTestId('home-new'));
      assert.equal(await home.evaluate(() => document.documentElement.lang), language);
      await check(home, name('home'));

      await click(home, 'home-new');
      await home.waitForSelector(byTestId('prejoin-join'));
      await home.waitForSelector('video');
      await until('the look-up is answered', async () => !/…/.test(await home.$eval('form [role=status]', (e) => e.textContent)));
      await check(home, name('prejoin'));
      await (await home.$(byTestId('prejoin-name'))).type(names[language][0]);
      await click(home, 'prejoin-join');
      await home.waitForSelector(byTestId('alone'));
      await check(home, name('alone'));

      const guest = await joinMeeting(browser, home.url(), names[language][1]);
      await home.bringToFront();
      await seesVideos(home, 1);
      await check(home, name('call'));
      await click(home, 'call-people');
      await home.waitForSelector(byTestId('participants-list'));
      await check(home, name('people'));
      await click(home, 'call-people');
      await click(home, 'call-more');
      await home.waitForSelector(byTestId('more-devices'), { visible: true });
      await check(home, name('more'));
      await click(home, 'more-devices');
      await home.waitForSelector(byTestId('device-camera'), { visible: true });
      await check(home, name('devices'));
      await home.keyboard.press('Escape');
      await until('the dialog is closed', async () => !(await home.$(byTestId('device-camera'))));
      await home.keyboard.type('?');
      await home.waitForSelector('dl', { visible: true });
      await check(home, name('shortcuts'));
      await home.keyboard.press('Escape');
      await until('the sheet is closed', async () => !(await home.$('dl')));
      await click(home, 'call-leave');
      await home.waitForSelector(byTestId('ended-left'));
      await check(home, name('left'));
      assertSound(home, guest);
      await browser.close();
    });
  }
}

test('screens in the dark, with a class of 14', { timeout: 150_000 }, async (t) => {
  const browser = await launchChromium(t, { dark: true });
  const { page, url } = await createMeeting(browser, server.url, 'Anna Petrova');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme), 'dark', 'follows the system');
  await joinMeeting(browser, url, 'Boris Ivanov');
  await page.bringToFront();
  await seesVideos(page, 1);
  await startCrowd(t, server.url, url.split('/').pop(), Array.from({ length: 12 }, (_, i) => ({ name: `Pupil Class${i}`, microphone: i % 2 === 0 })));
  await until('14 tiles', async () => (await page.$$(byTestId('tile'))).length === 14);
  await click(page, 'call-mic');
  await check(page, 'call-en-dark');
  await click(page, 'call-people');
  await page.waitForSelector(byTestId('participants-list'));
  await check(page, 'people-en-dark');
  await click(page, 'call-leave');
  await page.waitForSelector(byTestId('ended-left'));
  await click(page, 'go-home');
  await page.waitForSelector(byTestId('home-new'));
  await check(page, 'home-en-dark');
  assertSound(page);
});

test('screens in Firefox', { timeout: 150_000 }, async (t) => {
  const browser = await launchFirefox(t, { language: 'ru' });
  const { page, url } = await createMeeting(browser, server.url, 'Анна Петрова');
  const other = await openPage(browser, url);
  await other.waitForSelector('video');
  await check(other, 'prejoin-ru-firefox');
  await (await other.$(byTestId('prejoin-name'))).type('Борис Иванов');
  await click(other, 'prejoin-join');
  await other.waitForSelector(byTestId('call-leave'));
  await seesVideos(other, 1);
  await check(other, 'call-ru-firefox');
  await click(other, 'call-people');
  await other.waitForSelector(byTestId('participants-list'));
  await check(other, 'people-ru-firefox');
  assertSound(page, other);
});
