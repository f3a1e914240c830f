// One recompute per expiry in the whole fleet, even if a process dies, freezes, or Redis forgets everything. Judge it:
//   make faults APP='node examples/node/right.mjs' \
//     CLAIM='recomputes<=1 monotonic survives=kill-holder,pause-holder,redis-down,flush'
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const { PORT, NAME, REDIS_URL, ORIGIN_URL, TTL_MS, HOST = '127.0.0.1' } = process.env;
const LEASE_MS = 2000;
const ORIGIN_TIMEOUT_MS = 1900; // Less than the lease, which nobody renews.
const KEPT_MS = 600_000; // How long the last value is there for a failing origin.
const RETRY_MS = 500; // How long that origin is spared.
const POLL_MS = 20;

// Without Redis each command fails at once, and none is sent again later.
const redis = new Redis(REDIS_URL, {
  commandTimeout: 1000,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: () => 100,
});
redis.on('error', () => {});

const keysOf = (key) => ['value', 'last', 'lease', 'fence'].map((part) => `{${key}}:${part}`);
const numberOfKeys = keysOf('').length;

// Grants the lease to one process. Each grant has a higher fence than all before: also after Redis lost the last one,
// since it is the time then.
const acquire = `
  local value, last, lease, fence = unpack(KEYS)
  local fresh = redis.call('GET', value)
  if fresh then return {'fresh', fresh} end
  if redis.call('EXISTS', lease) == 1 then return {'held'} end
  local time = redis.call('TIME')
  local previous = tonumber(redis.call('GET', fence) or 0)
  local mine = string.format('%.0f', math.max(previous + 1, time[1] * 1000 + math.floor(time[2] / 1000)))
  redis.call('SET', fence, mine, 'PX', ARGV[2])
  redis.call('SET', lease, mine, 'PX', ARGV[1])
  return {'granted', redis.call('GET', last) or '', mine}`;

// Writes only under the newest fence: a process that froze and lost its lease overwrites nothing newer.
const commit = `
  local value, last, lease, fence = unpack(KEYS)
  if redis.call('GET', fence) ~= ARGV[1] then return 0 end
  redis.call('SET', value, ARGV[2], 'PX', ARGV[3])
  redis.call('SET', last, ARGV[2], 'PX', ARGV[4])
  redis.call('DEL', lease)
  return 1`;

redis.defineCommand('acquire', { numberOfKeys, lua: acquire });
redis.defineCommand('commit', { numberOfKeys, lua: commit });

const fills = new Map();

async function get(key) {
  const fresh = await redis.get(keysOf(key)[0]).catch(() => undefined);
  if (fresh) return fresh;
  // Everybody in this process waits for the same fill.
  if (!fills.has(key))
    fills.set(
      key,
      fill(key).finally(() => fills.delete(key)),
    );
  return fills.get(key);
}

async function fill(key) {
  const keys = keysOf(key);
  for (;;) {
    const [state, last, fence] = await redis.acquire(...keys, LEASE_MS, KEPT_MS).catch(() => ['no Redis']);
    if (state === 'fresh') return last;
    if (state === 'no Redis') return recompute(key);
    if (state === 'granted') {
      const made = await recompute(key, last).catch((error) => {
        if (!last) throw error;
      });
      const [value, ttlMs] = made ? [made, TTL_MS] : [last, RETRY_MS];
      const accepted = await redis.commit(...keys, fence, value, ttlMs, KEPT_MS).catch(() => true);
      if (accepted) return value;
      // Somebody else was granted the lease meanwhile: what they make is newer.
    } else await sleep(POLL_MS);
  }
}

async function recompute(key, last) {
  const replaces = last ? `&replaces=${JSON.parse(last).version}` : '';
  const url = `${ORIGIN_URL}/recompute/${key}?by=${NAME}${replaces}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(ORIGIN_TIMEOUT_MS) });
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
