// 本地补充: what a locality forbids is gone from the lists and the pages of those whom it names, and from nobody else's; operators
// read the rule in the desk, and are told that it decides.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';

import { startCity } from '../kit/city.mjs';
import { fileCertificate, openFromWorkList, press, signInAs, text, wayName, wayWithoutScript, ways } from '../kit/people.mjs';

const overlay = mkdtempSync(path.join(os.tmpdir(), 'tongban-overlay-'));
mkdirSync(path.join(overlay, 'access'));
writeFileSync(path.join(overlay, 'access', 'case.cedar'), `
@id("no-cases-at-the-hall")
@zh("综合窗口暂不查看办件")
@en("the hall does not look at cases for now")
@basis("示范市政务公告一号")
forbid (principal in Role::"clerk", action == Action::"case.view", resource in Region::"519900000000");
`);
writeFileSync(path.join(overlay, 'access', 'roles.csv'), 'who,action,reach\nclerk,rating.supervise,region\n');
const city = await startCity('city-overlay.log', ['--overlay', overlay]);
after(async () => {
  await city.stop();
  rmSync(overlay, { recursive: true, force: true });
});
process.env.TONGBAN_BASE = city.address;
const { visit } = await import('../kit/visitor.mjs');

const all = [...ways, wayWithoutScript];
for (const way of all) {
  test(`what a locality forbids is shut ${wayName(way)}`, async (t) => {
    const resident = await visit(t, way);
    await signInAs(resident, 'resident');
    const { number } = await fileCertificate(resident, `示范市云山宾馆${all.indexOf(way)}`);

    // Those whom the rule does not name see the case.
    const supervisor = await visit(t, way);
    await signInAs(supervisor, 'supervisor');
    await openFromWorkList(supervisor, number, 'accept');
    const address = new URL(supervisor.page.url()).pathname;

    // To those whom it names there is none: in the list, by its number, by its address.
    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await clerk.go('/desk?show=accept');
    assert.equal(await clerk.page.locator('tr', { hasText: number }).count(), 0);
    assert.ok(!(await text(clerk)).includes(number));
    await clerk.look('overlay-no-cases');
    const answer = await clerk.page.goto(new URL(address, city.address).href);
    assert.ok([403, 404].includes(answer.status()), `${answer.status()}`);

    // The operator reads why.
    const operator = await visit(t, way);
    await signInAs(operator, 'operator');
    await operator.go('/desk/access');
    const said = await text(operator);
    assert.ok(said.includes('综合窗口暂不查看办件') && said.includes('示范市政务公告一号'));
    await operator.page.locator('#f-login').fill('clerk');
    await operator.page.locator('#f-action').selectOption('case.view');
    await operator.page.locator('#f-case').fill(number);
    await press(operator, operator.page.locator('main form button'));
    const why = await operator.page.locator('main .card', { hasText: '综合窗口暂不查看办件' }).innerText();
    assert.ok(why.includes('不能') && why.includes('本地补充'));
    await operator.look('overlay-why');
    const bound = operator.page.locator('main table tbody tr', { hasText: 'rating.supervise' });
    assert.ok((await bound.innerText()).includes('本地补充'));
  });
}
