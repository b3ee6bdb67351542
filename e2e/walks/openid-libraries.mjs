// Ordinary libraries of others against the provider, without a browser: openid-client and oauth4webapi (npm), Authlib (PyPI).

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';

import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';

import { Forms } from '../kit/forms.mjs';
import { firmCode } from '../kit/people.mjs';

const base = process.env.TONGBAN_BASE;
const SECRET = 'sandbox-secret-for-trying';
const callback = 'http://127.0.0.1:9009/callback';

async function configuration(clientId = 'sandbox-web', auth = client.ClientSecretBasic(SECRET)) {
  return client.discovery(new URL(base), clientId, undefined, auth, { execute: [client.allowInsecureRequests] });
}

async function person(phone = '10000000001') {
  const someone = new Forms(base);
  await someone.signIn(phone);
  return someone;
}

test('openid-client: pushed request, proof of possession, refresh, introspection, revocation', async () => {
  const config = await configuration();
  const keys = await client.randomDPoPKeyPair();
  const DPoP = client.getDPoPHandle(config, keys);
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const address = await client.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: callback,
    scope: 'openid profile number phone offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  }, { DPoP });
  assert.ok(address.searchParams.get('request_uri').startsWith('urn:ietf:params:oauth:request_uri:'));
  const back = await (await person()).authorize(address);
  const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }, undefined, { DPoP });
  assert.equal(tokens.token_type, 'dpop');
  const { sub, acr } = tokens.claims();
  assert.equal(acr, 'urn:tongban:acr:2');
  const info = await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP });
  assert.deepEqual([info.name, info.party, info.phone_number, info.citizen_number.length], ['王建国', 'person', '+8610000000001', 18]);
  await assert.rejects(client.fetchUserInfo(config, tokens.access_token, sub), 'without the key the token is nothing');
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal(renewed.claims().sub, sub);
  assert.equal((await client.tokenIntrospection(config, renewed.access_token)).active, true);
  await client.tokenRevocation(config, renewed.refresh_token);
  assert.equal((await client.tokenIntrospection(config, renewed.access_token)).active, false);
  await assert.rejects(client.refreshTokenGrant(config, renewed.refresh_token, undefined, { DPoP }), { error: 'invalid_grant' });
});

test('openid-client: a refresh token that comes twice ends the family, and both are told', async () => {
  const config = await configuration();
  const verifier = client.randomPKCECodeVerifier();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: callback, scope: 'openid offline_access', code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const back = await (await person()).authorize(address);
  const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier });
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
  await assert.rejects(client.refreshTokenGrant(config, renewed.refresh_token), { error: 'invalid_grant' });
  await assert.rejects(client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier }), { error: 'invalid_grant' });
});

