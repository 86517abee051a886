import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  byTestId, click, createMeeting, decodedFrames, hearsAudio, joinMeeting, launchChromium, launchFirefox, negotiations,
  rtpStats, seesVideos, shoot, sleep, startRelay, startServer, until,
} from './harness.mjs';

test('Chromium and Firefox see and hear each other; devices change without renegotiation', { timeout: 180_000 }, async (t) => {
  const server = await startServer(t);
  const chromium = await launchChromium(t);
  const firefox = await launchFirefox(t);
  const { page: anna, url } = await createMeeting(chromium, server.url, 'Anna Petrova');
  const boris = await joinMeeting(firefox, url, 'Boris Ivanov');

  await t.test('both decode video and hear audio', async () => {
    await Promise.all([seesVideos(anna, 1), seesVideos(boris, 1)]);
    await Promise.all([hearsAudio(anna), hearsAudio(boris)]);
    await shoot(anna, 'call-en-desktop');
  });

  await t.test('mute and camera toggles reach the other and renegotiate nobody', async () => {
    const before = [await negotiations(anna), await negotiations(boris)];
    assert.ok(before.every((count) => count >= 1), `negotiations are counted: ${before}`);

    await click(anna, 'call-camera');
    await until('Boris no longer decodes frames', async () => {
      const frames = await decodedFrames(boris);
      await sleep(600);
      return (await decodedFrames(boris)) === frames;
    });
    await click(anna, 'call-camera');
    await seesVideos(boris, 1);

    await click(anna, 'call-mic');
    const energy = async () => (await rtpStats(boris)).inbound.filter((s) => s.kind === 'audio').reduce((sum, s) => sum + s.packetsReceived, 0);
    await until('no audio packets reach Boris', async () => {
      const packets = await energy();
      await sleep(600);
      return (await energy()) === packets;
    });
    await click(anna, 'call-mic');
    await hearsAudio(boris);

    assert.deepEqual([await negotiations(anna), await negotiations(boris)], before);
  });

  await t.test('a third person comes and goes without renegotiating the others', async () => {
    const before = [await negotiations(anna), await negotiations(boris)];
    const vera = await joinMeeting(chromium, url, 'Vera Smirnova');
    await seesVideos(vera, 2);
    await seesVideos(anna, 2);
    await click(vera, 'call-leave');
    await until('Vera is gone', async () => (await anna.$$(byTestId('tile'))).length === 2);
    assert.deepEqual([await negotiations(anna), await negotiations(boris)], before);
  });

  await t.test('a reload returns to the call with a picture within 3 s', async () => {
    const started = Date.now();
    await anna.reload({ waitUntil: 'domcontentloaded' });
    await until('picture after the reload', async () => (await decodedFrames(anna)) > 0, { every: 50 });
    const elapsed = Date.now() - started;
    t.diagnostic(`reload to first decoded frame: ${elapsed} ms`);
    assert.ok(elapsed < 3000, `took ${elapsed} ms`);
    assert.equal((await boris.$$(byTestId('tile'))).length, 2, 'no ghost of the reloaded participant');
  });

  assert.deepEqual([...anna.problems, ...boris.problems].filter((p) => /Uncaught|TypeError|ReferenceError/.test(p)), []);
});

test('a lost signalling connection leaves media running; a restarted server is rejoined', { timeout: 180_000 }, async (t) => {
  const server = await startServer(t);
  const relay = await startRelay(t, server.port);
  const chromium = await launchChromium(t);
  const { page: anna, url } = await createMeeting(chromium, relay.url, 'Anna Petrova');
  const boris = await joinMeeting(chromium, url, 'Boris Ivanov');
  await Promise.all([seesVideos(anna, 1), seesVideos(boris, 1)]);

  await t.test('10 s without signalling: frames keep coming, then the call is whole again', async () => {
    const before = await negotiations(anna);
    relay.cut();
    await until('the banner says so', () => anna.$(byTestId('banner-reconnecting')), { timeout: 10_000 });
    await sleep(9000);
    await seesVideos(anna, 1, 3000);
    relay.mend();
    await until('the banner goes', async () => !(await anna.$(byTestId('banner-reconnecting'))), { timeout: 20_000 });
    await seesVideos(anna, 1);
    assert.equal(await negotiations(anna), before, 'media was not renegotiated');
  });

  await t.test('kill -9 and restart: both come back by themselves', async () => {
    await server.kill();
    await server.start();
    await Promise.all([seesVideos(anna, 1, 60_000), seesVideos(boris, 1, 60_000)]);
    assert.equal((await anna.$$(byTestId('tile'))).length, 2);
  });
});

test('screen share is shown beside the camera', { timeout: 90_000 }, async (t) => {
  const server = await startServer(t);
  const anna = await launchChromium(t);
  const { page: presenter, url } = await createMeeting(anna, server.url, 'Anna Petrova');
  const viewer = await joinMeeting(anna, url, 'Boris Ivanov');
  await seesVideos(viewer, 1);
  const before = await negotiations(viewer);
  await presenter.bringToFront();
  await click(presenter, 'call-share');
  await viewer.bringToFront();
  await until('the screen tile appears', () => viewer.$(`${byTestId('tile')}[data-source="screen"]`));
  await seesVideos(viewer, 2);
  await shoot(viewer, 'call-en-screen-share');
  assert.equal(await negotiations(viewer), before);
});

test('somebody gone without a word is removed once consent has expired', { timeout: 150_000 }, async (t) => {
  const server = await startServer(t);
  const stays = await launchChromium(t);
  const crashes = await launchChromium(t);
  const { page: anna, url } = await createMeeting(stays, server.url, 'Anna Petrova');
  await joinMeeting(crashes, url, 'Boris Ivanov');
  await seesVideos(anna, 1);
  crashes.process().kill('SIGKILL');
  await until('the tile goes', async () => (await anna.$$(byTestId('tile'))).length === 1, { timeout: 75_000 });
});
