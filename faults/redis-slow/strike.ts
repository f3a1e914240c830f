import { slowing } from '../support/striking/slowing.ts';

export const strike = slowing('commands');
