// Somebody at the pages without a browser: follows forms as programs do, keeps cookies.

import assert from 'node:assert/strict';

export class Forms {
  constructor(base) {
    this.base = base;
    this.cookies = new Map();
  }

  /** One request, no redirect followed. */
  async ask(address, form) {
    const response = await fetch(new URL(address, this.base), {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: {
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      body: form ? new URLSearchParams(form).toString() : undefined,
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      if (value === '' || /max-age=0/i.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return { status: response.status, leads: response.headers.get('location'), text: await response.text() };
  }

  /** The hidden fields of the first form of a page that posts to `action`. */
  static hidden(page, action) {
    const form = page.text.split('<form').find((part) => part.includes(`action="${action}"`));
    assert.ok(form, `no form to ${action} (${page.status})`);
    const fields = {};
    for (const [input] of form.split('</form')[0].matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const unescape = (text) => text.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#x2f;', '/').replaceAll('&amp;', '&');
      fields[input.match(/name="([^"]*)"/)[1]] = unescape(input.match(/value="([^"]*)"/)?.[1] ?? '');
    }
    return fields;
  }

  /** Signs in by the password of the demo. */
  async signIn(name) {
    const page = await this.ask('/sign-in');
    const signed = await this.ask('/sign-in', {
      ...Forms.hidden(page, '/sign-in'), kind: 'person', name, password: 'tongban-demo-2026', back: '/my/cases',
    });
    assert.equal(signed.status, 303, signed.text.slice(0, 300));
  }

  /** Goes to the page of a request of a client and says yes where it asks; answers where the browser is sent. */
  async authorize(address) {
    let page = await this.ask(address);
    if (page.status === 200) {
      page = await this.ask('/openid/consent', { ...Forms.hidden(page, '/openid/consent'), answer: 'yes' });
    }
    assert.ok(page.leads, `${page.status} ${page.text.slice(0, 500)}`);
    return new URL(page.leads);
  }
}
