import type { Part } from '../part.ts';
import { carriesVersion, passesErrors, passesVersion, recomputesAsItself } from './answering.ts';
import { expires, namesReplaced, servesFromCache, sharesValue } from './caching.ts';
import { keepsConnections } from './connecting.ts';
import { endsWhenTold } from './ending.ts';
import { listens, runsTwice, serves, starts } from './starting.ts';

/** The contract, part by part, in the order in which they are tried. */
export const parts: readonly Part[] = [
  starts,
  listens,
  serves,
  keepsConnections,
  recomputesAsItself,
  carriesVersion,
  passesVersion,
  runsTwice,
  servesFromCache,
  sharesValue,
  expires,
  namesReplaced,
  passesErrors,
  // The last one, since the service is gone afterwards.
  endsWhenTold,
];
