// What people do with forms: words that save themselves and are there on another device, suggestions while typing, and a
// session that ends in the middle of a form, with scripts and without.

import assert from 'node:assert/strict';
import test from 'node:test';

import { act, begin, fileCertificate, openFromWorkList, people, press, showStaffCode, signInAs, signInOnPage, text, wayName, wayWithoutScript, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

const matter = '无犯罪记录证明开具';

// Signs in on the page that a form was answered with; ends on the page that shows what is kept.
async function signInAgain(visitor, name) {
  const { page } = visitor;
  assert.ok((await text(visitor)).includes('刚才填的内容没有丢'));
  assert.equal(new URL(page.url()).search, '', 'nothing that was typed stands in an address');
  await visitor.look('kept-sign-in');
  await signInOnPage(visitor, name);
  assert.ok((await text(visitor)).includes('刚才填的内容还在'));
  await visitor.look('kept');
}

async function send(visitor) {
  await press(visitor, visitor.page.locator('main form button', { hasText: '发送' }));
}

async function discard(visitor, address) {
  await visitor.go(`${address}/discard`);
  await press(visitor, visitor.page.locator('form.confirm button:not([value="no"])'));
}

for (const way of ways) {
  test(`words save themselves, and survive a session that ends ${wayName(way)}`, async (t) => {
    const phone = await visit(t, way);
    const { page } = phone;
    await signInAs(phone, 'elder');
    await begin(phone, matter);
    const form = new URL(page.url()).pathname;
    await page.locator('[name="unit"]').pressSequentially('示范市青石小学');
    await page.locator('.autosave', { hasText: '已自动保存' }).waitFor();
    await phone.look('form-saved');

    const other = await visit(t, way);
    await signInAs(other, 'elder');
    await other.go(form);
    assert.equal(await other.page.locator('[name="unit"]').inputValue(), '示范市青石小学');

    await other.go('/my/settings/sign-out-everywhere');
    await press(other, other.page.locator('form.confirm button:not([value="no"])'));
    await page.locator('[name="unit"]').pressSequentially('食堂');
    await page.locator('.autosave', { hasText: '登录过期了' }).waitFor();
    await phone.look('form-session-ended');
    await press(phone, page.locator('.autosave button', { hasText: '登录后接着填' }));
    await signInAgain(phone, '10000000003');
    await send(phone);
    const back = new URL(page.url());
    assert.equal(back.pathname + back.hash, `${form}#f-unit`);
    assert.equal(await page.locator('[name="unit"]').inputValue(), '示范市青石小学食堂');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'f-unit');
    await phone.look('form-carried-on');
    await discard(phone, form.replace(/\/form$/, ''));
  });

  test(`suggestions while typing ${wayName(way)}`, async (t) => {
    const visitor = await visit(t, way);
    const { page } = visitor;
    await visitor.go('/');
    const box = page.locator('input[name="q"]').first();
    await box.pressSequentially('居住证');
    const first = page.locator('.suggestions [role="option"]').first();
    await first.waitFor();
    await visitor.look('suggestions');
    await box.press('ArrowDown');
    assert.equal(await first.getAttribute('aria-selected'), 'true');
    assert.equal(await box.getAttribute('aria-activedescendant'), await first.getAttribute('id'));
    await visitor.look('suggestion-chosen');
    const chosen = (await first.innerText()).split('\n')[0];
    await Promise.all([page.waitForNavigation(), box.press('Enter')]);
    assert.ok((await text(visitor)).includes(chosen.trim()), `the page is about ${chosen}`);
  });
}

test(`an application survives a session that ends ${wayName(wayWithoutScript)}`, async (t) => {
  const resident = await visit(t, wayWithoutScript);
  const { page } = resident;
  await signInAs(resident, 'elder');
  await begin(resident, matter);
  const form = new URL(page.url()).pathname;
  await page.locator('[name="unit"]').fill('示范市青石小学');
  await resident.context.clearCookies({ name: 'tb_session' });
  await press(resident, page.locator('button[name="then"][value="later"]'));
  await signInAgain(resident, '10000000003');
  assert.ok((await text(resident)).includes('示范市青石小学'));
  await send(resident);
  assert.equal(new URL(page.url()).pathname, '/my/cases');
  await resident.go(form);
  assert.equal(await page.locator('[name="unit"]').inputValue(), '示范市青石小学');
  await discard(resident, form.replace(/\/form$/, ''));
});

test(`an opinion survives a session that ends ${wayName(wayWithoutScript)}`, async (t) => {
  const resident = await visit(t, wayWithoutScript);
  await signInAs(resident, 'resident');
  const { number } = await fileCertificate(resident, '示范市云栖宾馆');
  const clerk = await visit(t, wayWithoutScript);
  await signInAs(clerk, 'clerk');
  await openFromWorkList(clerk, number, 'accept');
  await act(clerk, 'accept');

  const approver = await visit(t, wayWithoutScript);
  const { page } = approver;
  await signInAs(approver, 'approver');
  await openFromWorkList(approver, number, 'decide');
  const address = new URL(page.url()).pathname;
  await page.locator('#f-opinion').fill('查询记录为空，同意出具');
  await approver.context.clearCookies({ name: 'tb_session' });
  await act(approver, 'step');
  await signInAgain(approver, 'approver');
  await approver.look('kept-opinion');
  await send(approver);
  // the password alone decides nothing: what was typed waits once more
  assert.ok((await text(approver)).includes('请做二次验证'));
  await showStaffCode(await visit(t, wayWithoutScript), approver, people.approver);
  assert.ok((await text(approver)).includes('查询记录为空，同意出具'));
  await send(approver);
  assert.equal(new URL(page.url()).pathname, address);
  assert.ok((await text(approver)).includes('查询记录为空，同意出具'));
});
