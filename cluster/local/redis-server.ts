import { UsageError } from '../../services/shared/usage-error.ts';
import { LOOPBACK } from '../ports.ts';
import { REDIS_MEMORY_OPTIONS } from '../servers/redis-memory.ts';
import { MAX_LAG_SECONDS } from '../servers/sentinel.ts';
import { findCommand } from './find-command.ts';
import type { LocalGround, Process, Recipe } from './ground.ts';

/** The Redis server on the PATH: redis-server, or valkey-server. */
export function redisServerCommand(path = process.env.PATH ?? ''): string {
  const command = findCommand(['redis-server', 'valkey-server'], path);
  if (command) return command;
  throw new UsageError(
    'There is no redis-server or valkey-server on the PATH. Install one: apt-get install redis-server, or brew install redis',
  );
}

/** A Redis server with nothing in it and nothing kept on disk. */
export const redisProcess = (
  port: number,
  { folder, redisCommand }: Pick<LocalGround, 'folder' | 'redisCommand'>,
  more: readonly string[] = [],
): Process => ({
  command: redisCommand,
  args: [
    ...['--port', `${port}`, '--bind', LOOPBACK],
    ...['--save', '', '--appendonly', 'no', '--dir', folder],
    ...REDIS_MEMORY_OPTIONS,
    ...more,
  ],
  env: {},
});

/** One that holds values: the primary, or what replicates it. */
export const redisServer: Recipe = ({ name, environment, addresses }, ground) => {
  const { placement } = ground;
  const [host = '', port = ''] = placement.announced(name).split(':');
  const isReplica = addresses.REPLICA_OF !== undefined;
  return redisProcess(placement.portOf(name), ground, [
    ...['--replica-announce-ip', host, '--replica-announce-port', port],
    ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
    ...['--min-replicas-to-write', environment.MIN_REPLICAS ?? '0'],
    ...['--min-replicas-max-lag', `${MAX_LAG_SECONDS}`],
    ...(isReplica ? ['--replicaof', ...placement.atFor(name)('redis').split(':')] : []),
  ]);
};
