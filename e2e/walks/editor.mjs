// An operator edits an item: sees what is still to be mended, mends it, publishes, and people find the change.

import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { base, visit } from '../kit/visitor.mjs';

async function signIn(visitor) {
  await visitor.go('/');
  await visitor.page.locator('form[action="/demo/sign-in"] button', { hasText: '林远' }).click();
  await visitor.page.waitForLoadState();
}

async function save(page) {
  await page.locator('form[data-check] .actions button').first().click();
  await page.locator('.flash.good').waitFor();
}

// The walks share a city, so each way edits a matter of its own.
for (const [index, way] of [
  { size: 'phone', javaScript: true },
  { size: 'desktop', javaScript: true },
  { size: 'phone', javaScript: false },
].entries()) {
  test(`an item is edited on a ${way.size}${way.javaScript ? '' : ' without JavaScript'}`, async (t) => {
    const operator = await visit(t, way);
    const { page } = operator;
    await signIn(operator);
    await operator.go('/desk/quality');
    await operator.look('editor-quality');
    await operator.go('/desk/items?state=published');
    await operator.look('editor-items');
    await page.locator('tbody th a').nth(index).click();
    await page.locator('form[action$="/draft"] button').waitFor();
    const item = new URL(page.url()).pathname;
    await operator.look('editor-before');
    await page.locator('form[action$="/draft"] button').click();
    await page.locator('#sections').waitFor();
    await operator.look('editor-item');

    // Two telephones that are one: the lint says so beside the field and blocks publication.
    await operator.go(`${item}/edit/contact`);
    await page.locator('[name="consult_phone"]').fill('0000-1234567');
    await page.locator('[name="complaint_phone"]').fill('0000-1234567');
    await save(page);
    await operator.go(`${item}/publish`);
    assert.ok((await page.locator('.notice.warning a[href$="/edit/contact#f-complaint_phone"]').count()) > 0);
    assert.equal(await page.locator('input[name="day"]').count(), 0, 'nothing to publish with');
    await operator.look('editor-blocked');
    await page.locator('.notice.warning a[href$="/edit/contact#f-complaint_phone"]').click();
    await page.locator('#f-complaint_phone-error').waitFor();
    await operator.look('editor-finding');
    await page.locator('[name="complaint_phone"]').fill('12345');
    await save(page);

    // A word that people use, and one more question.
    const word = `走查新词${'甲乙丙'[index]}`;
    await operator.go(`${item}/edit/audience`);
    await page.locator('[name="keywords"]').fill(word);
    await operator.look('editor-audience');
    await save(page);
    await operator.go(`${item}/edit/questions/new`);
    await page.locator('[name="question"]').fill(`${word}怎么办？`);
    await page.locator('[name="answer"]').fill('带上身份证到窗口就能办。');
    await save(page);
    await operator.look('editor-questions');
    await operator.go(`${item}/edit/materials`);
    await operator.look('editor-materials');
    await operator.go(`${item}/edit/form`);
    await operator.look('editor-form');
    await operator.go(`${item}/edit/form/new`);
    await operator.look('editor-form-field');

    // Whatever else stands in the way is mended where the list leads.
    await mendTheRest(operator, item);
    await operator.go(item.replace('/desk', '') + '/preview');
    await operator.look('editor-preview');
    await operator.go(`${item}/publish`);
    await operator.look('editor-publish');
    await page.locator('form[action$="/publish"] button').click();
    await page.locator('.flash.good').waitFor();
    await operator.go(`${item}/history`);
    await operator.look('editor-history');

    // The guide says it, and the search finds it.
    await operator.go(item.replace('/desk', ''));
    assert.ok((await page.locator('main').innerText()).includes(`${word}怎么办？`));
    let found = [];
    for (let turn = 0; turn < 60 && found.length === 0; turn += 1) {
      found = (await (await fetch(`${base}/api/v1/items?q=${encodeURIComponent(word)}&limit=5`)).json()).items;
      if (found.length === 0) await pause(500);
    }
    assert.equal(found[0]?.id, item.split('/').at(-1));
  });
}

// What the demo's matters lack by design, filled in like an operator would.
async function mendTheRest(operator, item) {
  const { page } = operator;
  const missing = async () => {
    await operator.go(`${item}/publish`);
    return page.locator('.notice.warning a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  };
  const fill = {
    conditions: { accept_condition: '材料齐全、符合法定形式。' },
    limits: { 'promised_limit.amount': '5' },
    online: { trips_reason: '需要现场核对身份证' },
  };
  for (const href of await missing()) {
    const [path] = href.split('#');
    const [section, entry] = path.split('/edit/')[1].split('/');
    if (fill[section]) {
      await operator.go(path);
      for (const [name, value] of Object.entries(fill[section])) await page.locator(`[name="${name}"]`).fill(value);
      await save(page);
    } else if (section === 'places') {
      await operator.go(entry ? path : `${path}/new`);
      await page.locator('[name="name"]').fill('政务服务中心');
      await page.locator('[name="address"]').fill('示范市政通路 1 号');
      await page.locator('[name="hours"]').fill('工作日 9:00–17:00');
      await page.locator('[name="phone"]').fill('0000-1234567');
      await save(page);
    } else if (section === 'steps') {
      for (let left = await entries(operator, path); left < 5; left += 1) {
        await operator.go(`${path}/new`);
        await page.locator('[name="name"]').fill(['受理', '审核', '审批', '办结', '送达'][left]);
        await save(page);
      }
    } else if (section === 'results' && entry) {
      await operator.go(path);
      await page.locator('[name="sample"]').fill('样本.pdf');
      await save(page);
    }
  }
  assert.deepEqual(await missing(), [], 'nothing is left to mend');
}

async function entries(operator, path) {
  await operator.go(path);
  return operator.page.locator('ol.rows > li').count();
}
