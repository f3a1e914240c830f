/** An invalid input, or something missing on the machine. One line says what is wrong, what is allowed and what to type. */
export class UsageError extends Error {
  readonly code = 'ERR_DOGPILE_USAGE';
}
