import type { Rehearsal } from './rehearsal.ts';

export const nobodyRefreshes: Rehearsal = {
  alert: 'NobodyRefreshes',
  values: { STRATEGY: 'refresh-ahead' },
  breaks: 'both refreshers are killed',
  remedy: 'start a refresher: make heal',
  async hit({ cluster }) {
    await Promise.all(cluster.refreshers.map(({ name }) => cluster.kill(name)));
  },
  async heal({ cluster }) {
    await Promise.all(cluster.refreshers.map(({ name }) => cluster.restart(name)));
  },
};
