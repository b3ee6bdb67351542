// 补正: the clerk tells once what is missing, the applicant answers, the case goes on to acceptance. And 撤回: the
// applicant takes an application back.

import assert from 'node:assert/strict';
import test from 'node:test';

import { act, begin, fileCertificate, handIn, next, openFromWorkList, paper, press, signInAs, text, unfold, wayName, wayWithoutScript, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

for (const way of [...ways, wayWithoutScript]) {
  test(`what is missing is told once and handed in ${wayName(way)}`, async (t) => {
    const resident = await visit(t, way);
    const { page } = resident;
    await signInAs(resident, 'resident');
    await begin(resident, '居住证办理（首次申领）');
    await page.locator('[name="current_address"]').fill('一县政通路 18 号');
    await page.locator('[name="since"]').fill('2025-03-01');
    await page.locator('[name="reason"]').selectOption('就业');
    await next(resident);
    await page.locator('input[type="file"]').first().setInputFiles(paper);
    await next(resident);
    const { address, number } = await handIn(resident);

    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await openFromWorkList(clerk, number, 'accept');
    await unfold(clerk, '补正');
    await clerk.page.locator('#f-supplement').fill('租房合同缺少签字页，请补传；现居住地址请写到门牌号。');
    await clerk.look('supplement-ask');
    await act(clerk, 'supplement');
    await openFromWorkList(clerk, number, 'supplement');
    await clerk.look('supplement-desk');

    await resident.go('/my/messages');
    await resident.look('supplement-message');
    await resident.go(address);
    assert.ok((await text(resident)).includes('缺少签字页'), 'the person reads what is missing');
    await resident.look('supplement-case');
    await page.locator('a[href$="/form"]').first().click();
    await page.waitForURL(/\/form$/);
    await page.locator('[name="current_address"]').fill('一县政通路 18 号 2 单元 301');
    await resident.look('supplement-form');
    await next(resident);
    await page.locator('a[href$="/remove"]').first().click();
    await page.waitForURL(/\/remove$/);
    await press(resident, page.locator('form.confirm button:not([value="no"])'));
    await page.locator('input[type="file"]').first().setInputFiles({ ...paper, name: '签字页.pdf' });
    await resident.look('supplement-materials');
    await next(resident);
    await resident.look('supplement-confirm');
    await press(resident, page.locator('form[action$="/confirm"] button'));
    assert.ok((await text(resident)).includes('等待受理'));
    await resident.look('supplement-answered');

    await openFromWorkList(clerk, number, 'accept');
    assert.equal(await clerk.page.locator('form[action$="/supplement"]').count(), 0, 'it is asked once');
    const compared = await text(clerk);
    assert.ok(compared.includes('签字页.pdf') && compared.includes('补正前提交') && compared.includes(paper.name), 'what was filed is there too');
    assert.ok(compared.includes('补正前：一县政通路 18 号'));
    await clerk.look('supplement-desk-answered');
    await act(clerk, 'accept');
    await resident.go(address);
    assert.ok((await text(resident)).includes('正在审查'));
  });

  test(`who comes to a window is served there ${wayName(way)}`, async (t) => {
    const elder = await visit(t, way);
    await signInAs(elder, 'elder');
    const { address, number } = await fileCertificate(elder, '示范市幸福养老院');
    const clerk = await visit(t, way);
    const { page } = clerk;
    await signInAs(clerk, 'clerk');
    await openFromWorkList(clerk, number, 'accept');
    await unfold(clerk, '补正');
    await page.locator('#f-supplement').fill('单位名称请写全称。');
    await act(clerk, 'supplement');
    await openFromWorkList(clerk, number, 'supplement');
    const opened = page.url();
    await page.locator('#f-attend').check({ force: true });
    await clerk.look('supplement-attend');
    await act(clerk, 'attend');
    assert.match(page.url(), /\/desk\/file\/[^/]+\/form$/);
    await page.locator('[name="unit"]').fill('示范市幸福养老院有限责任公司');
    await clerk.look('supplement-window-form');
    await press(clerk, page.locator('main form button', { hasText: '下一步' }));
    await press(clerk, page.locator('main form button', { hasText: '下一步' }));
    await clerk.look('supplement-window-confirm');
    await press(clerk, page.locator('form[action$="/submit"] button'));
    await clerk.look('supplement-window-done');
    await clerk.go(opened);
    assert.ok((await text(clerk)).includes('补正前：示范市幸福养老院'));
    await elder.go(address);
    assert.ok((await text(elder)).includes('您到窗口'));
    await elder.look('supplement-window-told');
  });

  test(`an application is taken back ${wayName(way)}`, async (t) => {
    const resident = await visit(t, way);
    const { page } = resident;
    await signInAs(resident, 'elder');
    const { address, number } = await fileCertificate(resident, '示范市幸福养老院');
    await page.locator('a[href$="/withdraw"]').click();
    await page.waitForURL(/\/withdraw$/);
    await resident.look('withdraw');
    await press(resident, page.locator('form.confirm button:not([value="no"])'));
    assert.equal(new URL(page.url()).pathname, address);
    assert.ok((await text(resident)).includes('已撤回'));
    await resident.look('withdrawn');

    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await openFromWorkList(clerk, number, 'closed');
    assert.equal(await clerk.page.locator('form[action$="/accept"]').count(), 0, 'nobody can accept it');
    await clerk.look('withdrawn-desk');
  });
}
