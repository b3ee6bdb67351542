// The first screen: there, readable, and with the search box that everything starts from.

import assert from 'node:assert/strict';
import test from 'node:test';

import { sizes, visit } from '../kit/visitor.mjs';

for (const size of Object.keys(sizes)) {
  test(`home on a ${size}`, async (t) => {
    const visitor = await visit(t, { size });
    await visitor.go('/');
    assert.notEqual(await visitor.page.title(), '');
    assert.equal(await visitor.page.locator('h1').count(), 1, 'one main heading');
    assert.ok(await visitor.page.locator('input[name="q"]').first().isVisible(), 'the search box is on the first screen');
    await visitor.look('home');
  });
}

test('home without JavaScript', async (t) => {
  const visitor = await visit(t, { size: 'phone', javaScript: false });
  await visitor.go('/');
  assert.ok(await visitor.page.locator('input[name="q"]').first().isVisible());
  await visitor.look('home');
});
