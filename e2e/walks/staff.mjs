// Supervisor, follow-up and operator pages with something on them: a bad rating becomes a task that the department
// answers, and the supervisor sees both. And a refusal with reasons and remedies.

import assert from 'node:assert/strict';
import test from 'node:test';

import { act, begin, fileCertificate, openFromWorkList, press, signInAs, text, unfold, wayName, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

for (const way of ways) {
  test(`a refusal, a bad rating and its answer ${wayName(way)}`, async (t) => {
    const resident = await visit(t, way);
    const { page } = resident;
    await signInAs(resident, 'resident');
    // A draft that is never filed: its reads are counted for the supervisor.
    await begin(resident, '犬类准养登记');
    const { address, number } = await fileCertificate(resident, '示范市云栖宾馆');

    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await openFromWorkList(clerk, number, 'accept');
    await act(clerk, 'accept');

    const approver = await visit(t, way);
    await signInAs(approver, 'approver');
    await openFromWorkList(approver, number, 'decide');
    await approver.page.locator('#f-opinion').fill('用途和提交单位不符');
    await act(approver, 'step');
    await openFromWorkList(approver, number, 'decide');
    await unfold(approver, '不予');
    await approver.page.locator('#f-refuse').fill('提交单位不在规定范围内。');
    await approver.look('refuse');
    await press(approver, approver.page.locator('form:has(input[name="outcome"][value="refuse"]) button').first());
    await approver.look('refuse-confirm');
    await press(approver, approver.page.locator('form.confirm button:not([value="no"])'));

    await resident.go(address);
    assert.ok((await text(resident)).includes('提交单位不在规定范围内'), 'a refusal has its reasons');
    const notice = page.locator('li', { hasText: '决定' }).locator('a[href$=".pdf"]').first();
    const pdf = await resident.context.request.get(await notice.getAttribute('href'));
    assert.ok(pdf.ok(), `the notice answered ${pdf.status()}`);
    assert.equal((await pdf.body()).subarray(0, 5).toString(), '%PDF-');
    for (const remedy of ['行政复议', '行政诉讼']) {
      assert.ok((await text(resident)).includes(remedy), `the page names ${remedy}`);
    }
    await resident.look('refused-case');

    await page.locator('[name="score"][value="1"]').check({ force: true });
    await page.locator('label', { hasText: '一次没说清' }).click();
    await page.locator('#f-words').fill('没有人告诉我要先问单位');
    await act(resident, 'rating');
    await resident.look('rated-badly');

    await approver.go('/desk/follow-ups');
    await approver.look('follow-ups-open');
    const task = approver.page.locator('main li', { hasText: '没有人告诉我要先问单位' }).first();
    await task.locator('textarea').fill('已在指南里写明，并电话致歉。');
    await press(approver, task.locator('button'));
    assert.ok((await text(approver)).includes('已在指南里写明'));
    await approver.look('follow-ups-answered');

    const supervisor = await visit(t, way);
    await signInAs(supervisor, 'supervisor');
    await supervisor.go('/desk/supervise');
    assert.ok((await text(supervisor)).includes('已在指南里写明'));
    await supervisor.look('supervise-full');
    await supervisor.go('/desk?show=closed');
    await supervisor.look('supervise-closed');
    await supervisor.go('/desk/work');
    await supervisor.look('supervise-jobs');
  });

  test(`who holds two posts changes between them ${wayName(way)}`, async (t) => {
    const approver = await visit(t, way);
    await signInAs(approver, 'approver.health');
    assert.ok((await text(approver, 'header')).includes('卫生健康委员会'));
    await approver.go('/desk/post');
    await approver.look('post');
    await press(approver, approver.page.locator('main form button'));
    assert.ok((await text(approver, 'header')).includes('人力资源和社会保障局'), 'the session stands on the other post');
    await approver.go('/desk?show=closed');
    assert.ok((await text(approver, 'header')).includes('人力资源和社会保障局'), 'and remembers it');
    await approver.look('post-chosen');
  });

  test(`the operator's pages ${wayName(way)}`, async (t) => {
    const operator = await visit(t, way);
    await signInAs(operator, 'operator');
    for (const [name, place] of [['items', '/desk/items'], ['quality', '/desk/quality'], ['imports', '/desk/imports'], ['departments', '/desk/departments'], ['jobs', '/desk/work']]) {
      await operator.go(place);
      await operator.look(`operator-${name}`);
    }
    const other = await operator.page.goto('/desk/supervise');
    assert.equal(other.status(), 403);
  });
}
