/** Something the user typed, or the machine lacks: one line says what is wrong, what is allowed and what to type. */
export class UsageError extends Error {
  readonly code = 'ERR_DOGPILE_USAGE';
}
