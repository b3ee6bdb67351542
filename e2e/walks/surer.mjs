// One login everywhere: a passkey in a virtual authenticator, a screen that is scanned with a phone, and what a window does
// for an account.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';

import jsQR from 'jsqr';
import { PNG } from 'pngjs';

import { citizenNumber, codeOn, press, signInAs, text, wayName, wayWithoutScript, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

/** A device that answers for its holder, in this page. */
async function authenticator(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  return { cdp, authenticatorId };
}

/** The address in the picture, read as a phone reads it. */
async function scanned(screen) {
  const picture = PNG.sync.read(await screen.page.locator('.qr').screenshot());
  const read = jsQR(new Uint8ClampedArray(picture.data), picture.width, picture.height);
  assert.ok(read, 'the picture can be read');
  return new URL(read.data).pathname;
}

for (const way of ways) {
  test(`a passkey is bound, signs in, and recognises who bound it at a window ${wayName(way)}`, async (t) => {
    const visitor = await visit(t, way, { host: 'localhost' });
    const { page } = visitor;
    await authenticator(page);
    await signInAs(visitor, 'resident');
    await visitor.go('/my/settings');
    await page.locator('#f-passkey').fill('我的手机');
    await press(visitor, page.locator('form[data-passkey="create"] button'));
    assert.ok((await text(visitor)).includes('通行密钥已绑定'));
    assert.ok((await text(visitor)).includes('我的手机'));
    await visitor.look('passkey-bound');

    // It is no proof of who holds it yet.
    await visitor.go('/my/assurance?needed=3&back=/my/cases');
    await visitor.look('passkey-assurance');
    await press(visitor, page.locator('form[action="/my/assurance/passkey"] button'));
    assert.ok((await text(visitor)).includes('不是在窗口绑定的'));
    await visitor.go('/my/settings');
    await page.locator('a[href$="/remove"]').first().click();
    await page.waitForURL(/\/remove$/);
    await visitor.look('passkey-remove');
    await press(visitor, page.locator('form.confirm button'));
    assert.ok((await text(visitor)).includes('通行密钥已删除'));

    // At a window: the clerk recognises the session, and in it a passkey is bound in person.
    await visitor.go('/my/assurance?needed=3&back=/my/settings');
    await press(visitor, page.locator('form[action="/my/assurance/window"] button'));
    await visitor.look('window-code');
    const shown = (await page.locator('.big.code').innerText()).replaceAll(/\s/g, '');
    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await clerk.go('/desk/people');
    await clerk.look('desk-people');
    await clerk.page.locator('#f-recognise-name').fill('王建国');
    await clerk.page.locator('#f-recognise-number').fill(citizenNumber('19880312', 121, '519901'));
    await clerk.page.locator('#f-recognise-code').fill(shown);
    await clerk.page.locator('#f-recognise-present').check({ force: true });
    await press(clerk, clerk.page.locator('form[action="/desk/people/recognise"] button'));
    assert.ok((await text(clerk)).includes('已核对'));
    await press(visitor, page.locator('form[action="/my/assurance/go-on"] button'));
    assert.ok((await text(visitor)).includes('三级：实人'));
    await page.locator('#f-passkey').fill('窗口绑定的手机');
    await press(visitor, page.locator('form[data-passkey="create"] button'));
    assert.ok((await text(visitor)).includes('窗口绑定'));

    // Signed out, the device alone signs in, and recognises.
    await press(visitor, page.locator('form[action="/sign-out"] button').first());
    await visitor.go('/sign-in?back=/my/settings');
    await visitor.look('passkey-sign-in');
    await press(visitor, page.locator('form[action="/sign-in/passkey"] button'));
    assert.ok((await text(visitor)).includes('三级：实人'));
    await page.locator('a[href$="/remove"]').first().click();
    await page.waitForURL(/\/remove$/);
    await press(visitor, page.locator('form.confirm button'));
    await press(visitor, page.locator('form[action="/sign-out"] button').first());
    await visitor.go('/sign-in');
    await press(visitor, page.locator('form[action="/sign-in/passkey"] button'));
    assert.ok((await text(visitor)).includes('没有通过'), 'what was removed opens nothing');
  });
}

for (const way of [...ways, wayWithoutScript]) {
  test(`a screen is scanned ${wayName(way)}`, async (t) => {
    const screen = await visit(t, way);
    await screen.go('/sign-in?back=/my/cases');
    await screen.page.locator('a[href^="/sign-in/scan"]').click();
    await screen.page.waitForURL(/\/sign-in\/scan/);
    await screen.look('scan');
    const address = await scanned(screen);
    const phone = await visit(t, { ...way, size: 'phone' });
    await signInAs(phone, 'elder');
    await phone.go(address);
    await phone.look('scan-ask');
    await press(phone, phone.page.locator('button[value="yes"]'));
    assert.ok((await text(phone)).includes('已允许'));
    if (way.javaScript) await screen.page.waitForURL(/:\d+\/my\/cases$/);
    else await press(screen, screen.page.locator('form[action="/sign-in/scan"] button'));
    assert.ok((await text(screen, 'header')).includes('李××'));
    await phone.page.goto(address);
    assert.ok((await text(phone)).includes('二维码已失效'));
    await phone.look('scan-ended');
  });

  test(`a window opens an account and gives one back ${wayName(way)}`, async (t) => {
    const index = [...ways, wayWithoutScript].indexOf(way);
    const clerk = await visit(t, way);
    const { page } = clerk;
    await signInAs(clerk, 'clerk');
    for (const [turn, words] of [[0, '账号已开通'], [1, '账号已换成这个手机号']]) {
      await clerk.go('/desk/people');
      await page.locator('#f-serve-name').fill('何秋月');
      await page.locator('#f-serve-number').fill(citizenNumber('19510308', 500 + index));
      await page.locator('#f-serve-phone').fill(`100000003${index}${turn}`);
      await page.locator('#f-serve-present').check({ force: true });
      await press(clerk, page.locator('form[action="/desk/people/code"] button').first());
      await clerk.look('desk-people-code');
      await page.locator('#f-serve-code').fill(await codeOn(clerk));
      await press(clerk, page.locator('form[action="/desk/people/serve"] button').first());
      assert.ok((await text(clerk)).includes(words), await text(clerk));
    }
    await clerk.look('desk-people-done');
  });

  test(`devices are seen and signed out, an account is closed ${wayName(way)}`, async (t) => {
    const index = [...ways, wayWithoutScript].indexOf(way);
    const visitor = await visit(t, way);
    const { page } = visitor;
    await visitor.go('/register');
    await page.locator('#f-phone').fill(`1000000040${index}`);
    await page.locator('#f-agree').check({ force: true });
    await press(visitor, page.locator('form[action="/register"] button'));
    await page.locator('#f-code').fill(await codeOn(visitor));
    await press(visitor, page.locator('form[action="/register/code"] button'));

    const other = await visit(t, way);
    await other.go('/sign-in/scan?back=/my/settings');
    await visitor.go(await scanned(other));
    await press(visitor, page.locator('button[value="yes"]'));
    if (way.javaScript) await other.page.waitForURL(/:\d+\/my\/settings$/);
    else await press(other, other.page.locator('form[action="/sign-in/scan"] button'));
    await other.go('/my/settings');

    await visitor.go('/my/settings/devices');
    await visitor.look('devices');
    assert.equal(await page.locator('form[action^="/my/settings/devices/"]').count(), 1, 'one other device');
    await press(visitor, page.locator('form[action^="/my/settings/devices/"] button'));
    await visitor.look('devices-ended');
    await other.page.goto('/my/settings');
    assert.match(other.page.url(), /\/sign-in/);

    await visitor.go('/my/settings');
    await page.locator('a[href="/my/settings/close"]').click();
    await page.waitForURL(/\/close$/);
    await visitor.look('close');
    await page.locator('#f-sure').check({ force: true });
    await press(visitor, page.locator('form[action="/my/settings/close"] button'));
    assert.ok((await text(visitor)).includes('账号已注销'));
    await visitor.look('closed');
  });
}

for (const way of [...ways, wayWithoutScript]) {
  test(`a person takes a copy of everything ${wayName(way)}`, async (t) => {
    const visitor = await visit(t, way);
    const { page } = visitor;
    await signInAs(visitor, 'resident');
    await visitor.go('/my/settings');
    await page.locator('a[href="/my/export"]').click();
    await page.waitForURL(/\/my\/export$/);
    await visitor.look('export');
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator('form[action="/my/export"] button').click()]);
    assert.match(file.suggestedFilename(), /^通办-我的数据-\d{4}-\d\d-\d\d\.json$/);
    const kept = JSON.parse(await readFile(await file.path(), 'utf8'));
    assert.equal(kept.account.name, '王建国');
    assert.equal(kept.account.citizen_number, citizenNumber('19880312', 121, '519901'));
    assert.ok(kept.cases.length > 0 && kept.history.length > 0 && Array.isArray(kept.who_acts_for_me));
    await visitor.go('/my/settings/devices');
    assert.ok((await text(visitor)).includes('导出我的数据'), 'that a copy was taken is noted');
  });
}

