import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startCrowd } from './crowd.mjs';
import {
  byTestId, click, createMeeting, decodedFrames, joinMeeting, launchChromium, negotiations, openPage, seesVideos, startServer, tileNames, until,
} from './harness.mjs';

const codeOf = (url) => url.split('/').pop();

// One server and one browser for the tests that need no other; each makes a meeting of its own.
const lifetime = { callbacks: [], after: (callback) => lifetime.callbacks.unshift(callback) };
let server;
let chromium;
before(async () => {
  server = await startServer(lifetime);
  chromium = await launchChromium(lifetime);
});
after(async () => {
  for (const callback of lifetime.callbacks) await callback();
});
// Pages of earlier tests would share the machine with later ones.
afterEach(async () => {
  for (const page of (await chromium.pages()).slice(1)) await page.close();
});

test('joining by a code typed as people type it, and by a wrong one', { timeout: 90_000 }, async (t) => {
  const { url } = await createMeeting(chromium, server.url, 'Anna Petrova');
  const page = await openPage(chromium, server.url);
  const type = async (text) => {
    const field = await page.waitForSelector(byTestId('home-code'));
    await field.click({ count: 3 });
    await field.type(text);
    await click(page, 'home-join');
  };

  await type('hello');
  await page.waitForFunction(() => document.body.innerText.includes('neither a meeting code nor a link'));
  await type(codeOf(url).replaceAll('-', ' ').toUpperCase());
  await page.waitForSelector(byTestId('prejoin-join'));
  assert.equal(page.url(), url);
  await page.waitForFunction(() => document.body.innerText.includes('1 person is there already'));

  const lost = await openPage(chromium, `${server.url}/m/zzz-zzzz-zzz`);
  await lost.waitForSelector(byTestId('meeting-not-found'));
  assert.match(await lost.$eval('body', (e) => e.innerText), /meeting_not_found/);
  await click(lost, 'go-home');
  await lost.waitForSelector(byTestId('home-new'));
});

test('without permission: a diagnosis in words, and one can join all the same', { timeout: 90_000 }, async (t) => {
  const strict = await launchChromium(t, { args: ['--deny-permission-prompts'], fakeUi: false });
  const { page: anna, url } = await createMeeting(chromium, server.url, 'Anna Petrova');
  const page = await openPage(strict, url);
  const words = await page.waitForSelector(byTestId('problem-both'));
  assert.match(await words.evaluate((e) => e.innerText), /does not let this page use your camera and microphone[\s\S]*go on without/);
  await (await page.waitForSelector(byTestId('prejoin-name'))).type('Boris Ivanov');
  await click(page, 'prejoin-join');
  await page.waitForSelector(byTestId('call-leave'));
  await seesVideos(page, 1);
  await until('Anna sees that Boris has no devices', async () =>
    (await tileNames(anna)).some((name) => /Boris Ivanov.*Microphone off.*Camera off/.test(name)));
});

test('another camera during the call: everybody sees it, nobody renegotiates; switching off gives the camera back', { timeout: 90_000 }, async (t) => {
  const cameras = await launchChromium(t, { args: ['--use-fake-device-for-media-stream=device-count=3'] });
  const rememberTracks = () => {
    window.tracks = [];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      window.tracks.push(...stream.getTracks());
      return stream;
    };
  };
  cameras.on('targetcreated', async (target) => (await target.page())?.evaluateOnNewDocument(rememberTracks));
  const { page: anna, url } = await createMeeting(cameras, server.url, 'Anna Petrova');
  const boris = await joinMeeting(cameras, url, 'Boris Ivanov');
  await anna.bringToFront();
  await seesVideos(boris, 1);
  const before = [await negotiations(anna), await negotiations(boris)];
  const live = () => anna.evaluate(() => window.tracks.filter((track) => track.kind === 'video' && track.readyState === 'live').map((track) => track.label));
  const [first] = await until('one camera is open', async () => (await live()).length === 1 && live());

  await click(anna, 'call-more');
  await click(anna, 'more-devices');
  const select = await anna.waitForSelector(`${byTestId('device-camera')}`);
  const options = await select.$$eval('option', (all) => all.map((o) => ({ value: o.value, text: o.textContent })));
  // Chromium's second fake camera is one for depth, which no call can use.
  const other = options.find((o) => o.value && o.text !== first && !o.text.endsWith('_1'));
  assert.ok(other, `there is a second camera among ${JSON.stringify(options)}`);
  await anna.select(byTestId('device-camera'), other.value);
  await until('only the other camera is open', async () => (await live()).join() === other.text);
  await seesVideos(boris, 1);

  await anna.keyboard.press('Escape');
  await click(anna, 'call-camera');
  await until('no camera is open', async () => (await live()).length === 0);
  await until('Boris is told', async () => (await tileNames(boris)).some((name) => /Anna Petrova.*Camera off/.test(name)));
  assert.deepEqual([await negotiations(anna), await negotiations(boris)], before);
});

