// A real published list of matters is imported while the city runs, people find what is in it; and once its office gives one of them a form,
// staff and a licence, the whole main job is walked on it: find, guide, apply, accept, decide, licence, verify, rate.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { binary } from '../kit/city.mjs';
import { act, next, openFromWorkList, openGuide, paper, press, signInAs, signInOnPage, text } from '../kit/people.mjs';
import { base, visit } from '../kit/visitor.mjs';

const shared = process.env.TONGBAN_SHARED ?? path.resolve(import.meta.dirname, '../../../shared');
const list = path.join(shared, 'data/items/sichuan_guangan_items.jsonl');

function say(line) {
  console.error(line);
  if (process.env.TONGBAN_REAL_DATA_LOG) appendFileSync(process.env.TONGBAN_REAL_DATA_LOG, `${line}\n`);
}

// Runs a command of the program beside the running city; answers what it printed.
function run(...args) {
  // Our own variables are not settings of the program.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TONGBAN_')));
  const printed = execFileSync(binary, [...args, '--data-dir', process.env.TONGBAN_CITY_DATA], { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'inherit'] });
  return printed.trim();
}

// Imports a list and answers the last line that the program printed.
function importList(kind, file, ...options) {
  return run('import', kind, file, ...options).split('\n').at(-1);
}

// A matter of the list, and the office that it names.
const code = '511A09001023-511602000000-000-11511300008778693M-1-00';
const office = '11511300008778693M';
const matter = '犬类准养证核发';

test('a real list of 1,135 matters goes in while the city runs', async (t) => {
  if (!existsSync(list) || !process.env.TONGBAN_CITY_DATA) {
    say('real-data: skipped e2e real import: items/sichuan_guangan_items.jsonl is not here (set TONGBAN_SHARED)');
    t.skip('the real list is not here');
    return;
  }
  say('real-data: ran e2e real import');
  assert.match(importList('items', list, '--publish'), /^rows 1135 accepted \d+ warned \d+ refused 0 changed 1135$/);
  assert.match(importList('items', list, '--publish'), /^rows 1135 accepted \d+ warned \d+ refused 0 changed 0$/);

  // The running city hears of it within moments, some hundreds of matters at a time.
  const question = `${base}/api/v1/items?q=${encodeURIComponent(matter)}&region=511602000000&limit=5`;
  let found = [];
  for (let turn = 0; turn < 120 && found[0]?.code !== code; turn += 1) {
    found = (await (await fetch(question)).json()).items;
    if (found[0]?.code !== code) await pause(500);
  }
  assert.equal(found[0]?.code, code);

  for (const size of ['phone', 'desktop']) {
    const visitor = await visit(t, { size });
    await visitor.go(`/items/${found[0].id}`);
    assert.ok((await visitor.page.locator('h1').innerText()).includes(matter));
    await visitor.look('real-guide');
    // A row of a bare list has no form: the page says so and offers no way to apply.
    assert.equal(await visitor.page.locator('a[href^="/apply/"]').count(), 0);
  }
});

// What the office says of its matter: everything that the quality rules ask of a permit, a form, and the licence that it ends in.
function ownWords() {
  const step = (stepCode, name, role) => ({ code: stepCode, name, role });
  const field = (title, order, more = {}) => ({ type: 'string', title, maxLength: 100, 'x-ui': { order }, ...more });
  return {
    name: matter,
    item_type: '01',
    project_type: 'promised',
    audience: ['person'],
    department: '区公安分局',
    summary: '在限养区养犬要办的证。',
    promised_limit: { amount: 5, unit: 'workday' },
    accept_condition: '犬只已经免疫，申请人有固定住所。',
    materials: [{ code: 'vaccination', name: '犬只免疫证明' }],
    form: {
      type: 'object',
      required: ['keeper', 'dog'],
      properties: { keeper: field('养犬人', 1, { 'x-source': { account: 'name' } }), dog: field('犬名', 2) },
    },
    steps: [step('accept', '受理', 'clerk'), step('review', '审核', 'approver'), step('decide', '审批', 'approver'), step('finish', '办结', 'approver'), step('deliver', '送达', 'clerk')],
    places: [{ name: '区政务服务中心', address: '以当地公布为准', hours: '工作日 9:00–17:00', phone: '0826-0000000' }],
    consult_phone: '0826-0000000',
    complaint_phone: '12345',
    legal_basis: [{ law: '《中华人民共和国动物防疫法》', article: '第三十条' }],
    questions: [{ question: '要带狗来吗？', answer: '不用。' }],
    results: [{ name: '犬类准养证', kind: 'licence', licence_type: `${office}901`, valid_months: 12, sample: '样本', fields: { dog: 'dog' } }],
    trips: 0,
    online: true,
  };
}

