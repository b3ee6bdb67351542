// A clerk files at the window for a person without phone and account. The person takes a receipt home, and follows the
// case by its link, and by number and second fact, without ever signing in.

import assert from 'node:assert/strict';
import test from 'node:test';

import { act, citizenNumber, openFromWorkList, press, signInAs, text, unfold, wayName, ways, wayWithoutScript } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

let sequence = 310;

// Files for a person who stands at the window; ends on the receipt. Answers the person's number, the case's and the link.
async function fileAtWindow(clerk, { look = false } = {}) {
  const { page } = clerk;
  sequence += 1;
  const number = citizenNumber('19510307', sequence);
  await clerk.go('/desk/file');
  if (look) await clerk.look('window-find');
  await page.locator('input[name="q"]').fill('无犯罪记录');
  await page.locator('form[action="/desk/file"] button').first().click();
  await page.waitForURL(/\/desk\/file\?q=/);
  const hit = page.locator('main li', { hasText: '无犯罪记录证明开具' });
  await press(clerk, hit.locator('a.button').first());
  await page.locator('#f-name').fill('孙桂兰');
  await page.locator('#f-number').fill(number);
  await page.locator('#f-present').check({ force: true });
  if (look) await clerk.look('window-who');
  await press(clerk, page.locator('main form button', { hasText: '下一步' }));
  assert.match(page.url(), /\/sources$/);
  for (const source of await page.locator('input[name="resource"]').all()) await source.check({ force: true });
  if (look) await clerk.look('window-sources');
  await press(clerk, page.locator('main form button', { hasText: '下一步' }));
  assert.match(page.url(), /\/form$/);
  // No register knows this person: the clerk types what stands on the document.
  await page.locator('[name="name"]').fill('孙桂兰');
  await page.locator('[name="purpose"]').selectOption('办理公证');
  await page.locator('[name="unit"]').fill('示范市公证处');
  if (look) await clerk.look('window-form');
  await press(clerk, page.locator('main form button', { hasText: '下一步' }));
  assert.match(page.url(), /\/materials$/);
  await page.locator('input[type="file"]').first().setInputFiles({
    name: '身份证.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
  });
  if (look) await clerk.look('window-materials');
  await press(clerk, page.locator('main form button', { hasText: '下一步' }));
  assert.match(page.url(), /\/confirm$/);
  const shown = await text(clerk);
  assert.ok(!shown.includes(number), 'the whole number is shown nowhere');
  if (look) await clerk.look('window-confirm');
  await press(clerk, page.locator('form[action$="/submit"] button'));
  assert.match(page.url(), /\/receipt$/);
  if (look) await clerk.look('window-receipt');
  const caseNumber = (await text(clerk, 'b.code')).replaceAll(/\s/g, '');
  assert.match(caseNumber, /^519900\d{15}$/);
  assert.equal(await page.locator('.qr svg').count(), 1, 'the receipt carries a code to scan');
  const link = (await text(clerk, 'p.code')).trim();
  assert.match(link, /^http:\/\/.+\/progress\/[\w-]{20,}$/);
  return { number, caseNumber, link: new URL(link).pathname };
}

