import { randomBytes } from 'node:crypto';
import type { Cluster, ClusterSpec } from '../../../cluster/cluster.ts';
import { findOpenOrigin, type OpenOrigin } from '../../../cluster/own/open-origin.ts';
import { TargetCluster, targetsOf } from '../../../cluster/own/target-cluster.ts';
import { isForeign } from '../../../record/foreign/foreign.ts';
import type { RunStart } from '../../../record/run.ts';
import type { Settings } from '../../../record/settings.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';

/** What a run of services that run already is made of. */
export interface TargetGround {
  readonly settings: Settings;
  readonly members: RunStart['members'];
  start(spec: Pick<ClusterSpec, 'settings' | 'folder' | 'onPhase'>): Promise<Cluster>;
}

/**
 * Finds what a run with TARGET stands on; undefined if the lab starts the cluster itself. Each such run has a key of its own,
 * since the services and their Redis outlive it. Throws {@link UsageError} if there is no `make origin`, or it knows others.
 */
export function targetGroundOf(settings: Settings, open = findOpenOrigin()): TargetGround | undefined {
  const { target } = settings;
  if (target === null || !isForeign(settings)) return undefined;
  if (!open)
    throw new UsageError(
      'TARGET needs the origin of make origin, and none runs in this folder. Allowed: TARGET beside it. Type, in another terminal: make origin NAMES=a,b',
    );
  return {
    settings: { ...settings, key: `${settings.key}-${randomBytes(4).toString('hex')}` },
    members: membersOf(target, open),
    start: (spec) => TargetCluster.start(spec, open),
  };
}

const membersOf = (target: string, open: OpenOrigin): RunStart['members'] => [
  ...targetsOf(target, open).map(({ name }) => ({ name, role: 'replica' })),
  ...['redis', 'origin'].map((name) => ({ name, role: name })),
];
