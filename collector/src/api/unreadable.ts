import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ApiFailure } from '../errors.ts';
import type { ApiErrorCode } from '../errors.ts';
import { errorBody } from './replies.ts';

/** Answers an address that the router cannot take apart: no hook and no error handler sees it. */
export function answerUnreadableAddress(error: FastifyError, _: FastifyRequest, reply: FastifyReply): void {
  const message = error.code === 'FST_ERR_BAD_URL' ? 'The address cannot be decoded.' : undefined;
  const failure = new ApiFailure('invalid_parameter', message, { cause: error });
  void reply
    .code(failure.status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(failure)));
}

/** Answers what Node's HTTP parser gave up on, on the bare socket, and closes it. */
export function answerUnreadableRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const failure = new ApiFailure(codes[error.code ?? ''] ?? 'malformed_request');
    const body = JSON.stringify(errorBody(failure));
    socket.write(
      [
        `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status] ?? ''}`,
        'Content-Type: application/json; charset=utf-8',
        `Content-Length: ${Buffer.byteLength(body)}`,
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  }
  socket.destroy(error);
}

const codes: Readonly<Record<string, ApiErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'head_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};
