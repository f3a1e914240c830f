import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOOPBACK } from '../ports.ts';
import { DOWN_AFTER_MS, FAILOVER_TIMEOUT_MS, QUORUM, SERVICE_NAME } from '../servers/sentinel.ts';
import { resolve } from '../topology.ts';
import type { Recipe } from './ground.ts';

/** A Sentinel keeps its state in its configuration file. */
export const sentinel: Recipe = async ({ name, addresses }, { folder, redisCommand, placement }) => {
  const own = join(folder, name);
  const file = join(own, 'sentinel.conf');
  const [host, port] = resolve(addresses.MONITORED ?? '', placement.atFor(name)).split(':');
  const lines = [
    `port ${placement.portOf(name)}`,
    `bind ${LOOPBACK}`,
    `dir ${own}`,
    `sentinel monitor ${SERVICE_NAME} ${host} ${port} ${QUORUM}`,
    `sentinel down-after-milliseconds ${SERVICE_NAME} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${SERVICE_NAME} ${FAILOVER_TIMEOUT_MS}`,
  ];
  await mkdir(own, { recursive: true });
  await writeFile(file, `${lines.join('\n')}\n`);
  return { command: redisCommand, args: [file, '--sentinel'], env: {} };
};
