// What the outside fills. Ports are nouns; what implements them says how (`graphTenant`, `sqlUnitOfWork`).
export type * from './ports-audit.ts';
export type * from './ports-base.ts';
export type * from './ports-delivery.ts';
export type * from './ports-graph.ts';
export type * from './ports-graph-writes.ts';
export type * from './ports-items.ts';
export type * from './ports-memory.ts';
export type * from './ports-store.ts';
export type * from './ports-teams.ts';
