// A platform of others: an ordinary OpenID provider on a port of its own, under another name of this machine, so that it is another
// site for the browser. None of it is ours.

import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';

import Provider from 'oidc-provider';

/** A key of its own that signs by this algorithm. */
function key(algorithm) {
  const [kind, options] = algorithm === 'ES256' ? ['ec', { namedCurve: 'P-256' }] : ['rsa', { modulusLength: 2048 }];
  return { ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }), use: 'sig', alg: algorithm };
}

/** Takes a port; the platform answers there once `open` was called. */
export async function otherPlatform(id) {
  const server = http.createServer();
  await new Promise((resolve) => { server.listen(0, resolve); });
  const issuer = `http://localhost:${server.address().port}`;
  const platform = { id, issuer, secret: `the secret of ${id}`, people: {}, close, open };
  function close() {
    return new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  }

  /** `redirect` is where the relying site takes answers; `algorithm` signs. */
  function open(redirect, algorithm) {
    const provider = new Provider(issuer, {
      clients: [{
        client_id: 'tongban',
        client_secret: platform.secret,
        redirect_uris: [redirect],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        id_token_signed_response_alg: algorithm,
      }],
      jwks: { keys: [key(algorithm)] },
      clientDefaults: { id_token_signed_response_alg: algorithm },
      enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
      features: { devInteractions: { enabled: false } },
      cookies: { keys: [`cookies of ${id}`], names: { session: `s_${id}`, interaction: `i_${id}`, resume: `r_${id}` } },
      claims: { openid: ['sub'], profile: ['name', 'citizen_number'], phone: ['phone_number', 'phone_number_verified'] },
      pkce: { required: () => true },
      interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (context, sub) => ({ accountId: sub, claims: () => ({ sub, ...platform.people[sub] }) }),
      // nobody is asked for consent here
      loadExistingGrant: async (context) => {
        const grant = new context.oidc.provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
        grant.addOIDCScope('openid profile phone');
        await grant.save();
        return grant;
      },
    });
    const answer = provider.callback();
    server.on('request', async (request, response) => {
      const [, page, uid] = request.url.split('/');
      if (page !== 'interaction') {
        answer(request, response);
        return;
      }
      try {
        if (request.method === 'GET') {
          response.setHeader('content-type', 'text/html; charset=utf-8');
          response.end(`<!doctype html><html lang="zh-CN"><title>别人的平台</title><main><h1>别人的平台</h1><form method="post" action="/interaction/${uid}">
            <label>账号 <input id="login" name="login"></label> <button id="yes">登录</button> <button id="no" name="no" value="no">不登录</button></form></main></html>`);
          return;
        }
        let body = '';
        for await (const part of request) body += part;
        const posted = new URLSearchParams(body);
        const result = posted.has('no') ? { error: 'access_denied', error_description: 'words of others' } : { login: { accountId: posted.get('login') } };
        await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
      } catch (error) {
        response.writeHead(500, { 'content-type': 'text/plain' }).end(error.stack);
      }
    });
  }
  return platform;
}
