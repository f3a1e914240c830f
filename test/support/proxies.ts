import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { whyWithout } from './require-servers.ts';

const ENSURE = fileURLToPath(new URL('../../lab/install/ensure-proxies.sh', import.meta.url));

/** Why tests of this proxy cannot be run here; false where they can. What is missing is installed, if that is allowed. */
export function whyNoProxy(name: 'squid' | 'nginx' | 'varnish'): string | false {
  return whyWithout(spawnSync(ENSURE, [name], { encoding: 'utf8' }));
}
