import { fileURLToPath } from 'node:url';
import type { LockServerKind } from '../servers/lock-servers.ts';
import type { LocalGround, Process, Recipe } from './ground.ts';
import { redisProcess } from './redis-server.ts';

const LOCK_SERVER_SCRIPT = fileURLToPath(new URL('../servers/lock-server.sh', import.meta.url));

/** A server with nothing in it. */
export const lockServerProcess = (
  kind: LockServerKind,
  port: number,
  ground: Pick<LocalGround, 'folder' | 'redisCommand'>,
): Process =>
  kind === 'redis'
    ? redisProcess(port, ground)
    : { command: 'sh', args: [LOCK_SERVER_SCRIPT, kind, `${port}`], env: {} };

export const lockServer: Recipe = ({ name, kind }, ground) =>
  lockServerProcess(kind as LockServerKind, ground.placement.portOf(name), ground);
