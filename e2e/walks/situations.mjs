// 情形 and 容缺后补: the guide says what each situation asks for and gives the blank form; the form asks which it is; a material that may follow
// is handed in after the acceptance, and nothing is granted before it is there. And the operator's side: a blank form put into a draft.

import assert from 'node:assert/strict';
import test from 'node:test';

import { act, begin, handIn, next, openFromWorkList, openGuide, paper, press, signInAs, text, unfold, wayName, wayWithoutScript, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

const matter = '残疾人证申领';
const photo = { name: '照片.jpg', mimeType: 'image/jpeg', buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0]) };

for (const way of [...ways, wayWithoutScript]) {
  test(`what a situation asks for, and what may follow ${wayName(way)}`, async (t) => {
    const resident = await visit(t, way);
    const { page } = resident;
    await signInAs(resident, 'resident');
    await openGuide(resident, matter);
    await unfold(resident, '事项的其他信息');
    for (const words of ['遗失补领', '只有这些情形要交：首次申领、到期换领', '数量限制', '残疾评定表（空白）.pdf']) {
      assert.ok((await text(resident)).includes(words), `the guide says ${words}`);
    }
    await page.locator('tr', { hasText: '残疾评定表' }).locator('summary').click();
    await resident.look('situations-guide');
    const href = await page.locator('a', { hasText: '（空白）' }).getAttribute('href');
    const file = await page.request.get(href);
    assert.equal(file.status(), 200);
    assert.match(file.headers()['content-disposition'], /^attachment; filename\*=UTF-8''%E6%AE%8B/);
    assert.ok((await file.body()).subarray(0, 5).equals(Buffer.from('%PDF-')), 'the blank form is a document');

    await begin(resident, matter);
    await choose(resident, '遗失补领');
    await page.locator('[name="category"]').selectOption('肢体');
    await page.locator('[name="grade"]').selectOption('三级');
    await resident.look('situations-form');
    await next(resident);
    const asked = await text(resident);
    assert.ok(asked.includes('遗失情况说明') && !asked.includes('残疾评定表'), 'only what the situation asks for');
    await resident.look('situations-materials');
    await page.locator('#f-m-loss').setInputFiles({ ...paper, name: '遗失情况说明.pdf' });
    await next(resident);
    const shown = await text(resident);
    assert.ok(shown.includes('近期免冠照片') && shown.includes('遗失补领'), 'what may follow is named');
    await resident.look('situations-confirm');
    const { address, number } = await handIn(resident);

    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await openFromWorkList(clerk, number, 'accept');
    assert.ok((await text(clerk)).includes('近期免冠照片'));
    await clerk.look('situations-desk');
    await act(clerk, 'accept');

    await resident.go(address);
    await resident.look('situations-to-follow');
    await press(resident, page.locator('a[href$="/materials"]').first());
    await page.locator('#f-m-photo').setInputFiles(photo);
    await resident.look('situations-follow');
    await press(resident, page.locator('form[action$="/materials"] button').first());
    assert.equal(new URL(page.url()).pathname, address);
    await unfold(resident, '看看提交的内容');
    assert.ok((await text(resident)).includes('照片.jpg'));
  });
}

for (const way of ways) {
  test(`an operator puts a blank form into a draft ${wayName(way)}`, async (t) => {
    const operator = await visit(t, way);
    const { page } = operator;
    await signInAs(operator, 'operator');
    await operator.go(`/desk/items?q=${encodeURIComponent('志愿者注册')}`);
    await page.locator('main a', { hasText: '志愿者注册' }).first().click();
    await page.waitForURL(/\/desk\/items\/[0-9a-f-]+/);
    const item = new URL(page.url()).pathname.split('/')[3];
    await operator.go(`/desk/items/${item}/edit/materials/0`);
    const begins = page.locator('form[action$="/draft"] button').first();
    if ((await begins.count()) > 0) await press(operator, begins);
    await operator.go(`/desk/items/${item}/edit/materials/0`);
    await operator.look('item-material');
    await operator.go(`/desk/items/${item}/files/materials/0/blank`);
    await page.locator('#f-file').setInputFiles({ name: '说明.txt', mimeType: 'text/plain', buffer: Buffer.from('no document') });
    await press(operator, page.locator('form[action$="/blank"] button'));
    assert.equal(await page.locator('#f-file-error').count(), 1, 'what is no document is refused beside its field');
    await operator.look('item-file-refused');
    await page.locator('#f-file').setInputFiles({ ...paper, name: '志愿者登记表.pdf' });
    await press(operator, page.locator('form[action$="/blank"] button'));
    assert.match(page.url(), /\/edit\/materials\/0$/);
    const shown = page.locator('a', { hasText: '志愿者登记表.pdf' });
    assert.equal((await page.request.get(await shown.getAttribute('href'))).status(), 200, 'its operator may look');
    await operator.look('item-file-there');
    const stranger = await visit(t, way);
    assert.equal((await stranger.page.request.get(await shown.getAttribute('href'))).status(), 404, 'nobody else may, before it is published');

    await operator.go(`/items/${item}/preview`);
    assert.ok((await text(operator)).includes('志愿者登记表.pdf'));
    await operator.go(`/desk/items/${item}/files/materials/0/blank/remove`);
    await operator.look('item-file-remove');
    await press(operator, page.locator('form.confirm button.danger'));
    assert.equal(await page.locator('a', { hasText: '志愿者登记表.pdf' }).count(), 0);
  });
}

// Chooses a situation, whatever the form draws it as.
async function choose(visitor, words) {
  const field = visitor.page.locator('[name="situation"]').first();
  if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(words);
  else await visitor.page.locator(`[name="situation"][value="${words}"]`).check({ force: true });
}
