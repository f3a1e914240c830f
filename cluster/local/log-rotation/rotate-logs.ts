import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MemberSpec } from '../process-member.ts';

export const LOG_ROTATION = 'log-rotation';
const MOST_BYTES = 10_000_000;
const EVERY_SECONDS = 60;

/**
 * Describes the process that keeps the logs of a standing cluster small. It is a process of its own, since the logs are
 * also those of Redis and of proxies, and since they grow while no lab runs. If it ends, no member notices.
 */
export const logRotation = (logs: string): MemberSpec => ({
  name: LOG_ROTATION,
  command: 'sh',
  args: [
    fileURLToPath(new URL('rotate-logs.sh', import.meta.url)),
    ...[logs, `${MOST_BYTES}`, `${EVERY_SECONDS}`],
  ],
  env: {},
  logPath: join(logs, `${LOG_ROTATION}.log`),
  ready: async () => true,
  // Its sleep.
  workers: true,
});
