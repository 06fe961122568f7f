export type * from './resolver'
