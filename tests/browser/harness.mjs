// Starts the real server and real browsers for the tests in this folder. Everything listens on loopback and ends with the test.
import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const screenshots = path.join(root, 'artifacts/screenshots');
await mkdir(screenshots, { recursive: true });

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls until `check` returns something truthy; on timeout throws with the last value seen. */
export async function until(what, check, { timeout = 20_000, every = 100 } = {}) {
  const deadline = Date.now() + timeout;
  let last;
  while (Date.now() < deadline) {
    try {
      last = await check();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await sleep(every);
  }
  throw new Error(`timed out after ${timeout} ms: ${what}; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`);
}

export async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The server as a user starts it, from the build output, on loopback. `restart()` is a crash and a new start with the same data. */
export async function startServer(t, { configuration = 'Release', settings = [] } = {}) {
  const port = await freePort();
  const mediaPort = 52000 + Math.floor(Math.random() * 8000);
  const data = await mkdtemp(path.join(os.tmpdir(), 'mediaserver-'));
  const output = path.join(root, `src/MediaServer.Server/bin/${configuration}/net10.0`);
  const server = { port, url: `http://localhost:${port}`, log: '' };
  let child;

  async function start() {
    child = spawn(
      'dotnet',
      [
        path.join(output, 'MediaServer.Server.dll'),
        '--urls', `http://127.0.0.1:${port}`,
        '--MediaServer:DataDirectory', data,
        '--MediaServer:Media:BasePort', String(mediaPort),
        '--MediaServer:Media:Shards', '1',
        '--MediaServer:Media:IncludeLoopback', 'true',
        '--MediaServer:Media:AdvertisedAddresses:0', '127.0.0.1',
        // On loopback Chromium would take TCP: it counts the interface of a TCP socket as the better network. See transport.test.mjs.
        '--MediaServer:Media:Tcp', 'false',
        ...settings,
      ],
      { cwd: path.join(root, 'src/MediaServer.Server'), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    child.stdout.on('data', (chunk) => (server.log += chunk));
    child.stderr.on('data', (chunk) => (server.log += chunk));
    await until('server answers /health', async () => {
      if (child.exitCode !== null) throw new Error(`server exited with ${child.exitCode}:\n${server.log}`);
      return (await fetch(`http://127.0.0.1:${port}/health`)).ok;
    }, { timeout: 60_000 }).catch((error) => { throw new Error(`${error.message}\n${server.log.slice(-4000)}`); });
  }

  async function stop(signal = 'SIGTERM') {
    // The present child: by the time the patience ends, `child` may be the next one.
    const stopping = child;
    if (stopping.exitCode !== null || stopping.signalCode !== null) return;
    const gone = new Promise((resolve) => stopping.once('exit', resolve));
    stopping.kill(signal);
    const patience = setTimeout(() => stopping.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(patience);
  }

  server.kill = () => stop('SIGKILL');
  server.start = start;
  await start();
  t.after(async () => {
    await stop();
    await rm(data, { recursive: true, force: true });
  });
  return server;
}

/** A TCP relay in front of the server: `cut()` drops the signalling and refuses new connections until `mend()`. Media (UDP) is untouched. */
export async function startRelay(t, targetPort) {
  const sockets = new Set();
  let open = true;
  const relay = net.createServer((client) => {
    if (!open) return client.destroy();
    const upstream = net.connect(targetPort, '127.0.0.1');
    for (const [a, b] of [[client, upstream], [upstream, client]]) {
      sockets.add(a);
      a.pipe(b);
      a.on('error', () => b.destroy());
      a.on('close', () => { sockets.delete(a); b.destroy(); });
    }
  });
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', resolve));
  t.after(() => { for (const socket of sockets) socket.destroy(); relay.close(); });
  return {
    url: `http://localhost:${relay.address().port}`,
    cut() { open = false; for (const socket of sockets) socket.destroy(); },
    mend() { open = true; },
  };
}

export async function launchChromium(t, { args = [], width = 1280, height = 800, language = 'en', fakeUi = true, dark = false } = {}) {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    defaultViewport: { width, height },
    args: [
      '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--disable-quic', '--use-fake-device-for-media-stream', ...(fakeUi ? ['--use-fake-ui-for-media-stream'] : []),
      '--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required', `--lang=${language}`, `--accept-lang=${language}`,
      '--auto-select-desktop-capture-source=Entire screen', ...(dark ? ['--force-dark-mode', '--blink-settings=preferredColorScheme=0'] : []), ...args,
    ],
  });
  t.after(() => browser.close().catch(() => {}));
  return browser;
}

export async function launchFirefox(t, { width = 1280, height = 800, language = 'en' } = {}) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    defaultViewport: { width, height },
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.loopback': true,
      'permissions.default.camera': 1,
      'permissions.default.microphone': 1,
      'media.autoplay.default': 0,
      'intl.accept_languages': language,
    },
  });
  t.after(() => browser.close().catch(() => {}));
  return browser;
}

