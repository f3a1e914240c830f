import { UsageError } from '../../services/shared/usage-error.ts';

/**
 * What was typed to make, as words of a command line. The Makefile passes the names alone, in `LAB_OVERRIDES`, and make
 * exports each value; so no shell reads a value, and it may hold blanks and quotes. `LAB_FAULT` is what follows `fault-` in
 * the target's name. Throws {@link UsageError} where a target that names a fault is given another.
 */
export function wordsFromMake(environment: NodeJS.ProcessEnv): string[] {
  const { LAB_OVERRIDES = '', LAB_FAULT } = environment;
  const names = LAB_OVERRIDES.split(/\s+/).filter(Boolean);
  if (LAB_FAULT !== undefined && names.includes('FAULT'))
    throw new UsageError(
      `make fault-${LAB_FAULT} names its fault, and FAULT names one again. Allowed: one of the two. Type: make fault-${LAB_FAULT}`,
    );
  return [
    ...names.map((name) => `${name}=${environment[name] ?? ''}`),
    ...(LAB_FAULT === undefined ? [] : [`FAULT=${LAB_FAULT}`]),
  ];
}
