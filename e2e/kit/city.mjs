// A demo city for the walks: its own data folder, a free port, stopped by its process id.

import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { output } from './output.mjs';

export const binary = process.env.TONGBAN_BINARY ?? path.resolve(import.meta.dirname, '../../target/debug/tongban');

// A build without optimisation on two busy cores builds the city slowly; the figure for people is measured elsewhere.
const LONGEST_START = 180_000;
const LONGEST_STOP = 15_000;

// Resolves when the city says READY, to its address, its data folder and a function that stops it and removes its data.
// What it says goes to a log of this name in the output folder; `more` are further words of its command line.
export async function startCity(logName = 'city.log', more = []) {
  const data = mkdtempSync(path.join(os.tmpdir(), 'tongban-e2e-'));
  const logPath = path.join(output, logName);
  const log = openSync(logPath, 'w');
  const city = spawn(binary, ['demo', '--data-dir', data, '--listen', '127.0.0.1:0', ...more], {
    stdio: ['ignore', log, log],
    env: { ...process.env, NO_COLOR: '1' },
  });
  closeSync(log);
  const ended = new Promise((resolve) => {
    city.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`));
    city.once('error', (error) => resolve(`could not be started: ${error.message}`));
  });
  let over = null;
  ended.then((how) => { over = how; });

  async function stop() {
    if (over === null) city.kill('SIGTERM');
    const inTime = await Promise.race([ended, pause(LONGEST_STOP, null, { ref: false })]);
    if (inTime === null) {
      city.kill('SIGKILL');
      await ended;
    }
    rmSync(data, { recursive: true, force: true });
  }

  const deadline = Date.now() + LONGEST_START;
  while (Date.now() < deadline) {
    const said = readFileSync(logPath, 'utf8');
    const ready = said.match(/^READY (http:\/\/\S+)/m);
    if (ready) return { address: ready[1].replace(/\/$/, ''), data, stop };
    if (over !== null) {
      await stop();
      throw new Error(`\`${path.basename(binary)} demo\` ${over} before it said READY:\n${said.slice(-4000)}`);
    }
    await pause(100);
  }
  await stop();
  throw new Error(`\`${path.basename(binary)} demo\` did not say READY within ${LONGEST_START / 1000} s; see ${logPath}`);
}
