import type { Guard } from '../../cluster/guard.ts';

/** Guards nothing: the test itself ends what it starts. */
export const noGuard: Guard = { started() {}, ended() {} };
