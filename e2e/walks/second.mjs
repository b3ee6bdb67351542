// A member of staff from the first day to the last: a code of an operator, a password and an authenticator of their own, the second
// factor in the middle of a decision, a post lent during leave, and the account closed.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';

import { act, fileCertificate, openFromWorkList, press, signInAs, signInOnPage, text, wayName, wayWithoutScript, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

/** The password that an authenticator shows so many steps of 30 seconds from now (RFC 6238). */
function shownBy(secret, stepsAhead = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll(' ', '')].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + stepsAhead));
  const hash = createHmac('sha1', key).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Civil day in Beijing, so many days from now. */
function day(ahead) {
  return new Date(Date.now() + (8 + 24 * ahead) * 3_600_000).toISOString().slice(0, 10);
}

const password = 'qingshan-lvshui-88';

for (const way of [...ways, wayWithoutScript]) {
  test(`a member of staff comes, shows a second factor, lends a post and leaves ${wayName(way)}`, async (t) => {
    const login = `new.${way.size}${way.javaScript ? '' : '.plain'}`;
    const name = { 'new.phone': '秦岭', 'new.desktop': '秦川', 'new.phone.plain': '秦风' }[login];
    const operator = await visit(t, way);
    await signInAs(operator, 'operator');
    await operator.go('/desk/staff');
    await operator.look('staff-list');
    await operator.page.locator('a[href="/desk/staff/new"]').click();
    await operator.page.waitForURL(/\/new$/);
    await operator.page.locator('#f-login').fill(login);
    await operator.page.locator('#f-name').fill(name);
    await operator.page.locator('#f-role-approver').check({ force: true });
    await operator.page.locator('#f-region').fill('519900000000');
    await operator.page.locator('#f-organisation').fill('没有这个局');
    await press(operator, operator.page.locator('main form.card button'));
    assert.ok((await text(operator)).includes('没有这个部门'));
    assert.equal(await operator.page.locator('#f-login').inputValue(), login);
    await operator.look('staff-new-wrong');
    await operator.page.locator('#f-organisation').fill('示范市公安局');
    await press(operator, operator.page.locator('main form.card button'));
    const member = new URL(operator.page.url()).pathname;
    await press(operator, operator.page.locator('form[action$="/code"] button'));
    const code = await operator.page.locator('.notice .code').innerText();
    assert.match(code, /^\d{5} \d{5}$/);
    await operator.look('staff-code');

    // The first day.
    const staff = await visit(t, way);
    const { page } = staff;
    await staff.go('/sign-in?kind=staff');
    await page.locator('a[href="/sign-in/first"]').click();
    await page.waitForURL(/\/sign-in\/first$/);
    await page.locator('#f-login').fill(login);
    await page.locator('#f-code').fill('0000000000');
    await press(staff, page.locator('main form button'));
    assert.ok((await text(staff)).includes('一次性码不对'));
    await staff.look('first-wrong');
    await page.locator('#f-code').fill(code);
    await press(staff, page.locator('main form button'));
    assert.match(page.url(), /\/desk\/factors$/);
    await staff.look('factors-first-day');
    await page.locator('a[href="/my/settings#password"]').click();
    await page.waitForURL(/\/my\/settings/);
    await page.locator('#f-new').fill(password);
    await page.locator('#f-again').fill(password);
    await press(staff, page.locator('form[action="/my/settings/password"] button'));
    await staff.go('/desk/factors');
    await press(staff, page.locator('form[action="/desk/factors/device"] button'));
    await page.locator('details summary').first().click();
    const secret = await page.locator('details .code').innerText();
    assert.equal(await page.locator('.qr svg').count(), 1);
    await staff.look('factor-device');
    await page.locator('#f-code').fill(shownBy(secret));
    await press(staff, page.locator('form[action$="/confirm"] button'));
    assert.ok((await text(staff, 'body')).includes('验证器已启用'));
    await staff.look('factors-set');

    // A case to decide.
    const resident = await visit(t, way);
    await signInAs(resident, 'resident');
    const { number } = await fileCertificate(resident, '示范市青山宾馆');
    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await openFromWorkList(clerk, number, 'accept');
    await act(clerk, 'accept');

    // Why they may decide it, the operator can find out.
    await operator.go('/desk/access');
    await operator.page.locator('#f-login').fill(login);
    await operator.page.locator('#f-action').selectOption('case.decide');
    await operator.page.locator('#f-case').fill(number);
    await press(operator, operator.page.locator('main form button'));
    assert.ok((await text(operator)).includes('并且在范围之内'));
    await operator.look('access-why');
    await operator.go(`/desk/access?login=${login}&action=case.accept&case=1`);
    assert.ok((await text(operator)).includes('没有这个编号'));
    await operator.go(`/desk/access?login=approver.market&action=case.decide&case=${number}`);
    assert.ok((await text(operator)).includes('但不在范围之内'));

    // By password alone the desk opens; the act asks for the second factor, and loses nothing.
    await press(staff, page.locator('form[action="/sign-out"] button').first());
    await staff.go('/sign-in?kind=staff');
    await signInOnPage(staff, login, password);
    assert.match(page.url(), /\/desk$/);
    await openFromWorkList(staff, number, 'decide');
    await page.locator('#f-opinion').fill('材料核对无误');
    await act(staff, 'step');
    assert.ok((await text(staff)).includes('请做二次验证'));
    await staff.look('second-factor');
    await page.locator('#f-code').fill('000000');
    await press(staff, page.locator('form[action="/desk/second-factor"] button'));
    assert.ok((await text(staff)).includes('动态码不对'));
    await staff.look('second-factor-wrong');
    // the password that set the device up is used: the next one counts
    await page.locator('#f-code').fill(shownBy(secret, 1));
    await press(staff, page.locator('form[action="/desk/second-factor"] button'));
    assert.ok((await text(staff)).includes('材料核对无误'), 'what was typed waits');
    await staff.look('second-factor-kept');
    await press(staff, page.locator('main form button').first());
    assert.ok((await text(staff)).includes('材料核对无误'));

    // Leave: a colleague of the same office looks after the post.
    await staff.go('/desk/post');
    await page.locator('a[href^="/desk/post/lend?"]').first().click();
    await page.waitForURL(/\/desk\/post\/lend\?/);
    await page.locator('#f-deputy').fill('clerk');
    await page.locator('#f-starts_on').fill(day(0));
    await page.locator('#f-ends_on').fill(day(10));
    await page.locator('#f-reason').fill('年休假');
    await press(staff, page.locator('main form button'));
    assert.ok((await text(staff)).includes('本单位没有这个账号'));
    await staff.look('lend-wrong');
    await page.locator('#f-deputy').fill('approver');
    await press(staff, page.locator('main form button'));
    assert.ok((await text(staff)).includes('由 周正 代岗'));
    await staff.look('posts-lent');

    const deputy = await visit(t, way);
    await signInAs(deputy, 'approver');
    await deputy.go('/desk/post');
    const lent = deputy.page.locator('.card', { hasText: `替 ${name} 代岗` });
    await deputy.look('posts-received');
    await press(deputy, lent.locator('button'));
    await deputy.go('/desk/post');
    assert.ok((await lent.innerText()).includes('现在的岗位'));
    await openFromWorkList(deputy, number, 'decide');
    assert.ok(await deputy.page.locator('input[name="outcome"][value="refuse"]').count(), 'the deputy decides');
    await deputy.look('deputy-case');

    // Taken back: what the deputy was about to do is done no more on that post.
    await page.locator('a[href$="/end"]').first().click();
    await page.waitForURL(/\/end$/);
    await staff.look('lend-end');
    await press(staff, page.locator('form.confirm button'));
    assert.ok((await text(staff, 'body')).includes('代岗已结束'));
    await deputy.go('/desk/post');
    assert.equal(await lent.count(), 0);

    // The last day.
    await operator.go(`${member}/leave`);
    await operator.look('staff-leave');
    await press(operator, operator.page.locator('form.confirm button'));
    assert.ok((await text(operator, 'body')).includes('账号已关闭'));
    await page.goto('/desk');
    assert.match(page.url(), /\/sign-in/);
    await signInOnPage(staff, login, password);
    assert.ok((await text(staff)).includes('登录没有成功') || page.url().includes('/sign-in'));
  });
}
