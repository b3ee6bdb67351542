// The main pages with the English switch: the texts of the pages are English; what people and offices wrote stays Chinese.

import assert from 'node:assert/strict';
import test from 'node:test';

import { begin, fileCertificate, openFromWorkList, signInAs, wayName, ways } from '../kit/people.mjs';
import { visit } from '../kit/visitor.mjs';

// Chinese texts of the pages, as they stand in the Chinese files of texts, that appear on the page that is open. Values
// (names of matters, offices, people, words that somebody wrote) are data and stay as they are.
async function chineseTexts(visitor) {
  const shown = await visitor.page.evaluate(() => {
    const lines = document.body.innerText.split('\n');
    for (const element of document.querySelectorAll('[aria-label],[placeholder],[title]')) {
      for (const name of ['aria-label', 'placeholder', 'title']) lines.push(element.getAttribute(name) ?? '');
    }
    return [document.title, ...lines].map((line) => line.trim()).filter((line) => /\p{Script=Han}/u.test(line));
  });
  return shown.filter((line) => !data.some((words) => line.includes(words)) && ownTexts.some((own) => line.includes(own)));
}

// Words of data that happen to hold a text of the pages: titles of documents, and the name of a register's resource (基本信息 is
// also a section of the item editor).
const data = ['申请材料接收凭证', '申请材料补正告知书', '申请受理通知书', '人口基本信息'];

// Every Chinese text of the pages that has words enough to be told from data, without its variables.
const ownTexts = await readOwnTexts();

async function readOwnTexts() {
  const { readdirSync, readFileSync } = await import('node:fs');
  const path = await import('node:path');
  const folder = path.resolve(import.meta.dirname, '../../locales/zh-CN');
  const read = (file) => readFileSync(path.join(folder, file), 'utf8').split('\n');
  const values = readdirSync(folder).flatMap(read).filter((line) => /^[a-z][\w-]* = /.test(line)).map((line) => line.replace(/^[\w-]+ = /, ''));
  const pieces = values.flatMap((value) => value.split(/\{[^}]*\}/)).map((piece) => piece.trim());
  return [...new Set(pieces.filter((piece) => piece.length >= 4 && /\p{Script=Han}/u.test(piece)))];
}

for (const way of ways) {
  test(`no Chinese text is left in English ${wayName(way)}`, async (t) => {
    assert.ok(ownTexts.length > 300, 'the texts were read');
    const found = [];
    const check = async (visitor, name) => {
      await visitor.look(`english-${name}`);
      found.push(...(await chineseTexts(visitor)).map((line) => `${name}: ${line}`));
    };
    const english = async (visitor) => visitor.go('/settings/language?to=en&back=/');

    const resident = await visit(t, way);
    const { page } = resident;
    await english(resident);
    await check(resident, 'home');
    for (const [name, place] of [['search', `/search?q=${encodeURIComponent('居住证')}`], ['verify', '/verify'], ['progress', '/progress'], ['sign-in', '/sign-in']]) {
      await resident.go(place);
      await check(resident, name);
    }
    await resident.go('/');
    await signInAs(resident, 'resident');
    await begin(resident, '犬类准养登记');
    await check(resident, 'form');
    const { address, number } = await fileCertificate(resident, '示范市公证处');
    await check(resident, 'case');
    await page.goto(`${address}/withdraw`);
    await check(resident, 'withdraw');
    for (const [name, place] of [['cases', '/my/cases'], ['licences', '/my/licences'], ['messages', '/my/messages'], ['data', '/my/data'], ['settings', '/my/settings']]) {
      await resident.go(place);
      await check(resident, name);
    }

    const clerk = await visit(t, way);
    await english(clerk);
    await signInAs(clerk, 'clerk');
    await clerk.go('/desk');
    await check(clerk, 'desk');
    await clerk.go('/desk/file');
    await check(clerk, 'desk-file');
    await openFromWorkList(clerk, number, 'accept');
    await check(clerk, 'desk-case');

    for (const [role, places] of [['supervisor', ['/desk/supervise', '/desk/work']], ['operator', ['/desk/items', '/desk/quality', '/desk/imports', '/desk/departments']], ['approver', ['/desk', '/desk/notices', '/desk/follow-ups']]]) {
      const staff = await visit(t, way);
      await english(staff);
      await signInAs(staff, role);
      for (const place of places) {
        await staff.go(place);
        await check(staff, `${role}${place.replaceAll('/', '-')}`);
      }
    }
    assert.deepEqual(found, [], 'Chinese texts on English pages');
  });
}
