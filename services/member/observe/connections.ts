import type { RedisPort } from '../../../backends/redis/port.ts';
import type { WallMs } from '../../../strategies/contract/index.ts';
import { wallTimeMs } from '../../shared/wall-time.ts';
import type { Emit } from './journal.ts';

/** Records the server of each new connection. */
export function observeConnections(redis: RedisPort, emit: Emit): void {
  let since: WallMs = wallTimeMs();
  redis.onConnection((event) => {
    if (event.kind === 'ready') since = wallTimeMs();
    if (event.kind === 'identified') emit({ event: 'connected', server: event.server, since });
  });
}
