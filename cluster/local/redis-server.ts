import { UsageError } from '../../services/shared/usage-error.ts';
import { findCommand } from './find-command.ts';

/** The Redis server on the PATH: redis-server, or valkey-server. */
export function redisServerCommand(path = process.env.PATH ?? ''): string {
  const command = findCommand(['redis-server', 'valkey-server'], path);
  if (command) return command;
  throw new UsageError(
    'There is no redis-server or valkey-server on the PATH. Install one: apt-get install redis-server, or brew install redis',
  );
}
