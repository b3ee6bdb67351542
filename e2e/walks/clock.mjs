// 办理期限: what is due first stands first and says why; a special procedure stops the clock and is told in writing; the limit is
// extended once; the applicant reads the new date and its reasons; a paper result is handed over with its receipt.

import assert from 'node:assert/strict';
import test from 'node:test';

import { act, begin, handIn, next, openFromWorkList, paper, press, signInAs, text, unfold, wayName, wayWithoutScript, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

// What the demo city has lived through before today, by the name of the matter.
const RED = '犬类准养登记';
const YELLOW = '户口迁移（市外迁入）';
const EXTENDED = '旅馆业特种行业许可';
const PERMIT = '食品经营许可（新办）';

// The row of the work list with these words, and where it stands.
async function rowOf(visitor, words) {
  const rows = await visitor.page.locator('tbody tr').allInnerTexts();
  const place = rows.findIndex((row) => row.includes(words));
  assert.ok(place >= 0, `${words} is not in the list`);
  return { place, row: rows[place] };
}

// Opens a case of the demo's past from the work list.
async function openPast(visitor, words) {
  await visitor.go('/desk?show=decide');
  await visitor.page.locator('tr', { hasText: words }).first().locator('a.button').click();
  await visitor.page.waitForURL(/\/desk\/cases\//);
}

// The document of a case that has this title is a PDF.
async function documentOf(visitor, title) {
  const link = visitor.page.locator('a[href*="/documents/"]', { hasText: title }).first();
  const pdf = await visitor.context.request.get(await link.getAttribute('href'));
  assert.ok(pdf.ok(), `${title} answered ${pdf.status()}`);
  assert.equal((await pdf.body()).subarray(0, 5).toString(), '%PDF-');
}

// A firm applies for a permit and asks for the paper; answers the address of the case and its number.
async function apply(firm, delivery) {
  const { page } = firm;
  await begin(firm, PERMIT);
  await page.locator('[name="area"]').fill('60');
  await page.locator('[name="kind"]').selectOption('餐饮服务经营者');
  await next(firm);
  await page.locator('input[type="file"]').setInputFiles({ ...paper, name: '平面图.pdf' });
  await next(firm);
  await page.locator(`[name="delivery"][value="${delivery}"]`).check({ force: true });
  if (delivery === 'post') await page.locator('[name="delivery_address"]').fill('示范市一县政通路 18 号 前台');
  return handIn(firm);
}

for (const way of ways) {
  test(`the office sees what is due first, and why ${wayName(way)}`, async (t) => {
    const approver = await visit(t, way);
    const { page } = approver;
    await signInAs(approver, 'approver');
    await approver.go('/desk?show=decide');
    const [red, yellow, extended] = [await rowOf(approver, RED), await rowOf(approver, YELLOW), await rowOf(approver, EXTENDED)];
    assert.match(red.row, /超期 \d+ 天/);
    // One working day is left; at a weekend the day that is to come counts too.
    assert.match(yellow.row, /[12] 天|今天到期/);
    assert.ok(red.place < yellow.place && yellow.place < extended.place, 'what is due first stands first');
    await approver.look('clock-list');

    // Each is told once as it turns yellow and red.
    assert.match(await text(approver), /\d+ 条提醒/);
    await approver.go('/desk/notices');
    const told = await text(approver);
    assert.ok(told.includes(RED) && told.includes('已超期') && told.includes(YELLOW) && told.includes('快到期'));
    await approver.look('clock-notices');

    await openPast(approver, RED);
    assert.match(await text(approver, 'h1'), /超期/);
    await unfold(approver, '这个日期怎么算的');
    assert.ok((await text(approver)).includes('是最后一天'));
    await approver.look('clock-red');
    await openPast(approver, YELLOW);
    await unfold(approver, '这个日期怎么算的');
    assert.ok((await text(approver)).includes('承诺办结时限'), 'the basis of the limit is named');
    await approver.look('clock-yellow');
    await openPast(approver, EXTENDED);
    await unfold(approver, '这个日期怎么算的');
    assert.ok((await text(approver)).includes('延长 10 个工作日'));
    assert.ok((await text(approver)).includes('下级行政机关初审的期限'), 'the first review has a limit of its own');
    await documentOf(approver, '延期告知书');
    await approver.look('clock-extended');
    assert.equal(await page.locator('form[action$="/extension"]').count(), 0, 'it is extended once');

    // The applicants read the same.
    const resident = await visit(t, way);
    await signInAs(resident, 'resident');
    await resident.go('/my/cases');
    await resident.look('clock-my-cases');
    await resident.page.locator('main a', { hasText: YELLOW }).first().click();
    await resident.page.waitForURL(/\/my\/cases\//);
    assert.ok((await text(resident)).includes('前给您结果'));
    await resident.look('clock-my-case');
    const elder = await visit(t, way);
    await signInAs(elder, 'elder');
    await elder.go('/my/cases');
    await elder.page.locator('main a', { hasText: '高龄津贴申领' }).first().click();
    await elder.page.waitForURL(/\/my\/cases\//);
    assert.ok((await text(elder)).includes('需要您补正'));
    await elder.look('clock-my-supplement');

    const supervisor = await visit(t, way);
    await signInAs(supervisor, 'supervisor');
    await supervisor.go('/desk?show=open');
    assert.ok((await text(supervisor)).includes('暂停计时'), 'a clock that stands still says so');
    await supervisor.look('clock-supervisor');
    await supervisor.go('/desk/notices');
    const late = await text(supervisor);
    assert.ok(late.includes(RED) && !late.includes(YELLOW), 'a supervisor hears of what is late');
  });
}

for (const [index, way] of [...ways, wayWithoutScript].entries()) {
  test(`a clock is stopped, runs again, is extended once, and the paper is delivered ${wayName(way)}`, async (t) => {
    const delivery = index === 1 ? 'pick_up' : 'post';
    const firm = await visit(t, way);
    await signInAs(firm, 'enterprise');
    const { address, number } = await apply(firm, delivery);
    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await openFromWorkList(clerk, number, 'accept');
    await act(clerk, 'accept');
    await firm.go(address);
    const promised = await text(firm, '.card.main >> nth=0');
    assert.match(promised, /最晚 .+前给您结果/);

    // 特别程序: told in writing, and the clock says that it stands.
    const approver = await visit(t, way);
    await signInAs(approver, 'approver.market');
    await openFromWorkList(approver, number, 'decide');
    await unfold(approver, '启动特别程序');
    await approver.page.locator('#f-special-kind').selectOption('expert_review');
    await approver.page.locator('#f-special-days').fill('5');
    await approver.page.locator('#f-special').fill('后厨布局要请专家评审。');
    await approver.look('clock-special-form');
    await act(approver, 'special');
    await openFromWorkList(approver, number, 'decide');
    assert.ok((await text(approver)).includes('暂停计时'));
    await documentOf(approver, '特别程序');
    await approver.look('clock-special-desk');
    await firm.go(address);
    const stopped = await text(firm);
    assert.ok(stopped.includes('时限暂停计算') && stopped.includes('后厨布局要请专家评审'), 'the applicant reads that it stands, and why');
    await documentOf(firm, '特别程序');
    await firm.look('clock-special-case');
    await firm.go('/my/messages');
    assert.ok((await text(firm)).includes('进入特别程序'));

    await approver.page.locator('#f-special-result').fill('布局合理，同意。');
    await approver.look('clock-special-end-form');
    await act(approver, 'special-end');
    await firm.go(address);
    assert.match(await text(firm, '.card.main >> nth=0'), /最晚 .+前给您结果/);
    assert.ok((await text(firm)).includes('布局合理，同意'));

    // Extended once, with reasons; a second time is refused with its sentence.
    await openFromWorkList(approver, number, 'decide');
    await unfold(approver, '延长期限');
    await approver.page.locator('#f-extension').fill('要向外地核对一份登记。');
    await approver.page.locator('#f-approval').fill('局长已批准');
    await approver.look('clock-extend-form');
    await act(approver, 'extension');
    await openFromWorkList(approver, number, 'decide');
    await approver.look('clock-extended-desk');
    assert.equal(await approver.page.locator('form[action$="/extension"]').count(), 0);
    const again = await approver.context.request.post(`${new URL(approver.page.url()).pathname}/extension`, {
      form: {
        _csrf: await approver.page.locator('form[action$="/step"] input[name="_csrf"]').inputValue(),
        version: await approver.page.locator('form[action$="/step"] input[name="version"]').inputValue(),
        text: '还要再核对。',
        approval: '局长已批准',
      },
    });
    assert.equal(again.status(), 422);
    assert.ok((await again.text()).includes('期限已经延长过一次，不能再延长'));

    await firm.go(address);
    const later = await text(firm, '.card.main >> nth=0');
    assert.notEqual(later.split('\n')[0], promised.split('\n')[0], 'the date moved');
    assert.ok(later.includes('延长 10 个工作日'));
    await firm.look('clock-extended-case');
    await firm.page.locator('a[href$="/why"]').first().click();
    await firm.page.waitForURL(/\/why$/);
    const why = await text(firm);
    assert.ok(why.includes('要向外地核对一份登记') && why.includes('专家评审') && why.includes('第四十二条'));
    await firm.look('clock-why');

    // Granted; the paper goes out and its receipt closes the case.
    await approver.page.locator('#f-opinion').fill('符合条件');
    await act(approver, 'step');
    await openFromWorkList(approver, number, 'decide');
    await press(approver, approver.page.locator('form:has(input[name="outcome"][value="grant"]) button'));
    await press(approver, approver.page.locator('form.confirm button:not([value="no"])'));
    await firm.go(address);
    assert.match(await text(firm), /最晚 .+前把证照交给您/);
    await firm.look('clock-to-deliver-case');
    await clerk.go('/desk?show=deliver');
    await clerk.look('clock-deliver-list');
    await openFromWorkList(clerk, number, 'deliver');
    if (delivery === 'post') assert.ok((await text(clerk)).includes('示范市一县政通路 18 号 前台'), 'who sends it reads where to');
    await clerk.page.locator('#f-note').fill(delivery === 'post' ? '快递单号 SF0000000001' : '赵大山本人领取');
    await clerk.look('clock-deliver-form');
    await act(clerk, 'deliver');
    await firm.go(address);
    assert.ok((await text(firm)).includes('结果已交付'));
    await documentOf(firm, '送达');
    await firm.look('clock-delivered-case');
  });
}

test('a procedure that stood for days ends, and the date moves by them', async (t) => {
  const firm = await visit(t);
  await signInAs(firm, 'enterprise');
  await firm.go('/my/cases');
  const stopped = firm.page.locator('main li, main tr', { hasText: PERMIT }).filter({ hasText: /暂停/ }).last();
  await stopped.locator('a').first().click();
  await firm.page.waitForURL(/\/my\/cases\//);
  const address = new URL(firm.page.url()).pathname;
  const number = (await text(firm, '.code >> nth=0')).replaceAll(/\s/g, '');
  assert.ok((await text(firm)).includes('时限暂停计算'));

  const approver = await visit(t);
  await signInAs(approver, 'approver.market');
  await openFromWorkList(approver, number, 'decide');
  await approver.page.locator('#f-special-result').fill('凉菜间布局合理。');
  await act(approver, 'special-end');
  await firm.go(`${address}/why`);
  assert.match(await text(firm), /依法暂停计时，\d+ 天不算/);
  assert.match(await text(firm), /所以最晚是/);
  await firm.look('clock-why-moved');
});
