import type { WireProtocol } from '../types.ts';
import { connectHttp2 } from './connection.ts';
import { encodeRequest } from './encode-request.ts';

export const HTTP2: WireProtocol = {
  encode: encodeRequest,
  connect: (options, events) => connectHttp2(options, events),
};
