import type { Check } from './check.ts';

/** Checks that the fault hit its victim and the guard answered it. A fault that missed proves nothing. */
export const faultAnswered: Check = {
  name: 'fault hit and answered',
  judge(evidence) {
    const { fault, timeline } = evidence;
    if (!fault) return undefined;
    if (!timeline) return { verdict: 'unknown', detail: 'the fault was never injected' };
    return fault.verify(evidence, timeline);
  },
};
