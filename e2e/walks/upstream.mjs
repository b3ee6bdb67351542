// 第三方平台登录: a platform of others signs people in. One that does not vouch is linked by the person first; one that vouches
// signs in whom it names, and opens accounts; a dead one is told in a sentence.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';

import { startCity } from '../kit/city.mjs';
import { otherPlatform } from '../kit/platform.mjs';
import { citizenNumber, codeOn, press, signInOnPage, text, wayName, wayWithoutScript, ways } from '../kit/people.mjs';

// The platforms take their ports first, then the city is told of them, then they are told of the city.
const province = await otherPlatform('province');
const state = await otherPlatform('state');
const gone = await otherPlatform('gone');
await gone.close();
const folder = mkdtempSync(path.join(os.tmpdir(), 'tongban-platforms-'));
const settings = [[province, '省政务平台', 'Province'], [state, '国家平台', 'State'], [gone, '小程序平台', 'Mini program']].map(([platform, name, english]) => {
  const file = path.join(folder, platform.id);
  writeFileSync(file, platform.secret, { mode: 0o600 });
  return `[[upstream]]
id = "${platform.id}"
name = "${name}"
name_en = "${english}"
issuer = "${platform.issuer}"
client_id = "tongban"
client_secret_file = "${file}"
scopes = ["profile", "phone"]
vouches = ${platform === state}
`;
});
const file = path.join(folder, 'platforms.toml');
writeFileSync(file, settings.join('\n'));
const city = await startCity('city-upstream.log', ['--upstream', file]);
after(async () => {
  await Promise.all([city.stop(), province.close(), state.close()]);
  rmSync(folder, { recursive: true, force: true });
});
province.open(`${city.address}/sign-in/upstream/province/callback`, 'ES256');
state.open(`${city.address}/sign-in/upstream/state/callback`, 'PS256');
process.env.TONGBAN_BASE = city.address;
const { visit } = await import('../kit/visitor.mjs');

const all = [...ways, wayWithoutScript];
const wang = '10000000001';
const button = (visitor, platform) => visitor.page.locator(`form[action="/sign-in/upstream/${platform.id}"] button`);

