// An operator uploads a list of matters: it is tried first, the report says row by row what would become of it, and after a question it is
// imported, while the city goes on. People find what was published.

import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { press, signInAs, text, wayName, wayWithoutScript, ways } from '../kit/people.mjs';
import { base, visit } from '../kit/visitor.mjs';

const heading = '实施编码,事项名称,区划代码,部门,统一社会信用代码,事项类型,法定办结时限\n';

// The matter that is looked for in the end.
function found(way) {
  return `独木桥${'甲乙丙'[way]}通行登记`;
}

// So many matters of the city, one of the neighbour, one without a name. Each way imports matters of its own.
function list(way, rows) {
  const number = (row) => String(way * 1_000 + row).padStart(4, '0');
  const name = (row) => (row === 7 ? found(way) : `走查导入${'甲乙丙'[way]}之${row}`);
  const own = (row) => `519A0900${number(row)}-519900000000-000-11511301008778183N-1-00,${name(row)},519900000000,市政务服务局,11511301008778183N,其他行政权力,5\n`;
  const lines = Array.from({ length: rows }, (_, row) => own(row));
  lines.push(`519A0900${number(900)}-371300000000-000-11511301008778183N-1-00,外地的事项,371300000000,外地的局,11511301008778183N,其他行政权力,5\n`);
  lines.push(`519A0900${number(901)}-519900000000-000-11511301008778183N-1-00,,519900000000,市政务服务局,11511301008778183N,其他行政权力,5\n`);
  return Buffer.from(heading + lines.join(''));
}

async function choose(operator, kind, name, buffer, publish = false) {
  const { page } = operator;
  await operator.go('/desk/imports');
  await page.locator(`input[name="kind"][value="${kind}"]`).check();
  if (publish) await page.locator('input[name="publish"]').check();
  await page.locator('input[name="file"]').setInputFiles({ name, mimeType: 'text/csv', buffer });
  await press(operator, page.locator('form[enctype] button'));
}

// Until the run has ended: with a script the page comes anew by itself, without one it has a link.
async function wait(operator) {
  const { page } = operator;
  for (let turn = 0; turn < 60 && (await page.locator('[data-progress]').count()) > 0; turn += 1) {
    if (!operator.javaScript) await press(operator, page.locator('[data-progress] a'));
    await pause(250);
    await page.waitForLoadState();
  }
  assert.equal(await page.locator('[data-progress]').count(), 0, 'the run ends');
}

for (const [index, way] of [...ways, wayWithoutScript].entries()) {
  test(`a list is uploaded, tried and imported ${wayName(way)}`, async (t) => {
    const operator = await visit(t, way);
    const { page } = operator;
    await signInAs(operator, 'operator');
    await operator.go('/desk/imports');
    await operator.look('imports-empty');

    // Another list than the one that was chosen: told beside the field, and the choice stays.
    await choose(operator, 'regions', '事项.csv', list(index, 1));
    assert.ok((await text(operator, '#f-file-error')).includes('像是另一种清单'));
    assert.ok(await page.locator('input[name="kind"][value="regions"]').isChecked());
    await operator.look('imports-wrong');

    const rows = 450;
    await choose(operator, 'items', '事项.csv', list(index, rows), true);
    await wait(operator);
    assert.ok((await text(operator)).includes(`可以导入 ${rows} 行，不收 2 行`), await text(operator));
    assert.ok((await text(operator)).includes('不在本岗位的区划（510000000000）之内'));
    await operator.look('imports-tried');
    await page.locator('nav.tabs a', { hasText: '全部' }).click();
    await page.waitForLoadState();
    await operator.look('imports-rows');

    await operator.go(new URL(page.url()).pathname);
    await press(operator, page.locator('a.button[href$="/import"]'));
    await operator.look('imports-question');
    // An impatient hand clicks twice; without a script both clicks are sent.
    const question = page.url();
    await page.locator('form.confirm button:not([value="no"])').dblclick();
    // the second click may cut off the answer to the first
    for (let turn = 0; turn < 60 && page.url() === question; turn += 1) await pause(250);
    await page.waitForLoadState();
    await wait(operator);
    const result = new URL(page.url()).pathname;
    assert.ok((await text(operator)).includes(`有变化 ${rows} 行`), await text(operator));
    await operator.look('imports-done');

    // The question leads to the same result now, and the list has the two runs once each.
    await page.goto(question);
    assert.equal(new URL(page.url()).pathname, result);
    await operator.go('/desk/imports');
    await operator.look('imports-list');

    // The report in English.
    await operator.go(result);
    await press(operator, page.locator('a[href^="/settings/language"]').first());
    assert.ok((await text(operator)).includes('does not lie in the region of your post'));
    await operator.look('imports-english');

    // What was published is found.
    const words = found(index);
    let hits = [];
    for (let turn = 0; turn < 60 && !hits.some((item) => item.name === words); turn += 1) {
      if (turn > 0) await pause(500);
      hits = (await (await fetch(`${base}/api/v1/items?q=${encodeURIComponent(words)}&limit=5`)).json()).items;
    }
    assert.ok(hits.some((item) => item.name === words), JSON.stringify(hits));
  });
}

test('a sheet that Excel saved as GBK is read, and the report says so', async (t) => {
  const operator = await visit(t, { size: 'phone' });
  await signInAs(operator, 'operator');
  // 区划代码,名称 / 519901188000,清水镇
  const gbk = Buffer.from('c7f8bbaeb4fac2eb2cc3fbb3c60d0a3531393930313138383030302cc7e5cbaed5f20d0a', 'hex');
  await choose(operator, 'regions', '乡镇.csv', gbk);
  await wait(operator);
  assert.ok((await text(operator)).includes('已按 GBK（GB 18030）读取'));
  await operator.look('imports-gbk');
});
