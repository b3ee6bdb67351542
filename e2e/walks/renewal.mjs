// 延续 and 听证: a firm renews a permit that runs out in some weeks, reads by when it is decided and what silence means; the office holds
// a hearing on it, and both read its terms.

import assert from 'node:assert/strict';
import test from 'node:test';

import { act, handIn, next, openFromWorkList, openGuide, paper, press, signInAs, text, unfold, wayName } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

const MATTER = '公共场所卫生许可（延续）';

// The desktop comes second: the firm has one permit to renew, and its renewal is open by then.
for (const way of [{ size: 'phone', javaScript: true }, { size: 'desktop', javaScript: false }]) {
  test(`a firm renews a permit, and the office hears it ${wayName(way)}`, async (t) => {
    const firm = await visit(t, way);
    const { page } = firm;
    await signInAs(firm, 'enterprise');
    await firm.go(`/search?topic=${encodeURIComponent('开宾馆')}`);
    assert.ok((await text(firm)).includes(MATTER), 'the life event leads to it');
    await firm.look('renewal-topic');
    await openGuide(firm, MATTER);
    assert.ok((await text(firm)).includes('5 号窗口'), 'the guide names the counters of the hall');
    await firm.look('renewal-guide');
    await page.locator('a[href^="/apply/"]').first().click();
    await page.waitForURL(/\/apply\//);
    const told = await text(firm);
    assert.ok(told.includes('依法核查') && !told.includes('同意取数'), 'the step is named by what happens there');
    await firm.look('renewal-apply');
    await press(firm, page.locator('main form button', { hasText: '开始填写' }));
    assert.equal(await page.locator('[name="kind"]').inputValue(), '其他', 'what the licence says is there already');
    await next(firm);
    const files = page.locator('input[type="file"]');
    assert.equal(await files.count(), 1, 'only the report is asked for');
    await files.setInputFiles({ ...paper, name: '检测报告.pdf' });
    await next(firm);
    assert.ok((await text(firm)).includes('公共场所卫生许可证'), 'the licence is named by itself');
    assert.ok(await page.locator('[name="renews"]').isChecked(), 'the only one is chosen');
    await firm.look('renewal-confirm');
    if (!way.javaScript) {
      await press(firm, page.locator('form[action$="/confirm"] button'));
      assert.ok((await text(firm)).includes('已经有一件延续申请在办理'), 'one renewal at a time');
      await firm.look('renewal-open');
      return;
    }
    const { address, number } = await handIn(firm);
    assert.ok((await text(firm)).includes('视为准予延续'), 'the page says what silence means');
    await firm.look('renewal-case');

    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await openFromWorkList(clerk, number, 'accept');
    await act(clerk, 'accept');

    const approver = await visit(t, way);
    await signInAs(approver, 'approver.health');
    await openFromWorkList(approver, number, 'decide');
    await unfold(approver, '启动特别程序');
    await approver.page.locator('#f-special-kind').selectOption('hearing');
    await approver.page.locator('#f-special-days').fill('20');
    await approver.page.locator('#f-special').fill('利害关系人申请听证');
    await press(approver, approver.page.locator('form[action$="/special"] button'));
    const heard = await text(approver);
    assert.ok(heard.includes('听证') && heard.includes('第四十八条'), 'the terms of the hearing stand on the page');
    await approver.look('renewal-hearing-desk');
    await firm.go(address);
    assert.ok((await text(firm)).includes('听证'), 'the firm reads them too');
    await firm.look('renewal-hearing');
  });
}
