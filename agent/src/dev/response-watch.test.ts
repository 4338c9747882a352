import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import type { RequestView } from './request-view.ts';
import { watchResponse } from './response-watch.ts';

const VIEW: RequestView = {
  queryCount: 5,
  dbDurationMs: 12.34,
  detection: { findings: [], repeats: [], requests: [] },
  statements: [{ statement: 'SELECT "<b>" FROM é', count: 5, totalMs: 12.34, callSite: 'shop.ts:3' }],
};

interface Answer {
  readonly response: Response;
  readonly body: string;
}

interface AskOptions {
  readonly isPanelOn?: boolean;
  readonly method?: string;
  readonly view?: () => RequestView | undefined;
}

async function ask(app: RequestListener, options: AskOptions = {}): Promise<Answer> {
  const { isPanelOn = true, method = 'GET', view = () => VIEW } = options;
  const server = createServer((request, response) => {
    watchResponse(response, { view, isPanelOn });
    app(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method });
    return { response, body: await response.text() };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
}

const PAGE = '<html><body><p>ünï</p></body></html>';
const HTML = { 'content-type': 'text/html; charset=utf-8' };

it('says count and time in Server-Timing, implicit head or explicit, beside the app own', async () => {
  const implicit = await ask((_, response) => response.end('ok'));
  expect(implicit.response.headers.get('server-timing')).toBe('db;desc="5 queries";dur=12.3');
  expect(implicit.body).toBe('ok');
  expect(implicit.response.headers.get('content-length')).toBe('2');
  const explicit = await ask((_, response) => {
    response.writeHead(201, 'Made', { 'Server-Timing': 'cache;dur=1', 'content-length': 2 });
    response.end('ok');
  });
  expect(explicit.response.status).toBe(201);
  expect(explicit.response.headers.get('server-timing')).toBe('cache;dur=1, db;desc="5 queries";dur=12.3');
});

it.each<[string, RequestListener]>([
  [
    'end alone',
    (_, response) => {
      response.setHeader('content-type', HTML['content-type']);
      response.setHeader('content-length', Buffer.byteLength(PAGE));
      response.setHeader('etag', '"1"');
      response.end(PAGE);
    },
  ],
  [
    'a head with a length',
    (_, response) =>
      response.writeHead(200, { ...HTML, 'Content-Length': Buffer.byteLength(PAGE), ETag: '"1"' }).end(PAGE),
  ],
  ['bytes', (_, response) => response.writeHead(200, HTML).end(Buffer.from(PAGE))],
  [
    'pieces',
    (_, response) => {
      response.writeHead(404, HTML);
      response.write('<html><body><p>ünï</p>');
      response.end('</body></html>');
    },
  ],
])('puts the panel before </body> of %s, escaped, once', async (_, app) => {
  const { body, response } = await ask(app);
  expect(body).toMatch(/^<html><body><p>ünï<\/p><nightjar-panel>.*<\/nightjar-panel><\/body><\/html>$/s);
  expect(body).toContain('Nightjar: 5 queries');
  expect(body).toContain('SELECT &#34;&#60;b&#62;&#34; FROM &#233;');
  expect(body).toContain('shop.ts:3');
  expect(response.headers.get('content-length')).toBeNull();
  expect(response.headers.get('etag')).toBeNull();
});

it.each<[string, RequestListener]>([
  ['JSON', (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(PAGE)],
  [
    'an encoded page',
    (_, response) => response.writeHead(200, { ...HTML, 'content-encoding': 'x' }).end(PAGE),
  ],
  [
    'a policy without a nonce',
    (_, response) =>
      response.writeHead(200, { ...HTML, 'content-security-policy': "default-src 'self'" }).end(PAGE),
  ],
  [
    'another charset',
    (_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-16' }).end(PAGE),
  ],
  ['raw headers', (_, response) => response.writeHead(200, ['content-type', 'text/html']).end(PAGE)],
])('leaves %s as it is', async (_, app) => {
  const { body, response } = await ask(app);
  expect(body).toBe(PAGE);
  expect(response.headers.get('server-timing')).toContain('5 queries');
});

it('leaves a fragment, a HEAD and an untracked request as they are', async () => {
  const fragment = await ask((_, response) => response.writeHead(200, HTML).end('<p>part</p>'));
  expect(fragment.body).toBe('<p>part</p>');
  const head = await ask((_, response) => response.writeHead(200, HTML).end(), { method: 'HEAD' });
  expect(head.body).toBe('');
  const untracked = await ask((_, response) => response.writeHead(200, HTML).end(PAGE), {
    view: () => undefined,
  });
  expect(untracked.body).toBe(PAGE);
  expect(untracked.response.headers.get('server-timing')).toBeNull();
});

it('is out of pages unless asked in', async () => {
  const { body } = await ask((_, response) => response.writeHead(200, HTML).end(PAGE), { isPanelOn: false });
  expect(body).toBe(PAGE);
});

it('uses the nonce of the page', async () => {
  const policy = "default-src 'none'; style-src 'self' 'nonce-aGVsbG8='";
  const { body } = await ask((_, response) =>
    response.writeHead(200, { ...HTML, 'content-security-policy': policy }).end(PAGE),
  );
  expect(body).toContain('<style nonce="aGVsbG8=">');
});

it('leaves the response to the app when it fails itself', async () => {
  const fail = (): never => {
    throw new Error('view');
  };
  const { body, response } = await ask((_, answer) => answer.writeHead(200, HTML).end(PAGE), { view: fail });
  expect(response.status).toBe(200);
  expect(body).toBe(PAGE);
});
