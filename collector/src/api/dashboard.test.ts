import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { closeApis, local, openApi } from './testing.ts';

const uiDir = mkdtempSync(join(tmpdir(), 'nightjar-ui-'));
afterEach(closeApis);
afterAll(() => rmSync(uiDir, { recursive: true, force: true }));

const html = { ...local, accept: 'text/html' };

it('says how to build a dashboard that is not built', async () => {
  const reply = await (await openApi()).app.inject({ url: '/traces', headers: html });
  expect(reply.statusCode).toBe(503);
  expect(reply.body).toContain('npm run build');
});

it('serves the dashboard: files, its own addresses, and no page for what is the API’s', async () => {
  mkdirSync(join(uiDir, 'assets'), { recursive: true });
  writeFileSync(join(uiDir, 'index.html'), '<!doctype html><script>theme()</script><div id=root>');
  writeFileSync(join(uiDir, 'assets', 'app-1a2b.js'), 'run()');
  const { app } = await openApi({ uiDir });
  const get = async (url: string, headers = html) => await app.inject({ url, headers });
  expect((await get('/')).body).toContain('id=root');
  const deep = await get('/services/shop?from=now-1h');
  expect(deep).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-cache' } });
  expect(deep.body).toContain('id=root');
  const asset = await get('/assets/app-1a2b.js');
  expect(asset.body).toBe('run()');
  expect(asset.headers['cache-control']).toContain('immutable');
  expect((await get('/assets/gone.js')).statusCode).toBe(404);
  expect((await get('/api/v1/nothing')).json()).toMatchObject({ error: { code: 'not_found' } });
  expect((await get('/%2e%2e/%2e%2e/etc/passwd')).body).not.toContain('root:');
  const policy = String(deep.headers['content-security-policy']);
  expect(policy).toContain("default-src 'self'");
  expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/=]{44}'/);
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
});