test('keyboard: M, V, P, ?, Space to talk; nothing while typing', { timeout: 90_000 }, async (t) => {
  const { page, url } = await createMeeting(chromium, server.url, 'Anna Petrova');
  await startCrowd(t, server.url, codeOf(url), Array.from({ length: 9 }, (_, i) => ({ name: `Pupil Number${i}` })));
  const label = (id) => page.$eval(byTestId(id), (e) => e.getAttribute('aria-label'));
  const says = (id, pattern) => until(`${id} says ${pattern}`, async () => pattern.test(await label(id)), { timeout: 5000 });

  await says('call-mic', /^Microphone on/);
  await page.keyboard.press('KeyM');
  await says('call-mic', /^Microphone off/);
  await page.keyboard.down('Space');
  await says('call-mic', /^Microphone on/);
  await page.keyboard.up('Space');
  await says('call-mic', /^Microphone off/);
  await page.keyboard.press('KeyV');
  await says('call-camera', /^Camera off/);

  await page.keyboard.press('KeyP');
  const search = await page.waitForSelector(byTestId('people-search'));
  await search.type('mv');
  assert.match(await label('call-mic'), /^Microphone off/);
  assert.match(await label('call-camera'), /^Camera off/);
  await page.keyboard.press('Escape');
  await until('the list is closed', async () => !(await page.$(byTestId('participants-list'))));
  assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), 'call-people', 'focus is back where the list was opened');

  await page.keyboard.type('?');
  await page.waitForSelector(byTestId('shortcuts-dialog'));
});

test('people are sorted by surname, searched and counted; tiles go over pages; more slots cost one negotiation', { timeout: 150_000 }, async (t) => {
  const russian = await launchChromium(t, { language: 'ru' });
  const { page, url } = await createMeeting(russian, server.url, 'Анна Яшина');
  await until('connected', () => page.evaluate(() => window.__mediaServer?.pc.connectionState === 'connected'));
  const before = await negotiations(page);
  const crowd = await startCrowd(t, server.url, codeOf(url), [
    { name: 'Вера Ёлкина' }, { name: 'Борис Иванов' }, { name: 'Глеб Жуков' }, { name: 'Егорова Дарья Ивановна' },
    ...Array.from({ length: 57 }, (_, i) => ({ name: `Ученик Ях${String(i).padStart(2, '0')}`, camera: i < 12 })),
  ]);
  await click(page, 'call-people');
  await until('62 people, in the grammar of the language', async () => (await page.$eval('#people-title', (e) => e.textContent)) === '62 участника');
  const names = () => page.$$eval(`${byTestId('participants-list')} li`, (rows) => rows.map((row) => row.querySelector('[title]').title));
  assert.deepEqual((await names()).slice(0, 4), ['Егорова Дарья Ивановна', 'Вера Ёлкина', 'Глеб Жуков', 'Борис Иванов']);
  await (await page.waitForSelector(byTestId('people-search'))).type('елк');
  await until('found by е for ё', async () => (await names()).join() === 'Вера Ёлкина');
  await click(page, 'call-people');

  const others = () => page.$$eval(`${byTestId('tile')}:not([data-self])`, (tiles) => tiles.map((tile) => tile.dataset.participant));
  await until('slots have grown by one negotiation', async () => (await negotiations(page)) === before + 1);
  const first = await until('a page full of tiles', async () => (await others()).length > 9 && others());
  assert.ok(first.length <= 49, `${first.length} tiles`);
  await click(page, 'stage-next');
  const second = await until('the others are on the second page', async () => {
    const now = await others();
    return now.length > 0 && !now.some((id) => first.includes(id)) && now;
  });
  assert.equal(first.length + second.length, 61);
  await Promise.all(crowd.slice(1).map((member) => member.leave()));
  await until('one page again', async () => (await others()).length === 1 && !(await page.$(byTestId('stage-next'))));
  assert.equal(await negotiations(page), before + 1, 'comings and goings cost no negotiation');
});