/** Presses the button of a platform and says there who one is; where one is signed in there already, nothing is asked. */
async function by(visitor, platform, login) {
  await button(visitor, platform).click();
  if (login === undefined) return;
  await visitor.page.waitForURL(/\/interaction\//);
  await visitor.page.locator('#login').fill(login);
  await visitor.page.locator('#yes').click();
}

async function signOut(visitor) {
  await press(visitor, visitor.page.locator('form[action="/sign-out"] button').first());
}

for (const way of all) {
  test(`a platform is linked, signs in and is cut ${wayName(way)}`, async (t) => {
    const login = `wang-${all.indexOf(way)}`;
    province.people[login] = { name: '王建国', phone_number: '+8610000000001', phone_number_verified: true };
    const visitor = await visit(t, way, { leaves: true });
    const { page } = visitor;
    await visitor.go('/sign-in?back=/my/licences');
    await visitor.look('upstream-sign-in');
    await by(visitor, province, login);
    await page.waitForURL(/\/sign-in\/linking$/);
    assert.ok((await text(visitor)).includes('王建国'), 'whom the platform names is shown');
    await visitor.look('upstream-linking');
    await page.locator('a[href^="/sign-in?back="]').first().click();
    await page.waitForURL(/\/sign-in\?/);
    await signInOnPage(visitor, wang);
    assert.match(page.url(), /\/my\/settings\/links\/new$/);
    await visitor.look('upstream-link');
    await press(visitor, page.locator('form[action="/my/settings/links/new"] button'));
    assert.match(page.url(), /\/my\/licences$/, 'and on to where the person wanted to go');
    assert.ok((await text(visitor)).includes('已关联'));
    await visitor.go('/my/settings');
    assert.ok((await text(visitor)).includes('省政务平台'));
    await visitor.look('upstream-settings');

    // Whoever comes after somebody signed out is asked anew, and whose session here has ended is not.
    await signOut(visitor);
    await visitor.go('/sign-in?back=/my/licences');
    await by(visitor, province, login);
    await page.waitForURL(/\/my\/licences$/);
    await visitor.context.clearCookies({ name: 'tb_session' });
    await visitor.go('/sign-in?back=/my/licences');
    await by(visitor, province);
    await page.waitForURL(/\/my\/licences$/);
    await visitor.go('/my/settings/devices');
    assert.ok((await text(visitor)).includes('其他平台登录'));
    assert.ok((await text(visitor)).includes('关联了平台'));
    await visitor.look('upstream-devices');
    // Being signed in there is no proof of now: one more link asks for a fresh sign-in, and the platform for its password.
    await visitor.go('/my/settings');
    await press(visitor, page.locator('form[action="/my/settings/platforms/state"] button'));
    assert.ok((await text(visitor)).includes('重新登录'));
    await visitor.go('/sign-in?back=/my/settings');
    await by(visitor, province, login);
    await page.waitForURL(/\/my\/settings$/);
    state.people[login] = { name: '王建国' };
    await page.locator('form[action="/my/settings/platforms/state"] button').click();
    await page.waitForURL(/\/interaction\//);
    await page.locator('#login').fill(login);
    await page.locator('#yes').click();
    await page.waitForURL(/\/my\/settings\/links\/new$/);
    await press(visitor, page.locator('form[action="/sign-in/linking"] button'));
    assert.match(page.url(), /\/my\/settings$/, 'not linked');

    await page.locator('a[href$="/cut"]').click();
    await page.waitForURL(/\/cut$/);
    await visitor.look('upstream-cut');
    await press(visitor, page.locator('form.confirm button'));
    assert.ok((await text(visitor)).includes('已解除关联'));
    await signOut(visitor);
    await visitor.go('/sign-in');
    await by(visitor, province, login);
    await page.waitForURL(/\/sign-in\/linking$/);
    await press(visitor, page.locator('form[action="/sign-in/linking"] button'));
    assert.match(page.url(), /\/sign-in$/, 'what was cut opens nothing');
  });

  test(`a platform that vouches opens an account and signs in ${wayName(way)}`, async (t) => {
    const index = all.indexOf(way);
    const number = citizenNumber('19720614', 700 + index);
    const phone = `1000000070${index}`;
    state.people[`new-${index}`] = { name: '白晓月', citizen_number: number, phone_number: `+86${phone}`, phone_number_verified: index === 1 };
    const visitor = await visit(t, way, { leaves: true });
    const { page } = visitor;
    await visitor.go('/sign-in?back=/my/settings');
    await by(visitor, state, `new-${index}`);
    await page.waitForURL(/\/sign-in\/opening$/);
    assert.ok((await text(visitor)).includes('白晓月') && !(await text(visitor)).includes(number), 'masked');
    await visitor.look('upstream-opening');
    if (index === 1) {
      await page.locator('#f-agree').check({ force: true });
    } else {
      await page.locator('#f-phone').fill(phone);
      await page.locator('#f-agree-phone').check({ force: true });
    }
    await press(visitor, page.locator('form[action="/sign-in/opening/code"] button').nth(index === 1 ? 0 : -1));
    await visitor.look('upstream-opening-code');
    await page.locator('#f-code').fill('000000');
    await press(visitor, page.locator('form[action="/sign-in/opening"] button'));
    assert.ok((await text(visitor)).includes('验证码不对'));
    await page.locator('#f-code').fill(await codeOn(visitor));
    await press(visitor, page.locator('form[action="/sign-in/opening"] button'));
    assert.match(page.url(), /\/my\/settings$/);
    assert.ok((await text(visitor)).includes('白晓月') && (await text(visitor)).includes('二级'), 'level 2');
    await signOut(visitor);
    await visitor.go('/sign-in?back=/my/settings');
    await by(visitor, state, `new-${index}`);
    await page.waitForURL(/\/my\/settings$/);

    // Somebody who has an account: name and number are enough, and another name is not.
    const other = await visit(t, way, { leaves: true });
    const theirs = citizenNumber('19880312', 121, '519901');
    state.people[`false-${index}`] = { name: '王建党', citizen_number: theirs };
    await other.go('/sign-in');
    await by(other, state, `false-${index}`);
    await other.page.waitForURL(/\/sign-in\?back=/);
    assert.ok((await text(other)).includes('姓名，与本平台'));
    await other.look('upstream-name-differs');
    const third = await visit(t, way, { leaves: true });
    state.people[`true-${index}`] = { name: '王建国', citizen_number: theirs };
    await third.go('/sign-in?back=/my/settings');
    await by(third, state, `true-${index}`);
    await third.page.waitForURL(/\/my\/settings$/);
    assert.ok((await text(third)).includes('王建国'));
    await third.page.locator('a[href$="/cut"]').click();
    await third.page.waitForURL(/\/cut$/);
    await press(third, third.page.locator('form.confirm button'));
  });

  test(`a no and a dead platform are told in a sentence ${wayName(way)}`, async (t) => {
    const visitor = await visit(t, way, { leaves: true });
    const { page } = visitor;
    await visitor.go('/sign-in');
    await button(visitor, province).click();
    await page.waitForURL(/\/interaction\//);
    await page.locator('#no').click();
    await page.waitForURL(/\/sign-in\?back=/);
    assert.ok((await text(visitor)).includes('没有同意') && !(await text(visitor)).includes('words of others'));
    await press(visitor, button(visitor, gone));
    assert.ok((await text(visitor)).includes('没有回应'));
    assert.ok(await page.locator('#f-password').isVisible(), 'other ways stand beside');
    await visitor.look('upstream-silent');
  });
}
