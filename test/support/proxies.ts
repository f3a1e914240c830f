import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ENSURE = fileURLToPath(new URL('../../lab/install/ensure-proxies.sh', import.meta.url));

/** Why tests of this proxy cannot be run here; false where they can. What is missing is installed, if that is allowed. */
export function whyNoProxy(name: 'squid' | 'nginx' | 'varnish'): string | false {
  const { status, stderr } = spawnSync(ENSURE, [name], { encoding: 'utf8' });
  return status === 0 ? false : stderr.trim();
}
