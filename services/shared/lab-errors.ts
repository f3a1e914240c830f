/** What can go wrong in the lab itself, one class per kind. The codes are stable; docs/errors.md lists them. */

/** A member of the cluster did not start, serve or end, or refused an order. */
export class MemberFailed extends Error {
  readonly code = 'ERR_DOGPILE_MEMBER';
}

/** A name that is in no registry, or that no member has. */
export class UnknownName extends Error {
  readonly code = 'ERR_DOGPILE_UNKNOWN_NAME';
}

/** The herd ended too early, or got an order that makes no sense. */
export class HerdFailed extends Error {
  readonly code = 'ERR_DOGPILE_HERD';
}

/** The origin failed because its behaviour says so. */
export class ToldToFail extends Error {
  readonly code = 'ERR_DOGPILE_TOLD_TO_FAIL';
}
