import { faultsFromOutside, faultsNamed } from '../../../faults/index.ts';
import { isForeign } from '../../../record/foreign/foreign.ts';
import { parsePromises } from '../../../record/foreign/promises.ts';
import type { Settings } from '../../../record/settings.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';

/** Throws {@link UsageError} where a fault cannot be done to the user's own service, or where none can be promised. */
export function refuseUnfitOwnFault(settings: Settings): void {
  if (!isForeign(settings)) return;
  refuseInside(settings);
  refusePoint(settings);
  refusePromises(settings);
}

function refuseInside(settings: Settings): void {
  const able = faultsFromOutside(settings);
  const unable = (faultsNamed(settings.fault) ?? []).find(({ name }) => !able.includes(name));
  if (!unable) return;
  const why = unable.outside
    ? 'needs processes that the lab has started, and TARGET only gives their addresses'
    : 'needs to see inside the service, and the lab sees only what yours answers and what it asks the origin';
  throw new UsageError(
    `FAULT=${unable.name} ${why}. Allowed: ${able.join(', ')}. Type: make herd ${typedFor(settings)} FAULT=${able[0]}`,
  );
}

function refusePoint(settings: Settings): void {
  if (settings.at === null) return;
  throw new UsageError(
    `AT=${settings.at} is about the lab's own lease, and nobody sees what yours does. Allowed: AT=none. Type: make herd ${typedFor(settings)} FAULT=${settings.fault ?? 'kill-holder'}`,
  );
}

/** A process behind TARGET may be started by the lab in another run. */
function refusePromises(settings: Settings): void {
  const able = faultsFromOutside({ target: null });
  const unable = parsePromises(settings.claim).survives.find((name) => !able.includes(name));
  if (unable === undefined) return;
  throw new UsageError(
    `CLAIM: nobody can see from outside whether a service survives ${unable}. Allowed: ${able.join(', ')}. Type: make herd ${typedFor(settings)} CLAIM='survives=${able[0]}'`,
  );
}

const typedFor = ({ app, image }: Settings): string =>
  app !== null ? 'APP=…' : image !== null ? 'IMAGE=…' : 'TARGET=…';
