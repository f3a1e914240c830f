import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findCommand } from '../../cluster/local/find-command.ts';
import { whyWithout } from './require-servers.ts';

const ENSURE = fileURLToPath(new URL('../../lab/install/ensure-chromium.sh', import.meta.url));

/** The browser that the lab takes by default. */
export const { DOGPILE_CHROMIUM: CHROMIUM = 'chromium' } = process.env;

/** Why tests of the browser cannot be run here; false where they can. It is installed, if that is allowed. */
export function whyNoChromium(): string | false {
  return whyWithout(spawnSync(ENSURE, [CHROMIUM], { encoding: 'utf8' }));
}

/** Where that browser is. */
export const chromiumPath = (): string => findCommand([CHROMIUM], process.env.PATH ?? '') ?? CHROMIUM;
