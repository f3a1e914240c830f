import { Resolver } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';

const PATIENCE = { timeout: 1000, tries: 2 };

/**
 * What a process is called that was given no name. Containers of one Compose service share their environment, but their
 * network has a name for the address of each: `<project>-app-1.<network>` is `app-1`, and so for a refresher. Elsewhere, the machine's name.
 */
export async function ownName(addresses = ownAddresses(), reverse = askNetwork): Promise<string> {
  for (const address of addresses) {
    const found = (await reverse(address).catch(() => [])).map(replicaIn).find(Boolean);
    if (found) return found;
  }
  return hostname().replaceAll(/[^\w-]/g, '-');
}

/** The network's own answer: `reverse` would take the one of /etc/hosts, where a container is called by its id. */
const askNetwork = (address: string): Promise<string[]> =>
  new Resolver(PATIENCE).resolvePtr(`${address.split('.').reverse().join('.')}.in-addr.arpa`);

const replicaIn = (name: string) => /-((?:app|refresher)-\d+)\./.exec(name)?.[1];

const ownAddresses = () =>
  Object.values(networkInterfaces()).flatMap((interfaces = []) =>
    interfaces.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
  );
