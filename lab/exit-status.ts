/** What `dogpile-lab` ends with, by verdict. */
export const EXIT_STATUS = { pass: 0, fail: 1, unknown: 2 } as const;

/** A failure outweighs what is unknown. */
export const worst = (statuses: readonly number[]): number =>
  [EXIT_STATUS.fail, EXIT_STATUS.unknown].find((status) => statuses.includes(status)) ?? EXIT_STATUS.pass;
