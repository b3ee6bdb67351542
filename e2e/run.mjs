// Starts demo cities in temporary folders on free ports, walks them in a real browser, two walks at a time and each in a
// city of its own, and stops the cities. `node run.mjs` runs all walks, `node run.mjs home apply` only these.
//
// TONGBAN_BINARY      the program (default: ../target/debug/tongban)
// TONGBAN_CHROMIUM    the browser (default: /usr/bin/chromium)
// TONGBAN_E2E_OUTPUT  where screenshots and the cities' logs go (default: ../target/e2e)

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { output } from './kit/output.mjs';
import { startCity } from './kit/city.mjs';

const walksFolder = path.join(import.meta.dirname, 'walks');
const LONGEST_WALK = 15 * 60 * 1000;
// Cities that are walked at the same time. A browser and its city keep about one core busy.
const LANES = Math.min(2, os.availableParallelism());

function chosenWalks(names) {
  const all = readdirSync(walksFolder).filter((name) => name.endsWith('.mjs')).sort();
  const chosen = names.length === 0 ? all : names.map((name) => `${name.replace(/\.mjs$/, '')}.mjs`);
  const unknown = chosen.filter((name) => !existsSync(path.join(walksFolder, name)));
  if (unknown.length > 0) throw new Error(`no such walk: ${unknown.join(', ')}; there are ${all.join(', ')}`);
  return chosen.map((name) => path.join(walksFolder, name));
}

const running = new Set();

// Resolves to what a walk printed and its number of passed and failed tests. A file that fails to load counts as failed.
async function runWalk(file, city) {
  const walk = spawn(process.execPath, ['--test', '--test-reporter=spec', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TONGBAN_BASE: city.address, TONGBAN_CITY_DATA: city.data },
  });
  running.add(walk);
  let said = '';
  for (const stream of [walk.stdout, walk.stderr]) stream.setEncoding('utf8').on('data', (text) => { said += text; });
  const ended = new Promise((resolve, reject) => walk.once('close', resolve).once('error', reject));
  const code = await Promise.race([ended, pause(LONGEST_WALK, 'late', { ref: false })]);
  if (code === 'late') {
    walk.kill('SIGKILL');
    await ended;
    said += `${path.basename(file)} was ended after ${LONGEST_WALK / 60_000} minutes\n`;
  }
  running.delete(walk);
  const count = (word) => Number(said.match(new RegExp(`^\\S+ ${word} (\\d+)$`, 'm'))?.[1] ?? 0);
  const passed = count('pass');
  // Whoever ends badly without saying so has failed too.
  const failed = Math.max(count('fail'), code === 0 && count('tests') > 0 ? 0 : 1);
  return { said, passed, failed };
}

// A lane takes walks from the common queue and walks them in a city of its own, one after another.
async function lane(number, queue, counts) {
  const city = await startCity(`city-${number}.log`);
  cities.add(city);
  try {
    for (let file = queue.shift(); file; file = queue.shift()) {
      const { said, passed, failed } = await runWalk(file, city);
      process.stdout.write(said);
      counts.passed += passed;
      counts.failed += failed;
    }
  } finally {
    await city.stop();
    cities.delete(city);
  }
}

const cities = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, async () => {
    for (const walk of running) walk.kill('SIGKILL');
    await Promise.all([...cities].map((city) => city.stop()));
    process.exit(1);
  });
}
mkdirSync(output, { recursive: true });
const queue = chosenWalks(process.argv.slice(2));
const counts = { passed: 0, failed: 0 };
const lanes = Array.from({ length: Math.min(LANES, queue.length) }, (_, index) => lane(index + 1, queue, counts));
const ends = await Promise.allSettled(lanes);
for (const end of ends.filter((one) => one.status === 'rejected')) {
  console.error(end.reason);
  counts.failed += 1;
}
console.log(`screenshots and logs: ${output}`);
console.log(`browser: ${counts.passed} passed, ${counts.failed} failed`);
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
