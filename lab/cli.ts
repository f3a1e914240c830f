import { crashLine, EX_CRASHED } from './crash.ts';

/**
 * The lab's command line. Whatever breaks in the lab itself ends it with a status that no verdict has; Node's own, 1, would
 * say that a run failed. This holds even while the rest of the lab is loaded, so that is loaded last.
 */
// Whoever would read what went wrong may be gone, or its disk full.
process.stderr.on('error', () => {});

for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error) => {
    console.error(crashLine(error));
    process.exit(EX_CRASHED);
  });

const { main } = await import('./main.ts');
const status = await main(process.argv.slice(2));
// What was written may still be on its way, or be refused.
process.stdout.write('', () => setImmediate(() => process.exit(status)));
