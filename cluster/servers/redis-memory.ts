import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** How much memory a Redis server of the lab may take, in both runtimes: `.env` says it, and Compose reads it there. */
export const REDIS_MEMORY =
  parseEnv(readFileSync(new URL('../../.env', import.meta.url), 'utf8')).REDIS_MAXMEMORY ?? '';

/** At that size Redis refuses writes, and evicts nothing: an evicted fence or lease would let a late write in. */
export const REDIS_MEMORY_OPTIONS = [
  '--maxmemory',
  REDIS_MEMORY,
  '--maxmemory-policy',
  'noeviction',
] as const;
