import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UsageError } from '../usage-error.ts';

/** The Redis server on the PATH: redis-server, or valkey-server. */
export function redisServerCommand(path = process.env.PATH ?? ''): string {
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of path.split(delimiter)) {
      const command = join(folder, name);
      if (isExecutable(command)) return command;
    }
  }
  throw new UsageError(
    'There is no redis-server or valkey-server on the PATH. Install one: apt-get install redis-server, or brew install redis',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