export const byTestId = (id) => `[data-testid="${id}"]`;

export async function click(page, id) {
  try {
    const element = await page.waitForSelector(byTestId(id), { timeout: 20_000 });
    await element.click();
  } catch (error) {
    const seen = await page.evaluate(() => `${location.pathname}: ${document.body.innerText.slice(0, 300)}`).catch(String);
    throw new Error(`cannot click ${id}: ${error.message}; the page shows ${seen}; its console: ${page.problems?.join('; ')}`);
  }
}

/** Opens a page that remembers its console errors in `page.problems` and what it asked for in `page.requests`. */
export async function openPage(browser, url) {
  const page = await browser.newPage();
  page.problems = [];
  page.faults = [];
  page.requests = [];
  page.on('request', (request) => page.requests.push(request.url()));
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') page.problems.push(message.text()); });
  await page.goto(url);
  return page;
}

/** Enters a meeting through the pre-join page as a person would. */
export async function joinMeeting(browser, url, name) {
  const page = await openPage(browser, url);
  const field = await page.waitForSelector(byTestId('prejoin-name'), { timeout: 20_000 });
  await field.click({ count: 3 });
  await field.type(name);
  await click(page, 'prejoin-join');
  await page.waitForSelector(byTestId('call-leave'), { timeout: 20_000 });
  return page;
}

export async function createMeeting(browser, baseUrl, name) {
  const page = await openPage(browser, baseUrl);
  await click(page, 'home-new');
  const field = await page.waitForSelector(byTestId('prejoin-name'), { timeout: 20_000 });
  const url = page.url();
  await field.click({ count: 3 });
  await field.type(name);
  await click(page, 'prejoin-join');
  await page.waitForSelector(byTestId('call-leave'), { timeout: 20_000 });
  return { page, url };
}

/** RTP statistics of the page's only peer connection, reduced to what the tests look at. */
export const rtpStats = (page) =>
  page.evaluate(async () => {
    const pc = window.__mediaServer?.pc;
    if (!pc) return { inbound: [], outbound: [] };
    const inbound = [];
    const outbound = [];
    for (const entry of (await pc.getStats()).values()) {
      if (entry.type === 'inbound-rtp') {
        inbound.push({
          mid: entry.mid, kind: entry.kind, framesDecoded: entry.framesDecoded ?? 0, frameHeight: entry.frameHeight ?? 0,
          packetsReceived: entry.packetsReceived ?? 0, totalAudioEnergy: entry.totalAudioEnergy ?? 0, codecId: entry.codecId ?? '',
        });
      }
      if (entry.type === 'outbound-rtp') {
        outbound.push({ mid: entry.mid, kind: entry.kind, rid: entry.rid ?? '', packetsSent: entry.packetsSent ?? 0, active: entry.active ?? true });
      }
    }
    return { inbound, outbound };
  });

export async function decodedFrames(page) {
  const { inbound } = await rtpStats(page);
  return inbound.filter((s) => s.kind === 'video').reduce((sum, s) => sum + s.framesDecoded, 0);
}

/** Waits until `count` incoming videos each decode fresh frames. */
export const seesVideos = (page, count, timeout = 30_000) =>
  until(`${count} incoming videos decode`, async () => {
    const before = (await rtpStats(page)).inbound.filter((s) => s.kind === 'video');
    await sleep(500);
    const after = (await rtpStats(page)).inbound.filter((s) => s.kind === 'video');
    const moving = after.filter((s) => s.framesDecoded > (before.find((b) => b.mid === s.mid)?.framesDecoded ?? 0));
    return moving.length >= count && moving;
  }, { timeout });

/** Waits until audio energy from somebody else grows. */
export const hearsAudio = (page, timeout = 30_000) =>
  until('incoming audio has energy', async () => {
    const sum = async () => (await rtpStats(page)).inbound.filter((s) => s.kind === 'audio').reduce((total, s) => total + s.totalAudioEnergy, 0);
    const before = await sum();
    await sleep(700);
    return (await sum()) > before;
  }, { timeout });

/** What a screen reader says of each tile. */
export const tileNames = (page) => page.$$eval(byTestId('tile'), (tiles) => tiles.map((tile) => tile.getAttribute('aria-label')));

export const negotiations = (page) => page.evaluate(() => window.__mediaServer.negotiations);

export const shoot = (page, name) => page.screenshot({ path: path.join(screenshots, `${name}.png`) });
