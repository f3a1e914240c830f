import type { Observer } from '../../../assembly/observer.ts';
import type { Emit } from './journal.ts';

/** Makes an observer that records in the process's journal what the judge must know. */
export const recordingObserver =
  (emit: Emit): Observer =>
  (observation) => {
    switch (observation.saw) {
      case 'store-unavailable':
        return emit({ event: 'store-unavailable', why: observation.error.message });
      case 'acquired': {
        if (observation.acquired.kind !== 'granted') return;
        const { fence, token, atStoreMs } = observation.acquired.grant;
        return emit({ event: 'granted', key: observation.key, fence, token, storeAt: atStoreMs });
      }
      case 'renewed':
        if (observation.kept) return;
        return emit({ event: 'lease-lost', key: observation.key, fence: observation.grant.fence });
      case 'released': {
        const { key, grant, failed } = observation;
        return emit({ event: 'released', key, fence: grant.fence, failed });
      }
      case 'wait-began':
        return emit({ event: 'waiting', key: observation.key, atOnce: observation.atOnce });
      case 'committed': {
        const { key, version, fence, outcome, atStoreMs } = observation;
        return emit({ event: 'commit', key, version, fence, outcome, storeAt: atStoreMs });
      }
      case 'invalidated': {
        const { key, fence, atStoreMs } = observation;
        return emit({ event: 'invalidated', key, fence, storeAt: atStoreMs });
      }
      case 'recompute-ended':
        if (observation.ending === 'ok') return;
        return emit({
          event: 'recompute-failed',
          key: observation.key,
          why: observation.error?.message ?? observation.ending,
        });
    }
  };
