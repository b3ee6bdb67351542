// Systems of others sign people in here: a site on a port of its own, with an ordinary library, and a browser in between.

import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { press, signInAs, signInOnPage, text, unfold, wayName, wayWithoutScript, ways } from '../kit/people.mjs';
import { client, relyingSite } from '../kit/relying.mjs';
import { base, visit } from '../kit/visitor.mjs';

const sandbox = { clientId: 'sandbox-app' };

/** Follows a link of the other site to the first page that asks for something, or back to the site. */
async function go(visitor, site, query = '') {
  await visitor.page.goto(`${site.address}/in${query}`);
  await visitor.page.waitForLoadState();
}

/** Takes back what the walk before this one has let the site have. */
async function unlinkAll(visitor) {
  await visitor.go('/my/apps');
  while ((await visitor.page.locator('form[action$="/unlink"]').count()) > 0) {
    await unfold(visitor, '取消授权');
    await press(visitor, visitor.page.locator('form[action$="/unlink"] button').first());
  }
}

async function backAt(visitor, site) {
  await visitor.page.waitForURL((url) => url.origin === site.address && url.pathname === '/callback');
}

for (const way of [...ways, wayWithoutScript]) {
  test(`a person signs in at a site of others, sees it listed and takes it back ${wayName(way)}`, async (t) => {
    const visitor = await visit(t, way, { leaves: true });
    const { page } = visitor;
    const site = await relyingSite(t, base, sandbox);
    await page.goto(site.address);
    await page.locator('#in').click();
    await page.waitForURL(/\/sign-in\?back=/);
    await signInOnPage(visitor, '10000000001');
    const words = await text(visitor);
    assert.ok(words.includes('用您的账号登录“测试程序”'), words);
    assert.ok(words.includes('您的姓名或企业名称') && !words.includes('身份证号码'), words);
    await visitor.look('openid-consent');
    await press(visitor, page.locator('button[value="yes"]'));
    await backAt(visitor, site);
    assert.equal(await page.locator('#name').innerText(), '王建国');
    assert.equal(await page.locator('#acr').innerText(), 'urn:tongban:acr:2');
    const { sub } = site.tokens.claims();

    // Any program of a device may say that it is this one: the person is asked each time, and for more too.
    await go(visitor, site);
    await press(visitor, page.locator('button[value="yes"]'));
    await backAt(visitor, site);
    assert.equal(site.tokens.claims().sub, sub);
    await go(visitor, site, '?scope=openid+profile+number');
    assert.ok((await text(visitor)).includes('身份证号码'));
    await press(visitor, page.locator('button[value="no"]'));
    await backAt(visitor, site);
    assert.equal(await page.locator('#error').innerText(), 'access_denied');

    // The person sees who looked, and what is linked, and unlinks it: nothing holds any more.
    const renewed = await client.refreshTokenGrant(site.config, site.tokens.refresh_token);
    assert.equal(renewed.claims().sub, sub);
    await visitor.go('/my/data?list=looks');
    assert.ok((await text(visitor)).includes('供开发人员试用统一身份认证'));
    await visitor.go('/my/settings/devices');
    assert.ok((await text(visitor)).includes('授权并登录应用 · 测试程序'));
    await visitor.go('/my/settings');
    await page.locator('a[href="/my/apps"]').click();
    await page.waitForURL(/\/my\/apps$/);
    // Other walks of this city may have linked others.
    const app = page.locator('section.card', { hasText: '测试程序' });
    await app.locator('summary').click();
    await visitor.look('openid-apps');
    await press(visitor, app.locator('form button'));
    assert.ok((await text(visitor)).includes('已取消授权'));
    await assert.rejects(client.refreshTokenGrant(site.config, renewed.refresh_token), { error: 'invalid_grant' });
    await assert.rejects(client.fetchUserInfo(site.config, renewed.access_token, sub));
    await go(visitor, site);
    assert.ok((await text(visitor)).includes('用您的账号登录'), 'the person is asked anew');
  });

  test(`a site asks for a person who is recognised, and the page steps up and comes back ${wayName(way)}`, async (t) => {
    const visitor = await visit(t, way, { leaves: true });
    const { page } = visitor;
    const site = await relyingSite(t, base, sandbox);
    await signInAs(visitor, 'elder');
    await unlinkAll(visitor);
    await go(visitor, site, '?acr_values=urn:tongban:acr:3');
    await page.waitForURL(/\/my\/assurance\?needed=3/);
    await press(visitor, page.locator('form[action="/my/assurance/face"] button'));
    await press(visitor, page.locator('button[value="passed"]'));
    if (!page.url().includes('/openid/authorize')) {
      await press(visitor, page.locator('form[action="/my/assurance/go-on"] button'));
    }
    await press(visitor, page.locator('button[value="yes"]'));
    await backAt(visitor, site);
    assert.equal(await page.locator('#acr').innerText(), 'urn:tongban:acr:3');

    // A site that wants a fresh sign-in gets one, and the browser comes back by itself.
    assert.equal(site.tokens.claims().auth_time, undefined, 'nobody asked');
    const before = Math.floor(Date.now() / 1000);
    await pause(1100);
    await go(visitor, site, '?prompt=login');
    await page.waitForURL(/\/sign-in\?back=/);
    await signInOnPage(visitor, '10000000003');
    await press(visitor, page.locator('button[value="yes"]'));
    await backAt(visitor, site);
    assert.ok(site.tokens.claims().auth_time > before);

    // What nobody registered is told on a page and leads nowhere.
    await page.goto(`${base}/openid/authorize?client_id=sandbox-app&redirect_uri=https://evil.example/&response_type=code`);
    assert.ok((await text(visitor)).includes('返回地址没有登记过'));
    await visitor.look('openid-stopped');
  });
}