for (const [index, way] of ways.entries()) {
  test(`a wrong name is corrected at a window ${wayName(way)}`, async (t) => {
    const wanted = ['李秀瑛', '李秀英'][index];
    const visitor = await visit(t, way);
    const { page } = visitor;
    await signInAs(visitor, 'elder');
    await visitor.go('/my/settings');
    await page.locator('a[href="/my/correction"]').click();
    await page.waitForURL(/\/my\/correction$/);
    await page.locator('#f-wanted').fill(wanted);
    await press(visitor, page.locator('form[action="/my/correction"] button'));
    assert.ok((await text(visitor)).includes('等窗口核对'));
    await visitor.look('correction');
    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await clerk.go('/desk/corrections');
    await clerk.look('desk-corrections');
    await clerk.page.locator('tr', { hasText: wanted }).locator('a').click();
    await clerk.page.waitForURL(/\/desk\/corrections\/[0-9a-f-]+$/);
    await clerk.page.locator('#f-words').fill('居民身份证');
    await clerk.look('desk-correction');
    await press(clerk, clerk.page.locator('button[value="correct"]'));
    assert.ok((await text(clerk)).includes('请当面核对') || (await text(clerk, 'body')).includes('核对'), 'not without the person');
    await clerk.page.locator('#f-present').check({ force: true });
    await press(clerk, clerk.page.locator('button[value="correct"]'));
    assert.ok((await text(clerk, 'body')).includes('已更正'));
    await visitor.go('/my/correction');
    assert.ok((await text(visitor)).includes('已更正'));
    assert.ok((await text(visitor)).includes(wanted));
  });
}
