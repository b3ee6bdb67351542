// A draft is thrown away: by its applicant, and by the clerk who began it at the window.

import assert from 'node:assert/strict';
import test from 'node:test';

import { begin, press, signInAs, text, wayName, wayWithoutScript, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

for (const way of [...ways, wayWithoutScript]) {
  test(`a draft is thrown away ${wayName(way)}`, async (t) => {
    const resident = await visit(t, way);
    const { page } = resident;
    await signInAs(resident, 'elder');
    await begin(resident, '志愿者注册');
    const address = new URL(page.url()).pathname.replace(/\/form$/, '');
    await resident.go('/my/cases');
    assert.equal(await page.locator(`main a[href^="${address}"]`).count(), 1);
    await resident.go(`${address}/form`);
    await page.locator('a[href$="/discard"]').click();
    await page.waitForURL(/\/discard$/);
    await resident.look('discard');
    await press(resident, page.locator('form.confirm button:not([value="no"])'));
    assert.equal(new URL(page.url()).pathname, '/my/cases');
    assert.ok((await text(resident)).includes('草稿已删除'));
    assert.equal(await page.locator(`main a[href^="${address}"]`).count(), 0);
    await resident.look('discarded');
    assert.equal((await page.goto(`${address}/form`)).status(), 404);
    // Who read what is not forgotten with it.
    await resident.go('/my/data');
    assert.ok((await text(resident)).includes('志愿者注册'));
  });
}
