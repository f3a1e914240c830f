import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { whyWithout } from './require-servers.ts';

const ENSURE = fileURLToPath(new URL('../../lab/install/ensure-python-redis.sh', import.meta.url));

/** Why the examples in Python cannot be run here; false where they can. What is missing is installed, if that is allowed. */
export const whyNoPython = (): string | false => whyWithout(spawnSync(ENSURE, { encoding: 'utf8' }));
