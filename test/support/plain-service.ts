import { createServer } from 'node:http';

/**
 * A service that knows nothing of the lab but its contract: it serves prices, not keys, as text, for one tenant, with the version
 * in a header. It has a cache of its own, and asks the origin once for each value.
 */
const { ORIGIN_URL = '', NAME = '', HOST = '127.0.0.1', PORT = '8001', TTL_MS = '3000' } = process.env;
const fills = new Map<string, { readonly price: Promise<number>; readonly untilMs: number }>();

async function recompute(key: string): Promise<number> {
  const answer = await fetch(`${ORIGIN_URL}/recompute/${key}?by=${NAME}`);
  return ((await answer.json()) as { version: number }).version;
}

function versionOf(key: string): Promise<number> {
  const fill = fills.get(key);
  if (fill && performance.now() < fill.untilMs) return fill.price;
  const price = recompute(key);
  fills.set(key, { price, untilMs: performance.now() + Number(TTL_MS) });
  return price;
}

const server = createServer(async ({ url = '', headers }, answer) => {
  const [, key] = /^\/price\/([\w-]+)\?in=eur$/.exec(url) ?? [];
  if (!key || headers['x-tenant'] !== '7') {
    answer.writeHead(key ? 401 : 404).end('no');
    return;
  }
  const version = await versionOf(key);
  answer.writeHead(200, { 'x-version': `${version}` }).end(`<p>${key} costs ${version} euros</p>`);
});
server.listen(Number(PORT), HOST);
