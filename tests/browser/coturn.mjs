// Debian's coturn on loopback, sharing a secret with the server under test.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort, until } from './harness.mjs';

const executable = '/usr/bin/turnserver';

/** Why tests with coturn are skipped, false when they are not. In CI they fail instead: test.sh installs it. */
export const coturnIsMissing = !existsSync(executable) && !process.env.CI && 'coturn is not installed: apt-get install coturn (./test.sh does it)';

export async function startCoturn(t, secret) {
  const port = await freePort();
  const directory = await mkdtemp(path.join(os.tmpdir(), 'coturn-'));
  const coturn = { port, log: '' };
  const child = spawn(
    executable,
    [
      '-n', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`, '--use-auth-secret', `--static-auth-secret=${secret}`,
      '--realm=mediaserver.test', '--allow-loopback-peers', '--no-tls', '--no-dtls', '--no-cli', '--log-file=stdout', '--simple-log', '--verbose',
      `--pidfile=${path.join(directory, 'pid')}`, `--userdb=${path.join(directory, 'db')}`,
    ],
    { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stdout.on('data', (chunk) => (coturn.log += chunk));
  child.stderr.on('data', (chunk) => (coturn.log += chunk));
  t.after(async () => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  await until('coturn listens', () =>
    new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
      socket.on('error', () => resolve(false));
    }));
  return coturn;
}
