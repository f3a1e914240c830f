import { changeLines } from '../../mutants/loading/change-lines.ts';

// A mutant changes modules as they are loaded, so everything else is loaded after this.
changeLines(process.env.ABLATE);
await import('./refresher.ts');
