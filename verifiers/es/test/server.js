/** A server for one browser on this machine: the verifier, the vectors, and a place to leave the result. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SERVED = /^\/(?:verifiers\/es|tests\/vectors)(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'";

/** @returns {Promise<{port: number, result: Promise<any>, close: () => void}>} */
export async function serve() {
  let deliver;
  const result = new Promise((resolve) => {
    deliver = resolve;
  });
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (request.method === 'POST' && pathname === '/result') {
      const parts = [];
      for await (const part of request) parts.push(part);
      response.writeHead(204).end();
      return deliver(JSON.parse(Buffer.concat(parts).toString()));
    }
    const bytes = SERVED.test(pathname) && (await readFile(ROOT + pathname.slice(1)).catch(() => null));
    if (!bytes) return response.writeHead(404).end();
    const type = TYPES[pathname.split('.').at(-1)] ?? 'application/octet-stream';
    return response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': POLICY }).end(bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: server.address().port, result, close };
}
