import { type Finding, passIf } from '../../faults/support/finding.ts';
import { counting, together } from '../../faults/support/witness.ts';
import type { Arrival } from '../../record/arrival.ts';
import type { Check } from './check.ts';

/** Checks that each answer of a user's own service with status 200 has a version. One without hides an error. */
export const readableVersion: Check = {
  name: 'no errors behind 200',
  judge({ foreign, settings }) {
    if (!foreign) return undefined;
    let first: Arrival | undefined;
    const all = counting(({ ending }) => ending === 'ok');
    const empty = counting((arrival) => {
      if (arrival.ending !== 'ok' || arrival.version !== undefined) return false;
      first ??= arrival;
      return true;
    });
    return together([all, empty], (): Finding => {
      const [count, without] = [all.end(), empty.end()];
      if (count === 0) return { verdict: 'unknown', detail: 'nobody was answered' };
      if (without === 0) return passIf(true, `all ${count} answers have a version`);
      const from = first?.by ?? first?.to ?? 'nobody named';
      return passIf(
        false,
        `${without} of ${count} answers with status 200 have no version at ${settings.versionAt}, the first from ${from}`,
      );
    });
  },
};