test('a matter of the real list is handled from the search to the rating', async (t) => {
  if (!existsSync(list) || !process.env.TONGBAN_CITY_DATA) return t.skip('the real list is not here');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tongban-own-words-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const types = path.join(folder, 'types.csv');
  writeFileSync(types, `code,name,definer_name,holder,fields\n${office}901,犬类准养证,区公安分局,person,dog:犬名\n`);
  assert.match(importList('licence-types', types), /refused 0 changed 1$/);
  const words = path.join(folder, 'words.jsonl');
  writeFileSync(words, `${JSON.stringify({ code, region_code: '511602000000', org_code: office, department: '区公安分局', content: ownWords() })}\n`);
  assert.match(importList('items', words, '--publish'), /refused 0 changed 1$/);
  const passwords = {};
  const codes = {};
  for (const role of ['clerk', 'approver']) {
    const printed = run('staff', 'add', `real.${role}`, '--name', role, '--post', `${role}:511602000000:${office}`);
    [, passwords[role]] = printed.match(/^password\s+(\S+)$/m);
    [, codes[role]] = printed.match(/^code\s+(\d{10})$/m);
  }
  const staff = async (role) => {
    const visitor = await visit(t, { size: 'phone' });
    await visitor.go('/sign-in?kind=staff');
    await signInOnPage(visitor, `real.${role}`, passwords[role]);
    return visitor;
  };

  const resident = await visit(t, { size: 'phone' });
  const { page } = resident;
  await signInAs(resident, 'elder');
  for (let turn = 0; turn < 120 && (await page.locator('a[href^="/apply/"]').count()) === 0; turn += 1) {
    await openGuide(resident, matter, '养狗证');
    if ((await page.locator('a[href^="/apply/"]').count()) === 0) await pause(500);
  }
  await resident.look('real-own-guide');
  await page.locator('a[href^="/apply/"]').first().click();
  await page.waitForURL(/\/apply\//);
  await press(resident, page.locator('form[action^="/apply/"] button').first());
  assert.match(page.url(), /\/form$/);
  assert.ok((await text(resident)).includes('来自您的账号'), 'what the account knows is filled in');
  await page.locator('[name="dog"]').fill('来福');
  await next(resident);
  await page.locator('input[type="file"]').first().setInputFiles(paper);
  await next(resident);
  await press(resident, page.locator('form[action$="/confirm"] button'));
  const address = new URL(page.url()).pathname;
  const number = (await page.locator('.code').first().innerText()).replaceAll(/\s/g, '');
  assert.match(number, /^511602\d{15}$/, 'the case has a number of the district');

  const clerk = await staff('clerk');
  await openFromWorkList(clerk, number, 'accept');
  await act(clerk, 'accept');
  const approver = await staff('approver');
  await openFromWorkList(approver, number, 'decide');
  await approver.page.locator('#f-opinion').fill('免疫证明在有效期内');
  await act(approver, 'step');
  // a password decides nothing: the code that was printed with it is the first second factor
  await approver.page.locator('#f-code').fill(codes.approver);
  await press(approver, approver.page.locator('form[action="/desk/second-factor"] button'));
  await press(approver, approver.page.locator('main form button', { hasText: '发送' }));
  await openFromWorkList(approver, number, 'decide');
  await press(approver, approver.page.locator('form:has(input[name="outcome"][value="grant"]) button'));
  await press(approver, approver.page.locator('form.confirm button:not([value="no"])'));

  await resident.go(address);
  await press(resident, page.locator('a[href^="/my/licences/"]').first());
  assert.ok((await text(resident)).includes('来福'));
  await resident.look('real-licence');
  const verify = await page.locator('a[href^="/verify/"]').first().getAttribute('href');
  const anyone = await visit(t, { size: 'phone' });
  await anyone.go(verify);
  assert.equal(await anyone.page.locator('.verdict.good').count(), 1, 'anyone verifies it');
  await resident.go(address);
  await page.locator('[name="score"][value="5"]').check({ force: true });
  await press(resident, page.locator('form[action$="/rating"] button'));
  assert.equal(await page.locator('form[action$="/rating"]').count(), 0, 'the rating stands there');
});
