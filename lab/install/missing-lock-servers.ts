import { globSync } from 'node:fs';
import { delimiter } from 'node:path';
import { leaseBackends, type MutexName, mutexes } from '../../backends/locks/index.ts';
import { findCommand } from '../../cluster/local/find-command.ts';
import { LOCK_SERVERS, type LockServerKind } from '../../cluster/servers/lock-servers.ts';
import { EX_USAGE } from '../../services/shared/config.ts';

/** Where Debian puts servers that are not on the PATH. */
const FOLDERS = ['/usr/sbin', ...globSync('/usr/lib/postgresql/*/bin')];

/** The kind of server that a kind's or a lease backend's name is about; none: a folder, or the store of the values. */
function kindOf(name: string): LockServerKind | undefined {
  if (name in LOCK_SERVERS) return name as LockServerKind;
  if (!leaseBackends.some((backend) => backend === name)) {
    const allowed = [...new Set([...Object.keys(LOCK_SERVERS), ...leaseBackends])].join(', ');
    console.error(`dogpile-lab: no lock server ${name}. Allowed: ${allowed}`);
    process.exit(EX_USAGE);
  }
  const standsOn = mutexes[name as MutexName]?.standsOn;
  return standsOn === undefined || standsOn.kind === 'folder' ? undefined : standsOn.kind;
}

/** Prints the packages of the servers that this machine does not have. */
const asked = process.argv.slice(2);
const kinds = new Set((asked.length > 0 ? asked : leaseBackends).map(kindOf));
// Redis is ensure-redis.sh's.
kinds.delete('redis');
const path = [process.env.PATH, ...FOLDERS].join(delimiter);
const missing = [...kinds].flatMap((kind) => {
  const server = kind && LOCK_SERVERS[kind];
  return server && !findCommand([server.executable], path) ? [server.package] : [];
});
console.log(missing.join(' '));
