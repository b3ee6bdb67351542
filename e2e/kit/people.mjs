// The people of the demo city, and what several walks do as one of them.

import assert from 'node:assert/strict';

// Whom the first page of the demo offers, by the name on the button.
export const people = {
  resident: '王建国',
  elder: '李秀英',
  representative: '赵大山',
  enterprise: '示范市蜀香小馆',
  clerk: '刘敏',
  approver: '周正',
  'approver.market': '吴凡',
  'approver.health': '孙宁',
  supervisor: '何明',
  operator: '林远',
  'operator.second': '何静',
};

// A small file of each kind that people hand in.
export const paper = {
  name: '租房合同.pdf',
  mimeType: 'application/pdf',
  buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
};

// The ways in which a task is walked.
export const ways = [
  { size: 'phone', javaScript: true },
  { size: 'desktop', javaScript: true },
];
export const wayWithoutScript = { size: 'phone', javaScript: false };

export function wayName(way) {
  return `on a ${way.size}${way.javaScript ? '' : ' without JavaScript'}`;
}

// Signs in with one click on the first page of the demo.
export async function signInAs(visitor, role) {
  await visitor.go('/');
  await press(visitor, visitor.page.locator('form[action="/demo/sign-in"] button', { hasText: people[role] }));
}

// What every account of the demo city types.
const password = 'tongban-demo-2026';

// Signs in on the sign-in page that the visitor stands on, with a number, a phone or the name of a member of staff.
export async function signInOnPage(visitor, name, secret = password) {
  await visitor.page.locator('#f-name').fill(name);
  await visitor.page.locator('#f-password').fill(secret);
  await press(visitor, visitor.page.locator('form:has(#f-password) button'));
}

// Presses a button that leads to another page, and waits for that page.
export async function press(visitor, button) {
  await Promise.all([visitor.page.waitForNavigation(), button.click()]);
}

// Finds a matter by its whole name and opens its guide.
export async function openGuide(visitor, name, words = name) {
  await visitor.go(`/search?q=${encodeURIComponent(words)}`);
  await visitor.page.locator('main a', { hasText: name }).first().click();
  await visitor.page.waitForURL(/\/items\//);
}

// Begins an application with a yes to every source that is asked for; ends on the form.
export async function begin(visitor, name, consent = 'all') {
  await openGuide(visitor, name);
  await visitor.page.locator('a[href^="/apply/"]').first().click();
  await visitor.page.waitForURL(/\/apply\//);
  await press(visitor, visitor.page.locator(`button[name="consent_to"][value="${consent}"]`));
  assert.match(visitor.page.url(), /\/my\/cases\/[0-9a-f-]+\/form$/);
}

// Goes from the form on to the page that confirms; the form and the materials are complete.
export async function next(visitor) {
  await press(visitor, visitor.page.locator('button[name="then"][value="next"]'));
}

// Hands in what the confirming page shows; answers the address of the case and its number.
export async function handIn(visitor) {
  await press(visitor, visitor.page.locator('form[action$="/confirm"] button'));
  assert.match(visitor.page.url(), /\/my\/cases\/[0-9a-f-]+$/);
  const number = (await visitor.page.locator('.code').first().innerText()).replaceAll(/\s/g, '');
  assert.match(number, /^519900\d{15}$/, 'the case has a number');
  return { address: new URL(visitor.page.url()).pathname, number };
}

// A resident files the smallest matter of the police; answers the address of the case and its number.
export async function fileCertificate(visitor, unit) {
  await begin(visitor, '无犯罪记录证明开具');
  await visitor.page.locator('[name="purpose"]').selectOption('就业');
  await visitor.page.locator('[name="unit"]').fill(unit);
  await next(visitor);
  return handIn(visitor);
}

// Opens the case of this number from the work list of an office, wherever in the list it stands.
export async function openFromWorkList(visitor, number, show) {
  await visitor.go(show ? `/desk?show=${show}` : '/desk');
  const row = visitor.page.locator('tr', { hasText: number });
  for (let turn = 0; turn < 20 && (await row.count()) === 0; turn += 1) {
    await visitor.page.locator('nav.pages a[rel="next"]').click();
    await visitor.page.waitForLoadState();
  }
  await row.locator('a.button').click();
  await visitor.page.waitForURL(/\/desk\/cases\//);
}

// Presses the button of one of the forms for what may be done to a case.
export async function act(visitor, action, selector = 'button') {
  await press(visitor, visitor.page.locator(`form[action$="/${action}"] ${selector}`).first());
}

// Opens a folded part, where it is not open already; it opens without scripts too.
export async function unfold(visitor, words) {
  const part = visitor.page.locator('details', { hasText: words }).first();
  if ((await part.getAttribute('open')) === null) await part.locator('summary').first().click();
}

// An operator makes a code for a member of staff, who shows it as a second factor on the page that asks for one.
export async function showStaffCode(operator, visitor, name) {
  await signInAs(operator, 'operator');
  await operator.go(`/desk/staff?q=${encodeURIComponent(name)}`);
  await operator.page.locator('main table a').first().click();
  await operator.page.waitForURL(/\/desk\/staff\/[0-9a-f-]+$/);
  await press(operator, operator.page.locator('form[action$="/code"] button'));
  await visitor.page.locator('#f-code').fill(await operator.page.locator('.notice .code').innerText());
  await press(visitor, visitor.page.locator('form[action="/desk/second-factor"] button'));
}

// The page as people read it.
export async function text(visitor, selector = 'main') {
  return visitor.page.locator(selector).innerText();
}

// The number of somebody who cannot exist: the address code was given to nobody. The check digit is that of GB 11643.
export function citizenNumber(birth, sequence, place = '519902') {
  const body = `${place}${birth}${String(sequence).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = [...body].reduce((total, digit, index) => total + Number(digit) * weights[index], 0);
  return body + '10X98765432'[sum % 11];
}


// The code in the simulated message that a page of the demo shows.
export async function codeOn(visitor) {
  const words = await visitor.page.locator('.sms').textContent();
  const found = words.match(/验证码 (\d{6})/);
  assert.ok(found, words);
  return found[1];
}

// The code of a firm that cannot exist, in the same place: GB 32100 around the organisation code of GB 11714.
export function firmCode(body, place = '519901') {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const sum = [...body].reduce((total, digit, index) => total + digits.indexOf(digit) * [3, 7, 9, 10, 5, 8, 4, 2][index], 0);
  const check = 11 - (sum % 11);
  const organisation = body + (check === 10 ? 'X' : check === 11 ? '0' : String(check));
  const letters = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const whole = `91${place}${organisation}`;
  const weighed = [...whole].reduce((total, letter, index) => total + letters.indexOf(letter) * (3 ** index % 31), 0);
  return whole + letters[(31 - (weighed % 31)) % 31];
}
