// Acting for somebody else: a firm's agent, a grandmother's grandson, a legal representative, a guardian. Each is let, does something, and
// is stopped at once.

import assert from 'node:assert/strict';
import test from 'node:test';

import {
  begin, citizenNumber, firmCode, handIn, next, openGuide, openFromWorkList, paper, people, press, signInAs, text, unfold, wayName, wayWithoutScript, ways,
} from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

const RESIDENT = citizenNumber('19880312', 121, '519901');
const FIRM = firmCode('MA990001');
const MATTER = '食品经营许可（新办）';

/** The card of somebody on a page of mandates that stands like this. */
function card(visitor, name, standing) {
  return visitor.page.locator('div.card', { hasText: name }).filter({ has: visitor.page.locator('.chip', { hasText: standing }) }).first();
}

async function signOut(visitor) {
  await press(visitor, visitor.page.locator('form[action="/sign-out"] button').first());
}

for (const way of [...ways, wayWithoutScript]) {
  test(`a firm's agent does what the mandate is for, until it is taken back ${wayName(way)}`, async (t) => {
    const firm = await visit(t, way);
    await signInAs(firm, 'enterprise');
    await firm.go('/my/mandates/new');
    await firm.look('mandate-new');
    // nothing chosen: said in words, and nothing that was typed is lost
    await firm.page.locator('[name="agent_name"]').fill('王建国');
    await firm.page.locator('[name="agent_number"]').fill(RESIDENT);
    await press(firm, firm.page.locator('button[value="give"]'));
    assert.ok((await text(firm)).includes('请选定至少一个事项或部门'));
    await firm.look('mandate-nothing-chosen');
    await firm.page.locator('[name="q"]').fill('食品经营许可');
    await press(firm, firm.page.locator('button[value="find"]'));
    assert.equal(await firm.page.locator('[name="agent_number"]').inputValue(), RESIDENT);
    await firm.page.locator('label.choice', { hasText: MATTER }).locator('input').check({ force: true });
    await firm.look('mandate-found');
    await press(firm, firm.page.locator('button[value="give"]'));
    assert.ok((await text(firm, 'body')).includes('授权已发出'));
    await firm.look('mandates');

    const agent = await visit(t, way);
    await signInAs(agent, 'resident');
    await agent.go('/my/messages');
    assert.ok((await text(agent)).includes(`“${people.enterprise}”请您代为办事`), 'the agent is told');
    await agent.go('/my/acting');
    await agent.look('acting-offered');
    await press(agent, card(agent, people.enterprise, '等待接受').locator('button[value="accept"]'));
    await press(agent, card(agent, people.enterprise, '有效').locator('form[action^="/my/acting/"] button'));
    assert.ok((await text(agent, '.acting')).includes(`正在代“${people.enterprise}”办事`), 'every page says for whom');
    await agent.look('acting-now');

    // the matter of the mandate: what the register holds about the firm is there
    await begin(agent, MATTER);
    assert.equal(await agent.page.locator('[name="representative"]').inputValue(), '赵大山');
    assert.ok((await text(agent, '.acting')).includes('经办人 王××'));
    await agent.page.locator('[name="area"]').fill('80');
    await agent.page.locator('[name="kind"]').selectOption('餐饮服务经营者');
    await agent.look('acting-form');
    await next(agent);
    await agent.page.locator('input[type="file"]').setInputFiles({ ...paper, name: '平面图.pdf' });
    await next(agent);
    const { address, number } = await handIn(agent);
    assert.ok((await text(agent)).includes('王建国（经办人）'));
    await agent.look('acting-case');
    // another matter is not
    await openGuide(agent, '公共场所卫生许可（新办）');
    await agent.page.locator('a[href^="/apply/"]').first().click();
    await agent.page.waitForURL(/\/items\//);
    assert.ok((await text(agent, 'body')).includes('授权不包括这件事'));
    const refused = await agent.page.request.get('/my/data');
    assert.equal(refused.status(), 403, 'who read the data of the firm is not the agent\'s to see');
    assert.equal((await agent.page.request.get('/my/mandates')).status(), 403);

    // the office sees who filed
    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await openFromWorkList(clerk, number, 'accept');
    assert.ok((await text(clerk)).includes('王建国，5199**********'), 'name and masked number of the agent');
    await clerk.look('acting-desk-case');

    // the firm sees the case, and takes the mandate back: the agent's next click does nothing for it
    await firm.go(address);
    assert.ok((await text(firm)).includes('王建国（经办人）'));
    await agent.go(address);
    await firm.go('/my/mandates');
    await card(firm, '王建国', '有效').locator('a[href$="/revoke"]').click();
    await firm.page.waitForURL(/\/revoke$/);
    await firm.look('mandate-revoke');
    await press(firm, firm.page.locator('form.confirm button'));
    assert.ok((await text(firm, 'body')).includes('已收回，立刻失效'));

    const gone = await agent.page.request.get(address);
    assert.equal(gone.status(), 404);
    await agent.go('/my/cases');
    assert.ok((await text(agent, '.acting')).includes('授权已经结束'));
    await agent.look('acting-ended');
    assert.ok(!(await text(agent)).includes(number), 'the list is the person\'s own again');
    await press(agent, agent.page.locator('.acting form button'));
    assert.equal(await agent.page.locator('.acting').count(), 0);
    await agent.go('/my/messages');
    assert.ok((await text(agent)).includes(`“${people.enterprise}”收回了请您代办的授权`));
    assert.ok((await text(agent)).includes(`代“${people.enterprise}”`), 'what happened to the case that he filed is told to him');
  });
}

for (const way of ways) {
  test(`a grandson acts for his grandmother, and a stale page does nothing ${wayName(way)}`, async (t) => {
    const grandmother = await visit(t, way);
    await signInAs(grandmother, 'elder');
    await grandmother.go('/my/mandates');
    await grandmother.look('mandates-none');
    await grandmother.go('/my/mandates/new');
    await grandmother.page.locator('[name="agent_name"]').fill('王建国');
    await grandmother.page.locator('[name="agent_number"]').fill(RESIDENT);
    await unfold(grandmother, '按部门选');
    await grandmother.page.locator('label.choice', { hasText: '公安局' }).locator('input').check({ force: true });
    await grandmother.look('mandate-family');
    await press(grandmother, grandmother.page.locator('button[value="give"]'));
    assert.ok((await text(grandmother)).includes('公安局的全部事项'));

    const grandson = await visit(t, way);
    await signInAs(grandson, 'resident');
    await grandson.go('/my/acting');
    await press(grandson, card(grandson, '李秀英', '等待接受').locator('button[value="accept"]'));
    // a page of his own, still open in another tab: it would let somebody act for him
    const stale = await grandson.context.newPage();
    await stale.goto('/my/mandates/new');
    await stale.locator('[name="agent_name"]').fill('赵大山');
    await stale.locator('[name="agent_number"]').fill(citizenNumber('19620520', 317, '519901'));
    await stale.locator('#f-reach-everything').check({ force: true });
    await press(grandson, card(grandson, '李秀英', '有效').locator('form[action^="/my/acting/"] button'));
    const answered = stale.waitForNavigation();
    await stale.locator('button[value="give"]').click();
    assert.equal((await answered).status(), 409, 'it is not done for whoever one acts for now');
    assert.ok((await stale.locator('main').innerText()).includes('页面和现在的身份不一致'));
    await stale.close();
    await grandmother.go('/my/mandates');
    assert.ok(!(await text(grandmother)).includes('赵大山'));

    await begin(grandson, '无犯罪记录证明开具');
    await grandson.page.locator('[name="purpose"]').selectOption('就业');
    await grandson.page.locator('[name="unit"]').fill('示范市图书馆');
    await next(grandson);
    const { address, number } = await handIn(grandson);
    await grandmother.go('/my/cases');
    assert.ok((await text(grandmother)).includes(number) || (await grandmother.page.locator(`a[href="${address}"]`).count()) > 0, 'it is her case');
    await grandmother.go(address);
    assert.ok((await text(grandmother)).includes('王建国（亲友代办）'));
    await grandmother.look('family-case');

    // himself again: the message leads back to her case, after a question
    await press(grandson, grandson.page.locator('.acting form button'));
    await grandson.go('/my/messages');
    await grandson.page.locator(`a[href*="back=${address}"]`).first().click();
    await grandson.page.waitForURL(/\/my\/acting\/[0-9a-f-]+\?/);
    await grandson.look('acting-question');
    await press(grandson, grandson.page.locator('form.confirm button'));
    assert.equal(new URL(grandson.page.url()).pathname, address);

    // he gives it up
    await press(grandson, grandson.page.locator('.acting form button'));
    await card(grandson, '李秀英', '有效').locator('a[href$="/give-up"]').click();
    await grandson.page.waitForURL(/\/give-up$/);
    await grandson.look('acting-give-up');
    await press(grandson, grandson.page.locator('form.confirm button'));
    await grandmother.go('/my/messages');
    assert.ok((await text(grandmother)).includes('放弃了代办'));
  });
}

for (const way of [...ways, wayWithoutScript]) {
  test(`a legal representative is found in the register ${wayName(way)}`, async (t) => {
    const visitor = await visit(t, way);
    await signInAs(visitor, 'representative');
    await visitor.go('/my/acting/firm');
    await visitor.look('firm-claim');
    await visitor.page.locator('#f-code').fill(firmCode('MA990002'));
    await press(visitor, visitor.page.locator('form[action="/my/acting/firm"] button'));
    assert.ok((await text(visitor)).includes('登记的法定代表人不是您'));
    await visitor.look('firm-not-theirs');
    await visitor.page.locator('#f-code').fill(FIRM);
    await press(visitor, visitor.page.locator('form[action="/my/acting/firm"] button'));
    assert.ok((await text(visitor, 'body')).includes('核对一致'));
    await visitor.look('firm-found');
    await press(visitor, card(visitor, people.enterprise, '有效').locator('form[action^="/my/acting/"] button'));
    assert.ok((await text(visitor, '.acting')).includes('法定代表人 赵××'));
    await visitor.go('/my/licences');
    assert.ok((await text(visitor)).includes('营业执照'), 'the licences of the firm');
    await visitor.go('/my/data');
    assert.ok((await text(visitor)).includes('核验法定代表人'), 'the firm sees that the register was asked');
    await visitor.look('firm-data-representative');
    await visitor.go('/my/mandates');
    assert.ok((await text(visitor)).includes('登记机关的登记信息'));
    await visitor.look('firm-mandates');
    // the account stays the person's own
    await visitor.go('/my/settings');
    assert.ok((await text(visitor)).includes('赵大山'));
    await visitor.look('acting-settings');
    await press(visitor, visitor.page.locator('.acting form button'));
    await signOut(visitor);
  });
}

for (const [index, way] of ways.entries()) {
  test(`a window records a guardian, and ends it ${wayName(way)}`, async (t) => {
    const child = citizenNumber('20150601', 130 + index, '519901');
    const clerk = await visit(t, way);
    const { page } = clerk;
    await signInAs(clerk, 'clerk');
    await clerk.go('/desk/mandates');
    await clerk.look('desk-mandates');
    await page.locator('label.choice', { hasText: '监护人' }).locator('input').check({ force: true });
    await page.locator('[name="principal_name"]').fill('王乐乐');
    await page.locator('[name="principal_number"]').fill(child);
    await page.locator('[name="agent_name"]').fill('王建国');
    await page.locator('[name="agent_number"]').fill(RESIDENT);
    await page.locator('[name="document"]').fill('出生医学证明 T510000001');
    await page.locator('[name="present"]').check({ force: true });
    await press(clerk, page.locator('form[action="/desk/mandates/record"] button'));
    assert.ok((await text(clerk, 'body')).includes('已登记，当场生效'));

    const father = await visit(t, way);
    await signInAs(father, 'resident');
    await father.go('/my/acting');
    const own = card(father, '王乐乐', '有效');
    assert.ok((await own.innerText()).includes('2033 年 5 月 31 日'), 'until the day before the 18th birthday');
    await father.look('guardian-acting');
    await press(father, own.locator('form[action^="/my/acting/"] button'));
    assert.ok((await text(father, '.acting')).includes('正在代“王乐乐”办事'));
    await father.go('/my/data');

    await page.locator('[name="number"]').fill(child);
    await press(clerk, page.locator('form[action="/desk/mandates/find"] button'));
    await clerk.look('desk-mandates-found');
    await page.locator('a[href$="/end"]').first().click();
    await page.waitForURL(/\/end$/);
    await page.locator('#f-document').fill('（2026）示民终字第 3 号判决书');
    await clerk.look('desk-mandate-end');
    await press(clerk, page.locator('form.confirm button'));
    assert.ok((await text(clerk, 'body')).includes('已终止'));
    await father.go('/my/cases');
    assert.ok((await text(father, '.acting')).includes('授权已经结束'));
    await press(father, father.page.locator('.acting form button'));
  });
}
