import { tellOrigin } from '../../cluster/tell-origin.ts';

import type { Strike } from '../support/strike.ts';
import { SLOW } from './expectation.ts';

export const strike: Strike = {
  bearsInvalidations: true,
  async plan() {
    return { victim: 'origin' };
  },
  hit: ({ cluster }) => tellOrigin(cluster.origin, SLOW),
  async last({ until, journals, settings }) {
    const begun = () =>
      journals.ledger.filter((line) => line.event === 'begin' && line.key === settings.key).length;
    const enough = settings.expiries + 1;
    await until(
      'the last expiry',
      () => (begun() >= enough ? true : undefined),
      enough * (settings.ttlMs + SLOW.slowMs),
    );
  },
  heal: ({ cluster }) => tellOrigin(cluster.origin, { slowShare: 0 }),
};
