import { isDecidedCommit } from '../../record/events.ts';
import { wallTimeMs } from '../../services/shared/wall-time.ts';
import type { Scene, Strike } from '../support/strike.ts';
import { untilDemoted, untilPromoted } from '../support/striking/primaries.ts';
import { patienceMs, untilWarm } from '../support/striking/warm.ts';

/** How many fills on the new primary to wait for while the old one serves its side. */
const FILLS_APART = 2;

export const strike: Strike = {
  async plan(scene) {
    const { cluster, journals, settings, until } = scene;
    await untilWarm(scene);
    // Right after a fill everything is replicated and nobody holds the lease.
    const from = wallTimeMs();
    const fill = () =>
      journals.events.find(
        (event) => isDecidedCommit(event) && event.key === settings.key && event.at > from,
      );
    await until('the next fill', fill, patienceMs(scene));
    return { victim: cluster.redis.name, near: cluster.near };
  },
  hit: ({ cluster }) => cluster.cut(),
  async last(scene, { near = [] }) {
    const { journals, settings, until } = scene;
    await untilPromoted(scene);
    const from = wallTimeMs();
    const farFills = () => {
      const fills = journals.events.filter(
        (event) =>
          isDecidedCommit(event) && event.key === settings.key && event.at > from && !near.includes(event.by),
      );
      return fills.length >= FILLS_APART ? true : undefined;
    };
    await until(
      'fills on the new primary',
      farFills,
      5000 + 3 * FILLS_APART * (settings.ttlMs + settings.recomputeMs),
    );
  },
  async heal(scene) {
    await scene.cluster.mend();
    await untilRejoined(scene);
    await untilDemoted(scene);
  },
};

/** Waits until the near replicas are connected to another server than the one they were cut off with. */
async function untilRejoined({ cluster, journals, until, note }: Scene): Promise<void> {
  const connections = (name: string) =>
    journals.events.flatMap((event) => (event.event === 'connected' && event.by === name ? [event] : []));
  const look = () => {
    const last = cluster.near.map((name) => connections(name).at(-1));
    const moved = last.every((connection, index) => {
      const [first] = connections(cluster.near[index] ?? '');
      return connection !== undefined && connection.server !== first?.server;
    });
    return moved
      ? Object.fromEntries(last.map((connection) => [connection?.by, connection?.since ?? 0]))
      : undefined;
  };
  note('rejoined', await until('the return of the near replicas', look, 30_000));
}
