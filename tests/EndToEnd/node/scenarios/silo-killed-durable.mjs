import { siloKilled } from './silo-killed.mjs';

// The same with streams in Redis: not one acknowledged publication is missing, and no loss is announced.
export default (t) => siloKilled(t, { namespace: 'durable', mayAnnounceLoss: false });
