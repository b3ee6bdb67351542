// A firm applies for a permit: what the register of enterprises and its own licence hold is there already.

import assert from 'node:assert/strict';
import test from 'node:test';

import {
  act, begin, handIn, next, openFromWorkList, openGuide, paper, people, press, signInAs, text, wayName, wayWithoutScript, ways,
} from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

const MATTER = '食品经营许可（新办）';

for (const way of ways) {
  test(`a firm applies and gets its permit ${wayName(way)}`, async (t) => {
    const firm = await visit(t, way);
    const { page } = firm;
    await signInAs(firm, 'enterprise');
    await begin(firm, MATTER);
    assert.equal(await page.locator('[name="representative"]').inputValue(), '赵大山');
    assert.equal(await page.locator('[name="place"]').inputValue(), '示范市一县政通路 18 号');
    assert.ok((await text(firm, '.from >> nth=0')).length > 0, 'facts say their source');
    assert.ok((await text(firm)).includes('市场主体登记信息'), 'the register is named');
    await page.locator('[name="area"]').fill('80');
    await page.locator('[name="kind"]').selectOption('餐饮服务经营者');
    await firm.look('firm-form');
    await next(firm);
    assert.ok((await text(firm)).includes('营业执照'), 'the licence that is held spares the paper');
    assert.equal(await page.locator('input[type="file"]').count(), 1, 'only the plan is asked for');
    await page.locator('input[type="file"]').setInputFiles({ ...paper, name: '平面图.pdf' });
    await firm.look('firm-materials');
    await next(firm);
    const { address, number } = await handIn(firm);
    await firm.look('firm-case');

    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await openFromWorkList(clerk, number, 'accept');
    assert.ok((await text(clerk)).includes(people.enterprise), 'a firm is named in full');
    await clerk.look('firm-desk-case');
    await act(clerk, 'accept');

    const approver = await visit(t, way);
    await signInAs(approver, 'approver.market');
    await openFromWorkList(approver, number, 'decide');
    await approver.page.locator('#f-opinion').fill('现场和材料相符');
    await act(approver, 'step');
    await openFromWorkList(approver, number, 'decide');
    await press(approver, approver.page.locator('form:has(input[name="outcome"][value="grant"]) button'));
    await press(approver, approver.page.locator('form.confirm button:not([value="no"])'));

    await firm.go(address);
    assert.ok((await text(firm)).includes('已办好'));
    await page.locator('a[href^="/my/licences/"]').first().click();
    await page.waitForURL(/\/my\/licences\//);
    assert.ok((await text(firm)).includes('食品经营许可证'));
    await firm.look('firm-licence');
    await firm.go('/my/data');
    assert.ok((await text(firm)).includes('市场主体登记信息'), 'the firm sees who read what');
    await firm.look('firm-data');
  });
}

for (const way of [...ways, wayWithoutScript]) {
  test(`a firm is told what the law has checked ${wayName(way)}`, async (t) => {
    const firm = await visit(t, way);
    const { page } = firm;
    await signInAs(firm, 'enterprise');
    await openGuide(firm, '公共场所卫生许可（新办）');
    await page.locator('a[href^="/apply/"]').first().click();
    await page.waitForURL(/\/apply\//);
    const told = await text(firm);
    assert.ok(told.includes('依照《中华人民共和国行政许可法》第三十四条'), 'law and article are named before anything is read');
    assert.equal(await page.locator('input[name="resource"][value="enterprises.basic"]').count(), 0, 'nobody is asked to agree to it');
    await firm.look('firm-duty');
    await press(firm, page.locator('main form button', { hasText: '开始填写' }));
    assert.equal(await page.locator('[name="place"]').inputValue(), '示范市一县政通路 18 号', 'the check was made all the same');
    await firm.go('/my/data');
    assert.ok((await text(firm)).includes('第三十四条'), 'and stands under who read my data with its law');
    await firm.look('firm-duty-data');
  });
}

test('a firm cannot apply for what is for persons only', async (t) => {
  const firm = await visit(t, { size: 'phone' });
  await signInAs(firm, 'enterprise');
  await firm.go(`/search?q=${encodeURIComponent('居住证')}`);
  await firm.page.locator('main a', { hasText: '居住证办理（首次申领）' }).first().click();
  await firm.page.waitForURL(/\/items\//);
  await firm.page.locator('a[href^="/apply/"]').first().click();
  await firm.page.waitForURL(/\/apply\//);
  assert.ok((await text(firm)).includes('只面向个人'));
  assert.equal(await firm.page.locator('button[name="consent_to"]').count(), 0);
  await firm.look('firm-not-for-you');
});
