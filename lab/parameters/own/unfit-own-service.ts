import { faultsNamed } from '../../../faults/index.ts';
import { addressesFrom, InvalidAddresses } from '../../../record/foreign/addresses.ts';
import { askingOf, InvalidAsking } from '../../../record/foreign/asking.ts';
import { isForeign, UP } from '../../../record/foreign/foreign.ts';
import { InvalidPromise, parsePromises } from '../../../record/foreign/promises.ts';
import { SETTINGS, type Settings, settingText } from '../../../record/settings.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';
import type { Values } from '../parameters.ts';

/** The settings that only a service of the user's own has. */
const ABOUT_IT = ['claim', 'keyPath', 'headers', 'versionAt'] as const;

/** The settings that need the lab's own replicas, and why. What is allowed is the default. */
const ABOUT_OURS = {
  store: 'your service is given one Redis',
  proxy: 'the lab puts nothing in front of your service',
  leaseBackend: 'the lock is for your service to make',
  ablate: "it changes the lab's own code",
  invalidateMs: 'the lab does not know how your service invalidates a key',
} as const;

/** Throws {@link UsageError} where the cluster of `make up` is the target of many faults. */
export function refuseStandingTarget({ TARGET }: Pick<Values, 'TARGET'>): void {
  if (TARGET !== UP) return;
  throw new UsageError(
    `TARGET=${UP} breaks the cluster of make up, one fault at a time. Allowed: TARGET=none, or URLs. Type: make fault-kill-holder TARGET=${UP}`,
  );
}

/** Throws {@link UsageError} where the settings of the user's own service are wrong, or do not go with others. */
export function refuseUnfitOwnService(settings: Settings): void {
  if (!isForeign(settings)) refuseIdle(settings);
  else {
    refuseSeveral(settings);
    refuseUnreadable(settings);
    refuseAboutOurs(settings);
  }
}

function refuseIdle(settings: Settings): void {
  for (const field of ABOUT_IT) {
    const { name, preset } = SETTINGS[field];
    if (settings[field] === preset) continue;
    throw new UsageError(
      `${name} is about your own service, and this run has none. Allowed: APP, IMAGE or TARGET beside it. Type: make herd APP='node my-service.js' ${name}=…`,
    );
  }
}

function refuseSeveral({ app, image, target }: Settings): void {
  const given = Object.entries({ APP: app, IMAGE: image, TARGET: target }).filter(
    ([, value]) => value !== null,
  );
  if (given.length === 1) return;
  const names = given.map(([name]) => name);
  throw new UsageError(
    `${names.join(' and ')} each say which service is judged. Allowed: one of them. Type: make herd ${names[0]}=…`,
  );
}

function refuseUnreadable(settings: Settings): void {
  try {
    askingOf(settings);
    if (settings.target !== null) addressesFrom(settings.target);
    const unknown = parsePromises(settings.claim).survives.find((fault) => !faultsNamed(fault));
    if (unknown !== undefined)
      throw new InvalidPromise(`CLAIM: there is no fault ${unknown}`, 'survives=kill-holder,redis-down');
  } catch (error) {
    if (
      error instanceof InvalidAsking ||
      error instanceof InvalidAddresses ||
      error instanceof InvalidPromise
    )
      throw new UsageError(error.message);
    throw error;
  }
}

function refuseAboutOurs(settings: Settings): void {
  for (const [field, why] of Object.entries(ABOUT_OURS)) {
    const { name, preset } = SETTINGS[field as keyof typeof ABOUT_OURS];
    const value = settings[field as keyof typeof ABOUT_OURS];
    if (value === preset) continue;
    throw new UsageError(
      `${name}=${settingText(value)} does not go with ${ownNameOf(settings)}: ${why}. Allowed: ${name}=${settingText(preset)}. Type: make herd ${ownNameOf(settings)}=…`,
    );
  }
  if (settings.image !== null && settings.runtime === 'local')
    throw new UsageError(
      'RUNTIME=local does not go with IMAGE, which starts containers. Allowed: RUNTIME=compose. Type: make herd IMAGE=… RUNTIME=compose, or make herd APP=…',
    );
  if (settings.app !== null && settings.runtime === 'compose')
    throw new UsageError(
      'RUNTIME=compose does not go with APP, which starts processes. Allowed: RUNTIME=local. Type: make herd APP=… RUNTIME=local, or make herd IMAGE=…',
    );
}

const ownNameOf = ({ app, image }: Settings): string =>
  app !== null ? 'APP' : image !== null ? 'IMAGE' : 'TARGET';
