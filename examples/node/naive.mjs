// The usual cache, which a dogpile gets through: whoever misses recomputes. Judge it:
//   make herd APP='node examples/node/naive.mjs' RATE=200
import { createServer } from 'node:http';
import { Redis } from 'ioredis';

const { PORT, NAME, REDIS_URL, ORIGIN_URL, TTL_MS, HOST = '127.0.0.1' } = process.env;
const redis = new Redis(REDIS_URL);

async function get(key) {
  const cached = await redis.get(key);
  if (cached) return cached;
  const value = await recompute(key);
  await redis.set(key, value, 'PX', TTL_MS);
  return value;
}

async function recompute(key) {
  const answer = await fetch(`${ORIGIN_URL}/recompute/${key}?by=${NAME}`);
  if (!answer.ok) throw new Error(`the origin answered ${answer.status}`);
  return answer.text();
}

const server = createServer(async ({ url }, response) => {
  const key = /^\/keys\/([\w.:-]+)$/.exec(url)?.[1];
  const respond = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  if (!key) return respond(404, '{"error":"type: /keys/KEY"}');
  try {
    respond(200, await get(key));
  } catch (error) {
    respond(502, JSON.stringify({ error: error.message }));
  }
});
// Clients keep their connections longer than Node's 5 s.
server.keepAliveTimeout = 75_000;
server.listen(Number(PORT), HOST);
process.on('SIGTERM', () => server.close(() => process.exit()));
