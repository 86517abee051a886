import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMeeting, joinMeeting, launchChromium, launchFirefox, seesVideos, startServer, until } from './harness.mjs';

/** The sum of a metric over its labels; 0 while it is not there. */
async function metric(server, name) {
  const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith(name)).reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
}

/** Which encodings of each video sender are on, lowest first. */
const encodings = (page) =>
  page.evaluate(() =>
    window.__mediaServer.pc.getSenders().filter((s) => s.track?.kind === 'video').map((s) => s.getParameters().encodings.map((e) => e.active !== false)));

test('both engines report what arrives, and the server estimates their bandwidth', { timeout: 180_000 }, async (t) => {
  const server = await startServer(t);
  const chromium = await launchChromium(t);
  const firefox = await launchFirefox(t);
  const { page: anna, url } = await createMeeting(chromium, server.url, 'Anna Petrova');
  const boris = await joinMeeting(firefox, url, 'Boris Ivanov');
  await Promise.all([seesVideos(anna, 1, 60_000), seesVideos(boris, 1, 60_000)]);
  const estimates = await until('two viewers have an estimate', async () => {
    const count = await metric(server, 'mediaserver_media_estimates');
    return count === 2 && count;
  }, { timeout: 40_000 });
  assert.equal(estimates, 2);
  const lowest = await metric(server, 'mediaserver_media_estimate_lowest');
  t.diagnostic(`lowest estimate ${Math.round(lowest / 1000)} kbit/s, ${await metric(server, 'mediaserver_media_probe_clusters')} probes, ` +
    `${await metric(server, 'mediaserver_media_layer_switches')} layer switches`);
  assert.ok(lowest > 300_000);
});

for (const [name, launch] of [['Chromium', launchChromium], ['Firefox', launchFirefox]]) {
  test(`${name} sends what somebody watches and nothing else`, { timeout: 180_000 }, async (t) => {
    const server = await startServer(t);
    const publisher = await launch(t);
    const viewer = await launchChromium(t);
    const { page: anna, url } = await createMeeting(publisher, server.url, 'Anna Petrova');
    await until('alone, the camera is not sent', async () => (await encodings(anna))[0]?.every((on) => !on), { timeout: 30_000 });
    const boris = await joinMeeting(viewer, url, 'Boris Ivanov');
    await seesVideos(boris, 1, 60_000);
    const layers = await until('not all layers are sent', async () => {
      const now = (await encodings(anna))[0];
      return now.includes(true) && now.includes(false) && now;
    }, { timeout: 30_000 });
    t.diagnostic(`layers sent: ${layers}`);
    await boris.close();
    await until('and none again when the viewer is gone', async () => (await encodings(anna))[0].every((on) => !on), { timeout: 60_000 });
  });
}
