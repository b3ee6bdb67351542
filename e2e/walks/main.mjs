// The main job, from end to end, each person at a browser of their own: a resident finds a matter, applies once, a
// window accepts, the department decides, a licence arrives, anyone verifies it, the resident rates the service.

import assert from 'node:assert/strict';
import test from 'node:test';

import { openFromWorkList, paper, people, signInAs, wayName, wayWithoutScript, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

for (const way of [...ways, wayWithoutScript]) {
  test(`the main job ${wayName(way)}`, async (t) => {
    const resident = await visit(t, way);
    const { page } = resident;

    await signInAs(resident, 'resident');
    await resident.go('/');
    await page.locator('input[name="q"]').first().fill('居住证');
    await page.locator('form[action="/search"] button').first().click();
    await page.waitForURL(/\/search\?/);
    await resident.look('search');
    await page.locator('main a', { hasText: '居住证办理（首次申领）' }).first().click();
    await page.waitForURL(/\/items\//);
    await resident.look('guide');

    await page.locator('a[href^="/apply/"]').first().click();
    await page.waitForURL(/\/apply\//);
    await resident.look('apply');
    await page.locator('button[name="consent_to"][value="all"]').click();
    await page.waitForURL(/\/form$/);

    // What the population register holds is there already, and says where it comes from.
    assert.equal(await page.locator('[name="name"]').inputValue(), '王建国');
    assert.ok((await page.locator('.from', { hasText: '示范市公安局' }).count()) > 0, 'facts say their source');
    await page.locator('[name="current_address"]').fill('');
    await page.locator('[name="since"]').fill('2025-03-01');
    await page.locator('[name="reason"]').selectOption('就业');
    await resident.look('form');
    await page.locator('[name="current_address"]').fill('一县政通路 18 号 2 单元 301');
    await page.locator('button[name="then"][value="next"]').click();
    await page.waitForURL(/\/materials/);
    await page.locator('input[type="file"]').first().setInputFiles(paper);
    await resident.look('materials');
    await page.locator('button[name="then"][value="next"]').click();
    await page.waitForURL(/\/confirm$/);
    await resident.look('confirm');
    await page.locator('form[action$="/confirm"] button').click();
    await page.waitForURL(/\/my\/cases\/[0-9a-f-]+$/);
    const address = new URL(page.url()).pathname;
    const number = (await page.locator('.code').first().innerText()).trim();
    assert.match(number.replaceAll(' ', ''), /^519900\d{15}$/, 'the case has a number');
    await resident.look('case-submitted');

    const clerk = await visit(t, way);
    await signInAs(clerk, 'clerk');
    await clerk.go('/desk');
    await clerk.look('desk-list');
    await openFromWorkList(clerk, number, 'accept');
    await clerk.look('desk-case');
    await clerk.page.locator('form[action$="/accept"] button').click();
    await clerk.page.waitForLoadState();

    await resident.go(address);
    await resident.look('case-accepted');
    await page.locator(`a[href$="/why"]`).first().click();
    await page.waitForURL(/\/why$/);
    await resident.look('why');

    const approver = await visit(t, way);
    await signInAs(approver, 'approver');
    await openFromWorkList(approver, number, 'decide');
    await approver.page.locator('#f-opinion').fill('材料齐全，情况属实');
    await approver.page.locator('form[action$="/step"] button').click();
    await approver.page.waitForLoadState();
    await openFromWorkList(approver, number, 'decide');
    await approver.look('desk-decide');
    await approver.page.locator('form:has(input[name="outcome"][value="grant"]) button').click();
    await approver.page.locator('form.confirm button:not([value="no"])').waitFor();
    await approver.look('desk-confirm');
    await approver.page.locator('form.confirm button:not([value="no"])').click();
    await approver.page.waitForLoadState();

    await resident.go(address);
    await resident.look('case-granted');
    await page.locator('a[href^="/my/licences/"]').first().click();
    await page.waitForURL(/\/my\/licences\//);
    await resident.look('licence');
    const pdf = await resident.context.request.get(await page.locator('a[href$=".pdf"]').first().getAttribute('href'));
    assert.ok(pdf.ok(), `the PDF of the licence answered ${pdf.status()}`);
    const carrier = await pdf.body();
    assert.equal(carrier.subarray(0, 5).toString(), '%PDF-');

    // Anyone verifies it: by its link, and by the file.
    const verifyLink = await page.locator('a[href^="/verify/"]').first().getAttribute('href');
    const anyone = await visit(t, way);
    await anyone.go(verifyLink);
    assert.equal(await anyone.page.locator('.verdict.good').count(), 1, 'the link verifies');
    await anyone.look('verdict');
    const shown = await anyone.page.locator('main').innerText();
    assert.ok(!/5199\d{13}[\dX]/.test(shown), 'the public page shows no whole number');
    await anyone.go('/verify');
    await anyone.page.locator('#f-file').setInputFiles({ name: '居住证.pdf', mimeType: 'application/pdf', buffer: carrier });
    await anyone.page.locator('form[action="/verify/file"] button').click();
    await anyone.page.locator('.verdict').waitFor();
    assert.equal(await anyone.page.locator('.verdict.good').count(), 1, 'the file verifies');
    const changed = Buffer.from(carrier);
    changed[changed.length - 20] ^= 1;
    await anyone.go('/verify');
    await anyone.page.locator('#f-file').setInputFiles({ name: '居住证.pdf', mimeType: 'application/pdf', buffer: changed });
    await anyone.page.locator('form[action="/verify/file"] button').click();
    await anyone.page.locator('.verdict').waitFor();
    assert.equal(await anyone.page.locator('.verdict.good').count(), 0, 'a changed file does not');

    await resident.go(address);
    await page.locator('[name="score"][value="5"]').check({ force: true });
    await page.locator('#f-words').fill('很快，没有跑一趟');
    await page.locator('form[action$="/rating"] button').click();
    await page.waitForLoadState();
    assert.ok((await page.locator('#rating + .card').innerText()).includes('很快，没有跑一趟'), 'the rating stands there');
    assert.equal(await page.locator('form[action$="/rating"]').count(), 0, 'nobody rates twice');
    await resident.look('case-rated');
    await resident.go('/my/data');
    assert.ok((await page.locator('main').innerText()).includes('居住证'), 'the person sees who read what for what');
    await resident.look('data');
    await resident.go('/my/messages');
    assert.ok((await page.locator('main').innerText()).includes('居住证'), 'the person was told');
    await resident.look('messages');

    const supervisor = await visit(t, way);
    await signInAs(supervisor, 'supervisor');
    await supervisor.go('/desk/supervise');
    assert.ok((await supervisor.page.locator('main').innerText()).includes('示范市公安局'), 'the office that decided is counted');
    await supervisor.look('supervise');
  });
}

test('nobody sees the case of another', async (t) => {
  const resident = await visit(t, { size: 'desktop' });
  await signInAs(resident, 'resident');
  await resident.go('/my/cases');
  const mine = await resident.page.locator('main a[href^="/my/cases/"]').first().getAttribute('href');
  const other = await visit(t, { size: 'desktop' });
  await other.go('/');
  await other.page.locator('form[action="/demo/sign-in"] button', { hasText: people.elder }).click();
  await other.page.waitForLoadState();
  const answer = await other.page.goto(mine);
  assert.equal(answer.status(), 404);
  const nobody = await visit(t, { size: 'desktop' });
  await nobody.page.goto(mine);
  assert.match(nobody.page.url(), /\/sign-in/);
  const desk = await other.page.goto('/desk');
  assert.equal(desk.status(), 403);
});
