import type { LoadOrigin } from '../../../core/load/plan.ts';
import { HTTP1 } from './http1/protocol.ts';
import { HTTP2 } from './http2/protocol.ts';
import type { WireProtocol } from './types.ts';

/** By the protocol of an origin. One line each; what one speaks is its own folder's matter. */
export const WIRE_PROTOCOLS: Readonly<Record<LoadOrigin['protocol'], WireProtocol>> = {
  'http/1.1': HTTP1,
  h2: HTTP2,
};
