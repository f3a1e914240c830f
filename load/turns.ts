/**
 * Which of the paths a connection asks for, where connections go to the targets in turn: every path in each round, and each
 * pair of path and target once in `paths · targets` connections.
 */
export const pathInTurn = (connection: number, paths: number, targets: number): number =>
  // Where a round ends as it began, each path would see the same target for ever.
  (connection + Math.floor((connection * divisorOf(paths, targets)) / (paths * targets))) % paths;

/** The greatest common one (Euclid). */
const divisorOf = (a: number, b: number): number => (b === 0 ? a : divisorOf(b, a % b));
