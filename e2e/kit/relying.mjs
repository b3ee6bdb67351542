// A system of others: a small site on a port of its own that signs people in with an ordinary library. None of it is ours.

import http from 'node:http';

import * as client from 'openid-client';

/** Runs the site for a test. `registration` is what the provider knows it by; answers its address and what it has heard. */
export async function relyingSite(test, issuer, registration, { port = 0 } = {}) {
  const server = http.createServer();
  await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  test.after(() => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }));
  const address = `http://127.0.0.1:${server.address().port}`;
  const site = { address, tokens: undefined, heard: [], config: undefined };
  const { clientId, secret } = typeof registration === 'function' ? await registration(address) : registration;
  site.config = await client.discovery(
    new URL(issuer),
    clientId,
    secret,
    secret ? client.ClientSecretBasic(secret) : client.None(),
    { execute: [client.allowInsecureRequests] },
  );
  let waiting;
  const page = (response, words) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="zh-CN"><title>别人的网站</title><main><h1>别人的网站</h1>${words}<p><a href="/">首页</a></p></main></html>`);
  };
  const routes = {
    '/': (request, response) => page(response, '<p><a id="in" href="/in">用通办登录</a></p>'),
    '/in': async (request, response, url) => {
      const verifier = client.randomPKCECodeVerifier();
      waiting = { verifier, state: client.randomState(), nonce: client.randomNonce() };
      const parameters = {
        redirect_uri: `${address}/callback`,
        scope: url.searchParams.get('scope') ?? 'openid profile',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: waiting.state,
        nonce: waiting.nonce,
      };
      for (const name of ['acr_values', 'prompt', 'max_age']) {
        if (url.searchParams.has(name)) parameters[name] = url.searchParams.get(name);
      }
      response.writeHead(302, { location: client.buildAuthorizationUrl(site.config, parameters).href }).end();
    },
    '/callback': async (request, response, url) => {
      try {
        site.tokens = await client.authorizationCodeGrant(site.config, url, {
          pkceCodeVerifier: waiting.verifier,
          expectedState: waiting.state,
          expectedNonce: waiting.nonce,
          idTokenExpected: true,
        });
      } catch (error) {
        page(response, `<p id="error">${error.error ?? error.code}</p>`);
        return;
      }
      const claims = site.tokens.claims();
      const person = await client.fetchUserInfo(site.config, site.tokens.access_token, claims.sub);
      page(response, `<p>您好，<b id="name">${person.name ?? ''}</b></p><p id="acr">${claims.acr}</p>`);
    },
    '/out': (request, response) => {
      const to = client.buildEndSessionUrl(site.config, {
        id_token_hint: site.tokens.id_token,
        post_logout_redirect_uri: `${address}/bye`,
      });
      response.writeHead(302, { location: to.href }).end();
    },
    '/bye': (request, response) => page(response, '<p id="bye">再见</p>'),
    '/heard': (request, response) => {
      let body = '';
      request.on('data', (part) => { body += part; });
      request.on('end', () => { site.heard.push(new URLSearchParams(body).get('logout_token')); response.end(); });
    },
  };
  server.on('request', async (request, response) => {
    const url = new URL(request.url, address);
    const route = routes[url.pathname];
    try {
      if (route) await route(request, response, url);
      else response.writeHead(404).end();
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`${error.stack}\n${error.cause ?? ''}`);
    }
  });
  return site;
}

export { client };
