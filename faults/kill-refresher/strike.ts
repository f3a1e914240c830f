export { killNextHolder as strike } from '../support/striking/kill-holder.ts';
