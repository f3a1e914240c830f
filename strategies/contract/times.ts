declare const clock: unique symbol;

/**
 * A moment by the store's clock, in ms since the epoch. Names that hold one end in `StoreMs`. A plain number may become
 * one; a {@link WallMs} may not.
 */
export type StoreMs = number & { readonly [clock]?: 'store' };

/** A moment by the wall clock of a process, in ms since the epoch, with a fraction. Names that hold one end in `WallMs`. */
export type WallMs = number & { readonly [clock]?: 'wall' };
