import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { click, createMeeting, hearsAudio, joinMeeting, launchChromium, root, rtpStats, seesVideos, startServer, until } from './harness.mjs';

test('the size of the tile decides the simulcast layer', { timeout: 120_000 }, async (t) => {
  const server = await startServer(t);
  const chromium = await launchChromium(t, { width: 1600, height: 1000 });
  const { url } = await createMeeting(chromium, server.url, 'Anna Petrova');
  const viewer = await joinMeeting(chromium, url, 'Boris Ivanov');
  await seesVideos(viewer, 1);
  const height = async () => Math.max(0, ...(await rtpStats(viewer)).inbound.filter((s) => s.kind === 'video').map((s) => s.frameHeight));

  await until('a large tile gets the full layer', async () => (await height()) >= 480, { timeout: 40_000 });
  const large = await height();
  await viewer.setViewport({ width: 390, height: 400 });
  const small = await until('a small tile gets a lower layer', async () => {
    const now = await height();
    return now > 0 && now < large && now;
  }, { timeout: 40_000 });
  t.diagnostic(`frame height ${large} in a large tile, ${small} in a small one`);
  await viewer.setViewport({ width: 1600, height: 1000 });
  await until('and back up', async () => (await height()) === large, { timeout: 40_000 });
});

test('three viewers of different size get three simulcast layers of Chromium', { timeout: 120_000 }, async (t) => {
  const server = await startServer(t);
  const chromium = await launchChromium(t, { width: 1600, height: 1000 });
  const { page: anna, url } = await createMeeting(chromium, server.url, 'Anna Petrova');
  const viewers = [];
  for (const [name, width, height] of [['Large Screen', 1600, 1000], ['Small Window', 700, 480], ['Tiny Window', 360, 420]]) {
    const page = await joinMeeting(chromium, url, name);
    await click(page, 'call-camera');
    await page.setViewport({ width, height });
    viewers.push(page);
  }

  const heightOf = async (page) => Math.max(0, ...(await rtpStats(page)).inbound.filter((s) => s.kind === 'video').map((s) => s.frameHeight));
  const heights = await until('each has a layer of its own', async () => {
    const now = await Promise.all(viewers.map(heightOf));
    return now[0] > now[1] && now[1] > now[2] && now[2] > 0 && now;
  }, { timeout: 60_000 });
  t.diagnostic(`frame heights ${heights.join(', ')}`);
  const before = (await rtpStats(anna)).outbound.filter((s) => s.rid);
  await until('all three layers are being sent', async () => {
    const after = (await rtpStats(anna)).outbound.filter((s) => s.rid);
    return after.filter((s) => s.packetsSent > (before.find((b) => b.rid === s.rid)?.packetsSent ?? 0)).length === 3;
  });
});

test('two browsers that offer only H.264 see each other', { timeout: 90_000 }, async (t) => {
  const server = await startServer(t);
  const chromium = await launchChromium(t);
  const offerOnlyH264 = () => {
    const add = RTCPeerConnection.prototype.addTransceiver;
    RTCPeerConnection.prototype.addTransceiver = function (trackOrKind, init) {
      const transceiver = add.call(this, trackOrKind, init);
      const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind;
      if (kind === 'video') {
        const codecs = RTCRtpReceiver.getCapabilities('video').codecs.filter((c) => /h264|rtx/i.test(c.mimeType));
        transceiver.setCodecPreferences(codecs);
      }
      return transceiver;
    };
  };
  chromium.on('targetcreated', async (target) => (await target.page())?.evaluateOnNewDocument(offerOnlyH264));
  const { page: anna, url } = await createMeeting(chromium, server.url, 'Anna Petrova');
  const boris = await joinMeeting(chromium, url, 'Boris Ivanov');
  await Promise.all([seesVideos(anna, 1, 40_000), seesVideos(boris, 1, 40_000)]);
  const codec = await boris.evaluate(async () => {
    const stats = await window.__mediaServer.pc.getStats();
    const decoding = [...stats.values()].find((s) => s.type === 'inbound-rtp' && s.kind === 'video' && s.framesDecoded > 0);
    return stats.get(decoding.codecId).mimeType;
  });
  assert.equal(codec, 'video/H264');
});

test('a file published by the headless .NET participant is seen and heard by a browser', { timeout: 120_000 }, async (t) => {
  const server = await startServer(t);
  const chromium = await launchChromium(t);
  const { page: anna, url } = await createMeeting(chromium, server.url, 'Anna Petrova');
  const files = mkdtempSync(path.join(os.tmpdir(), 'mediaserver-files-'));
  t.after(() => rmSync(files, { recursive: true, force: true }));
  const ffmpeg = (...args) => execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...args], { cwd: files });
  ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=4', '-c:v', 'libvpx', '-b:v', '600k', '-g', '50', '-deadline', 'realtime', 'a.ivf');
  ffmpeg('-f', 'lavfi', '-i', 'sine=frequency=440:duration=4', '-c:a', 'libopus', '-b:a', '32k', '-frame_duration', '20', 'a.ogg');
  const publisher = spawn('dotnet', [
    path.join(root, 'samples/PublishFile/bin/Release/net10.0/PublishFile.dll'), '--server', server.url, '--meeting', url.split('/').pop(),
    '--video', path.join(files, 'a.ivf'), '--audio', path.join(files, 'a.ogg'),
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  publisher.stdout.on('data', (chunk) => (output += chunk));
  publisher.stderr.on('data', (chunk) => (output += chunk));
  t.after(() => publisher.kill('SIGKILL'));
  try {
    await seesVideos(anna, 1, 40_000);
    await hearsAudio(anna);
  } catch (error) {
    throw new Error(`${error.message}\npublisher said:\n${output.slice(-3000)}`);
  }
});
