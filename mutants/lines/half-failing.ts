import { UNDER_A_FAULT } from '../mutant.ts';
import type { LineMutant } from './line-mutant.ts';

/** Replicas that take a part of the failure for the whole: a client, a call or a value that is not as it should be. */
export const halfFailing: readonly LineMutant[] = [
  {
    name: 'flight-of-its-caller',
    difference: 'whose flight fails for everyone when the caller who began it leaves',
    strategy: 'lock',
    fault: 'client-leaves',
    presets: UNDER_A_FAULT,
    mustFail: ['fault hit and answered', 'every request accounted for'],
    lines: [
      {
        file: 'strategies/shared/flight.ts',
        find: 'this.#start(key, call);',
        replace: 'this.#start(key, () => unlessAborted(call(), signal));',
      },
    ],
  },
  {
    name: 'endless-call',
    difference: 'whose calls of the origin have no time-out',
    strategy: 'lock',
    fault: 'origin-hangs',
    presets: UNDER_A_FAULT,
    mustFail: ['fault hit and answered'],
    lines: [
      {
        file: 'backends/http-origin.ts',
        find: 'if (call.signal.aborted) return;',
        replace: 'if (timeoutMs > 0) return;',
      },
    ],
  },
  {
    name: 'unreadable-error',
    difference: 'that fails if it cannot read the stored value',
    strategy: 'lock',
    fault: 'corrupt-value',
    presets: UNDER_A_FAULT,
    mustFail: ['fault hit and answered', 'every request accounted for'],
    lines: [
      {
        file: 'backends/redis/entry.ts',
        find: "if (!parsed) return 'unreadable';",
        replace: "if (!parsed) throw new TypeError('the entry cannot be read');",
      },
    ],
  },
];
