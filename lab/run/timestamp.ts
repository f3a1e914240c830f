/** A moment as the names of folders have it: 20261124-153000. UTC. */
export const timestamp = (date: Date) =>
  date.toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-');