test('one operator registers a system, another approves it, and its people are signed out everywhere', async (t) => {
  const [writer, reviewer, visitor] = [await visit(t), await visit(t), await visit(t, {}, { leaves: true })];
  const register = async (address) => {
    await signInAs(writer, 'operator');
    await writer.go('/desk/clients');
    await writer.page.locator('a[href="/desk/clients/new"]').click();
    await writer.page.waitForURL(/\/new$/);
    await writer.page.locator('#f-name').fill('示范医院预约');
    await writer.page.locator('#f-organisation').fill('示范市卫生健康委员会');
    await writer.page.locator('#f-purpose').fill('预约挂号');
    await writer.page.locator('#f-redirect_uris').fill('http://evil.example/callback');
    await writer.page.locator('#f-scopes-profile').check({ force: true });
    await writer.page.locator('#f-grants-refresh_token').check({ force: true });
    await unfold(writer, '更多设置');
    await writer.page.locator('#f-post_logout_uris').fill(`${address}/bye`);
    await writer.page.locator('#f-back_channel_uri').fill(`${address}/heard`);
    await writer.look('desk-client-form');
    await press(writer, writer.page.locator('form.card button'));
    assert.ok((await text(writer)).includes('返回地址 http://evil.example/callback 不能用'));
    assert.equal(await writer.page.locator('#f-purpose').inputValue(), '预约挂号', 'nothing is lost');
    await writer.look('desk-client-form-error');
    await writer.page.locator('#f-redirect_uris').fill(`${address}/callback`);
    await press(writer, writer.page.locator('form.card button'));
    await press(writer, writer.page.locator('form[action$="/hand-in"] button'));
    assert.ok((await text(writer)).includes('要由另一位运维人员复核'));
    await writer.look('desk-client-waits');
    await signInAs(reviewer, 'operator.second');
    await reviewer.go('/desk/clients');
    await reviewer.look('desk-clients');
    await reviewer.page.locator('main a', { hasText: '示范医院预约' }).click();
    await reviewer.page.waitForURL(/\/desk\/clients\/[0-9a-f-]+$/);
    await press(reviewer, reviewer.page.locator('button[value="back"]'));
    assert.ok((await text(reviewer)).includes('退回时请写明原因'));
    await press(reviewer, reviewer.page.locator('button[value="approve"]'));
    await unfold(reviewer, '生成密钥');
    await press(reviewer, reviewer.page.locator('form[action$="/secret"] button'));
    await reviewer.look('desk-client-secret');
    return {
      clientId: (await reviewer.page.locator('dd.code').first().innerText()).trim(),
      secret: (await reviewer.page.locator('.notice .code').innerText()).trim(),
    };
  };
  const site = await relyingSite(t, base, register);
  await signInAs(visitor, 'resident');
  await go(visitor, site);
  await press(visitor, visitor.page.locator('button[value="yes"]'));
  await backAt(visitor, site);
  const { sid } = site.tokens.claims();

  // Asked once, not asked again: also after a sign-in, whose form may lead to no other place.
  await go(visitor, site);
  await backAt(visitor, site);
  await go(visitor, site, '?prompt=login');
  await visitor.page.waitForURL(/\/sign-in\?back=/);
  await signInOnPage(visitor, '10000000001');
  await backAt(visitor, site);
  const last = site.tokens.claims();
  assert.notEqual(last.sid, sid);

  // Signed out there: the hint shows that this session is meant, nobody is asked, and the site hears of it.
  await visitor.page.goto(`${site.address}/out`);
  await visitor.page.waitForURL((url) => url.pathname === '/bye');
  await visitor.go('/my/cases');
  assert.match(visitor.page.url(), /\/sign-in/, 'signed out here too');
  const said = () => site.heard.map((token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')));
  for (let turn = 0; turn < 50 && !said().some((word) => word.sid === last.sid); turn += 1) await pause(200);
  const told = said().find((word) => word.sid === last.sid);
  assert.ok(told, 'the site was told');
  assert.equal(told.sid, last.sid);
  await assert.rejects(client.refreshTokenGrant(site.config, site.tokens.refresh_token), { error: 'invalid_grant' });

  // Without the hint the person is asked.
  await signInAs(visitor, 'resident');
  await visitor.go('/openid/logout');
  await visitor.look('openid-logout');
  await press(visitor, visitor.page.locator('form[action="/openid/logout/sure"] button'));
  assert.ok((await text(visitor)).includes('已退出登录'));

  // Taken out of use, nobody signs in with it.
  await unfold(reviewer, '停用');
  await press(reviewer, reviewer.page.locator('form[action$="/standing"] button'));
  assert.ok((await text(reviewer)).includes('已停用'));
  await signInAs(visitor, 'resident');
  await go(visitor, site);
  assert.ok((await text(visitor)).includes('不认识是哪个系统'));
});

for (const way of [...ways, wayWithoutScript]) {
  test(`a kiosk is signed in by a code that is typed on the phone ${wayName(way)}`, async (t) => {
    const visitor = await visit(t, way);
    const { page } = visitor;
    const config = await client.discovery(new URL(base), 'sandbox-app', undefined, client.None(), { execute: [client.allowInsecureRequests] });
    const device = await client.initiateDeviceAuthorization(config, { scope: 'openid profile' });
    await signInAs(visitor, 'resident');
    await visitor.go('/openid/device');
    await visitor.look('openid-device');
    await page.locator('#f-user_code').fill('BCDF-GHJK');
    await press(visitor, page.locator('main form button'));
    assert.ok((await text(visitor)).includes('没有这个代码'));
    await page.locator('#f-user_code').fill(device.user_code.toLowerCase());
    await press(visitor, page.locator('main form button'));
    assert.ok((await text(visitor)).includes(device.user_code));
    await visitor.look('openid-device-ask');
    await press(visitor, page.locator('button[value="yes"]'));
    assert.ok((await text(visitor)).includes('已同意，那台设备马上登录'));
    const tokens = await client.pollDeviceAuthorizationGrant(config, device);
    const person = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    assert.equal(person.name, '王建国');
    await unlinkAll(visitor);
  });
}