for (const way of [...ways, wayWithoutScript]) {
  test(`a person without phone and account applies at the window ${wayName(way)}`, async (t) => {
    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    const { number, caseNumber, link } = await fileAtWindow(clerk, { look: true });

    const person = await visit(t, way);
    await person.go(link);
    assert.ok((await text(person)).includes('已提交，等待受理'));
    assert.ok(!(await text(person)).includes('孙桂兰'), 'the page of the link names nobody');
    await person.look('window-progress');

    // Without the link: the number on the receipt and the last four of the person's own number.
    await person.go('/progress');
    await person.page.locator('#f-number').fill(caseNumber);
    await person.page.locator('#f-last').fill('0000');
    await press(person, person.page.locator('form[action="/progress"] button'));
    assert.ok(!(await text(person)).includes('已提交'), 'a wrong second fact shows nothing');
    await person.look('window-progress-wrong');
    await person.page.locator('#f-number').fill(caseNumber);
    await person.page.locator('#f-last').fill(number.slice(-4));
    await press(person, person.page.locator('form[action="/progress"] button'));
    assert.ok((await text(person)).includes('已提交，等待受理'));

    await openFromWorkList(clerk, caseNumber, 'accept');
    await act(clerk, 'accept');
    await person.go(link);
    assert.ok((await text(person)).includes('正在审查'), 'the link follows the case');

    const approver = await visit(t, way);
    await signInAs(approver, 'approver');
    await openFromWorkList(approver, caseNumber, 'decide');
    await approver.page.locator('#f-opinion').fill('没有犯罪记录');
    await act(approver, 'step');
    await openFromWorkList(approver, caseNumber, 'decide');
    await press(approver, approver.page.locator('form:has(input[name="outcome"][value="grant"]) button'));
    await press(approver, approver.page.locator('form.confirm button:not([value="no"])'));

    if (way.size === 'desktop') {
      // Who has lost the link rates with the number on the receipt and the second fact.
      await person.go('/progress');
      await person.page.locator('#f-number').fill(caseNumber);
      await person.page.locator('#f-last').fill(number.slice(-4));
      await press(person, person.page.locator('form[action="/progress"] button'));
      await person.page.locator('[name="score"][value="5"]').check({ force: true });
      await person.page.locator('#f-words').fill('一次办好');
      await person.look('window-rate-number');
      await press(person, person.page.locator('form[action="/progress/rating"] button'));
      assert.ok((await text(person, 'body')).includes('谢谢您的评价'));
      await person.look('window-rate-number-done');
      await person.go(link);
      assert.ok((await text(person)).includes('已经评价过'), 'once, by whichever way');
      assert.equal(await person.page.locator('form[action$="/rating"]').count(), 0);
      return;
    }

    // Whoever holds the link rates with a second fact, once.
    await person.go(link);
    await person.look('window-rate');
    const rate = async (lastFour) => {
      await person.page.locator('[name="score"][value="4"]').check({ force: true });
      await person.page.locator('#f-last').fill(lastFour);
      await press(person, person.page.locator('form[action$="/rating"] button'));
    };
    await rate('0000');
    assert.ok((await text(person)).includes('后四位不对'), 'a wrong second fact is told');
    await rate(number.slice(-4));
    assert.ok((await text(person)).includes('已经评价过'));
    assert.equal(await person.page.locator('form[action$="/rating"]').count(), 0);
    await person.look('window-rated');
  });
}

for (const way of [...ways, wayWithoutScript]) {
  test(`a notice is handed to who has no account ${wayName(way)}`, async (t) => {
    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    const { caseNumber } = await fileAtWindow(clerk);
    await openFromWorkList(clerk, caseNumber, 'accept');
    await unfold(clerk, '补正');
    await clerk.page.locator('#f-supplement').fill('请补交护照复印件。');
    await act(clerk, 'supplement');
    await openFromWorkList(clerk, caseNumber, 'supplement');
    assert.ok((await text(clerk)).includes('申请人没有账号，申请材料补正告知书要当面交给他'));
    await clerk.page.locator('form[action$="/serve"] #f-note').fill('本人当场领取');
    await clerk.look('window-serve');
    await act(clerk, 'serve');
    await openFromWorkList(clerk, caseNumber, 'supplement');
    assert.equal(await clerk.page.locator('form[action$="/serve"]').count(), 0, 'it is handed over once');
    assert.ok((await text(clerk)).includes('补正告知书送达'));
    await clerk.look('window-served');
  });

  test(`a case is taken back at the window ${wayName(way)}`, async (t) => {
    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    const { caseNumber, link } = await fileAtWindow(clerk);
    await openFromWorkList(clerk, caseNumber, 'accept');
    await unfold(clerk, '撤回');
    await clerk.page.locator('#f-withdraw').fill('不想办了');
    await clerk.page.locator('#f-present').check({ force: true });
    await clerk.look('window-withdraw');
    await act(clerk, 'withdraw');
    await clerk.look('window-withdraw-sure');
    await press(clerk, clerk.page.locator('form.confirm button:not([value="no"])'));

    const person = await visit(t, way);
    await person.go(link);
    assert.ok((await text(person)).includes('撤回'), 'the link says so');
    await person.look('window-withdrawn');
  });
}
