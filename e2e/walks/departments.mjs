// A department's system stops, is slow, or speaks of somebody else: the applicant goes on by hand at once, and the case
// says so.

import assert from 'node:assert/strict';
import test from 'node:test';

import { begin, handIn, next, openFromWorkList, paper, press, signInAs, text, wayName, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

// The operator turns the switch of the population register.
async function turn(operator, mode) {
  await operator.go('/desk/departments');
  await operator.page.locator(`#f-population-${mode}`).check({ force: true });
  await press(operator, operator.page.locator('form[action$="/population"] button'));
}

for (const way of ways) {
  for (const mode of ['stopped', 'slow', 'wrong_person']) {
    test(`the register is ${mode} ${wayName(way)}`, async (t) => {
      // Hooks run in their order: the switch goes back before the browsers close.
      let operator;
      t.after(() => turn(operator, 'normal'));
      operator = await visit(t, way);
      await signInAs(operator, 'operator');
      await turn(operator, mode);
      await operator.look(`departments-${mode}`);

      const resident = await visit(t, way);
      const { page } = resident;
      await signInAs(resident, 'resident');
      const asked = Date.now();
      await begin(resident, '居住证办理（首次申领）');
      assert.ok(Date.now() - asked < 20_000, 'nobody waits for the department');
      const form = await text(resident);
      assert.ok(form.includes('暂时没有回应'), 'the page says that the source is silent');
      assert.equal(await page.locator('[name="name"]').inputValue(), '', 'nothing of anybody else is filled in');
      await resident.look(`departments-${mode}-form`);
      await page.locator('[name="name"]').fill('王建国');
      await page.locator('[name="household"]').fill('邻城市和平路 8 号');
      await page.locator('[name="current_address"]').fill('一县政通路 18 号 2 单元 301');
      await page.locator('[name="since"]').fill('2025-03-01');
      await page.locator('[name="reason"]').selectOption('就业');
      await next(resident);
      const files = page.locator('input[type="file"]');
      assert.equal(await files.count(), 2, 'what the register would have spared is handed in');
      await files.nth(0).setInputFiles({ ...paper, name: '身份证.pdf' });
      await files.nth(1).setInputFiles(paper);
      await resident.look(`departments-${mode}-materials`);
      await next(resident);
      const { number } = await handIn(resident);
      assert.ok((await text(resident)).includes(mode === 'wrong_person' ? '答非本人' : '没有回应'), 'the case says so');
      await resident.look(`departments-${mode}-case`);

      const clerk = await visit(t, way);
      await signInAs(clerk, 'clerk');
      await openFromWorkList(clerk, number, 'accept');
      await clerk.look(`departments-${mode}-desk`);
      assert.ok((await text(clerk)).includes(mode === 'wrong_person' ? '不是本人' : '没有回应'), 'the window is told, too');
      if (mode !== 'wrong_person') return;

      const supervisor = await visit(t, way);
      await signInAs(supervisor, 'supervisor');
      await supervisor.go('/desk/supervise');
      const answer = supervisor.page.locator('tr', { hasText: '人口' }).first();
      assert.ok((await answer.innerText()).includes('居住证'), 'those who watch see which register spoke of somebody else');
      await supervisor.look('departments-answers');
    });
  }
}
