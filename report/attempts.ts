/** What a table says of a run that may have been repeated. */
export interface Repeatable {
  /** How often it was run, the last time included. */
  readonly attempts: number;
}

export const ATTEMPTS = 'attempts';

/** Gives the cells of the *attempts* column: none where nothing was repeated. */
export const attemptsColumn = (rows: readonly Repeatable[]): ((row: Repeatable) => readonly string[]) =>
  rows.some(({ attempts }) => attempts > 1) ? ({ attempts }) => [String(attempts)] : () => [];

/** Gives the title of that column: none where nothing was repeated. */
export const attemptsTitle = (rows: readonly Repeatable[]): readonly string[] =>
  rows.some(({ attempts }) => attempts > 1) ? [ATTEMPTS] : [];

/** Counts the attempts before the last ones. None of them showed anything, so a tally counts them as unknown. */
export const earlierAttempts = (rows: readonly Repeatable[]): number =>
  rows.reduce((sum, { attempts }) => sum + attempts - 1, 0);
