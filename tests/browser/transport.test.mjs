// Calls where UDP does not get through: over ICE-TCP, and through a TURN relay.
import assert from 'node:assert/strict';
import os from 'node:os';
import { test } from 'node:test';
import { coturnIsMissing, startCoturn } from './coturn.mjs';
import { createMeeting, hearsAudio, joinMeeting, launchChromium, launchFirefox, seesVideos, startServer, until } from './harness.mjs';

/** The candidate pair in use: protocol and type of this end's candidate, and what the other end's is. */
const selectedPair = (page) =>
  page.evaluate(async () => {
    const stats = await window.__mediaServer.pc.getStats();
    const all = [...stats.values()];
    const transport = all.find((s) => s.type === 'transport' && s.selectedCandidatePairId);
    const pair = transport ? stats.get(transport.selectedCandidatePairId) : all.find((s) => s.type === 'candidate-pair' && s.selected && s.state === 'succeeded');
    if (!pair) return null;
    const local = stats.get(pair.localCandidateId);
    const remote = stats.get(pair.remoteCandidateId);
    return { protocol: local.protocol, type: local.candidateType, relayProtocol: local.relayProtocol, remoteProtocol: remote.protocol, remotePort: remote.port };
  });

const offered = (page, protocol) =>
  page.evaluate((p) => new RegExp(`^a=candidate:\\d+ 1 ${p} `, 'im').test(window.__mediaServer.pc.remoteDescription.sdp), protocol);

test('Chromium and Firefox call each other over TCP when the server offers nothing else', { timeout: 150_000 }, async (t) => {
  const server = await startServer(t, { settings: ['--MediaServer:Media:Tcp', 'true', '--MediaServer:Media:Udp', 'false'] });
  const chromium = await launchChromium(t);
  const firefox = await launchFirefox(t);
  const { page: anna, url } = await createMeeting(chromium, server.url, 'Anna Petrova');
  const boris = await joinMeeting(firefox, url, 'Boris Ivanov');
  await Promise.all([seesVideos(anna, 1, 60_000), seesVideos(boris, 1, 60_000)]);
  await Promise.all([hearsAudio(anna), hearsAudio(boris)]);
  for (const [name, page] of [['Chromium', anna], ['Firefox', boris]]) {
    const pair = await selectedPair(page);
    t.diagnostic(`${name}: ${JSON.stringify(pair)}`);
    assert.equal(pair.protocol, 'tcp', name);
    assert.equal(pair.remoteProtocol, 'tcp', name);
    assert.equal(await offered(page, 'udp'), false, name);
  }
});

/** An address of this machine that is not loopback, where Chromium counts UDP and TCP as the same network. */
const ownAddress = Object.values(os.networkInterfaces()).flat().find((a) => a.family === 'IPv4' && !a.internal)?.address;

test('a browser that may not use UDP falls back to TCP by itself, beside one that may', { timeout: 120_000, skip: !ownAddress && 'this machine has only loopback' }, async (t) => {
  const server = await startServer(t, {
    settings: ['--MediaServer:Media:Tcp', 'true', '--MediaServer:Media:IncludeLoopback', 'false', '--MediaServer:Media:AdvertisedAddresses:0', ownAddress],
  });
  const free = await launchChromium(t);
  const blocked = await launchChromium(t, { args: ['--webrtc-ip-handling-policy=disable_non_proxied_udp', '--force-webrtc-ip-handling-policy'] });
  const { page: anna, url } = await createMeeting(free, server.url, 'Anna Petrova');
  const started = Date.now();
  const boris = await joinMeeting(blocked, url, 'Boris Ivanov');
  await until('Boris is connected', () => boris.evaluate(() => window.__mediaServer.pc.connectionState === 'connected'));
  t.diagnostic(`connected over TCP ${Date.now() - started} ms after opening the page`);
  assert.ok((await offered(boris, 'udp')) && (await offered(boris, 'tcp')));
  await Promise.all([seesVideos(anna, 1, 40_000), seesVideos(boris, 1, 40_000)]);
  await Promise.all([hearsAudio(anna), hearsAudio(boris)]);
  assert.equal((await selectedPair(boris)).protocol, 'tcp');
  assert.equal((await selectedPair(anna)).protocol, 'udp');
});

for (const relayProtocol of ['udp', 'tcp']) {
  test(`a browser that may only use relays calls through coturn over ${relayProtocol}`, { timeout: 120_000, skip: coturnIsMissing }, async (t) => {
    const secret = 'north wind';
    const coturn = await startCoturn(t, secret);
    const server = await startServer(t, {
      settings: ['--MediaServer:Turn:Urls:0', `turn:127.0.0.1:${coturn.port}?transport=${relayProtocol}`, '--MediaServer:Turn:Secret', secret],
    });
    const free = await launchChromium(t);
    const relayed = await launchChromium(t);
    relayed.on('targetcreated', async (target) =>
      (await target.page())?.evaluateOnNewDocument(() => {
        const Native = window.RTCPeerConnection;
        window.RTCPeerConnection = class extends Native {
          constructor(configuration) {
            super({ ...configuration, iceTransportPolicy: 'relay' });
          }
        };
      }));
    const { page: anna, url } = await createMeeting(free, server.url, 'Anna Petrova');
    const boris = await joinMeeting(relayed, url, 'Boris Ivanov');
    await Promise.all([seesVideos(anna, 1, 40_000), seesVideos(boris, 1, 40_000)]).catch((error) => {
      throw new Error(`${error.message}\ncoturn said:\n${coturn.log.slice(-3000)}`);
    });
    await Promise.all([hearsAudio(anna), hearsAudio(boris)]);
    const pair = await selectedPair(boris);
    t.diagnostic(JSON.stringify(pair));
    assert.equal(pair.type, 'relay');
    assert.equal(pair.relayProtocol, relayProtocol);
  });
}
