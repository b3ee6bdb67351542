// 注册: somebody of whom the platform knows nothing opens an account by phone, shows name and number to be theirs, and
// applies. 三级认证: in the middle of an application the page asks to be surer, and nothing that was typed is lost.

import assert from 'node:assert/strict';
import test from 'node:test';

import { begin, codeOn, next, paper, press, signInAs, text, wayName, wayWithoutScript, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

const all = [...ways, wayWithoutScript];

all.forEach((way, index) => {
  test(`somebody new opens an account ${wayName(way)}`, async (t) => {
    const visitor = await visit(t, way);
    const { page } = visitor;
    const phone = `1000000010${index}`;
    await visitor.go('/sign-in');
    await page.locator('a[href^="/register"]').click();
    await page.waitForURL(/\/register/);
    await visitor.look('register');
    await page.locator('#f-phone').fill('123');
    await page.locator('#f-agree').check({ force: true });
    await press(visitor, page.locator('form[action="/register"] button'));
    assert.ok((await text(visitor)).includes('11'), 'a phone that is none is refused in words');
    await page.locator('#f-phone').fill(phone);
    await page.locator('#f-agree').check({ force: true });
    await press(visitor, page.locator('form[action="/register"] button'));
    await visitor.look('register-code');
    await page.locator('#f-code').fill('000000');
    await press(visitor, page.locator('form[action="/register/code"] button'));
    assert.ok((await text(visitor)).includes('验证码'), 'a wrong code opens nothing');
    await page.locator('#f-code').fill(await codeOn(visitor));
    await press(visitor, page.locator('form[action="/register/code"] button'));
    assert.match(page.url(), /\/my\/real-name/);
    await visitor.look('real-name');

    // Not yet: an application leads here.
    await visitor.go('/my/data');
    assert.ok((await text(visitor)).includes('二级认证'));
    await visitor.look('assurance-2');
    await page.locator('a[href^="/my/real-name"]').click();
    await page.waitForURL(/\/my\/real-name/);

    const row = page.locator('table tbody tr').nth(index);
    await page.locator('details summary').last().click();
    const [name, number, card] = await row.locator('td').allTextContents();
    await page.locator('#f-name').fill('王不是');
    await page.locator('#f-number').fill(number);
    await page.locator('#f-proof_value').fill(card);
    await press(visitor, page.locator('form[action="/my/real-name"] button'));
    assert.ok((await text(visitor)).includes('和登记的不一致'));
    assert.equal(await page.locator('#f-number').inputValue(), number, 'what was typed stays');
    await visitor.look('real-name-differs');
    await page.locator('#f-name').fill(name);
    await press(visitor, page.locator('form[action="/my/real-name"] button'));
    assert.match(page.url(), /\/my\/data/);
    assert.ok((await text(visitor)).includes('实名核验通过'));
    assert.ok((await text(visitor)).includes('账号实名核验'), 'who asked about the number is shown');
    await visitor.look('real-name-done');
    await visitor.go('/my/settings');
    assert.ok((await text(visitor)).includes('二级：实名'));
    await visitor.look('settings-level');

    // Applies, and is asked to be surer before it is sent.
    await begin(visitor, '姓名变更');
    await visitor.look('surer-form');
    await page.locator('[name="new_name"]').fill('周小雪');
    await page.locator('[name="reason"]').fill('名字与同村人相同，常被弄错。');
    await next(visitor);
    await page.locator('input[type="file"]').first().setInputFiles({ ...paper, name: '更名说明.pdf' });
    await next(visitor);
    assert.match(page.url(), /\/confirm$/);
    assert.ok((await text(visitor)).includes('三级认证'));
    await visitor.look('surer-confirm');
    await page.locator('#f-delivery-3').check({ force: true });
    await page.locator('#f-delivery_address').fill('示范市一县政通路 22 号 3 单元');
    await press(visitor, page.locator('form[action$="/confirm"] button'));
    assert.ok((await text(visitor)).includes('刚才填的内容没有丢'));
    await visitor.look('surer');
    await press(visitor, page.locator('form[action="/my/assurance/face"] button'));
    await visitor.look('surer-face');
    await press(visitor, page.locator('button[value="failed"]'));
    assert.ok((await text(visitor)).includes('没有通过'));
    await visitor.look('surer-failed');
    await press(visitor, page.locator('form[action="/my/assurance/face"] button'));
    await press(visitor, page.locator('button[value="passed"]'));
    const shown = await text(visitor);
    assert.ok(shown.includes('示范市一县政通路 22 号 3 单元'), 'what was typed is there');
    await visitor.look('surer-kept');
    await press(visitor, page.locator('form[action$="/confirm"] button'));
    assert.ok((await text(visitor)).includes('等待受理'));
    await visitor.look('surer-submitted');
  });

  test(`a phone is changed ${wayName(way)}`, async (t) => {
    const visitor = await visit(t, way);
    const { page } = visitor;
    await signInAs(visitor, 'elder');
    await visitor.go('/my/settings');
    await page.locator('a[href="/my/settings/phone"]').first().click();
    await page.waitForURL(/\/phone$/);
    await visitor.look('phone');
    await page.locator('#f-phone').fill(`1000000020${index}`);
    await press(visitor, page.locator('form[action="/my/settings/phone"] button'));
    await visitor.look('phone-code');
    await page.locator('#f-code').fill(await codeOn(visitor));
    await press(visitor, page.locator('form[action="/my/settings/phone/code"] button'));
    assert.ok((await text(visitor)).includes('手机号已更换'));
    assert.ok((await text(visitor)).includes(`100****020${index}`));
    await visitor.look('phone-changed');
  });
});
