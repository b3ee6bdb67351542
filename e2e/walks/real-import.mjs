// A real published list of matters is imported while the city runs, and people find what is in it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { binary } from '../kit/city.mjs';
import { base, visit } from '../kit/visitor.mjs';

const shared = process.env.TONGBAN_SHARED ?? path.resolve(import.meta.dirname, '../../../shared');
const list = path.join(shared, 'data/items/sichuan_guangan_items.jsonl');

function say(line) {
  console.error(line);
  if (process.env.TONGBAN_REAL_DATA_LOG) appendFileSync(process.env.TONGBAN_REAL_DATA_LOG, `${line}\n`);
}

// Imports the list beside the running city and answers the last line that the program printed.
function importList() {
  const args = ['import', 'items', list, '--publish', '--data-dir', process.env.TONGBAN_CITY_DATA];
  // Our own variables are not settings of the program.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TONGBAN_')));
  const printed = execFileSync(binary, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'inherit'] });
  return printed.trim().split('\n').at(-1);
}

test('a real list of 1,135 matters goes in while the city runs', async (t) => {
  if (!existsSync(list) || !process.env.TONGBAN_CITY_DATA) {
    say('real-data: skipped e2e real import: items/sichuan_guangan_items.jsonl is not here (set TONGBAN_SHARED)');
    t.skip('the real list is not here');
    return;
  }
  say('real-data: ran e2e real import');
  assert.match(importList(), /^rows 1135 accepted \d+ warned \d+ refused 0 changed 1135$/);
  assert.match(importList(), /^rows 1135 accepted \d+ warned \d+ refused 0 changed 0$/);

  // The running city hears of it within moments, some hundreds of matters at a time.
  const question = `${base}/api/v1/items?q=${encodeURIComponent('犬类准养证核发')}&region=511602000000&limit=5`;
  const expected = '511A09001023-511602000000-000-11511300008778693M-1-00';
  let found = [];
  for (let turn = 0; turn < 120 && found[0]?.code !== expected; turn += 1) {
    found = (await (await fetch(question)).json()).items;
    if (found[0]?.code !== expected) await pause(500);
  }
  assert.equal(found[0]?.code, expected);

  for (const size of ['phone', 'desktop']) {
    const visitor = await visit(t, { size });
    await visitor.go(`/items/${found[0].id}`);
    assert.ok((await visitor.page.locator('h1').innerText()).includes('犬类准养证核发'));
    await visitor.look('real-guide');
    // A row of a bare list has no form: the page says so and offers no way to apply.
    assert.equal(await visitor.page.locator('a[href^="/apply/"]').count(), 0);
  }
});
