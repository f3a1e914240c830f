declare const clock: unique symbol;

/**
 * A moment by the store's clock, in ms since the epoch. Names that hold one end in `StoreMs`. You can assign a plain
 * number, but not a {@link WallMs}.
 */
export type StoreMs = number & { readonly [clock]?: 'store' };

/** A moment by the wall clock of a process, in ms since the epoch, with a fraction. Names that hold one end in `WallMs`. */
export type WallMs = number & { readonly [clock]?: 'wall' };