test('a call that moves to another tab: a clear choice which one lives; leaving and returning', { timeout: 120_000 }, async (t) => {
  const { page: anna, url } = await createMeeting(chromium, server.url, 'Anna Petrova');
  const boris = await joinMeeting(chromium, url, 'Boris Ivanov');
  await seesVideos(boris, 1);

  await t.test('a duplicated tab takes the call over, "Use here" brings it back', async () => {
    const stored = await anna.evaluate(() => JSON.stringify(sessionStorage));
    const twin = await chromium.newPage();
    // What "Duplicate tab" does: the new tab starts with a copy of the session storage.
    await twin.evaluateOnNewDocument((text) => {
      if (sessionStorage.length === 0) for (const [key, value] of Object.entries(JSON.parse(text))) sessionStorage.setItem(key, value);
    }, stored);
    await twin.goto(url);
    await twin.waitForSelector(byTestId('call-leave'));
    await anna.waitForSelector(byTestId('ended-replaced'));
    await seesVideos(twin, 1);
    assert.equal((await boris.$$(byTestId('tile'))).length, 2, 'no double of Anna');
    await anna.bringToFront();
    await click(anna, 'ended-return');
    await anna.waitForSelector(byTestId('call-leave'));
    await twin.waitForSelector(byTestId('ended-replaced'));
    await seesVideos(anna, 1);
    await twin.close();
  });

  await t.test('leave, return', async () => {
    await click(anna, 'call-leave');
    await anna.waitForSelector(byTestId('ended-left'));
    await until('Boris is alone', async () => (await boris.$$(byTestId('tile'))).length === 1);
    assert.equal(await anna.evaluate(() => window.__mediaServer.pc.connectionState), 'closed');
    await click(anna, 'ended-return');
    await anna.waitForSelector(byTestId('call-leave'));
    await seesVideos(boris, 1);
    assert.ok((await decodedFrames(anna)) >= 0);
  });
});

test('dark is remembered, languages change at once, and no request leaves the house', { timeout: 90_000 }, async (t) => {
  const page = await openPage(chromium, server.url);
  const scheme = () => page.evaluate(() => document.documentElement.dataset.mantineColorScheme);
  assert.equal(await scheme(), 'light');
  await click(page, 'theme');
  assert.equal(await scheme(), 'dark');
  await page.reload();
  await page.waitForSelector(byTestId('home-new'));
  assert.equal(await scheme(), 'dark');

  await click(page, 'language');
  await click(page, 'language-ru');
  await page.waitForFunction(() => document.documentElement.lang === 'ru' && document.body.innerText.includes('Новая встреча'));
  await page.reload();
  await page.waitForFunction(() => document.body.innerText.includes('Новая встреча'));

  const { page: call } = await createMeeting(chromium, server.url, 'Анна Петрова');
  await call.waitForSelector(byTestId('alone'));
  const strangers = call.requests.filter((url) => !url.startsWith(server.url) && !/^(data|blob):/.test(url));
  assert.ok(call.requests.length > 5, 'requests are seen');
  assert.deepEqual(strangers, []);
  assert.deepEqual([...page.problems, ...call.problems], [], 'nothing in the console, the content security policy holds');
});
