import type { WireProtocol } from '../types.ts';
import { connectHttp1 } from './connection.ts';
import { encodeHttp1 } from './encode.ts';

export const HTTP1: WireProtocol = { encode: encodeHttp1, connect: connectHttp1 };
