import { Resolver } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';

const PATIENCE = { timeout: 1000, tries: 2 };

/**
 * Finds a name for a process that was given none. The containers of a Compose service share their environment, but the
 * network names the address of each: `<project>-app-1.<network>` is `app-1`, and the same for a refresher. Elsewhere it is
 * the machine's name.
 */
export async function ownName(addresses = ownAddresses(), reverse = askNetwork): Promise<string> {
  for (const address of addresses) {
    const found = (await reverse(address).catch(() => [])).map(replicaIn).find(Boolean);
    if (found) return found;
  }
  return hostname().replaceAll(/[^\w-]/g, '-');
}

/** Asks the network's DNS. `dns.reverse` would read /etc/hosts, where a container's name is its id. */
const askNetwork = (address: string): Promise<string[]> =>
  new Resolver(PATIENCE).resolvePtr(`${address.split('.').reverse().join('.')}.in-addr.arpa`);

const replicaIn = (name: string) => /-((?:app|refresher)-\d+)\./.exec(name)?.[1];

const ownAddresses = () =>
  Object.values(networkInterfaces()).flatMap((interfaces = []) =>
    interfaces.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
  );
