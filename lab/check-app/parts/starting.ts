import { WARM_UP_KEY } from '../../../cluster/own/ready.ts';
import { outcomeOf } from '../ask.ts';
import { notMet, ok, type Part } from '../part.ts';
import { FIRST, SECOND } from '../stage.ts';

const VARIABLES = 'PORT, HOST, NAME, REDIS_URL, ORIGIN_URL and TTL_MS';

export const starts: Part = {
  name: 'it starts',
  needs: [],
  async check(stage) {
    const instance = await stage.instance(FIRST);
    if (!instance.hasEnded) return ok(`with ${VARIABLES} in its environment`);
    return notMet(
      `it ended at once. ${instance.says()}`,
      `give a command that keeps running with ${VARIABLES} in its environment`,
    );
  },
};

export const listens: Part = {
  name: 'it listens on PORT',
  needs: [starts],
  async check(stage) {
    const { listens, port } = await stage.instance(FIRST);
    if (listens) return ok(`PORT was ${port}`);
    return notMet(`nobody listens on port ${port}`, 'listen on the PORT of its environment, at HOST');
  },
};

export const serves: Part = {
  name: 'it serves a key',
  needs: [listens],
  async check(stage) {
    const asked = await stage.ask(FIRST, WARM_UP_KEY);
    if (asked.status === 200) return ok(outcomeOf(asked));
    const path = stage.settings.keyPath;
    return notMet(
      outcomeOf(asked),
      `answer GET ${path} with 200, or say with KEY_PATH which path it is. Its log: ${stage.logOf(FIRST)}`,
    );
  },
};

export const runsTwice: Part = {
  name: 'two of it run at once',
  needs: [serves],
  async check(stage) {
    const { hasEnded, listens, port, says } = await stage.instance(SECOND);
    if (hasEnded)
      return notMet(`the second one ended at once. ${says()}`, 'share nothing but Redis and the origin');
    if (!listens)
      return notMet(`the second one does not listen on its PORT, ${port}`, 'share nothing but Redis');
    const asked = await stage.ask(SECOND, WARM_UP_KEY);
    if (asked.status === 200) return ok(`the second one listens on ${port}`);
    return notMet(`the second one: ${outcomeOf(asked)}`, `see its log: ${stage.logOf(SECOND)}`);
  },
};
