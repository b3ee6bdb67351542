// What becomes of a licence: the department that issued it suspends and restores it, issues a corrected edition, and revokes it;
// anyone who verifies it sees that at once, and the holder is told.

import assert from 'node:assert/strict';
import test from 'node:test';

import { signInAs, signInOnPage } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

// The second firm of the demo: its business licence is revoked here, and other walks apply with that of the first.
const FIRM = '91519901MA9900028J';

// Fills in a change of status and says yes to the question.
async function change(visitor, word, reason, name) {
  const { page } = visitor;
  const form = page.locator(`form:has(input[name="change"][value="${word}"])`);
  const details = page.locator('details', { has: form });
  await details.locator('summary').click();
  await form.locator('select').selectOption({ index: 1 });
  await form.locator('textarea').fill(reason);
  if (name) await visitor.look(`${name}-form`);
  await form.locator('button').click();
  await page.locator('form.confirm button:not([value="no"])').waitFor();
  if (name) await visitor.look(`${name}-question`);
  await page.locator('form.confirm button:not([value="no"])').click();
  await page.waitForURL(/\/desk\/licences\/[0-9a-f-]+$/);
}

for (const size of ['phone', 'desktop']) {
  test(`the life of a licence on a ${size}`, async (t) => {
    const way = { size, javaScript: true };
    const firm = await visit(t, way);
    await firm.go('/sign-in?kind=enterprise');
    await signInOnPage(firm, FIRM);
    await firm.go('/my/licences');
    const held = firm.page.locator('main a[href^="/my/licences/"]', { hasText: '营业执照' }).first();
    await held.waitFor();
    const heldAt = await held.getAttribute('href');
    await firm.go(heldAt);
    const title = (await firm.page.locator('h1').first().innerText()).trim();
    const link = await firm.page.locator('a[href^="/verify/"]').first().getAttribute('href');
    const anyone = await visit(t, way);
    const verdict = async (address) => {
      await anyone.go(address);
      return (await anyone.page.locator('.verdict h1').innerText()).trim();
    };
    assert.equal(await verdict(link), '真实，有效', title);

    const approver = await visit(t, way);
    await signInAs(approver, 'approver.market');
    await approver.go('/desk/licences');
    await approver.look('licences-list');
    const licence = heldAt.split('/').pop();
    await approver.go(`/desk/licences/${licence}`);
    await approver.look('licences-one');

    await change(approver, 'suspend', '现场检查发现问题，限期整改', 'licences-suspend');
    assert.equal(await verdict(link), '真实，目前不能使用');
    await change(approver, 'restore', '整改完成');
    assert.equal(await verdict(link), '真实，有效');

    await approver.page.locator('a[href$="/reissue"]').click();
    await approver.page.waitForURL(/\/reissue$/);
    await approver.page.locator('select[name="cause"]').selectOption('correction');
    await approver.page.locator('textarea[name="text"]').fill('登记有误，予以更正');
    await approver.page.locator('input[name="field-1"]').fill('示范市一县政通路 20 号');
    await approver.look('licences-reissue');
    await approver.page.locator('form[action$="/reissue"] button').click();
    await approver.page.locator('form.confirm button:not([value="no"])').waitFor();
    await approver.look('licences-reissue-question');
    await approver.page.locator('form.confirm button:not([value="no"])').click();
    await approver.page.waitForURL((address) => !address.pathname.includes(licence));
    await approver.look('licences-new-edition');
    assert.equal(await verdict(link), '真实，已被新版代替');
    const newLicence = new URL(approver.page.url()).pathname.split('/').pop();
    await firm.go(`/my/licences/${newLicence}`);
    const newLink = await firm.page.locator('a[href^="/verify/"]').first().getAttribute('href');
    assert.equal(await verdict(newLink), '真实，有效');

    if (size === 'desktop') {
      // The last of the two tests: after this the firm holds no licence any more.
      await change(approver, 'revoke', '材料虚假，予以撤销', 'licences-revoke');
      await approver.look('licences-revoked');
      assert.equal(await verdict(newLink), '真实，已被撤销');
      await anyone.look('licences-verdict');
      assert.equal(await verdict(link), '真实，已被新版代替');
      await approver.go('/desk/licences?show=revoked');
      assert.ok((await approver.page.locator(`a[href="/desk/licences/${newLicence}"]`).count()) > 0);
    }

    await firm.go('/my/messages');
    const told = await firm.page.locator('main').innerText();
    assert.ok(told.includes('暂扣了您的') && told.includes('换发了新版') && (size === 'phone' || told.includes('撤销或者吊销了您的')), told);
    await firm.look('licences-messages');
  });
}
