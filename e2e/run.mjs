// Starts a demo city in a temporary folder on a free port, runs the walks one after another in a real browser, and stops
// the city. `node run.mjs` runs all walks, `node run.mjs home apply` only these.
//
// TONGBAN_BINARY      the program (default: ../target/debug/tongban)
// TONGBAN_CHROMIUM    the browser (default: /usr/bin/chromium)
// TONGBAN_E2E_OUTPUT  where screenshots and the city's log go (default: ../target/e2e)

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

import { output } from './kit/output.mjs';
import { startCity } from './kit/city.mjs';

const walksFolder = path.join(import.meta.dirname, 'walks');
const LONGEST_WALK = 15 * 60 * 1000;

function chosenWalks(names) {
  const all = readdirSync(walksFolder).filter((name) => name.endsWith('.mjs')).sort();
  const chosen = names.length === 0 ? all : names.map((name) => `${name.replace(/\.mjs$/, '')}.mjs`);
  const unknown = chosen.filter((name) => !existsSync(path.join(walksFolder, name)));
  if (unknown.length > 0) throw new Error(`no such walk: ${unknown.join(', ')}; there are ${all.join(', ')}`);
  return chosen.map((name) => path.join(walksFolder, name));
}

// Resolves to the number of passed and failed tests. A file that fails to load counts as failed.
async function runWalks(files) {
  const counts = { passed: 0, failed: 0 };
  const isTest = (event) => event.details?.type !== 'suite' && !event.skip && !event.todo;
  // One after another: they share a city and two cores.
  const stream = run({ files, concurrency: 1, timeout: LONGEST_WALK });
  stream.on('test:pass', (event) => { if (isTest(event)) counts.passed += 1; });
  stream.on('test:fail', (event) => { if (isTest(event)) counts.failed += 1; });
  const printed = stream.compose(new spec());
  for await (const text of printed) process.stdout.write(text);
  return counts;
}

mkdirSync(output, { recursive: true });
const files = chosenWalks(process.argv.slice(2));
const city = await startCity();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, async () => {
    await city.stop();
    process.exit(1);
  });
}
try {
  process.env.TONGBAN_BASE = city.address;
  process.env.TONGBAN_CITY_DATA = city.data;
  const counts = await runWalks(files);
  console.log(`screenshots and log: ${output}`);
  console.log(`browser: ${counts.passed} passed, ${counts.failed} failed`);
  if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
} finally {
  await city.stop();
}
