import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { apiPrefix } from '../contract/index.ts';
import { ApiFailure } from '../errors.ts';
import { errorBody } from './replies.ts';

/**
 * Serves the built dashboard. Any address that is no file and not the API's is the dashboard's own to route, so it gets
 * index.html; where the dashboard has not been built it says how to.
 */
export async function serveDashboard(app: FastifyInstance, uiDir: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: uiDir,
    prefix: '/',
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Names under assets hold a hash of the content; everything else may change with the next build.
      const isHashed = path.slice(uiDir.length).replaceAll('\\', '/').startsWith('/assets/');
      void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  app.get('/', { schema: { hide: true } }, async (_, reply) => await sendPage(reply, uiDir));
  app.setNotFoundHandler(async (request, reply) => {
    if (isPage(request)) return await sendPage(reply, uiDir);
    const failure = new ApiFailure('not_found', `There is nothing at ${request.method} ${pathOf(request)}.`);
    return await reply.code(failure.status).send(errorBody(failure));
  });
}

/** Sources of the Content-Security-Policy for inline scripts of the page, if the build made any. */
export function inlineScriptHashes(uiDir: string): string[] {
  const page = readPage(uiDir) ?? '';
  return [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
}

async function sendPage(reply: FastifyReply, uiDir: string): Promise<FastifyReply> {
  const page = readPage(uiDir);
  void reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache');
  return await (page === undefined ? reply.code(503).send(notBuiltPage) : reply.send(page));
}

function readPage(uiDir: string): string | undefined {
  try {
    return readFileSync(join(uiDir, 'index.html'), 'utf8');
  } catch {
    return undefined;
  }
}

function isPage(request: FastifyRequest): boolean {
  const path = pathOf(request);
  return (
    (request.method === 'GET' || request.method === 'HEAD') &&
    path !== apiPrefix &&
    !path.startsWith('/api/') &&
    !path.startsWith('/assets/') &&
    (request.headers.accept ?? '').includes('text/html')
  );
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

const notBuiltPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Nightjar</title>
<body style="font: 16px/1.5 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The dashboard is not built</h1>
<p>The collector is running and takes data. Build the dashboard in the repository and reload:</p>
<pre>npm run build</pre>
</body>
</html>
`;
