import type { Begun } from '../../../record/ledger.ts';
import { madeAgainWithinMs, SERVED_AFTER_MS } from '../outside/recovery.ts';
import type { Plan, Scene } from '../strike.ts';
import { madeIn, patienceMs, untilWarm } from './warm.ts';

/** Finds who recomputes in a service of the user's own, by the origin's ledger alone. */

const beginsOf = ({ journals, settings }: Pick<Scene, 'journals' | 'settings'>): Begun[] =>
  journals.ledger.filter((line): line is Begun => line.event === 'begin' && line.key === settings.key);

const endOf = ({ ledger }: Pick<Scene['journals'], 'ledger'>, id: number) =>
  ledger.find((line) => line.event === 'end' && line.id === id);

/** Waits until a replica begins to recompute the warm key, and gives it as the victim. */
export async function nextRecomputer(scene: Scene): Promise<Plan & { readonly holder: string }> {
  const { cluster, journals, until } = scene;
  await untilWarm(scene);
  journals.refresh();
  const before = beginsOf(scene).length;
  const names = new Set(cluster.replicas.map(({ name }) => name));
  const begun = () =>
    beginsOf(scene)
      .slice(before)
      .find(({ id, by }) => names.has(by) && endOf(journals, id) === undefined);
  const { by } = await until('the next recompute', begun, patienceMs(scene));
  return { victim: by, holder: by };
}

/** Waits until the origin has made a value for another replica than the victim, and it may have been served. */
export async function untilMadeByAnother(scene: Scene, { victim }: Plan): Promise<void> {
  const { journals, settings, until, last } = scene;
  const others = () => madeIn(journals.ledger, settings.key).filter(({ by }) => by !== victim).length;
  journals.refresh();
  const before = others();
  // In an early recompute, nobody else wants the value before it is due.
  const withinMs = settings.ttlMs + madeAgainWithinMs(settings);
  await until('a recompute by another', () => (others() > before ? true : undefined), withinMs);
  await last(SERVED_AFTER_MS);
}
