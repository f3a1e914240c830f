/**
 * Who is to go where, so that every target has an even share: the members whose target left, and from each of the others
 * what is beyond its share. The rest stay. Both are taken and given in turn all along the list, not from one end of it:
 * members take turns in sending, and a block of them would be a burst on one target.
 */
export function shareOut<M, T>(
  members: readonly M[],
  targets: readonly T[],
  isOn: (member: M, target: T) => boolean,
): Map<M, T> {
  const groups = targets.map((target, index) => {
    const share = Math.floor((members.length + targets.length - 1 - index) / targets.length);
    const on = members.filter((member) => isOn(member, target));
    return { target, stay: evenly(on, share), missing: Math.max(0, share - on.length) };
  });
  const staying = new Set(groups.flatMap(({ stay }) => stay));
  const rounds = Math.max(...groups.map(({ missing }) => missing));
  const seats = Array.from({ length: rounds }, (_, round) =>
    groups.filter(({ missing }) => round < missing).map(({ target }) => target),
  ).flat();
  const movers = members.filter((member) => !staying.has(member));
  return new Map(movers.map((member, index) => [member, seats[index] as T]));
}

/** So many of the list, at even distances; all of it where there are no more. */
const evenly = <M>(list: readonly M[], count: number): M[] =>
  list.filter(
    (_, index) =>
      Math.floor(((index + 1) * count) / list.length) > Math.floor((index * count) / list.length) ||
      count >= list.length,
  );