test('oauth4webapi: code with PKCE by a program without a secret, and a machine for itself', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(base);
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  const app = { client_id: 'sandbox-app' };
  const verifier = oauth.generateRandomCodeVerifier();
  const redirect = 'http://127.0.0.1:51234/callback';
  const address = new URL(server.authorization_endpoint);
  const state = oauth.generateRandomState();
  const asked = { client_id: app.client_id, redirect_uri: redirect, response_type: 'code', scope: 'openid profile', state, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  const back = await (await person('10000000002')).authorize(address);
  const parameters = oauth.validateAuthResponse(server, app, back, state);
  const answer = await oauth.authorizationCodeGrantRequest(server, app, oauth.None(), parameters, redirect, verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(server, app, answer, { requireIdToken: true });
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const told = await oauth.userInfoRequest(server, app, tokens.access_token, insecure);
  const info = await oauth.processUserInfoResponse(server, app, claims.sub, told);
  assert.equal(info.name, '陈晓梅');
  // What a resource server does with an access token (RFC 9068).
  const request = new Request('https://resource.invalid/', { headers: { authorization: `Bearer ${tokens.access_token}` } });
  const access = await oauth.validateJwtAccessToken(server, request, base, insecure);
  assert.deepEqual([access.client_id, access.scope], ['sandbox-app', 'openid profile']);

  const web = { client_id: 'sandbox-web' };
  const machine = await oauth.clientCredentialsGrantRequest(server, web, oauth.ClientSecretPost(SECRET), { scope: 'sandbox.read' }, insecure);
  const itself = await oauth.processClientCredentialsResponse(server, web, machine);
  assert.equal(itself.scope, 'sandbox.read');
  const wrong = await oauth.clientCredentialsGrantRequest(server, web, oauth.ClientSecretPost('wrong'), { scope: 'sandbox.read' }, insecure);
  await assert.rejects(oauth.processClientCredentialsResponse(server, web, wrong), { error: 'invalid_client' });
});

test('openid-client: whoever represents a firm acts for it by token exchange', async () => {
  const config = await configuration();
  const her = await person('10000000002');
  const page = await her.ask('/my/acting/firm');
  const found = await her.ask('/my/acting/firm', { ...Forms.hidden(page, '/my/acting/firm'), code: firmCode('MA990002') });
  assert.equal(found.status, 303, found.text.slice(0, 300));
  const verifier = client.randomPKCECodeVerifier();
  const back = await her.authorize(client.buildAuthorizationUrl(config, {
    redirect_uri: callback, scope: 'openid profile number mandates', code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  }));
  const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier });
  const own = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.deepEqual([own.name, own.mandates.map(({ kind, party, name }) => [kind, party, name])], ['陈晓梅', [['representative', 'enterprise', '示范市云栖宾馆']]]);
  const asked = (mandate) => client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:token-exchange', {
    subject_token: mandate,
    subject_token_type: 'urn:tongban:params:oauth:token-type:mandate',
    actor_token: tokens.access_token,
    actor_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  });
  const acting = await asked(own.mandates[0].id);
  assert.equal(acting.issued_token_type, 'urn:ietf:params:oauth:token-type:access_token');
  const firm = await client.fetchUserInfo(config, acting.access_token, client.skipSubjectCheck);
  assert.deepEqual([firm.name, firm.party, firm.uscc, firm.act.sub], ['示范市云栖宾馆', 'enterprise', firmCode('MA990002'), own.sub]);
  await assert.rejects(asked('00000000-0000-0000-0000-000000000000'), { error: 'invalid_grant' });
});

test('a code of one client is nothing to another, and mixed answers are noticed', async () => {
  const config = await configuration();
  const verifier = client.randomPKCECodeVerifier();
  const ask = async () => (await person()).authorize(client.buildAuthorizationUrl(config, {
    redirect_uri: callback, scope: 'openid', state: 'mine', code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  }));
  const other = await configuration('sandbox-sm2');
  await assert.rejects(client.authorizationCodeGrant(other, await ask(), { pkceCodeVerifier: verifier, expectedState: 'mine' }), { error: 'invalid_grant' });
  const mixed = await ask();
  mixed.searchParams.set('iss', 'https://another.example');
  await assert.rejects(client.authorizationCodeGrant(config, mixed, { pkceCodeVerifier: verifier, expectedState: 'mine' }), ({ cause }) => /"iss"/.test(cause.message));
  await assert.rejects(client.authorizationCodeGrant(config, await ask(), { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: 'mine' }), { error: 'invalid_grant' });
});

test('Authlib: code with PKCE, userinfo, refresh and revocation', async () => {
  const python = process.env.TONGBAN_PYTHON;
  assert.ok(python, 'TONGBAN_PYTHON names the Python that has Authlib: cargo xtask test sees to it');
  const someone = await person('10000000001');
  const run = spawn(python, [path.join(import.meta.dirname, '../authlib/flow.py'), base], { stdio: ['pipe', 'pipe', 'pipe'], timeout: 60_000 });
  let said = '';
  run.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
  const ended = new Promise((resolve) => { run.once('close', resolve); });
  try {
    for await (const line of createInterface(run.stdout)) {
      said += `${line}\n`;
      // the address that a browser would go to, and the answer that it would bring back
      if (line.startsWith('GO ')) run.stdin.write(`${(await someone.authorize(line.slice(3))).href}\n`);
    }
  } finally {
    run.kill();
  }
  const code = await ended;
  assert.equal(code, 0, said);
  assert.match(said, /^DONE$/m);
});
