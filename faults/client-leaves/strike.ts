import type { LedgerLine } from '../../record/ledger.ts';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import type { Scene, Strike } from '../support/strike.ts';
import { patienceMs, untilWarm } from '../support/striking/warm.ts';
import { CLIENT_LEFT } from './expectation.ts';

type Begun = LedgerLine & { readonly event: 'begin' };

const recomputesOf = ({ journals, settings }: Scene): Begun[] =>
  journals.ledger.filter((line): line is Begun => line.event === 'begin' && line.key === settings.key);

export const strike: Strike = {
  /** Waits for the next recompute: the origin's ledger says who asked for it. */
  async plan(scene) {
    await untilWarm(scene);
    const before = recomputesOf(scene).length;
    const begun = await scene.until(
      'the next recompute',
      () => recomputesOf(scene)[before],
      patienceMs(scene),
    );
    // Others wait for it by then.
    await scene.last(scene.settings.recomputeMs / 2);
    return { victim: begun.by };
  },
  /** Whatever else is under way at that replica came later: what came before has found the value still good. */
  async hit(scene, { victim }) {
    const version = recomputesOf(scene).findLast(({ by }) => by === victim)?.version;
    const hasLeft = await scene.hangUp(victim);
    if (version === undefined || !hasLeft) throw new MemberFailed(`no request was under way at ${victim}`);
    scene.note(CLIENT_LEFT, { version });
  },
  async last({ until, journals, settings }) {
    const ends = () => journals.ledger.filter(({ event }) => event === 'end').length;
    const before = ends();
    await until(
      'the end of the recompute',
      () => (ends() > before ? true : undefined),
      settings.recomputeMs + 5000,
    );
  },
  heal: async () => {},
};
